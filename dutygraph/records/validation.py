"""What rows say of one another: ids, references, the order of dates, chains of superiors."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from dutygraph.records.cells import Row
from dutygraph.records.chains import Step, cycles, onward
from dutygraph.records.fault_log import FaultLog
from dutygraph.records.faults import Place, Wording
from dutygraph.records.history import import_id
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

    ``files`` names the batch's files, ``digest`` is the last step of its graph: they tell whether
    the batch is a version of an import that is there already. The ids of that one are no
    duplicates; its graph is ``replaces`` once the checks have run.
    """

    def __init__(self, rows: list[Row], known: KnownIds, files: Sequence[str], digest: str) -> None:
        self.faults = FaultLog()
        self.replaces: str | None = None
        self._rows = rows
        self._known = known
        self._files = files
        self._digest = digest
        self.index = Index()

    def run(self) -> FaultLog:
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
        self._refuse_left_hanging()
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
                self.faults.note(
                    "duplicate-id",
                    row.place,
                    "id",
                    seen=identifier,
                    entity=ENTITIES[entity],
                    other=str(first.place),
                )
        self.index = Index(rows)

    def _refuse_imported(self) -> None:
        found = [
            (entity, identifier, origin)
            for entity, rows in self.index.rows.items()
            for identifier, origin in self._known.find(entity, rows.keys()).items()
        ]
        graphs = {origin.graph for _, _, origin in found}
        self.replaces = self._known.earlier(graphs, self._files, self._digest)
        for entity, identifier, origin in found:
            if origin.graph != self.replaces:
                self.faults.note(
                    "already-imported",
                    self.index.rows[entity][identifier].place,
                    "id",
                    seen=identifier,
                    entity=ENTITIES[entity],
                    other=str(origin.place),
                    earlier=import_id(origin.graph),
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
            entity: self._stored(entity, sorted(strangers[entity]))
            if strangers[entity]
            else frozenset()
            for entity in ENTITIES
        }
        self.index = Index(rows, stored)

    def _stored(self, entity: str, ids: list[str]) -> frozenset[str]:
        found = self._known.find(entity, ids)
        # What only the replaced version has is gone.
        return frozenset(one for one, origin in found.items() if origin.graph != self.replaces)

    def _references(self) -> Iterator[tuple[Place, Column, str]]:
        for outer in self._rows:
            for row in (outer, *(part for parts in outer.parts.values() for part in parts)):
                for column in row.table.reference_columns:
                    for identifier in row.values.get(column.name, ()):
                        yield row.place, column, identifier

    def _check_references(self) -> None:
        lost: list[tuple[Place, Column, str]] = []
        for place, column, identifier in self._references():
            entities = self.index.entities_of(identifier, column.references)
            if not entities:
                lost.append((place, column, identifier))
            elif len(entities) > 1:
                self.faults.note(
                    "ambiguous-reference",
                    place,
                    column.name,
                    seen=identifier,
                    entity=_either(entities, "和", " and a "),
                )
        nearest = {
            entity: NearestId({name: row.first("name") for name, row in rows.items()}).find(
                identifier for _, column, identifier in lost if entity in column.references
            )
            for entity, rows in self.index.rows.items()
        }
        for place, column, identifier in lost:
            others = self.index.entities_of(identifier)
            found = (nearest[entity].get(identifier) for entity in column.references)
            self.faults.note(
                "wrong-reference" if others else "dangling-reference",
                place,
                column.name,
                seen=identifier,
                expected=column.expected,
                nearest=next((near for near in found if near is not None), None),
                entity=_either(column.references, "或", " or "),
                other=_either(others, "和", " and a "),
            )

    def _refuse_left_hanging(self) -> None:
        """Refuse to take away rows of the replaced version that other imports refer to."""
        if self.replaces is None:
            return
        for lost in self._known.left_hanging(self.replaces, self.index.rows):
            self.faults.note(
                "still-referred-to",
                Place(self._files[0]),
                "id",
                seen=lost.identifier,
                entity=ENTITIES[lost.entity],
                other=str(lost.place),
                earlier=import_id(self.replaces),
            )

    # Dates ---------------------------------------------------------------------------------

    def _check_order(self, row: Row) -> None:
        for column, start_column in row.table.dated_columns:
            value, start = row.first(column.name), row.first(start_column.name)
            if value is None or start is None or value > start:
                continue
            self.faults.note(
                "before-start" if value < start else "empty-period",
                row.place,
                column.name,
                seen=value,
                expected=Wording(f"晚于 {start} 的日期", f"a date after {start}"),
                start=Wording(start_column.titles.zh, start_column.name),
                value=start,
            )

    # Chains --------------------------------------------------------------------------------

    def _check_chains(self) -> None:
        for entity, rows in self.index.rows.items():
            steps = {
                name: [
                    (column.name, leads)
                    for column in row.table.acyclic_columns
                    if (leads := row.first(column.name)) is not None
                ]
                for name, row in rows.items()
            }
            for cycle in cycles(steps | self._imported_steps(entity, steps)):
                # A cycle is told once, at the row of it that comes first in the files.
                column, leads = cycle[0]
                first = rows.get(cycle[-1][1])
                if first is None:
                    continue  # It stands in other imports as it is.
                imported = [name for _, name in cycle if name not in rows]
                self.faults.note(
                    "superior-cycle-imported" if imported else "superior-cycle",
                    first.place,
                    column,
                    seen=leads,
                    cycle=_arrows(cycle, first.table.columns),
                    other=self._places(entity, imported),
                )

    def _imported_steps(
        self, entity: str, steps: Mapping[str, Sequence[Step]]
    ) -> dict[str, Sequence[Step]]:
        """Give the steps on from what was imported before, as far as the batch leads to it.

        Nothing there can lead back to a row that is new: only a new version can close a cycle.
        """
        replaced = self.replaces
        if replaced is None:
            return {}
        columns = {
            column.property_iri: column.name
            for row in self.index.rows[entity].values()
            for column in row.table.acyclic_columns
            if column.property_iri is not None
        }
        return onward(steps, lambda ids: self._known.steps(entity, ids, columns, replaced))

    def _places(self, entity: str, identifiers: Sequence[str]) -> str:
        """Say where ids were imported from: at the most so many as a cycle shows."""
        origins = self._known.find(entity, identifiers[:_CYCLE_SHOWN]) if identifiers else {}
        return "、".join(f"{one}（{origin.place}）" for one, origin in origins.items())


def _either(entities: Iterable[str], zh: str, en: str) -> Wording:
    names = [ENTITIES[entity] for entity in entities]
    return Wording(zh.join(name.zh for name in names), en.join(name.en for name in names))


def _arrows(cycle: Sequence[Step], columns: Mapping[str, Column]) -> Wording:
    """Show a cycle; which column a step takes is said where they are not all the same."""
    shown = cycle if len(cycle) <= _CYCLE_SHOWN else cycle[:_CYCLE_SHOWN]
    start = cycle[-1][1]
    if len({column for column, _ in cycle}) == 1:
        names = [start, *(leads for _, leads in shown)]
        line = " → ".join(names if len(cycle) == len(shown) else [*names[:-1], "…", start])
        return Wording(line, line)
    more = "" if len(cycle) == len(shown) else " …"
    return Wording(
        start + "".join(f" —{columns[name].titles.zh}→ {to}" for name, to in shown) + more,
        start + "".join(f" —{columns[name].titles.en}→ {to}" for name, to in shown) + more,
    )
