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

from dutygraph.reports.edition import Edition
from dutygraph.reports.exports import Export, xml_text
from dutygraph.reports.narrative import Narrative, environment
from dutygraph.reports.word import MEDIA_TYPE, entry, new_document, saved
from dutygraph.reports.wording import Pair

_BODY = "word/document.xml"
_COLOURS = {"violation": "A4161A", "review": "7A4B00", "advisory": "3D4A5C", "due_soon": "14506B"}


@cache
def _skeleton() -> bytes:
    """Make the document without its body: styles, page, footer."""
    return saved(new_document("检查报告"))


def _write(edition: Edition, out: BinaryIO) -> None:
    with (
        zipfile.ZipFile(io.BytesIO(_skeleton())) as skeleton,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as document,
    ):
        for name in skeleton.namelist():
            content = skeleton.read(name)
            if name != _BODY:
                document.writestr(entry(name), content)
                continue
            with document.open(entry(name), "w", force_zip64=True) as body:
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
        MEDIA_TYPE,
        is_text=False,
        write=_write,
    ),
)
