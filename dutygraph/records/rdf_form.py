"""RDF in the ontology's own terms: Turtle, N-Triples, JSON-LD and RDF/XML (W3C).

What an export of records or another system writes is read back into rows, so that it goes through
the same checks as any other form. A resource is a row when its class is that of a table; the words
of the ontology stand as concepts, the rows it refers to as resources.
"""

from __future__ import annotations

import io
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import PurePath
from typing import Final, TypeAlias
from urllib.parse import unquote
from xml.parsers.expat import ExpatError

import pyoxigraph
from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat

from dutygraph.records.archives import hostile_xml
from dutygraph.records.fault_log import FaultLog
from dutygraph.records.faults import Fault, Place, Wording, fault
from dutygraph.records.formats import Format, RawRow, Reading, Source
from dutygraph.records.model import Column, Model, Table
from dutygraph.terms import DG, PREFIXES

_FORMATS: Final = {
    ".ttl": RdfFormat.TURTLE,
    ".nt": RdfFormat.N_TRIPLES,
    ".jsonld": RdfFormat.JSON_LD,
    ".rdf": RdfFormat.RDF_XML,
}
_TYPE: Final = PREFIXES["rdf"] + "type"
_SILENT: Final = frozenset(
    {_TYPE, *(DG + name for name in ("sourceFile", "sourceSheet", "sourceRow"))}
)
"""Where a row came from before is not what it says."""

_IDENTIFIER: Final = PREFIXES["dcterms"] + "identifier"
_NUMBER: Final = re.compile(r"([0-9]+)")

_DIGITS: Final = 18
_TRIPLE_TERMS: Final = 100
_TRIAL: Final = """
import resource, sys
import pyoxigraph
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
resource.setrlimit(resource.RLIMIT_STACK, (1 << 22, 1 << 22))
form = pyoxigraph.RdfFormat.from_file_extension(sys.argv[1])
try:
    for quad in pyoxigraph.parse(sys.stdin.buffer.read(), form):
        quad.object
except (SyntaxError, ValueError, MemoryError):
    pass
"""
_LAST: Final = [(sys.maxsize, "")]
_CLASS: Final = Wording("导入模型中一张表的类", "the class of a table of the import model")

Subject: TypeAlias = NamedNode | BlankNode
Term: TypeAlias = NamedNode | BlankNode | Literal
Facts: TypeAlias = Mapping[str, Sequence[Term]]


def read(source: Source, model: Model) -> Reading:
    """Read the rows of an RDF document (a ``Reader``)."""
    form = _FORMATS[PurePath(source.name).suffix.lower()]
    place = Place(source.name)
    facts: dict[Subject, dict[str, list[Term]]] = defaultdict(lambda: defaultdict(list))
    try:
        if (code := _hostile(source.content, form)) is not None:
            expected = Wording(form.name, form.name)
            return Reading(faults=FaultLog([fault(code, place, expected=expected)]))
        for quad in pyoxigraph.parse(source.content, form):
            value = quad.object
            if isinstance(quad.subject, NamedNode | BlankNode) and not isinstance(
                value, pyoxigraph.Triple
            ):
                facts[quad.subject][quad.predicate.value].append(value)
    # A MemoryError is the parser's own limit: of a single word, 16 MB.
    except (SyntaxError, ValueError, MemoryError, ExpatError) as error:
        return Reading(faults=FaultLog([_malformed(place, form.name, error)]))
    return _Document(source.name, model, facts).read()


def _hostile(content: bytes, form: RdfFormat) -> str | None:
    """Give the code of the fault of a document that the parser must not see, None where it may.

    Raises ExpatError for RDF/XML that is no XML.
    """
    # pyoxigraph expands entities, and XML of great depth takes it time without end; it reads on
    # where others see that it is no XML.
    if form == RdfFormat.RDF_XML:
        return hostile_xml(io.BytesIO(content), whole=True)
    # Triple terms in triple terms without end overflow the stack; the rows have none.
    if content.count(b"<<") > _TRIPLE_TERMS and not _is_survived(content, form):
        return "nested-too-deep"
    return None


def _is_survived(content: bytes, form: RdfFormat) -> bool:
    """Tell whether a process of its own lives through parsing a document, with half the stack."""
    # The parser alone: nothing of this process, and no file of it, is there.
    parsed = subprocess.run(  # noqa: S603 - the command is our own
        [sys.executable, "-c", _TRIAL, form.file_extension],
        input=content,
        capture_output=True,
        check=False,
    )
    return parsed.returncode == 0


def _malformed(place: Place, form: str, error: Exception) -> Fault:
    line = getattr(error, "lineno", None)
    reason = Wording(str(error), str(error))
    if "LoadDocumentCallback" in str(error):
        reason = Wording(
            "@context 不在文件里，不去读取；请写在文件里",
            "the @context is elsewhere and is not fetched; write it into the file",
        )
    position = getattr(error, "offset", None) if line else None
    return fault("malformed-rdf", place, form=form, reason=reason, line=line, position=position)


FORMAT: Final = Format("rdf", tuple(_FORMATS), read)


def _natural(name: str) -> list[tuple[int, str]]:
    """Sort names with numbers in them by the numbers: ``role-10`` after ``role-9``."""
    return [
        (int(part), "") if position % 2 and len(part) < _DIGITS else (-1, part)
        for position, part in enumerate(_NUMBER.split(name))
    ]


