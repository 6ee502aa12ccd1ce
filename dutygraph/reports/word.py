"""Word documents as the project writes them: A4, Chinese fonts, a page number, no clock in them."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import docx
from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_TEXT, _HEADING = "仿宋", "黑体"
_LATIN = "Times New Roman"
_TIME = (1980, 1, 1, 0, 0, 0)
"""What a zip says of its files' time when nobody says; the same content is the same file."""


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


def new_document(title: str) -> Document:
    """Make an empty document: its styles, page and footer.

    Beside Word's own styles there are Law (quotes), English, Cell (of a table) and Facts.
    """
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
    properties.title, properties.author, properties.language = title, "dutygraph", "zh-CN"
    properties.comments = ""
    return document


def add(document: Document, words: str, style: str) -> Paragraph:
    """Add a paragraph in a style by its name.

    python-docx looks through all styles for each; their ids are their names without spaces.
    """
    paragraph = document.add_paragraph(words)
    paragraph._p.style = style.replace(" ", "")
    return paragraph


def entry(name: str) -> zipfile.ZipInfo:
    """Give the entry of a file in a zip, compressed and without a clock's time."""
    made = zipfile.ZipInfo(name, _TIME)
    made.compress_type = zipfile.ZIP_DEFLATED
    return made


def saved(document: Document) -> bytes:
    """Give a document as a file; the same document is the same file."""
    plain = io.BytesIO()
    document.save(plain)
    return without_clock(plain.getvalue())


def without_clock(package: bytes) -> bytes:
    """Give a zip with the same files and no time in it."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as parts, zipfile.ZipFile(out, "w") as whole:
        for name in parts.namelist():
            whole.writestr(entry(name), parts.read(name))
    return out.getvalue()
