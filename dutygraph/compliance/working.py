"""The working graph of a check run: org data as of a day, and what each unit owes for the year.

Both engines, the set queries and pyshacl, see this one graph. It holds the imported records that
exist on the as-of date, the effective settings, the year's duties in dates, and ``unit dg:owes
duty`` for whoever is bound. Who is bound is read from the norms' bearers in the closure; no shape
and no line here names a kind of body.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, serialize

from dutygraph.compliance.duties import Duty, duties, duty_iri
from dutygraph.compliance.settings import Settings
from dutygraph.regulations.prepared import prepared_graphs
from dutygraph.store.embedded import EmbeddedStore
from dutygraph.store.graphs import GraphStore
from dutygraph.terms import DG, PREFIXES, sparql_prologue

_BINDING = (
    sparql_prologue()
    + """
CONSTRUCT { ?s ?p ?o } WHERE {
  VALUES ?p {
    dg:carries dg:kindOf dg:atLevel dg:addressee dg:evidence dg:mustCover dg:mustHaveForm
    dg:resolves dg:line dg:property dg:resolvedAs
    dg:optionOf dg:optionValue dg:restrictsNorm dg:toKind dg:leavesOpen dg:openUnless
  }
  ?s ?p ?o
}"""
)
_FORGET_FUTURE = """
DELETE { ?record ?p ?o } WHERE {
  dg:thisRun dg:asOf ?asOf .
  ?record dg:recordKind ?kind ; dg:date ?date . FILTER(?date > ?asOf)
  ?record ?p ?o
}"""
# A record's year, when not given, is the year of its date.
_YEAR = """
INSERT { ?record dg:year ?year } WHERE {
  ?record dg:recordKind ?kind ; dg:date ?date . BIND(YEAR(?date) AS ?year)
  FILTER NOT EXISTS { ?record dg:year ?given }
}"""
# Readings A03 and A37: which unit is the superior along the line that the setting names.
_SUPERIORS = """
INSERT { ?unit ?as ?superior } WHERE {
  ?setting dg:key "superior_line" ; dg:effective ?line .
  ?resolution dg:line ?line ; dg:resolves ?role ; dg:property ?property .
  ?role dg:resolvedAs ?as .
  ?unit ?property ?superior
}"""
# Reading A17: who counts as principal head; a post holds from its first day to before its last.
_HEADS = """
INSERT { ?person dg:principalHeadOf ?unit } WHERE {
  ?setting dg:key "head_rule" ; dg:effective ?rule .
  ?option dg:optionOf ?setting ; dg:optionValue ?rule ; dg:property ?flag .
  ?person org:hasMembership ?membership .
  ?membership org:organization ?unit ; ?flag true .
  dg:thisRun dg:asOf ?asOf .
  OPTIONAL { ?membership dg:from ?from }
  OPTIONAL { ?membership dg:until ?until }
  FILTER(COALESCE(?from <= ?asOf, true) && COALESCE(?asOf < ?until, true))
}"""
_OWES = """
INSERT { ?unit dg:owes ?duty } WHERE {
  dg:thisRun dg:commencement dg:InForce .
  ?duty dg:ofNorm ?norm ; dg:foundedBy ?foundedBy ; dg:standsOn ?standsOn .
  ?kind dg:carries ?norm .
  ?unit dg:kind ?kind ; dg:application ?application .
  OPTIONAL { ?unit dg:level ?level }
  OPTIONAL { ?unit dg:founded ?founded }
  OPTIONAL { ?unit dg:dissolved ?dissolved }
  FILTER(COALESCE(?founded <= ?foundedBy, true) && COALESCE(?standsOn < ?dissolved, true))
  FILTER(
    NOT EXISTS { ?norm dg:atLevel ?any } || (BOUND(?level) && EXISTS { ?norm dg:atLevel ?level })
  )
  FILTER NOT EXISTS {
    ?option dg:restrictsNorm ?norm ; dg:optionOf ?setting ; dg:optionValue ?value .
    ?setting dg:effective ?value .
    FILTER NOT EXISTS { ?option dg:toKind ?kind }
  }
  FILTER NOT EXISTS {
    ?setting dg:key "reference_units" ; dg:effective "skip" . FILTER(?application = dg:ByReference)
  }
}"""
# A day of receipt that lies ahead is not known yet, though the report itself was sent.
_FORGET_RECEIPTS = """
DELETE { ?record dg:received ?received } WHERE {
  dg:thisRun dg:asOf ?asOf .
  ?record dg:received ?received . FILTER(?received > ?asOf)
}"""
_STEPS = (_FORGET_FUTURE, _FORGET_RECEIPTS, _YEAR, _SUPERIORS, _HEADS, _OWES)


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


def working_graph(
    regulation: GraphStore,
    records: Iterable[bytes],
    settings: Settings,
    as_of: dt.date,
    year: int,
    enforced: set[str],
) -> EmbeddedStore:
    """Build the working graph, in the default graph of a store in memory.

    ``regulation`` holds the prepared graphs, ``records`` are the org graphs as N-Triples,
    ``enforced`` the IRIs of the norms that some shape enforces.
    """
    graph = EmbeddedStore.in_memory()
    for ntriples in records:
        graph.load(ntriples)
    state, first = commencement(settings, as_of)
    owed = [
        duty
        for duty in duties(regulation, prepared_graphs(), settings, as_of, year)
        if duty.norm in enforced and not (duty.due and duty.due < first)
    ]
    graph.load(_run_triples(settings, owed, as_of, year, state))
    graph.load(regulation.construct(_BINDING, prepared_graphs()))
    for step in _STEPS:
        graph.update(sparql_prologue() + step)
    return graph


def _run_triples(
    settings: Settings, owed: list[Duty], as_of: dt.date, year: int, state: str
) -> bytes:
    run, triples = NamedNode(DG + "thisRun"), []
    triples += [
        Triple(run, NamedNode(DG + "asOf"), _date(as_of)),
        Triple(run, NamedNode(DG + "year"), _integer(year)),
        Triple(run, NamedNode(DG + "commencement"), NamedNode(DG + state)),
    ]
    for setting in settings.known.values():
        subject, value = NamedNode(setting.iri), settings[setting.key]
        triples.append(Triple(subject, NamedNode(DG + "key"), Literal(setting.key)))
        if value is not None:
            triples.append(Triple(subject, NamedNode(DG + "effective"), Literal(value)))
    days = int(settings["due_soon_days"] or 0)
    for duty in owed:
        triples += _duty_triples(duty, duty.phase(as_of, days))
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
    return [Triple(subject, NamedNode(DG + name), value) for name, value in facts.items()]


def _date(day: dt.date) -> Literal:
    return Literal(day.isoformat(), datatype=NamedNode(PREFIXES["xsd"] + "date"))


def _integer(number: int) -> Literal:
    return Literal(str(number), datatype=NamedNode(PREFIXES["xsd"] + "integer"))
