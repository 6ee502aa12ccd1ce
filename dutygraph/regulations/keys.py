"""Provisions under their keys: the nodes of an outline named, labelled and healed.

Keys: `part1`, `chapter2`, `chapter2.section1`, and inside a part `part1.chapter2`; articles
`art9`, inserted ones `art10-1`; `art11` carries its own text when it is one paragraph without
items, else `art9.para1` (counted without the items), `art9.item3`, `art9.item3.sub1`, and
`art9.para1.sub1` where a paragraph lists 目 directly. When a later paragraph's list repeats item
numbers of an earlier one, the whole list goes under its paragraph: `art12.para2.item1`. A number
that occurs twice gets `.again2`, `.again3` and is reported.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from dutygraph.regulations.healing import (
    HEADING_RESTORED,
    LIST_MARK_REMOVED,
    NUMBER,
    TEXT,
    TITLE,
    Fragment,
    Healed,
    Passage,
    Repair,
    SourceLine,
    Span,
    healed,
)
from dutygraph.regulations.marks import Kind
from dutygraph.regulations.numerals import ProvisionNumber, chinese_numeral
from dutygraph.regulations.outline import Node

_SPACE = re.compile(r"\s+")
_TITLE_MARK = re.compile(r"#{1,6}\s*")
_SPACED_OUT = re.compile(r"(?<=[^\x00-\x7f])\s+(?=[^\x00-\x7f])")
_STEMS = {
    Kind.PART: "part",
    Kind.CHAPTER: "chapter",
    Kind.SECTION: "section",
    Kind.ARTICLE: "art",
    Kind.PARAGRAPH: "para",
    Kind.ITEM: "item",
    Kind.SUBITEM: "sub",
}


@dataclass(frozen=True)
class Provision:
    """A provision: key, label (`number`, none for a paragraph), heading, own text, parts in order.

    `spans` say which source lines its own label, heading and text came from.
    """

    key: str
    kind: Kind
    number: str
    title: str
    text: str
    label_zh: str
    label_en: str
    spans: tuple[Span, ...]
    parts: tuple[Provision, ...] = ()
    restored: bool = False

    @property
    def lines(self) -> tuple[int, int]:
        """The first and last source line, the parts included."""
        numbers = [span.line for span in self.spans]
        numbers += [number for part in self.parts for number in part.lines]
        return min(numbers), max(numbers)

    def walk(self) -> Iterator[Provision]:
        """Give this provision and all within it in reading order."""
        yield self
        for part in self.parts:
            yield from part.walk()


@dataclass(frozen=True)
class _Place:
    """Where a provision hangs: the key and the labels that its parts' begin with."""

    key: str = ""
    zh: str = ""
    en: str = ""


