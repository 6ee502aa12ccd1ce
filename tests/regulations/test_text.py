"""The parser, on invented regulations of other forms (texts/) and on generated ones."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dutygraph.regulations.healing import as_found, is_finished
from dutygraph.regulations.marks import Kind
from dutygraph.regulations.numerals import chinese_numeral
from dutygraph.regulations.text import ParsedText, RestoredHeading, parse

TEXTS = sorted((Path(__file__).parent / "texts").glob("*.txt"))


def without_space(text: str) -> str:
    return re.sub(r"\s", "", text)


def described(parsed: ParsedText) -> dict[str, Any]:
    """Put a parsed text into the form of the expected files; empty values are left out."""
    provisions = {}
    for provision in parsed.walk():
        values = {
            "number": provision.number,
            "title": provision.title,
            "text": provision.text,
            "label": [provision.label_zh, provision.label_en],
            "lines": list(provision.lines),
        }
        provisions[provision.key] = {name: value for name, value in values.items() if value}
    repairs = [*parsed.title.repairs, *parsed.repairs]
    return {
        "title": parsed.title.text,
        "preamble": [[line.number, line.text] for line in parsed.preamble],
        "provisions": provisions,
        "unplaced": [[entry.line, entry.text, entry.why] for entry in parsed.unplaced],
        "doubts": [[entry.line, entry.key, entry.why] for entry in parsed.doubts],
        "repairs": [[r.kind, r.line, r.key, r.found, r.restored] for r in repairs],
    }


def test_there_are_texts_to_parse() -> None:
    assert len(TEXTS) >= 12


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.stem)
def test_the_text_is_parsed_as_its_expected_file_says(path: Path) -> None:
    expected = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    restored = [RestoredHeading(*heading) for heading in expected.pop("restored", [])]
    raw = path.read_bytes().decode("utf-8")
    parsed = parse(raw, restored)
    assert described(parsed) == expected
    assert list(described(parsed)["provisions"]) == list(expected["provisions"])
    assert parsed.source_without_space() == without_space(raw)


def test_a_chapter_holds_its_sections_and_they_hold_their_articles() -> None:
    parsed = parse("第一章 甲\n第一节 乙\n第一条 丙。\n第二节 丁\n第二条 戊：\n（一）己。\n")
    (chapter,) = parsed.provisions
    assert [part.key for part in chapter.parts] == ["chapter1.section1", "chapter1.section2"]
    assert [part.key for part in chapter.parts[1].parts] == ["art2"]
    assert [part.key for part in chapter.parts[1].parts[0].parts] == ["art2.para1", "art2.item1"]
    assert chapter.parts[1].parts[0].parts[1].kind is Kind.ITEM


def test_a_reference_to_the_next_article_at_the_start_of_a_broken_line_is_no_heading() -> None:
    parsed = parse("第一条 违反\n第二条、第三条规定的，改正。\n第二条 甲。\n第三条 乙。")
    assert [(p.key, p.text) for p in parsed.walk()] == [
        ("art1", "违反第二条、第三条规定的，改正。"),
        ("art2", "甲。"),
        ("art3", "乙。"),
    ]


def test_an_article_after_an_unfinished_one_is_a_heading_and_reported() -> None:
    parsed = parse("第一条 没有句号\n第二条 甲。")
    assert [p.key for p in parsed.walk()] == ["art1", "art2"]
    assert [(d.line, d.key) for d in parsed.doubts] == [(2, "art2")]


def test_a_heading_alone_on_a_broken_line_is_read_with_the_line_after_it() -> None:
    parsed = parse("第一条 依照\n第二条\n规定的程序办理。\n第二条 甲。")
    assert [(p.key, p.text) for p in parsed.walk()] == [
        ("art1", "依照第二条规定的程序办理。"),
        ("art2", "甲。"),
    ]


def test_a_restored_heading_is_marked_and_its_line_is_the_one_it_precedes() -> None:
    parsed = parse("第一条 甲。\n第二章 乙\n第二条 丙。", [RestoredHeading(1, "第一章 总则")])
    marked = [(p.key, p.restored, p.lines) for p in parsed.walk() if p.kind is Kind.CHAPTER]
    assert marked == [("chapter1", True, (1, 1)), ("chapter2", False, (2, 3))]


def test_two_restored_headings_before_one_line_keep_their_order() -> None:
    restored = [RestoredHeading(1, "第一编 总则"), RestoredHeading(1, "第一章 原则")]
    parsed = parse("第一条 甲。", restored)
    assert [p.key for p in parsed.walk()] == ["part1", "part1.chapter1", "art1"]


@pytest.mark.parametrize("line", [1, 2, 99])
def test_a_restored_heading_that_is_none_is_refused(line: int) -> None:
    with pytest.raises(ValueError, match="不能置于第"):
        parse("第一条 甲，\n乙。", [RestoredHeading(line, "总则")])


def test_the_source_line_of_every_stretch_is_known() -> None:
    parsed = parse("\n\n第一条 甲(乙)\n\n丙丁。")
    (article,) = parsed.walk()
    assert [(s.part, s.line, s.start, s.end) for s in article.spans] == [
        ("number", 3, 0, 3),
        ("text", 3, 0, 4),
        ("text", 5, 4, 7),
    ]
    assert list(as_found("text", article.text, article.spans, parsed.repairs)) == [
        (3, "甲(乙)"),
        (5, "丙丁。"),
    ]


@pytest.mark.parametrize(
    ("text", "finished"),
    [
        ("甲。", True),
        ("甲；”", True),
        ("甲：", True),
        ("甲！）", True),
        ("甲，", False),
        ("", False),
    ],
)
def test_a_paragraph_ends_with_a_sentence_mark(text: str, *, finished: bool) -> None:
    assert is_finished(text) is finished


# Generated regulations: written out with noise, they must come back as they were.

CLAUSES = [
    "各单位应当加强管理",
    "依照本办法第七条、第八条规定执行",
    "按照前款第（二）项、第（三）项办理",
    "报上一级党委（党组）备案",
    "依照第三章的规定处理",
    "每年1月底前报告上年情况",
    "所需费用增长2.5倍以上的除外",
    "第一季度的工作另行安排",
    "项目负责人签字",
]


@dataclass
class Draft:
    """A regulation in the making: its source text, and what each key's own text must be."""

    raw: str = ""
    texts: dict[str, str] = field(default_factory=dict)