def _in_order(terms: Iterable[Subject]) -> list[Subject]:
    """Put resources in the order of their IRIs; those without one follow as they are met."""
    return sorted(
        terms, key=lambda term: _natural(term.value) if isinstance(term, NamedNode) else _LAST
    )


class _Document:
    """Turns the resources of a document into rows, in the order of their IRIs."""

    def __init__(self, file: str, model: Model, facts: Mapping[Subject, Facts]) -> None:
        self._file = file
        self._facts = facts
        self._reading = Reading()
        self._outer = {table.rdf_class: table for table in model.tables}
        self._inner = {table.rdf_class: table for table in model if table.parent is not None}
        self._links = {table.link for table in self._inner.values()}
        self._own = {column.property_iri for table in model for column in table.columns.values()}
        self._linked_to: set[Term] = set()
        self._words: dict[int, dict[str, str]] = {}

    def read(self) -> Reading:
        """Read every resource whose class is that of a table, and tell those that have none."""
        numbers: dict[str, int] = defaultdict(int)
        subjects = _in_order(self._facts)
        for subject in subjects:
            tables = [self._outer[name] for name in self._classes(subject) if name in self._outer]
            if tables:
                key = tables[0].list_key
                numbers[key] += 1
                row = self._row(subject, tables[0], numbers[key])
                self._reading.rows.append(row)
                if len(tables) > 1:
                    seen = [table.rdf_class for table in tables]
                    self._reading.faults.note(
                        "not-single", row.place, "rdf:type", seen=seen, expected=_CLASS
                    )
        for number, subject in enumerate(subjects, start=1):
            self._tell_left_out(subject, Place(self._file, row=number, subject=subject.value))
        if not self._reading.rows and not self._reading.faults:
            self._reading.faults.note("no-rows", Place(self._file))
        return self._reading

    def _classes(self, subject: Subject) -> list[str]:
        return sorted(term.value for term in self._facts[subject].get(_TYPE, ()))

    def _tell_left_out(self, subject: Subject, place: Place) -> None:
        """Tell a resource that is of no row although it says something of one."""
        classes = self._classes(subject)
        if subject in self._linked_to or any(name in self._outer for name in classes):
            return
        inner = next((self._inner[name] for name in classes if name in self._inner), None)
        ours = next((name for name in classes if name.startswith(DG)), None)
        if inner is not None and inner.parent_column is not None:
            self._reading.faults.note(
                "homeless-row", place, seen=subject.value, expected=inner.parent_column.expected
            )
        elif ours is not None:
            self._reading.faults.note("unknown-class", place, seen=ours)
        elif not classes and not self._own.isdisjoint(self._facts[subject]):
            self._reading.faults.note("missing-value", place, "rdf:type", expected=_CLASS)

    def _row(self, subject: Subject, table: Table, number: int) -> RawRow:
        place = Place(
            self._file,
            table.list_key,
            number,
            sequence=self._reading.next_sequence(),
            subject=subject.value if isinstance(subject, NamedNode) else None,
        )
        row = RawRow(table.list_key, place, self._cells(subject, table))
        for key, inner in table.parts.items():
            linked = self._facts[subject].get(inner.link or "", ())
            if linked:
                row.parts[key] = list(self._parts(key, inner, place, linked))
        return row

    def _parts(
        self, key: str, table: Table, place: Place, linked: Sequence[Term]
    ) -> Iterator[RawRow]:
        for term in linked:
            if isinstance(term, Literal):
                self._reading.faults.note("part-not-list", place, key, seen=term.value)
        nodes = _in_order(term for term in linked if not isinstance(term, Literal))
        self._linked_to.update(nodes)
        for position, node in enumerate(nodes, start=1):
            yield RawRow(
                key, replace(place, prefix=f"{key}[{position}]."), self._cells(node, table)
            )

    def _cells(self, subject: Subject, table: Table) -> dict[str, object]:
        columns = {column.property_iri: column for column in table.columns.values()}
        links = {part.link for part in table.parts.values()}
        cells: dict[str, object] = {}
        if table.row_type is not None:
            cells["type"] = table.row_type
        for predicate, terms in self._facts.get(subject, {}).items():
            column = columns.get(predicate)
            if column is not None:
                values = [self._value(column, term) for term in _in_chinese(terms)]
                cells[column.name] = values[0] if len(values) == 1 else values
            elif predicate not in links and predicate not in _SILENT:
                cells[predicate] = terms[0].value
        return cells

    def _value(self, column: Column, term: Term) -> str:
        """Give a concept as its word, a row as its id, a literal as it is written."""
        if isinstance(term, Literal):
            if column.datatype.base == "boolean":
                return {"1": "true", "0": "false"}.get(term.value, term.value)
            return term.value
        if column.terms is not None:
            words = self._words.get(id(column))
            if words is None:
                words = {iri: word for word, iri in reversed(list(column.terms.items()))}
                self._words[id(column)] = words
            return words.get(term.value, term.value)
        if column.references:
            named = self._facts.get(term, {}).get(_IDENTIFIER)
            return named[0].value if named else unquote(term.value.rpartition("/")[2])
        return term.value


def _in_chinese(terms: Sequence[Term]) -> Sequence[Term]:
    """Of one text in several languages give the Chinese."""
    if len(terms) > 1 and all(isinstance(term, Literal) and term.language for term in terms):
        return [
            term
            for term in terms
            if isinstance(term, Literal) and (term.language or "").startswith("zh")
        ] or terms
    return terms
