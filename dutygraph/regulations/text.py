"""The text of a regulation by provision, made from its raw source.

Front matter becomes title and preamble, the body an outline (`outline`), the outline provisions
under their keys (`keys`); what finds no place is listed with its line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from dutygraph.regulations.healing import (
    PARTS,
    TITLE,
    Healed,
    Repair,
    SourceLine,
    as_found,
    is_finished,
    source_lines,
)
from dutygraph.regulations.keys import Naming, Provision, healed_title
from dutygraph.regulations.marks import HEADING_KINDS, Kind, mark_at_start, opens_appendix
from dutygraph.regulations.numerals import FIRST
from dutygraph.regulations.outline import Node, Outline, Remark, misplaced_heading

_SPACE = re.compile(r"\s+")
_TITLE_END = re.compile(
    r"(?:法|条例|规定|办法|细则|规则|准则|章程|规程|制度|决定|通则|意见|守则|公约|标准)(?:[(（][^()（）]*[)）])?$"
)
_LEVELS = list(Kind)


@dataclass(frozen=True)
class RestoredHeading:
    """A heading that the source lacks, as 第一章 总则, and the source line it stands before."""

    line: int
    text: str


@dataclass(frozen=True)
class Unplaced:
    """A source line to look at, and why.

    Without `key` it stands in no provision; with `key` it stands there, against the sequence.
    """

    line: int
    text: str
    why: str
    key: str = ""


@dataclass(frozen=True)
class ParsedText:
    """A regulation's text: every character of the source, but white space, in one place."""

    title: Healed
    preamble: tuple[SourceLine, ...]
    provisions: tuple[Provision, ...]
    unplaced: tuple[Unplaced, ...]
    doubts: tuple[Unplaced, ...]
    repairs: tuple[Repair, ...]

    def walk(self) -> Iterator[Provision]:
        """Give all provisions in reading order."""
        for provision in self.provisions:
            yield from provision.walk()

    def source_without_space(self) -> str:
        """Put the source together again: the parsed text, repairs undone, without white space.

        Equal to the source without white space: so is proved that nothing was dropped or changed.
        """
        title = self.title
        pieces = list(as_found(TITLE, title.text, title.spans, title.repairs))
        pieces += [(line.number, line.text) for line in self.preamble]
        pieces += [(entry.line, entry.text) for entry in self.unplaced]
        for provision in self.walk():
            if not provision.restored:
                pieces += _pieces(provision, [r for r in self.repairs if r.key == provision.key])
        return _SPACE.sub(
            "", "".join(text for _, text in sorted(pieces, key=lambda piece: piece[0]))
        )


def _pieces(provision: Provision, repairs: Sequence[Repair]) -> Iterator[tuple[int, str]]:
    for part in PARTS:
        yield from as_found(part, getattr(provision, part), provision.spans, repairs)


def parse(raw: str, restored: Sequence[RestoredHeading] = ()) -> ParsedText:
    """Read a regulation's raw text into its provisions.

    `restored` are headings that the source lacks. Whatever finds no place is in `unplaced`,
    whatever was placed against the sequence in `doubts`, both with their line numbers; text is
    never dropped. Raises ValueError when a restored heading cannot stand where it was put.
    """
    lines, page_numbers = source_lines(raw)
    lines = _with_restored(lines, restored)
    start = _body_start(lines)
    unplaced = [Unplaced(line.number, line.text, "页码 page number") for line in page_numbers]
    for line in lines[:start]:
        if line.restored:
            raise misplaced_heading(line)
    if start == len(lines):
        why = "未见“第…条” no article in the text"
        unplaced += [Unplaced(line.number, line.text, why) for line in lines]
        return ParsedText(Healed(), (), (), _by_line(unplaced), (), ())
    outline = Outline()
    for index in range(start, len(lines)):
        following = lines[index + 1].text if index + 1 < len(lines) else ""
        outline.read(index, lines[index], following)
    end = _cut_appended(outline, len(lines))
    why = "正文之后的文字 text after the last article"
    unplaced += [Unplaced(line.number, line.text, why) for line in lines[end:]]
    remarks = [remark for remark in outline.remarks if remark.index < end]
    unplaced += [Unplaced(r.line.number, r.line.text, r.why) for r in remarks if r.node is None]
    title, preamble, stray = _front(lines[:start], outline)
    naming = Naming()
    provisions = naming.provisions(outline.top)
    walked = [provision for top in provisions for provision in top.walk()]
    doubts = [*_doubts(remarks, naming.keys), *_incomplete(walked)]
    return ParsedText(
        title,
        preamble,
        provisions,
        _by_line([*unplaced, *stray]),
        _by_line(doubts),
        tuple(naming.repairs),
    )