class Naming:
    """Makes provisions of nodes; `keys` gives each node's key, `repairs` what was repaired."""

    def __init__(self) -> None:
        self.keys: dict[Node, str] = {}
        self.repairs: list[Repair] = []
        self._used: set[str] = set()

    def provisions(self, nodes: Sequence[Node]) -> tuple[Provision, ...]:
        """Make the provisions of an outline, from its outermost nodes."""
        return tuple(self._numbered(node, _Place()) for node in nodes)

    def _numbered(self, node: Node, above: _Place) -> Provision:
        return self._article(node) if node.kind is Kind.ARTICLE else self._heading(node, above)

    def _heading(self, node: Node, above: _Place) -> Provision:
        key = self._key(node, above.key)
        parts = self._healed_parts(node, key)
        zh = above.zh + parts[NUMBER].text
        en = _english(above.en, node.kind, node.number.key)
        provision = _provision(node, key, parts, f"{zh} {parts[TITLE].text}".strip(), en)
        place = _Place(key, zh, en)
        return replace(provision, parts=tuple(self._numbered(part, place) for part in node.parts))

    def _article(self, node: Node) -> Provision:
        key = self._key(node, "")
        parts = self._healed_parts(node, key)
        place = _Place(key, parts[NUMBER].text, _english("", node.kind, node.number.key))
        paragraphs = [part for part in node.parts if part.body.text or part.parts]
        alone = len(paragraphs) == 1 and not paragraphs[0].parts
        if alone:
            parts |= {TEXT: self._healed(TEXT, paragraphs[0].body, key)}
        provision = _provision(node, key, parts, place.zh, place.en)
        for part in node.parts:
            self.keys[part] = key
        return provision if alone else replace(provision, parts=self._paragraphs(paragraphs, place))

    def _paragraphs(self, nodes: Sequence[Node], article: _Place) -> tuple[Provision, ...]:
        """Name an article's paragraphs, and the items between them, in reading order."""
        provisions: list[Provision] = []
        taken: set[ProvisionNumber] = set()
        count = 0
        for node in nodes:
            own = article
            if node.body.text or any(part.kind is Kind.SUBITEM for part in node.parts):
                count += 1
                own = _Place(
                    f"{article.key}.para{count}",
                    f"{article.zh}第{chinese_numeral(count)}款",
                    _english(article.en, Kind.PARAGRAPH, str(count)),
                )
                provisions.append(self._paragraph(node, own))
            items = [part for part in node.parts if part.kind is Kind.ITEM]
            repeats = any(item.number in taken for item in items)
            taken.update(item.number for item in items)
            listed = [self._item(item, own if repeats else article) for item in items]
            if repeats:
                provisions[-1] = replace(provisions[-1], parts=(*provisions[-1].parts, *listed))
            else:
                provisions.extend(listed)
        return tuple(provisions)

    def _paragraph(self, node: Node, place: _Place) -> Provision:
        self.keys[node] = place.key
        provision = _provision(
            node, place.key, self._healed_parts(node, place.key), place.zh, place.en
        )
        subitems = [part for part in node.parts if part.kind is Kind.SUBITEM]
        return replace(provision, parts=tuple(self._item(part, place) for part in subitems))

    def _item(self, node: Node, above: _Place) -> Provision:
        key = self._key(node, above.key)
        parts = self._healed_parts(node, key)
        if node.kind is Kind.ITEM:
            zh = f"{above.zh}第{parts[NUMBER].text}项"
            en = _english(above.en, node.kind, f"({node.number.key})")
        else:
            zh = f"{above.zh}第{node.number.key}目"
            en = _english(above.en, node.kind, node.number.key)
        place = _Place(key, zh, en)
        provision = _provision(node, key, parts, zh, en)
        return replace(provision, parts=tuple(self._item(part, place) for part in node.parts))

    def _key(self, node: Node, above: str) -> str:
        """Give a node its key, one that no other node has."""
        plain = f"{above}." if above else ""
        plain += _STEMS[node.kind] + node.number.key
        key, times = plain, 1
        while key in self._used:
            times += 1
            key = f"{plain}.again{times}"
        self._used.add(key)
        self.keys[node] = key
        return key

    def _healed_parts(self, node: Node, key: str) -> dict[str, Healed]:
        """Heal a node's label, heading and text, and list the repairs under its key."""
        line = node.label.fragments[0].line if node.label.fragments else 0
        label = _SPACE.sub("", node.label.text)
        # The list mark went first, so its repair stands first: they are undone from the last on.
        if node.list_mark:
            found = f"{node.list_mark} {label}"
            self.repairs.append(Repair(LIST_MARK_REMOVED, line, found, label, NUMBER, 0, key))
        parts = {
            NUMBER: self._healed(NUMBER, node.label, key, _SPACE),
            TITLE: self._healed(TITLE, node.title, key, _SPACED_OUT),
            TEXT: self._healed(TEXT, node.body, key),
        }
        if node.restored:
            heading = f"{label} {parts[TITLE].text}".strip()
            self.repairs.append(Repair(HEADING_RESTORED, line, "", heading, NUMBER, 0, key))
        return parts

    def _healed(
        self, part: str, passage: Passage, key: str, spaces: re.Pattern[str] | None = None
    ) -> Healed:
        result = healed(part, passage, spaces)
        self.repairs += [replace(repair, key=key) for repair in result.repairs]
        return result


def healed_title(line: SourceLine) -> Healed:
    """Heal the regulation's own title: its parentheses, spaced-out words, and a converter's #."""
    mark = _TITLE_MARK.match(line.text)
    text = line.text[mark.end() :] if mark else line.text
    result = healed(TITLE, Passage((Fragment(line.number, text),)), _SPACED_OUT)
    if mark is None:
        return result
    removed = Repair(LIST_MARK_REMOVED, line.number, mark.group(), "", TITLE, 0)
    return replace(result, repairs=(removed, *result.repairs))


def _provision(
    node: Node, key: str, parts: dict[str, Healed], label_zh: str, label_en: str
) -> Provision:
    spans = tuple(span for part in parts.values() for span in part.spans)
    number, title, text = parts[NUMBER].text, parts[TITLE].text, parts[TEXT].text
    return Provision(
        key, node.kind, number, title, text, label_zh, label_en, spans, restored=node.restored
    )


def _english(above: str, kind: Kind, number: str) -> str:
    """Write an English label: Article 9; Article 9, item (3)."""
    return f"{above}, {kind.value.lower()} {number}" if above else f"{kind.value} {number}"
