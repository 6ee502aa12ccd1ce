"""What rows say of one another: ids, references, the order of dates, chains of superiors."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from dutygraph.records.cells import Row
from dutygraph.records.faults import Fault, Place, Wording, fault
from dutygraph.records.known import KnownIds
from dutygraph.records.model import ENTITIES, Column
from dutygraph.records.nearest import NearestId

_CYCLE_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Index:
    """The ids that references may name: of the batch, with their rows, and of the store."""

    rows: Mapping[str, Mapping[str, Row]] = field(
        default_factory=lambda: {entity: {} for entity in ENTITIES}
    )
    stored: Mapping[str, Collection[str]] = field(
        default_factory=lambda: {entity: frozenset() for entity in ENTITIES}
    )

    def entities_of(self, identifier: str, among: Iterable[str] = tuple(ENTITIES)) -> list[str]:
        """Give which of some entities have a row with the id."""
        return [
            entity
            for entity in among
            if identifier in self.rows[entity] or identifier in self.stored[entity]
        ]


class Validation:
    """Checks the rows of a batch against one another and against what is in the store.

    ``graph_name`` is the last step of the batch's own graph: ids that stand there already came
    from the same content and are no duplicates.
    """

    def __init__(self, rows: list[Row], known: KnownIds, graph_name: str) -> None:
        self.faults: list[Fault] = []
        self._rows = rows
        self._known = known
        self._graph_name = graph_name
        self.index = Index()

    def run(self) -> list[Fault]:
        """Check everything and give the faults found; ``index`` is filled on the way."""
        self._register()
        self._refuse_imported()
        self._look_up_strangers()
        self._check_references()
        for row in self._rows:
            self._check_order(row)
            for parts in row.parts.values():
                for part in parts:
                    self._check_order(part)
        self._check_chains()
        return self.faults

    # Ids -----------------------------------------------------------------------------------

    def _register(self) -> None:
        rows: dict[str, dict[str, Row]] = {entity: {} for entity in ENTITIES}
        for row in self._rows:
            identifier = row.first("id")
            if identifier is None:
                continue
            entity = row.table.entity
            first = rows[entity].setdefault(identifier, row)
            if first is not row:
                self.faults.append(
                    fault(
                        "duplicate-id",
                        row.place,
                        "id",
                        seen=identifier,
                        entity=ENTITIES[entity],
                        other=str(first.place),
                    )
                )
        self.index = Index(rows)

    def _refuse_imported(self) -> None:
        for entity, rows in self.index.rows.items():
            for identifier, origin in self._known.find(entity, rows.keys()).items():
                if origin.graph.rpartition("/")[2] != self._graph_name:
                    self.faults.append(
                        fault(
                            "already-imported",
                            rows[identifier].place,
                            "id",
                            seen=identifier,
                            entity=ENTITIES[entity],
                            other=str(origin.place),
                        )
                    )

    # References ----------------------------------------------------------------------------

    def _look_up_strangers(self) -> None:
        """Ask the store, once, for the ids that are referred to and not in the batch."""
        rows = self.index.rows
        strangers: dict[str, set[str]] = defaultdict(set)
        for _, column, identifier in self._references():
            if all(identifier not in rows[entity] for entity in column.references):
                for entity in column.references:
                    strangers[entity].add(identifier)
        stored = {
            entity: frozenset(self._known.find(entity, sorted(strangers[entity])))
            if strangers[entity]
            else frozenset()
            for entity in ENTITIES
        }
        self.index = Index(rows, stored)

    def _references(self) -> Iterator[tuple[Place, Column, str]]:
        for outer in self._rows:
            for row in (outer, *(part for parts in outer.parts.values() for part in parts)):
                for column in row.table.reference_columns:
                    for identifier in row.values.get(column.name, ()):
                        yield row.place, column, identifier

    def _check_references(self) -> None:
        nearest = {
            entity: NearestId({name: row.first("name") for name, row in rows.items()})
            for entity, rows in self.index.rows.items()
        }
        for place, column, identifier in self._references():
            entities = self.index.entities_of(identifier, column.references)
            if len(entities) == 1:
                continue
            if entities:
                self.faults.append(
                    fault(
                        "ambiguous-reference",
                        place,
                        column.name,
                        seen=identifier,
                        entity=_either(entities, "和", " and a "),
                    )
                )
                continue
            others = self.index.entities_of(identifier)
            found = (nearest[entity].find(identifier) for entity in column.references)
            self.faults.append(
                fault(
                    "wrong-reference" if others else "dangling-reference",
                    place,
                    column.name,
                    seen=identifier,
                    expected=column.expected,
                    nearest=next((near for near in found if near is not None), None),
                    entity=_either(column.references, "或", " or "),
                    other=_either(others, "和", " and a "),
                )
            )

    # Dates ---------------------------------------------------------------------------------

    def _check_order(self, row: Row) -> None:
        for column, start_column in row.table.dated_columns:
            value, start = row.first(column.name), row.first(start_column.name)
            if value is None or start is None or value > start:
                continue
            self.faults.append(
                fault(
                    "before-start" if value < start else "empty-period",
                    row.place,
                    column.name,
                    seen=value,
                    expected=Wording(f"晚于 {start} 的日期", f"a date after {start}"),
                    start=Wording(start_column.titles.zh, start_column.name),
                    value=start,
                )
            )

    # Chains --------------------------------------------------------------------------------

    def _check_chains(self) -> None:
        for rows in self.index.rows.values():
            tables = {row.table for row in rows.values()}
            columns = {
                column.name
                for table in tables
                for column in table.reference_columns
                if column.acyclic
            }
            for column in sorted(columns):
                for cycle in _cycles({name: row.first(column) for name, row in rows.items()}):
                    # A cycle is told once, at the row of it that comes first in the files.
                    self.faults.append(
                        fault(
                            "superior-cycle",
                            rows[cycle[0]].place,
                            column,
                            seen=rows[cycle[0]].first(column),
                            cycle=_arrows(cycle),
                        )
                    )


def _either(entities: Iterable[str], zh: str, en: str) -> Wording:
    names = [ENTITIES[entity] for entity in entities]
    return Wording(zh.join(name.zh for name in names), en.join(name.en for name in names))


def _arrows(cycle: list[str]) -> str:
    shown = cycle if len(cycle) <= _CYCLE_SHOWN else [*cycle[:_CYCLE_SHOWN], "…"]
    return " → ".join([*shown, cycle[0]])


def _cycles(following: Mapping[str, str | None]) -> Iterator[list[str]]:
    """Give each cycle of a map in which every id leads to one other at most.

    A cycle starts with that of its ids which the map holds first.
    """
    order = {identifier: position for position, identifier in enumerate(following)}
    done: set[str] = set()
    for start in following:
        path: dict[str, None] = {}
        step: str | None = start
        while step in order and step not in done and step not in path:
            path[step] = None
            step = following[step]
        if step in path:
            steps = list(path)
            cycle = steps[steps.index(step) :]
            first = cycle.index(min(cycle, key=order.__getitem__))
            yield cycle[first:] + cycle[:first]
        done.update(path)
