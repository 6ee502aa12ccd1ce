"""The import model: which tables there are, what their columns hold, and what rows become.

The model is loaded from the table descriptions of the ontology by ``csvw``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Final

from dutygraph.records.faults import Wording
from dutygraph.records.values import Datatype

ENTITIES: Final[Mapping[str, Wording]] = {
    "unit": Wording("单位", "unit"),
    "person": Wording("人员", "person"),
    "record": Wording("记录", "record"),
}
"""What has an id of its own; the first step of its IRI → what messages call it."""

_TERMS_SHOWN: Final = 20


@dataclass(frozen=True, slots=True)
class Column:
    """A column: a key of a JSON object, a column of a CSV file or of a sheet.

    ``terms`` gives allowed notation → concept IRI when the values are words of the ontology;
    ``otherwise`` is the concept that stands for any other word, where other words are allowed.
    ``references`` names the entities (unit, person, record) whose ids the values are.
    ``kinds`` holds the record kinds that use the column (None: all), ``required_for`` those that
    cannot do without; ``required`` says the same of every row. ``not_before`` names the column
    whose date this one may not precede; ``acyclic`` forbids chains that come back to their start;
    ``defaults`` gives kind → the term that holds when none is given.
    """

    name: str
    titles: Wording
    datatype: Datatype
    property_iri: str | None = None
    separator: str | None = None
    required: bool = False
    recommended: bool = False
    terms: Mapping[str, str] | None = None
    otherwise: str | None = None
    references: tuple[str, ...] = ()
    kinds: frozenset[str] | None = None
    required_for: frozenset[str] = frozenset()
    not_before: str | None = None
    acyclic: bool = False
    defaults: Mapping[str, str] = field(default_factory=dict)

    def used_by(self, kind: str | None) -> bool:
        """Tell whether rows of a kind use the column; of a kind not known, they might."""
        return self.kinds is None or kind is None or kind in self.kinds

    @property
    def expected(self) -> Wording:
        """Say in words what a value of the column is."""
        if self.terms is not None:
            shown = list(self.terms)[:_TERMS_SHOWN]
            if len(shown) < len(self.terms):
                shown.append("…")
            return Wording("、".join(shown), "one of " + ", ".join(shown))
        if self.references:
            names = [ENTITIES[entity] for entity in self.references]
            return Wording(
                "或".join(name.zh for name in names) + "的 id",
                "the id of a " + " or a ".join(name.en for name in names),
            )
        return self.datatype.expected


@dataclass(frozen=True, eq=False)
class Table:
    """A table: a JSON list, a CSV file, a sheet.

    ``name`` is that of its CSV file, ``list_key`` the JSON key of its list, ``entity`` and
    ``part`` make the IRIs of its rows (``record/…``, ``person/…#role-1``), ``rdf_class`` is their
    class. A nested table hangs on the rows of ``parent`` under its list key; ``link`` is the
    property that leads from such a row to the nested one; ``parent_column`` holds the parent's id
    where the nested rows stand in a file of their own. An ``open`` table does not mind keys that
    it does not have.
    """

    name: str
    titles: Wording
    list_key: str
    entity: str
    rdf_class: str
    columns: Mapping[str, Column]
    part: str | None = None
    parent: str | None = None
    parent_column: Column | None = None
    link: str | None = None
    kinds: frozenset[str] | None = None
    parts: Mapping[str, Table] = field(default_factory=dict)
    open: bool = False

    @cached_property
    def row_type(self) -> str | None:
        """Give the one value that the ``type`` column has, None for a table without one."""
        column = self.columns.get("type")
        return (
            None
            if column is None or column.datatype.pattern is None
            else (column.datatype.pattern.pattern)
        )

    @cached_property
    def row_kinds(self) -> Mapping[str, str]:
        """Give kind → concept IRI; empty for a table whose rows have no kind."""
        column = self.columns.get("kind")
        return (column.terms if column is not None else None) or {}

    @cached_property
    def reference_columns(self) -> tuple[Column, ...]:
        """Give the columns whose values are ids of rows."""
        return tuple(column for column in self.columns.values() if column.references)

    @cached_property
    def acyclic_columns(self) -> tuple[Column, ...]:
        """Give the columns that may not lead back to their start."""
        return tuple(column for column in self.columns.values() if column.acyclic)

    @cached_property
    def dated_columns(self) -> tuple[tuple[Column, Column], ...]:
        """Give the columns that may not precede another, with that other."""
        return tuple(
            (column, self.columns[column.not_before])
            for column in self.columns.values()
            if column.not_before is not None
        )

    def part_used_by(self, key: str, kind: str | None) -> bool:
        """Tell whether rows of a kind have the nested list; of a kind not known, they might."""
        kinds = self.parts[key].kinds
        return kinds is None or kind is None or kind in kinds


@dataclass(frozen=True)
class Model:
    """All tables that can be imported, in the order of the description, nested ones in place."""

    tables: tuple[Table, ...]

    @cached_property
    def list_keys(self) -> tuple[str, ...]:
        """Give the keys of the outermost lists: units, persons, records."""
        return tuple(dict.fromkeys(table.list_key for table in self.tables))

    @cached_property
    def _by_list(self) -> Mapping[str, tuple[Table, ...]]:
        return {
            key: tuple(table for table in self.tables if table.list_key == key)
            for key in self.list_keys
        }

    def in_list(self, list_key: str) -> tuple[Table, ...]:
        """Give the tables whose rows share a list."""
        return self._by_list[list_key]

    def part_keys(self, list_key: str) -> frozenset[str]:
        """Give the keys under which rows of a list carry nested rows."""
        return frozenset(key for table in self.in_list(list_key) for key in table.parts)

    @cached_property
    def _common(self) -> Mapping[str, Table]:
        return {key: _common_table(tables) for key, tables in self._by_list.items()}

    def common(self, list_key: str) -> Table:
        """Give what the tables of a list have in common, to read a row that fits none of them."""
        return self._common[list_key]

    def __iter__(self) -> Iterator[Table]:
        """Go through every table, the nested ones after the one they hang on."""
        for table in self.tables:
            yield table
            yield from table.parts.values()


def _common_table(tables: tuple[Table, ...]) -> Table:
    columns: dict[str, Column] = {}
    for name, column in tables[0].columns.items():
        if name != "type" and all(name in table.columns for table in tables):
            terms = [table.columns[name].terms for table in tables]
            columns[name] = replace(
                column,
                kinds=None,
                required_for=frozenset(),
                terms=None
                if terms[0] is None
                else {word: iri for words in terms for word, iri in (words or {}).items()},
            )
    return replace(tables[0], name=tables[0].list_key, columns=columns, parts={}, open=True)
