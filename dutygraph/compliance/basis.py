"""What a run knows before it sees any record: the settings, the norms, the duties of the calendar.

All runs with the same day, year and settings share it, however many records they look at.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Container, Iterable
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, serialize

from dutygraph.compliance.duties import Duty, duties, duty_iri
from dutygraph.compliance.occasions import Occasion, brought_about, occasions, update
from dutygraph.compliance.settings import Settings
from dutygraph.regulations.prepared import prepared_graphs
from dutygraph.store.embedded import EmbeddedStore
from dutygraph.store.graphs import GraphStore
from dutygraph.terms import DG, PREFIXES, sparql_prologue

_BINDING = (
    sparql_prologue()
    + """
CONSTRUCT { ?s ?p ?o . ?date a dg:EventDate } WHERE {
  { ?date a dg:EventDate } UNION { ?s ?p ?o VALUES ?p {
    dg:carries dg:kindOf dg:atLevel dg:addressee dg:evidence dg:mustCover dg:mustHaveForm
    dg:resolves dg:line dg:property dg:resolvedAs dg:requires dg:recordedAs
    dg:optionOf dg:optionValue dg:restrictsNorm dg:toKind dg:leavesOpen dg:openUnless
    dg:approver dg:mustBeOneOf dg:measures dg:severity dg:subjectKind dg:ordinal skos:broader
    dg:competentFor dg:jointlyWith dg:attributes dg:relievesOf dg:effectOf dg:onlyWith
    dg:onlyWithout dg:namedBearer dg:bearerFrom dg:tierShift dg:deadline dg:months
    skos:altLabel skos:hiddenLabel skos:notation
  } }
}"""
)
_FLAGS = """
SELECT ?flag WHERE {
  ?setting dg:key "head_rule" ; dg:effective ?rule .
  ?option dg:optionOf ?setting ; dg:optionValue ?rule ; dg:property ?flag
} ORDER BY ?flag"""
# Once for each unit: the one found at it owes the duty for it (article 24: its leading group).
_EACH = """
INSERT {
  ?subject dg:owes ?own .
  ?own dg:ofNorm ?norm ; dg:arisesFrom ?unit ; dg:involves ?unit ; ?fact ?value
} WHERE {
  dg:thisRun dg:commencement dg:InForce .
  ?duty dg:ofNorm ?norm ; dg:foundedBy ?foundedBy ; dg:standsOn ?standsOn .
  FILTER(?norm = <%(norm)s>)
  ?unit a <%(each)s> ; <%(at)s> ?subject .
  OPTIONAL { ?unit dg:founded ?founded }
  OPTIONAL { ?unit dg:dissolved ?dissolved }
  FILTER(COALESCE(?founded <= ?foundedBy, true) && COALESCE(?standsOn < ?dissolved, true))
  BIND(IRI(CONCAT(STR(?duty), "-", ENCODE_FOR_URI(STR(?unit)))) AS ?own)
  ?duty ?fact ?value . FILTER(?fact IN (dg:phase, dg:due, dg:opens, dg:year))
}"""


@dataclass(frozen=True)
class Basis:
    """What a run adds to whatever records it looks at.

    ``ntriples`` goes into every working graph. ``occasions`` come with the SPARQL update by which
    each brings duties about, ``each`` are the updates for duties owed once for each thing of a
    kind.
    """

    ntriples: bytes
    occasions: tuple[tuple[Occasion, str], ...]
    each: tuple[str, ...]


def basis(
    regulation: GraphStore,
    settings: Settings,
    as_of: dt.date,
    year: int,
    enforced: set[str],
    *,
    carried_over: bool = False,
) -> Basis:
    """Work out the basis of a run.

    ``regulation`` holds the prepared graphs, ``enforced`` are the IRIs of the norms that some shape
    enforces. ``carried_over`` adds what is owed for the year before and falls due in this one, as
    the report on its second half.
    """
    graphs = prepared_graphs()
    state, first = commencement(settings, as_of)
    known = occasions(regulation, graphs)
    owed = [
        duty
        for of_year in ((year - 1, year) if carried_over else (year,))
        for duty in duties(regulation, graphs, settings, as_of, of_year, known)
        if duty.norm in enforced and not (duty.due and duty.due < first)
        if of_year == year or (duty.due and duty.due.year == year)
    ]
    ntriples = b"".join(
        (
            _run_triples(settings, as_of, year, state, first),
            _duties(owed, as_of, int(settings["due_soon_days"] or 0), _each(known)),
            regulation.construct(_BINDING, graphs),
        )
    )
    flags = _head_flags(ntriples)
    return Basis(
        ntriples,
        tuple(
            (occasion, update(occasion, norms, settings, as_of, year, flags))
            for occasion in known
            if (norms := brought_about(occasion, enforced))
        ),
        for_each(known, enforced),
    )


def commencement(settings: Settings, as_of: dt.date) -> tuple[str, dt.date]:
    """Give whether the regulation is in force on a day, and the first day of what is owed.

    Article 43 lets it take effect on its issue, whose date the text does not give (reading A36):
    without ``effective_date`` a day before ``in_force_by`` is CommencementUnknown.
    """
    effective, by = settings["effective_date"], settings["in_force_by"]
    first = dt.date.fromisoformat(effective or by or dt.date.min.isoformat())
    if as_of >= first:
        return "InForce", first
    return ("NotInForce" if effective else "CommencementUnknown"), first


def for_each(known: Iterable[Occasion], enforced: Container[str]) -> tuple[str, ...]:
    """Give the updates for the duties that are owed once for each thing of a kind."""
    return tuple(
        sparql_prologue()
        + _EACH % {"norm": norm, "each": occasion.in_each, "at": occasion.found_at}
        for norm, occasion in sorted(_each(known).items(), key=lambda one: one[0])
        if norm in enforced
    )


def _each(known: Iterable[Occasion]) -> dict[str, Occasion]:
    return {norm: occasion for occasion in known if occasion.in_each for norm in occasion.norms}


def _head_flags(ntriples: bytes) -> list[str]:
    """Give the properties that make somebody principal head under the setting head_rule (A17)."""
    graph = EmbeddedStore.in_memory()
    graph.load(ntriples, own=True)
    return [row["flag"].value for row in graph.select(sparql_prologue() + _FLAGS, ())]


def _run_triples(
    settings: Settings, as_of: dt.date, year: int, state: str, first: dt.date
) -> bytes:
    run, triples = NamedNode(DG + "thisRun"), []
    triples += [
        Triple(run, NamedNode(DG + "asOf"), _date(as_of)),
        Triple(run, NamedNode(DG + "year"), _integer(year)),
        Triple(run, NamedNode(DG + "commencement"), NamedNode(DG + state)),
        Triple(run, NamedNode(DG + "inForceFrom"), _date(first)),
    ]
    for setting in settings.known.values():
        subject, value = NamedNode(setting.iri), settings[setting.key]
        triples.append(Triple(subject, NamedNode(DG + "key"), Literal(setting.key)))
        if value is not None:
            triples.append(Triple(subject, NamedNode(DG + "effective"), Literal(value)))
    return serialize(triples, format=RdfFormat.N_TRIPLES) or b""


def _duties(owed: list[Duty], as_of: dt.date, soon: int, each: Container[str]) -> bytes:
    """Give the duties of the year; those that no occasion hands out are owed by kind of body."""
    triples = []
    for duty in owed:
        triples += _duty_triples(duty, duty.phase(as_of, soon))
        if duty.norm not in each:
            by_kind = NamedNode(DG + "owedBy"), NamedNode(DG + "BodyKind")
            triples.append(Triple(NamedNode(duty_iri(duty)), *by_kind))
    return serialize(triples, format=RdfFormat.N_TRIPLES) or b""


def _duty_triples(duty: Duty, phase: str) -> list[Triple]:
    subject = NamedNode(duty_iri(duty))
    days = {
        "opens": duty.opens,
        "due": duty.due,
        "softOpens": duty.soft_opens,
        "softDue": duty.soft_due,
        "foundedBy": duty.founded_by,
        "standsOn": duty.stands_on,
    }
    years = {"year": duty.year, "coveredYear": duty.covered_year}
    facts: dict[str, NamedNode | Literal] = {
        "ofNorm": NamedNode(duty.norm),
        "phase": NamedNode(DG + phase),
        **{name: _date(day) for name, day in days.items() if day is not None},
        **{name: _integer(number) for name, number in years.items() if number is not None},
    }
    if duty.half is not None:
        facts["halfYear"] = Literal(f"{duty.year}H{duty.half}")
    if duty.having is not None:
        facts["whereProperty"] = NamedNode(duty.having)
    return [Triple(subject, NamedNode(DG + name), value) for name, value in facts.items()]


def _date(day: dt.date) -> Literal:
    return Literal(day.isoformat(), datatype=NamedNode(PREFIXES["xsd"] + "date"))


def _integer(number: int) -> Literal:
    return Literal(str(number), datatype=NamedNode(PREFIXES["xsd"] + "integer"))
