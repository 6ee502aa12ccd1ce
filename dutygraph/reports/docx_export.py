"""A run as a Word document: a formal report, for one unit, one region or all.

python-docx makes the document's styles, page and footer; its body comes from a template that
escapes what is put in, and is written as it is made, since a document tree of thousands of findings
would not fit in memory.
"""

from __future__ import annotations

import io
import zipfile
from functools import cache
from typing import Any, BinaryIO

import docx
from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from dutygraph.reports.edition import Edition
from dutygraph.reports.exports import Export, xml_text
from dutygraph.reports.narrative import Narrative, environment
from dutygraph.reports.wording import Pair

_BODY = "word/document.xml"
_TEXT, _HEADING = "仿宋", "黑体"
_LATIN = "Times New Roman"
_TIME = (1980, 1, 1, 0, 0, 0)
"""What a zip says of its files' time when nobody says; the same run is the same file."""
_COLOURS = {"violation": "A4161A", "review": "7A4B00", "advisory": "3D4A5C", "due_soon": "14506B"}


def _font(style: Any, east_asian: str, size: float, *, bold: bool = False) -> None:
    style.font.name = _LATIN
    style.font.size = Pt(size)
    style.font.bold = bold
    style.font.color.rgb = RGBColor(0, 0, 0)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    fonts.set(qn("w:eastAsia"), east_asian)
    # A theme's font would win over a name.
    for name in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{name}"), None)


def _field(paragraph: Any, code: str) -> None:
    """Add a field (ECMA-376, 17.16), such as the number of the page."""
    for kind, text in (("begin", None), (None, code), ("end", None)):
        run = paragraph.add_run()
        if kind is None:
            element = OxmlElement("w:instrText")
            element.set(qn("xml:space"), "preserve")
            element.text = text
        else:
            element = OxmlElement("w:fldChar")
            element.set(qn("w:fldCharType"), kind)
        run._r.append(element)


def _styles(document: Document) -> None:
    styles = document.styles
    _font(styles["Normal"], _TEXT, 11)
    styles["Normal"].paragraph_format.space_after = Pt(3)
    _font(styles["Title"], "宋体", 22, bold=True)
    styles["Title"].paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for number, size in ((1, 15), (2, 13), (3, 11.5)):
        _font(styles[f"Heading {number}"], _HEADING, size, bold=True)
    for name, east_asian, size in (("Law", "楷体", 11), ("English", _TEXT, 9), ("Cell", _TEXT, 9)):
        added = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        added.base_style = styles["Normal"]
        _font(added, east_asian, size)
        added.paragraph_format.space_after = Pt(2)
    styles["Law"].paragraph_format.left_indent = Mm(8)
    styles["English"].font.color.rgb = RGBColor(0x59, 0x59, 0x59)
    styles.add_style("Facts", WD_STYLE_TYPE.PARAGRAPH).base_style = styles["Normal"]
    styles["Facts"].paragraph_format.left_indent = Mm(8)
    _font(styles["Facts"], _TEXT, 10)


@cache
def _skeleton() -> bytes:
    """Make the document without its body: styles, page, footer."""
    document = docx.Document()
    _styles(document)
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(26)
    section.top_margin = section.bottom_margin = Mm(25)
    footer = section.footer.paragraphs[0]
    footer.alignment = WD_ALIGN_PARAGRAPH.CENTER
    footer.add_run("第 ")
    _field(footer, "PAGE")
    footer.add_run(" 页，共 ")
    _field(footer, "NUMPAGES")
    footer.add_run(" 页")
    # Word asks for language and proofing by run; the whole document is Chinese.
    properties = document.core_properties
    properties.title, properties.author, properties.language = "检查报告", "dutygraph", "zh-CN"
    properties.comments = ""
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _write(edition: Edition, out: BinaryIO) -> None:
    with (
        zipfile.ZipFile(io.BytesIO(_skeleton())) as skeleton,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as document,
    ):
        for name in skeleton.namelist():
            entry = zipfile.ZipInfo(name, _TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            content = skeleton.read(name)
            if name != _BODY:
                document.writestr(entry, content)
                continue
            with document.open(entry, "w", force_zip64=True) as body:
                _write_body(edition, content.decode(), body)


def _write_body(edition: Edition, empty: str, out: Any) -> None:
    """Write the body between what the skeleton has before and after its own, empty one."""
    before, _, rest = empty.partition("<w:body>")
    after = rest[rest.index("<w:sectPr") :]
    out.write(f"{before}<w:body>".encode())
    template = environment().get_template("report.docx.xml")
    stream = template.stream(told=Narrative(edition), colours=_COLOURS)
    stream.enable_buffering(200)
    for piece in stream:
        out.write(xml_text(piece).encode())
    out.write(after.encode())


EXPORTS = (
    Export(
        "docx",
        ".docx",
        Pair("Word 报告", "Word report"),
        Pair(
            "要行文的人：一份正式报告，可以接着修改、盖章、归档。",
            "For whoever reports in writing: a formal report, to be edited, signed and filed.",
        ),
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        is_text=False,
        write=_write,
    ),
)
