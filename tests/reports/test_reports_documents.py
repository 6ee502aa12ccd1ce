"""The Word report and the printable page: they say what a reader needs, and only that."""

from __future__ import annotations

import io
import re
from html.parser import HTMLParser

import docx
import pytest
from docx.document import Document

from dutygraph.reports.edition import Edition, Scope, narrowed
from dutygraph.reports.exports import exports
from dutygraph.reports.html_export import policy, style
from dutygraph.reports.narrative import DECIDES
from dutygraph.reports.wording import Wording

FORMS = ["docx", "html"]


def written(edition: Edition, form: str) -> bytes:
    out = io.BytesIO()
    exports()[form].write(edition, out)
    return out.getvalue()


class _Page(HTMLParser):
    """Collects the text and the elements of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def document(edition: Edition) -> Document:
    return docx.Document(io.BytesIO(written(edition, "docx")))


def page(edition: Edition) -> _Page:
    found = _Page()
    found.feed(written(edition, "html").decode())
    return found


def text_of(edition: Edition, form: str) -> str:
    if form == "html":
        return "".join(page(edition).words)
    word = document(edition)
    cells = [cell.text for table in word.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in word.paragraphs), *cells])


@pytest.mark.parametrize("form", FORMS)
def test_a_report_tells_each_finding_with_its_words_records_and_cure(
    edition: Edition, form: str
) -> None:
    text = text_of(edition, form)
    assert edition.wording.regulation.zh in text
    assert "2014-12-10" in text
    for finding in edition.findings:
        assert finding.subject_name in text
        assert all(line in text for line in finding.message_zh.splitlines())
        assert all(quote["quote"] in text for quote in finding.quotes)
        assert all(str(proof["record"]) in text for proof in finding.evidence)
        assert finding.days_late is None or f"逾期 {finding.days_late} 天" in text
    assert DECIDES.zh in text
    assert "补救的记录" in text


@pytest.mark.parametrize("form", FORMS)
def test_a_report_lists_readings_and_settings(edition: Edition, form: str) -> None:
    text = text_of(edition, form)
    for key in edition.readings():
        assert edition.wording.readings[key].question.zh in text
    for key, value in edition.report.settings.items():
        assert key in text
        assert edition.wording.value(key, value) in text
    assert "转复核，无法核实 Review, as it cannot be verified (review)" in text


@pytest.mark.parametrize("form", FORMS)
def test_a_report_of_one_unit_is_about_nobody_else(
    edition: Edition, wording: Wording, form: str
) -> None:
    unit = next(one.subject for one in edition.findings if one.status == "violation")
    of_unit = narrowed(edition.report, unit=unit)
    text = text_of(Edition.of(of_unit, wording, Scope(unit=unit)), form)
    names = {one.subject_name for one in of_unit.findings}
    others = {one.subject_name for one in edition.findings} - names
    messages = "".join(one.message_zh for one in of_unit.findings)
    assert all(name in text for name in names)
    assert not [
        name for name in others if name in text.replace(messages, "") and name not in messages
    ]


@pytest.mark.parametrize("form", FORMS)
def test_a_run_that_looked_at_nothing_does_not_read_as_compliance(
    nothing: Edition, form: str
) -> None:
    text = text_of(nothing, form)
    assert "没有可检查的对象，不能说合规" in text
    assert "nothing to look at" in text


@pytest.mark.parametrize("form", FORMS)
def test_names_are_words_and_nothing_else(hostile: Edition, form: str) -> None:
    text = text_of(hostile, form)
    for finding in hostile.findings:
        assert finding.subject_name in text
    assert "49{%" not in text


def test_a_page_loads_nothing_runs_nothing_and_fits_its_policy(hostile: Edition) -> None:
    found = page(hostile)
    tags = {tag for tag, _ in found.elements}
    assert not tags & {"script", "img", "link", "iframe", "object", "base", "form"}
    for _tag, attributes in found.elements:
        assert not {"src", "href", "style"} & attributes.keys()
        assert not [name for name in attributes if name.startswith("on")]
    html = written(hostile, "html").decode()
    assert re.findall(r"<style>(.*?)</style>", html, re.DOTALL) == [style()]
    assert "url(" not in style()
    assert "unsafe" not in policy()


def test_a_word_document_has_chinese_fonts_and_numbers_its_pages(edition: Edition) -> None:
    word = document(edition)
    fonts = {
        name: word.styles[name].element.rPr.rFonts.get(
            "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}eastAsia"
        )
        for name in ("Normal", "Title", "Heading 1")
    }
    assert fonts == {"Normal": "仿宋", "Title": "宋体", "Heading 1": "黑体"}
    footer = word.sections[0].footer._element.xml
    assert "PAGE" in footer
    assert "NUMPAGES" in footer


def test_the_same_run_is_the_same_file(edition: Edition) -> None:
    for name in exports():
        assert written(edition, name) == written(edition, name), name