def _by_line(entries: Sequence[Unplaced]) -> tuple[Unplaced, ...]:
    return tuple(sorted(entries, key=lambda entry: entry.line))


def _with_restored(
    lines: list[SourceLine], restored: Sequence[RestoredHeading]
) -> list[SourceLine]:
    result = list(lines)
    for heading in sorted(restored, key=lambda heading: heading.line):
        at = next((i for i, line in enumerate(result) if line.number >= heading.line), len(result))
        while at < len(result) and result[at].restored:
            at += 1
        result.insert(at, SourceLine(heading.line, heading.text, after_break=True, restored=True))
    return result


def _body_start(lines: Sequence[SourceLine]) -> int:
    """Find where the body starts: at the headings above the first article, not a contents list.

    Gives len(lines) when there is no article.
    """
    start = next((i for i in range(len(lines)) if _opens_body(lines, i)), len(lines))
    if start == len(lines):
        return start
    level = Kind.ARTICLE
    for above in range(start - 1, -1, -1):
        mark = mark_at_start(lines[above].text)
        if mark is None:
            continue
        between = start - above - 1
        near = between == 0 or (between == 1 and not mark.rest) or mark.number == FIRST
        if not near or not mark.could_head or _LEVELS.index(mark.kind) >= _LEVELS.index(level):
            break
        start, level = above, mark.kind
    return start


def _opens_body(lines: Sequence[SourceLine], index: int) -> bool:
    mark = mark_at_start(lines[index].text)
    if mark is None or mark.kind is not Kind.ARTICLE or not mark.spaced or mark.reads_as_reference:
        return False
    return (
        index == 0
        or lines[index].after_break
        or mark.number.main == 1
        or (is_finished(lines[index - 1].text) or mark_at_start(lines[index - 1].text) is not None)
    )


def _front(
    lines: Sequence[SourceLine], outline: Outline
) -> tuple[Healed, tuple[SourceLine, ...], list[Unplaced]]:
    """Part what stands before the body into title, preamble and headings that have no body."""
    title = next((line for line in lines if _reads_as_title(line.text)), None)
    known = {(node.kind, node.number) for node in _headings(outline.top)}
    preamble, stray = [], []
    for line in lines:
        mark = mark_at_start(line.text)
        if mark and mark.kind in HEADING_KINDS and (mark.kind, mark.number) not in known:
            why = "其下没有条文的标题 heading without articles"
            stray.append(Unplaced(line.number, line.text, why))
        elif line is not title:
            preamble.append(line)
    return healed_title(title) if title else Healed(), tuple(preamble), stray


def _reads_as_title(text: str) -> bool:
    return (
        _TITLE_END.search(text) is not None
        and not re.search(r"[。；，：;:,]", text)
        and mark_at_start(text) is None
    )


def _headings(nodes: Sequence[Node]) -> Iterator[Node]:
    for node in nodes:
        if node.kind in HEADING_KINDS:
            yield node
            yield from _headings(node.parts)


def _cut_appended(outline: Outline, end: int) -> int:
    """Take off what follows the last article (signature, attachments); give its first index."""
    article = outline.article
    if article is None:
        return end
    for position, node in enumerate(article.parts[1:], start=1):
        loose = not node.parts and not is_finished(node.body.text)
        if loose or opens_appendix(node.body.text):
            del article.parts[position:]
            return node.opened
    return end


def _doubts(remarks: Sequence[Remark], keys: Mapping[Node, str]) -> Iterator[Unplaced]:
    for remark in remarks:
        if remark.node is not None:
            yield Unplaced(remark.line.number, remark.line.text, remark.why, keys[remark.node])


def _incomplete(walked: Sequence[Provision]) -> Iterator[Unplaced]:
    """Report numbers without text, and a text that stops in a sentence."""
    for provision in walked:
        empty = provision.kind not in HEADING_KINDS and not (provision.text or provision.parts)
        if empty:
            why = "有编号而无内容 a number without text"
            yield Unplaced(provision.lines[0], provision.number, why, provision.key)
    last = walked[-1]
    if last.text and last.kind not in HEADING_KINDS and not is_finished(last.text):
        why = "全文末尾未结束 the regulation's text does not end with a sentence mark"
        yield Unplaced(last.lines[1], last.text, why, last.key)