class Writer:
    """Writes a drawn regulation with drawn noise."""

    def __init__(self, data: st.DataObject) -> None:
        self.draw = data.draw
        self.draft = Draft()
        self.article = 0

    def _yes(self) -> bool:
        return self.draw(st.booleans())

    def _several(self, least: int, most: int) -> range:
        return range(1, self.draw(st.integers(least, most)) + 1)

    def _gap(self) -> str:
        return self.draw(st.sampled_from([" ", "　", "  "]))

    def _line_end(self) -> str:
        return self.draw(st.sampled_from(["\n", "\n\n", "\r\n", "\n\n- 7 -\n\n", "\n\n12\n\n"]))

    def _sentence(self, end: str) -> str:
        return (
            "，".join(self.draw(st.lists(st.sampled_from(CLAUSES), min_size=1, max_size=3))) + end
        )

    def _noisy(self, text: str) -> str:
        """Break the text in sentences, not between them, and narrow some parentheses.

        Numbers stay whole: a number alone between blank lines reads as a page number.
        """
        places = [
            i
            for i in range(1, len(text))
            if not is_finished(text[:i]) and not re.search(r"[0-9]", text[i - 1 : i + 1])
        ]
        for place in sorted(self.draw(st.sets(st.sampled_from(places), max_size=2)), reverse=True):
            text = text[:place] + self._line_end() + text[place:]
        return text.replace("（", "(") if self._yes() else text

    def _put(self, key: str, text: str) -> None:
        self.draft.texts[key] = text
        self.draft.raw += self._noisy(text)

    def _heading(self, label: str, key: str) -> None:
        self.draft.texts[key] = ""
        self.draft.raw += f"{label}{self._gap()}总　则{self._line_end()}"

    def body(self) -> Draft:
        """Write a whole regulation."""
        self.draft.raw = "某地管理办法\n\n"
        if self._yes():
            for part in self._several(1, 2):
                self._heading(f"第{chinese_numeral(part)}编", f"part{part}")
                self._chapters(f"part{part}.")
        else:
            self._chapters("")
        return self.draft

    def _chapters(self, above: str) -> None:
        for chapter in self._several(1, 2):
            key = f"{above}chapter{chapter}"
            self._heading(f"第{chinese_numeral(chapter)}章", key)
            if self._yes():
                for section in self._several(1, 2):
                    self._heading(f"第{chinese_numeral(section)}节", f"{key}.section{section}")
                    self._articles()
            else:
                self._articles()

    def _articles(self) -> None:
        for _ in self._several(1, 3):
            self.article += 1
            key = f"art{self.article}"
            self.draft.raw += f"第{chinese_numeral(self.article)}条{self._gap()}"
            self._paragraphs(key)

    def _paragraphs(self, key: str) -> None:
        kinds = [self._yes() for _ in self._several(1, 3)]
        alone = kinds == [False]
        if not alone:
            self.draft.texts[key] = ""
        listed = False
        for number, with_items in enumerate(kinds, start=1):
            own = key if alone else f"{key}.para{number}"
            self._put(own, self._sentence("：" if with_items else "。"))
            inline = with_items and self._yes()
            if with_items:
                self._items(own if listed else key, inline=inline)
            listed = listed or with_items
            self.draft.raw += "" if with_items and not inline else self._line_end()

    def _items(self, key: str, *, inline: bool) -> None:
        numbers = self._several(2, 4)
        for number in numbers:
            mark = f"（{chinese_numeral(number)}）"
            mark = mark.translate(str.maketrans("（）", "()")) if self._yes() else mark
            self.draft.raw += ("" if inline else self._line_end()) + mark
            own = f"{key}.item{number}"
            if self._yes():
                self._put(own, self._sentence("："))
                self._subitems(own, inline=inline)
            else:
                self._put(own, self._sentence("；" if number < numbers[-1] else "。"))
        self.draft.raw += "" if inline else self._line_end()

    def _subitems(self, key: str, *, inline: bool) -> None:
        form = self.draw(st.sampled_from(["{}.", "{}、", "({})", "（{}）", "{}．"]))
        for number in self._several(2, 3):
            self.draft.raw += ("" if inline else self._line_end()) + form.format(number)
            self._put(f"{key}.sub{number}", self._sentence("；"))


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_a_generated_regulation_comes_back_as_it_was_written(data: st.DataObject) -> None:
    draft = Writer(data).body()
    parsed = parse(draft.raw)
    assert {p.key: p.text for p in parsed.walk()} == draft.texts
    assert [p.key for p in parsed.walk()] == list(draft.texts)
    assert {entry.text for entry in parsed.unplaced} <= {"- 7 -", "12"}
    assert not parsed.doubts
    assert parsed.source_without_space() == without_space(draft.raw)


