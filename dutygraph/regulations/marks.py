"""Marks: the labels that open a provision, 第一编 第二章 第三节 第四条 （五） 6.

References to other provisions look the same (本办法第六条、第七条规定; 前款第（二）项); what
follows and precedes a label tells them apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from dutygraph.regulations.healing import CLOSERS
from dutygraph.regulations.numerals import (
    ARABIC_CHARACTERS,
    CHINESE_CHARACTERS,
    ProvisionNumber,
    parse_numeral,
)


class Kind(Enum):
    """The kinds of provision, by the class of the text vocabulary, from the outside in."""

    PART = "Part"
    CHAPTER = "Chapter"
    SECTION = "Section"
    ARTICLE = "Article"
    PARAGRAPH = "Paragraph"
    ITEM = "Item"
    SUBITEM = "Subitem"


HEADING_KINDS = (Kind.PART, Kind.CHAPTER, Kind.SECTION)
_KIND_OF = {"编": Kind.PART, "章": Kind.CHAPTER, "节": Kind.SECTION, "条": Kind.ARTICLE}

# A heading longer than this is a sentence.
LONGEST_HEADING = 40

_DIGIT = rf"[{CHINESE_CHARACTERS}{ARABIC_CHARACTERS}]"
_NUMERAL = rf"{_DIGIT}(?:\s*{_DIGIT})*"
_NUMBERED = re.compile(rf"第\s*({_NUMERAL})\s*([编章节条])(?:\s*之\s*({_NUMERAL}))?")
_ITEM = re.compile(rf"[(（]\s*([{CHINESE_CHARACTERS}]+)\s*[)）]")
_DIGITS = rf"[{ARABIC_CHARACTERS}]{{1,3}}"
_SUBITEM = re.compile(
    rf"[(（]\s*({_DIGITS})\s*[)）]"
    rf"|(?<![{ARABIC_CHARACTERS}])({_DIGITS})\s*([.．、)）])(?![{ARABIC_CHARACTERS}])"
)
_LIST_MARK = re.compile(r"(?:[-*+•●▪]|#{1,6})\s*(?=[第(（0-9０-９])")
_APPENDED = re.compile(
    r"(?:附件|附表|附录|附|抄送|抄报|主题词|责任编辑|相关链接|来源)"
    r"(?:[一二三四五六七八九十0-9]*[:：]|\s|$)"
)
_BRACKETED_TITLE = re.compile(r"(?:【[^】]+】|[(（][^()（）]+[)）])(?=\s|$)")
_PUNCTUATION_FIRST = re.compile(r"[、，。；：！？,;:.!?）)》〉”’」』】…]")
_REFERENCE_FIRST = re.compile(
    rf"规定|所规定|所列|所称|的|(?:和|与|及|以及|至|到|或|或者)?第\s*{_NUMERAL}\s*[编章节条款项目]"
)
_ITEM_REFERENCE_FIRST = re.compile(
    rf"项(?!目)|[，。；,;）)]|[、和与及或至到]?\s*第?\s*[(（]\s*[{CHINESE_CHARACTERS}]+\s*[)）]"
)
_REFERENCE_LAST = re.compile(r"(?:第|、|和|与|及|或|至|到)\s*$")
_LIST_OPENERS = "：；。:;"


@dataclass(frozen=True)
class Mark:
    """A label found in text: where it stands (offsets, end exclusive) and what follows it.

    `start` is where the label begins, after a converter's list mark; `form` tells 1. from （1）
    and 1、; `title_end` is the end of the title in brackets that an article's label may carry
    (【目的】), else `end`.
    """

    kind: Kind
    number: ProvisionNumber
    start: int
    end: int
    rest: str
    spaced: bool = True
    form: str = ""
    title_end: int = 0
    list_mark: str = ""

    @property
    def reads_as_reference(self) -> bool:
        """Whether what follows makes the label part of a sentence (第八条 规定的; （二）项)."""
        if self.kind is Kind.ITEM:
            return bool(_ITEM_REFERENCE_FIRST.match(self.rest))
        if _PUNCTUATION_FIRST.match(self.rest):
            return True
        return self.kind is not Kind.SUBITEM and bool(_REFERENCE_FIRST.match(self.rest))

    @property
    def could_head(self) -> bool:
        """Whether the line reads as the heading of a 编, 章 or 节: short, no sentence marks."""
        return (
            len(self.rest) <= LONGEST_HEADING
            and not re.search(r"[，。；：！？,;:!?]", self.rest)
            and not self.reads_as_reference
        )


def ends_in_reference(text: str) -> bool:
    """Tell whether a label after this text would belong to its sentence (依照第; 第（一）、)."""
    return bool(_REFERENCE_LAST.search(text))


def opens_appendix(line: str) -> bool:
    """Tell whether a line starts what may follow a regulation: 附件：, 抄送： and the like."""
    return bool(_APPENDED.match(line))


def mark_at_start(line: str) -> Mark | None:
    """Find the label that a line starts with, a converter's list mark before it set aside."""
    bullet = _LIST_MARK.match(line)
    start = bullet.end() if bullet else 0
    mark = _numbered(line, start) or _item(line, start) or _subitem(line, start)
    if mark is None or bullet is None:
        return mark
    return Mark(**{**vars(mark), "list_mark": bullet.group().strip()})


