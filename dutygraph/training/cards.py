"""Role cards: what one party has to do, on one card, each sentence with its provision and words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dutygraph.regulations.norms import Norm
from dutygraph.reports.word import add, new_document, saved
from dutygraph.reports.wording import Pair
from dutygraph.training.burden import article_of
from dutygraph.training.materials import Materials
from dutygraph.training.sheets import Source

if TYPE_CHECKING:
    from docx.document import Document


@dataclass(frozen=True)
class Line:
    """A sentence of a card: what is to be done, towards whom and by when, and its words."""

    words: Pair
    addressees: Pair
    time: str
    source: Source


@dataclass(frozen=True)
class Handed:
    """What another provision hands on: that provision's words, and how many norms by article."""

    source: Source
    counts: tuple[tuple[Pair, int], ...]


@dataclass(frozen=True)
class RoleCard:
    """A card of a party (IRI): with a date, without, what others hand on to it."""

    party: str
    name: Pair
    dated: tuple[Line, ...]
    undated: tuple[Line, ...]
    handed_on: tuple[Handed, ...]


def role_cards(materials: Materials) -> list[RoleCard]:
    """Give a card for each party that the text gives something, in the order that it comes up."""
    own: dict[str, list[Norm]] = {}
    for norm in materials.norms.all:
        for party in sorted(materials.values("bearer", norm.iri)):
            own.setdefault(party, []).append(norm)
    return [_card(materials, party, norms) for party, norms in own.items()]


def _card(materials: Materials, party: str, norms: list[Norm]) -> RoleCard:
    lines = [(norm.deadline is not None, line_of(materials, norm)) for norm in norms]
    return RoleCard(
        party,
        materials.label(party),
        tuple(line for dated, line in lines if dated),
        tuple(line for dated, line in lines if not dated),
        tuple(_handed(materials, party)),
    )


def line_of(materials: Materials, norm: Norm) -> Line:
    """Give a norm as a sentence of a card."""
    return Line(
        Pair(norm.action_zh, norm.action_en),
        materials.labels(materials.values("addressee", norm.iri)),
        (norm.deadline or {}).get("raw") or "",
        materials.source(norm),
    )


def _handed(materials: Materials, party: str) -> Iterable[Handed]:
    through: dict[str, list[Norm]] = {}
    for (heir, inherited), reference in materials.handed_on.items():
        if heir == party:
            through.setdefault(reference, []).append(materials.norms[inherited])
    for reference, norms in sorted(through.items()):
        counts = Counter(article_of(norm.provision) for norm in sorted(norms, key=materials.place))
        yield Handed(
            materials.source(materials.norms[reference]),
            tuple((materials.wording.provision(key), count) for key, count in counts.items()),
        )


def cards_document(cards: Iterable[RoleCard], title: Pair) -> bytes:
    """Give cards as a Word document, each beginning on a page of its own."""
    document = new_document("角色卡")
    add(document, "角色卡 Role cards", "Title")
    add(document, str(title), "English")
    for number, card in enumerate(cards):
        head = add(document, str(card.name), "Heading 1")
        head.paragraph_format.page_break_before = number > 0
        for heading, lines in (
            ("有时间要求的 With a time", card.dated),
            ("其他 Others", card.undated),
        ):
            if lines:
                add(document, heading, "Heading 2")
            for line in lines:
                _add_line(document, line)
        if card.handed_on:
            add(document, "经别的条文承担的 Through other provisions", "Heading 2")
        for handed in card.handed_on:
            counts = "、".join(f"{place.zh} {count} 项" for place, count in handed.counts)
            add(document, f"{handed.source.label.zh}：{counts}", "Facts")
            add(document, f"“{handed.source.quote}”", "Law")
    return saved(document)


def _add_line(document: Document, line: Line) -> None:
    facts = add(document, "", "Facts")
    facts.add_run(line.words.zh).bold = True
    towards = f"　→ {line.addressees.zh}" if line.addressees.zh else ""
    facts.add_run(f"{towards}{f'　{line.time}' if line.time else ''}　{line.source.label.zh}")
    add(document, line.words.en, "English")
    add(document, f"“{line.source.quote}”", "Law")