PIECES = (
    "第一条 ", "第二条 ", "第三条　", "第二条", "第十条之一 ", "第120条 ", "第零条 ",
    "第一章 总则", "第三章", "第二节 甲", "第一编 乙", "第", "条", "项", "之", "规定", "和",
    "（一）", "(二)", "(三）", "（ 一 ）", "（百）", "1.", "2、", "(1)", "２．", "(0)",
    "。", "：", "；", "，", "”", "(", "）", "(党组)", "【目的】", "- ", "# ", "附件：", "办法",
    "目录", "第1页", "甲", "乙丙", "  ", "　", "\n", "\n\n", "\r\n", "\f", "\v", "\u2028",
    "\n- 3 -\n", "\n7\n", "\n\n7\n\n",
)  # fmt: skip
JUNK = st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=40).map("".join)


@settings(max_examples=400, deadline=None)
@given(JUNK)
def test_no_text_is_dropped_from_whatever_is_given(raw: str) -> None:
    parsed = parse(raw)
    assert parsed.source_without_space() == without_space(raw)


@settings(max_examples=200, deadline=None)
@given(JUNK)
def test_every_provision_has_its_own_key_and_its_lines(raw: str) -> None:
    provisions = list(parse(raw).walk())
    assert len({provision.key for provision in provisions}) == len(provisions)
    for provision in provisions:
        first, last = provision.lines
        assert 1 <= first <= last <= len(re.split(r"\r\n|\r|\n", raw))
