"""What files would do beyond a remit: rows that are not its own, units put elsewhere.

Who stands under whom decides who sees what. So whoever has but a remit brings in people and records
of its units, and its units as they stand; the units themselves are for administrators to arrange.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from pyoxigraph import NamedNode, RdfFormat, Triple, parse

from dutygraph.records.excerpts import is_whole
from dutygraph.records.faults import Fault, Place, fault
from dutygraph.records.history import History, HistoryError
from dutygraph.records.importing import Batch
from dutygraph.records.known import rows_of
from dutygraph.records.ownership import Ownership, entity, row_of
from dutygraph.records.subtrees import STRUCTURE
from dutygraph.records.triples import row_iri
from dutygraph.regulations.prepared import open_directory
from dutygraph.store.graphs import GraphStore
from dutygraph.terms import sparql_prologue

_OWN = sparql_prologue() + "SELECT ?row WHERE { ?row a dg:%s }"
_SAID = "SELECT ?p ?o WHERE { <%s> ?p ?o }"


def trespasses(batch: Batch, place: Path, store: GraphStore, base: str) -> Iterator[Fault]:
    """Give a fault for each row of a batch without errors that its importer may not bring in so.

    ``store`` is the excerpt at a place, against which the batch was read.
    """
    active = History.of(store).active
    said = _by_row(batch.ntriples(base))
    own = _ownership(store, active, said)
    for row in batch.rows:
        iri = row_iri(base, row.table.entity, row.values["id"][0])
        if not own.has_all(iri, said[iri]):
            yield fault("outside-remit", row.place, "id", seen=row.values["id"][0])
        elif entity(iri) == "unit" and _structure(said[iri]) != _stands(store, active, iri):
            yield fault("units-rearranged", row.place, "id", seen=row.values["id"][0])
    if batch.replaces is not None:
        yield from _replacing(batch, place, store, set(said))


def _ownership(store: GraphStore, active: list[str], said: dict[str, list[Triple]]) -> Ownership:
    """Give what is in the remit, with the people that the batch itself brings to its units."""
    if not active:
        return Ownership(frozenset(), frozenset())
    units = {row["row"].value for row in store.select(_OWN % "Unit", active)}
    known = {row["row"].value for row in store.select(_OWN % "Person", active)}
    there = Ownership(units, known)
    new = {
        iri for iri, some in said.items() if entity(iri) == "person" and there.has_all(iri, some)
    }
    return Ownership(units, known | new)


def _structure(triples: list[Triple]) -> set[tuple[str, str]]:
    return {
        (one.predicate.value, str(one.object))
        for one in triples
        if one.predicate.value in STRUCTURE
    }


def _stands(store: GraphStore, active: list[str], iri: str) -> set[tuple[str, str]]:
    return {
        (row["p"].value, str(row["o"]))
        for row in store.select(_SAID % iri, active)
        if row["p"].value in STRUCTURE
    }


def _replacing(batch: Batch, place: Path, store: GraphStore, coming: set[str]) -> Iterator[Fault]:
    """Tell whether the import whose place is taken is one's own, and keeps its units."""
    assert batch.replaces is not None  # noqa: S101 - asked before
    file = Place(batch.sources[0].name)
    if not is_whole(place, batch.replaces):
        yield fault("replaces-others", file)
    elif lost := {iri for iri in rows_of(store, batch.replaces) - coming if entity(iri) == "unit"}:
        yield fault("units-removed", file, count=len(lost))


def hidden(batch: Batch, seen: Batch) -> Iterator[Fault]:
    """Give a fault for each error that files have with records outside of their importer's sight.

    ``seen`` is the same batch as read against the excerpt. What the errors say is not told: it
    would tell of others' records. That an id is taken cannot be kept from who tries to take it.
    """
    for one in batch.errors:
        yield fault("conflicts-unseen", one.place)
    if not batch.errors and batch.replaces != seen.replaces:
        yield fault("conflicts-unseen", Place(batch.sources[0].name))


def refuse_undo(store: GraphStore, name: str, place: Path) -> None:
    """Refuse to take out of force an import that is not one's own, or that arranges units.

    ``store`` is the whole one, the excerpt for the remit is at a place. Raises HistoryError.
    """
    found = History.of(store).find(name)
    graphs = [found.graph, *([found.replaces] if found.replaces else [])]
    own = open_directory(place)
    active = History.of(own).active
    if found.graph not in active or not is_whole(place, found.graph):
        raise HistoryError(
            "这次导入还有您范围以外的内容，请由管理员撤销 / "
            "this import holds more than is in your remit; have an administrator undo it"
        )
    rows = {iri for graph in graphs for iri in rows_of(store, graph)}
    units = {row["row"].value for row in own.select(_OWN % "Unit", active)}
    # People of what comes back count as one's own if all their posts are: so says ``has_all``.
    persons = {row["row"].value for row in own.select(_OWN % "Person", active)}
    back = Ownership(units, persons)
    if any(entity(iri) == "unit" for iri in rows) or not all(
        back.has_all(iri, said) for iri, said in _by_row(*map(store.graph, graphs[1:])).items()
    ):
        raise HistoryError(
            "撤销会改变有哪些单位，或者带回您范围以外的记录，请由管理员撤销 / "
            "undoing it would change which units there are, or bring back records outside your "
            "remit; have an administrator undo it"
        )


def _by_row(*ntriples: bytes) -> dict[str, list[Triple]]:
    """Give what is said of each row and of its parts."""
    said: dict[str, list[Triple]] = defaultdict(list)
    for some in ntriples:
        for quad in parse(some, format=RdfFormat.N_TRIPLES):
            assert isinstance(quad.subject, NamedNode)  # noqa: S101 - rows have no blank nodes
            said[row_of(quad.subject.value)].append(quad.triple)
    return said
