"""The ledger of the text as a page shows it: what each span became, why, and what it leads to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from string import ascii_lowercase
from typing import Any

from dutygraph.regulations.ledger import NORM, SORTS, Ledger, Span
from dutygraph.regulations.provisions import Provision
from webapp import files
from webapp.cards import anchor, article_key
from webapp.commentary import HEADINGS
from webapp.language import Words

_FIGURES = ("norms", "characters", *SORTS)
_PASSAGES = ("provision", "start", "end", "words", "sort", "ids", "reason_zh", "reason_en")


@dataclass(frozen=True)
class Mark:
    """A span of the text with what its mark needs.

    ``norms`` are the ids of the norms that quote it. A declared one has the id of its declaration,
    the letter of its note, and the reason unless an earlier span has it; mere punctuation has none.
    """

    sort: str
    words: str
    norms: tuple[str, ...] = ()
    note: str | None = None
    declaration: str | None = None
    reason: Words | None = None

    @property
    def anchor(self) -> str | None:
        """The id of the note on the page: ``art1-d2``."""
        return None if self.declaration is None else anchor(self.declaration)


@dataclass(frozen=True)
class Passage:
    """A provision with words of its own: its number, where it has one, and the words in marks."""

    provision: Provision
    marks: tuple[Mark, ...]

    @property
    def reasons(self) -> list[Mark]:
        """The declared spans whose reasons stand below the words, each declaration once."""
        return [mark for mark in self.marks if mark.reason is not None]


@dataclass(frozen=True)
class Unit:
    """A row of the table: a chapter heading or an article, its figures, its passages."""

    provision: Provision
    figures: dict[str, int]
    passages: tuple[Passage, ...]

    @property
    def is_heading(self) -> bool:
        """Whether it is the heading of a part, chapter or section."""
        return self.provision.kind in HEADINGS


@dataclass(frozen=True)
class Stray:
    """A word that usually signals a norm and stands outside every quote; its declaration if any."""

    provision: Provision
    word: str
    declared: bool
    mark: Mark


class Coverage:
    """A regulation's ledger, ready for its page and its files."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        rows = {row["unit"]: row for row in ledger.rows()}
        self.title: dict[str, int] = _figures(rows["title"])
        self.total: dict[str, int] = ledger.total()
        self.complete = ledger.complete()
        self.unclaimed = len(ledger.unclaimed())
        self.undeclared = sum(not signal.declared for signal in ledger.signals)
        self.units = [
            Unit(provision, _figures(rows[provision.key]), tuple(self._passages(provision.key)))
            for provision in (leaf.provision for leaf in ledger.leaves)
            if provision.key in rows
        ]
        self.strays = list(self._strays())

    def _passages(self, key: str) -> Iterator[Passage]:
        for leaf in self._ledger.leaves:
            if article_key(leaf.provision.key) == key and leaf.provision.text is not None:
                yield Passage(leaf.provision, tuple(_marks(leaf.spans)))

    def _strays(self) -> Iterator[Stray]:
        leaves = {leaf.provision.key: leaf for leaf in self._ledger.leaves}
        for signal in self._ledger.signals:
            leaf = leaves[signal.provision]
            held = [span.start <= signal.start < span.end for span in leaf.spans]
            mark = list(_marks(leaf.spans))[held.index(True)]
            yield Stray(leaf.provision, signal.word, signal.declared, mark)

    def as_json(self) -> bytes:
        """Give the ledger as ``dutygraph coverage --format json`` prints it."""
        return files.as_json(self._ledger.to_json())

    def as_csv(self) -> bytes:
        """Give the table as CSV: a row for title, heading and article each, then the totals."""
        rows: list[dict[str, Any]] = [*self._ledger.rows(), {"unit": "合计 total", **self.total}]
        columns = ("unit", *_FIGURES)
        return files.table([columns, *([row[name] for name in columns] for row in rows)])

    def passages_as_csv(self) -> bytes:
        """Give every span as a row of CSV: where it stands, its words, what it became and why."""
        rows = self._ledger.to_json()["passages"]
        return files.table(
            [
                _PASSAGES,
                *(
                    [" ".join(row[name]) if name == "ids" else row[name] for name in _PASSAGES]
                    for row in rows
                ),
            ]
        )


def _figures(row: dict[str, Any]) -> dict[str, int]:
    return {name: row[name] for name in _FIGURES}


def _marks(spans: tuple[Span, ...]) -> Iterator[Mark]:
    """Give the spans of one provision as marks; its declarations get letters in their order."""
    letters: dict[str, str] = {}
    free = (letter * times for times in count(1) for letter in ascii_lowercase)
    for span in spans:
        if span.sort == NORM or not span.ids:
            norms = tuple(span.ids) if span.sort == NORM else ()
            yield Mark(span.sort, span.words, norms)
            continue
        declaration = span.ids[0]
        known = declaration in letters
        yield Mark(
            sort=span.sort,
            words=span.words,
            note=letters[declaration] if known else letters.setdefault(declaration, next(free)),
            declaration=declaration,
            reason=None if known else Words(span.reason_zh or "", span.reason_en),
        )