def _numbered(line: str, start: int) -> Mark | None:
    match = _NUMBERED.match(line, start)
    number = _number(match.group(1), match.group(3)) if match else None
    if match is None or number is None:
        return None
    kind, end = _KIND_OF[match.group(2)], match.end()
    title_end = end
    if kind is Kind.ARTICLE:
        title = _BRACKETED_TITLE.match(line, end)
        if title and not _ITEM.match(line, end) and not _SUBITEM.match(line, end):
            title_end = title.end()
    rest = line[title_end:]
    spaced = title_end > end or not rest or rest[0].isspace()
    return Mark(kind, number, start, end, rest.strip(), spaced, title_end=title_end)


def _number(main: str, inserted: str | None) -> ProvisionNumber | None:
    try:
        number = ProvisionNumber(parse_numeral(main), parse_numeral(inserted) if inserted else 0)
    except ValueError:
        return None
    return number if number.main else None


def _item(line: str, start: int) -> Mark | None:
    match = _ITEM.match(line, start)
    return _item_mark(match, line) if match else None


def _item_mark(match: re.Match[str], text: str) -> Mark | None:
    number = _number(match.group(1), None)
    if number is None:
        return None
    return Mark(Kind.ITEM, number, match.start(), match.end(), text[match.end() :].strip())


def _subitem(line: str, start: int) -> Mark | None:
    match = _SUBITEM.match(line, start)
    return _subitem_mark(match, line) if match else None


def _subitem_mark(match: re.Match[str], text: str) -> Mark | None:
    number = _number(match.group(1) or match.group(2), None)
    if number is None:
        return None
    form = "()" if match.group(1) else match.group(3).translate(str.maketrans("．）", ".)"))
    rest = text[match.end() :].strip()
    return Mark(Kind.SUBITEM, number, match.start(), match.end(), rest, form=form)


def marks_within(text: str) -> Iterator[Mark]:
    """Give the labels inside a text that may open an item or subitem: at its start or after ：；。.

    Labels inside a sentence (第（一）项) or a quotation are passed over; whether a number is due is
    for the outline to tell.
    """
    found = [_item_mark(match, text) for match in _ITEM.finditer(text)]
    found += [_subitem_mark(match, text) for match in _SUBITEM.finditer(text)]
    for mark in sorted((m for m in found if m), key=lambda m: m.start):
        before = text[: mark.start].rstrip().rstrip(CLOSERS)
        quoted = text.count("“", 0, mark.start) > text.count("”", 0, mark.start)
        opened = not before or before[-1] in _LIST_OPENERS
        if opened and not quoted and not mark.reads_as_reference:
            yield mark
