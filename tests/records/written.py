"""A document of the interchange model written in each form that the import takes.

Written here by hand, cell by cell, and not by the code under test.
"""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

import pyoxigraph
import xlsxwriter
from valid_batches import ENTITY_LISTS, MODEL, Document, Triple

from dutygraph.records.model import Table

# Days that Excel knows too, and no others: what is not one is written as it stands.
ISO_DAY = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])")
Rows = dict[str, list[dict[str, Any]]]
RDF_FORMS = {
    ".ttl": pyoxigraph.RdfFormat.TURTLE,
    ".nt": pyoxigraph.RdfFormat.N_TRIPLES,
    ".jsonld": pyoxigraph.RdfFormat.JSON_LD,
    ".rdf": pyoxigraph.RdfFormat.RDF_XML,
}


def by_table(document: Document) -> Rows:
    """Sort the rows of a document into their tables, nested ones with the id of their parent."""
    rows: Rows = {}
    for key in ENTITY_LISTS.values():
        for row in document.get(key, ()):
            (table,) = (one for one in MODEL.in_list(key) if one.row_type == row.get("type"))
            own = {name: cell for name, cell in row.items() if name not in table.parts}
            if table.row_type is not None:
                del own["type"]
            rows.setdefault(table.name, []).append(own)
            for name, part in table.parts.items():
                assert part.parent_column is not None
                for inner in row.get(name) or ():
                    nested = {part.parent_column.name: row["id"], **inner}
                    rows.setdefault(part.name, []).append(nested)
    return rows


def tables(rows: Rows) -> Iterator[tuple[Table, list[str]]]:
    """Give each table that has rows, with the names of the columns that some row has."""
    for table in MODEL:
        if table.name in rows:
            yield table, list(dict.fromkeys(name for row in rows[table.name] for name in row))


def title(table: Table, name: str) -> str:
    """Give the Chinese header of a column."""
    parent = table.parent_column
    column = parent if parent is not None and parent.name == name else table.columns[name]
    return column.titles.zh


def as_json(document: Document) -> bytes:
    return json.dumps(document, ensure_ascii=False).encode()


def as_workbook(rows: Rows) -> bytes:
    """Write a workbook: days as Excel days, numbers as numbers, truth as truth, lists with 、."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_urls": False})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for table, names in tables(rows):
        sheet = book.add_worksheet(table.titles.zh)
        for position, name in enumerate(names):
            sheet.write_string(0, position, title(table, name))
        for number, row in enumerate(rows[table.name], start=1):
            for position, name in enumerate(names):
                cell = row.get(name)
                if isinstance(cell, bool):
                    sheet.write_boolean(number, position, cell)
                elif isinstance(cell, int):
                    sheet.write_number(number, position, cell)
                elif isinstance(cell, list):
                    sheet.write_string(number, position, "、".join(cell))
                elif isinstance(cell, str):
                    column = table.columns.get(name)
                    is_day = column is not None and column.datatype.base == "date"
                    if is_day and ISO_DAY.fullmatch(cell) and cell > "1901":
                        sheet.write_datetime(number, position, date.fromisoformat(cell), day)
                    else:
                        sheet.write_string(number, position, cell)
    book.close()
    return target.getvalue()


def as_csv(rows: Rows, encoding: str = "utf-8-sig", delimiter: str = ",") -> dict[str, bytes]:
    """Write CSV files, by name; what a spreadsheet would calculate gets an apostrophe."""
    files: dict[str, bytes] = {}
    for table, names in tables(rows):
        lines = io.StringIO(newline="")
        writer = csv.writer(lines, delimiter=delimiter)
        writer.writerow([title(table, name) for name in names])
        for row in rows[table.name]:
            writer.writerow([_guarded(row.get(name)) for name in names])
        files[f"{table.titles.zh}.csv"] = lines.getvalue().encode(encoding)
    return files


def _guarded(cell: object) -> object:
    if isinstance(cell, list):
        cell = "；".join(cell)
    if isinstance(cell, bool):
        return "是" if cell else "否"
    is_formula = isinstance(cell, str) and cell.lstrip("'").startswith(("=", "+", "-", "@"))
    return f"'{cell}" if is_formula else cell


def zipped(files: dict[str, bytes]) -> bytes:
    """Pack files into a zip archive."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(f"records/{name}", content)
    return target.getvalue()


def as_rdf(triples: Iterable[Triple], suffix: str) -> bytes:
    """Write triples in one of the forms of RDF."""
    quads = [
        pyoxigraph.Triple(
            pyoxigraph.NamedNode(subject),
            pyoxigraph.NamedNode(predicate),
            pyoxigraph.NamedNode(text)
            if kind == "iri"
            else pyoxigraph.Literal(text, datatype=pyoxigraph.NamedNode(kind)),
        )
        for subject, predicate, (kind, text) in triples
    ]
    written = pyoxigraph.serialize(quads, format=RDF_FORMS[suffix])
    assert written is not None
    return written
