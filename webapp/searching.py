"""Search over all that the site shows: what is looked in, and the hits as a page shows them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from flask import url_for
from markupsafe import Markup, escape

from dutygraph.queries.fulltext import Document, FullText
from dutygraph.terms import DG
from webapp.language import Words, language
from webapp.wording import chinese, norm_address, provision_address, term_address

if TYPE_CHECKING:
    from webapp.holdings import Holdings

KINDS: Final = ("text", "norms", "roles", "terms", "questions", "readings", "units")
"""What is looked in, in the order in which hits are shown."""

_AROUND: Final = 40
"""How many characters of a long text are shown on either side of a hit."""
_LONGEST: Final = 2 * _AROUND + 40


@dataclass(frozen=True)
class Hit:
    """A hit: where it leads, its name and some of its words, what was looked for marked."""

    address: str
    name: Markup
    words: Markup
    note: str


@dataclass(frozen=True)
class Group:
    """The hits of one kind, and how many there are in all."""

    kind: str
    hits: tuple[Hit, ...]
    total: int


class Search:
    """Finds provisions, norms, roles, terms, questions, readings and units by their words."""

    def __init__(self, held: Holdings) -> None:
        self._held = held
        self._index = FullText(_documents(held))

    def groups(
        self, query: str, most: int, kind: str | None = None, beginning: int = 0
    ) -> list[Group]:
        """Give the hits of a query by kind, the kinds in their order.

        A term's label or other name is looked for in Chinese too, so that English finds the text.
        """
        synonyms = self._synonyms(query)
        found = self._index.search(query, most, kind=kind, synonyms=synonyms, beginning=beginning)
        marks = _marks([query, *synonyms])
        return [
            Group(
                one, tuple(self._hit(one, key, marks) for key in found[one].keys), found[one].total
            )
            for one in KINDS
            if one in found
        ]

    def _synonyms(self, query: str) -> list[str]:
        """Give the Chinese labels of the terms whose English label the query is."""
        wanted = " ".join(query.casefold().split())
        return sorted(
            {
                entry.concept.label.zh
                for entry in self._held.law.vocabulary.entries.values()
                if entry.concept.label.en and entry.concept.label.en.casefold() == wanted
            }
            - {query}
        )

    def _hit(self, kind: str, key: str, marks: re.Pattern[str]) -> Hit:
        held = self._held
        address, name, words, note = "", Words(key), "", ""
        if kind == "text":
            provision = held.law.commentary.by_key[key]
            address = provision_address(key)
            name = Words(provision.label_zh, provision.label_en)
            words = provision.text or provision.title or ""
        elif kind == "norms":
            card = held.law.commentary.cards[key]
            address, name, words, note = norm_address(key), card.action, card.norm.quote, key
        elif kind in ("roles", "terms"):
            entry = held.law.vocabulary.entries[DG + key]
            leads = url_for("roles.role", name=key) if kind == "roles" else term_address(key)
            address, name, words = leads, entry.concept.label, str(entry.definition)
            other = entry.concept.label.en if language() == "zh" else entry.concept.label.zh
            note = other or ""
        elif kind == "questions":
            question = held.law.questions[key]
            address = url_for("questions.question", name=key)
            name = Words(question.title_zh, question.title_en)
            words = str(Words(question.help_zh, question.help_en))
        elif kind == "readings":
            reading = held.law.readings[key]
            address, name = url_for("readings.index", _anchor=key), reading.title
            words, note = str(reading.question), key
        else:
            unit = held.registry.units[key]
            address, name, note = url_for("units.unit", identifier=key), Words(unit.name), key
            words = "、".join(str(one.label) for one in (unit.level, unit.kind) if one)
        return Hit(address, _marked(str(name), marks), _marked(_excerpt(words, marks), marks), note)


def _documents(held: Holdings) -> Iterator[Document]:
    for provision in held.law.commentary.provisions:
        titles = (provision.label_zh, provision.label_en or "", provision.key)
        yield Document("text", provision.key, titles, provision.text or provision.title or "")
    for norm in held.law.norms.all:
        body = "\n".join((norm.quote, norm.action_zh, norm.action_en))
        yield Document("norms", norm.id, (norm.id,), body)
    for name, entry in sorted(
        (entry.concept.name, entry) for entry in held.law.vocabulary.entries.values()
    ):
        label = entry.concept.label
        kind = "roles" if held.law.roles.get(name) else "terms"
        body = "\n".join(filter(None, entry.definition))
        yield Document(kind, name, (label.zh, label.en or "", name), body)
    for question in held.law.questions.values():
        titles = (question.title_zh, question.title_en, question.name)
        yield Document(
            "questions", question.name, titles, f"{question.help_zh}\n{question.help_en}"
        )
    for reading in held.law.readings.all:
        names = (reading.key, *filter(None, reading.title))
        yield Document("readings", reading.key, names, "\n".join(filter(None, reading.question)))
    for unit in held.registry.units.values():
        body = "\n".join(
            words for one in (unit.level, unit.kind) if one for words in one.label if words
        )
        yield Document("units", unit.id, (unit.name, unit.id), body)


def _marks(queries: list[str]) -> re.Pattern[str]:
    """Give what finds the words that were looked for, longer ones first."""
    words = {word for query in queries for word in (" ".join(query.split()), *query.split())}
    longest = sorted(words - {""}, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, longest)) or "(?!)", re.IGNORECASE)


def _excerpt(words: str, marks: re.Pattern[str]) -> str:
    """Give as much of a long text as shows the first hit."""
    if len(words) <= _LONGEST:
        return words
    found = marks.search(words)
    start = max(0, found.start() - _AROUND) if found else 0
    end = start + _LONGEST
    return ("…" if start else "") + words[start:end] + ("…" if end < len(words) else "")


def _marked(words: str, marks: re.Pattern[str]) -> Markup:
    """Mark what was looked for in words, and mark these as Chinese where the page is not."""
    pieces, place = [], 0
    for found in marks.finditer(words):
        pieces += [escape(words[place : found.start()]), Markup("<mark>{}</mark>").format(found[0])]
        place = found.end()
    pieces.append(escape(words[place:]))
    marked = Markup("").join(pieces)
    return (
        Markup('<span lang="zh">{}</span>').format(marked)
        if chinese(words) != escape(words)
        else marked
    )
