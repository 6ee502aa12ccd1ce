"""The working graph of a check run: org data as of a day, and what each unit owes for the year.

Both engines, the set queries and pyshacl, see this one graph. It holds the imported records that
exist on the as-of date, the effective settings, the duties in dates, and ``somebody dg:owes duty``
for whoever is bound. Who is bound is read from the norms' bearers in the closure and from the
occasions of the regulation; no shape and no line here names a kind of body.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator
from itertools import chain

from dutygraph.columns.graph import ColumnGraph
from dutygraph.compliance.basis import Basis, for_each
from dutygraph.compliance.occasions import BOUND, Occasion, brought_about, occasions, update
from dutygraph.compliance.settings import Settings
from dutygraph.regulations.prepared import prepared_graphs
from dutygraph.store.embedded import EmbeddedStore
from dutygraph.store.graphs import GraphStore, Reading
from dutygraph.store.scratch import Scratch
from dutygraph.terms import DG, sparql_prologue

_FORGET_FUTURE = """
DELETE { ?record ?p ?o } WHERE {
  dg:thisRun dg:asOf ?asOf .
  ?record dg:recordKind ?kind ; dg:date ?date . FILTER(?date > ?asOf)
  ?record ?p ?o
}"""
# A record's year, when not given, is the year assessed, else the year of its date.
_YEAR = """
INSERT { ?record dg:year ?year } WHERE {
  ?record dg:recordKind ?kind ; dg:date ?date .
  OPTIONAL { ?record dg:assessYear ?assessed }
  BIND(COALESCE(?assessed, YEAR(?date)) AS ?year)
  FILTER NOT EXISTS { ?record dg:year ?given }
}"""
# A unit's records of one kind, at hand without going through all that it has of all years.
_RECORDS_BY_KIND = """
INSERT { ?unit ?has ?record } WHERE {
  ?record dg:recordKind ?kind ; dg:unit ?unit .
  BIND(IRI(CONCAT("%s", STRAFTER(STR(?kind), "#"))) AS ?has)
}""" % (DG + "has-")
# Readings A03 and A37: which unit is the superior along the line that the setting names.
_SUPERIORS = """
INSERT { ?unit ?as ?superior } WHERE {
  ?setting dg:key "superior_line" ; dg:effective ?line .
  ?resolution dg:line ?line ; dg:resolves ?role ; dg:property ?property .
  ?role dg:resolvedAs ?as .
  ?unit ?property ?superior
}"""
# Reading A37: 上级, unlike 上一级, is a superior at any step along that line.
_HIGHER = """
INSERT { ?unit dg:higherParty ?party } WHERE {
  ?unit a dg:Unit ; dg:nextHigherParty+ ?party
} ;
INSERT { ?unit dg:higherDiscipline ?organ } WHERE {
  { ?unit a dg:Unit ; dg:nextHigherDiscipline+ ?organ }
  UNION { ?unit dg:higherParty ?party . ?party dg:nextHigherDiscipline ?organ }
}"""
# A Party body is its own committee; a leading group works under the one that it names as its
# superior, else under that of its level and region.
_COMMITTEES = """
INSERT { ?unit dg:committee ?unit } WHERE {
  ?unit dg:kind ?kind . ?kind dg:kindOf dg:PartyCommitteeOrGroup
} ;
INSERT { ?unit dg:committee ?superior } WHERE {
  ?unit dg:kind dg:LeadingGroup ; dg:parentParty ?superior
} ;
INSERT { ?unit dg:committee ?committee } WHERE {
  ?unit dg:kind dg:LeadingGroup ; dg:level ?level ; dg:region ?region .
  FILTER NOT EXISTS { ?unit dg:parentParty ?superior }
  ?committee dg:region ?region ; dg:kind dg:LocalPartyCommittee ; dg:level ?level .
}"""
# A proposal is put to the committee of the leading group, or the Party body, that made it.
_PUT_TO = """
INSERT { ?proposal dg:committee ?committee } WHERE {
  ?proposal dg:recordKind dg:TaskDivisionOpinion ; dg:unit ?unit . ?unit dg:committee ?committee
}"""
# Whoever is held is held as a body or as a cadre: as the decision says, else as what it names.
_HELD_AS = """
INSERT { ?decision dg:heldAs ?kind } WHERE {
  ?decision dg:recordKind dg:AccountabilityDecision ; dg:subject ?subject .
  OPTIONAL { ?decision dg:subjectKind ?given }
  OPTIONAL { ?subject a dg:Person . BIND(dg:LeadingCadre AS ?person) }
  BIND(COALESCE(?given, ?person, dg:LeadingBody) AS ?kind)
}"""
# Article 41: somebody all of whose posts are in bodies by reference is under it by reference too.
_PERSONS = """
INSERT { ?person dg:application dg:ByReference } WHERE {
  ?unit dg:application dg:ByReference .
  ?membership org:organization ?unit .
  ?person org:hasMembership ?membership .
  FILTER NOT EXISTS {
    ?person org:hasMembership ?other .
    FILTER EXISTS {
      ?other org:organization ?elsewhere .
      FILTER NOT EXISTS { ?elsewhere dg:application dg:ByReference }
      FILTER NOT EXISTS {
        dg:thisRun dg:asOf ?asOf . ?other dg:until ?until . FILTER(?until <= ?asOf)
      }
    }
  }
}"""
# A grade that names nobody is that of the body assessed.
_GRADED = """
INSERT { ?grade dg:subject ?assessed } WHERE {
  ?assessment dg:grades ?grade ; dg:assessed ?assessed .
  FILTER NOT EXISTS { ?grade dg:subject ?given }
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
_ANY_FLAG = """
SELECT DISTINCT ?flag WHERE {
  ?setting dg:key "head_rule" . ?option dg:optionOf ?setting ; dg:property ?flag
} ORDER BY ?flag"""
_OWES = (
    """
INSERT { ?unit dg:owes ?duty } WHERE { %(among)s
  dg:thisRun dg:commencement dg:InForce .
  ?duty dg:ofNorm ?norm ; dg:owedBy dg:BodyKind ;
    dg:foundedBy ?foundedBy ; dg:standsOn ?standsOn ."""
    + BOUND
    + """
  OPTIONAL { ?unit dg:founded ?founded }
  OPTIONAL { ?unit dg:dissolved ?dissolved }
  FILTER(COALESCE(?founded <= ?foundedBy, true) && COALESCE(?standsOn < ?dissolved, true))
  FILTER NOT EXISTS { ?duty dg:whereProperty ?has . FILTER NOT EXISTS { ?unit ?has ?something } }
}"""
)
# Reading A40: a superior founded after a duty of the year fell due is none that it was owed to.
_FOUNDED_AFTER = """
INSERT { ?unit dg:foundedAfter ?duty } WHERE {
  {
    SELECT ?unit ?founded WHERE {
      { SELECT (MIN(?end) AS ?first) WHERE { ?any dg:owedBy dg:BodyKind ; dg:due ?end } }
      ?unit a dg:Unit ; dg:founded ?founded . FILTER(?founded > ?first)
    }
  }
  ?duty dg:owedBy dg:BodyKind ; dg:due ?due . FILTER(?founded > ?due)
}"""
# Reading A35, R3: with reference_units=skip nothing is owed by, or about, a body by reference.
_SKIP = """
DELETE { ?bearer dg:owes ?duty } WHERE {
  ?setting dg:key "reference_units" ; dg:effective "skip" .
  ?bearer dg:application dg:ByReference ; dg:owes ?duty
} ;
DELETE { ?bearer dg:owes ?duty } WHERE {
  ?setting dg:key "reference_units" ; dg:effective "skip" .
  ?involved dg:application dg:ByReference . ?duty dg:involves ?involved . ?bearer dg:owes ?duty
}"""
# A bar lasts so many months from the day of the decision; where discipline was taken in it too and
# its effect lasts longer, for that long (article 38, reading A09). A day that the last month does
# not have is its last.
_BARS = """
INSERT { ?duty dg:barredUntil ?end } WHERE {
  ?duty dg:ofNorm/dg:deadline/dg:months ?months ; dg:arisesFrom ?record . ?record dg:date ?date .
  OPTIONAL { ?record dg:measures dg:DisciplinaryAction ; dg:disciplineEffectMonths ?effect }
  BIND(IF(COALESCE(?effect > ?months, false), ?effect, ?months) AS ?span)
  BIND(?date - STRDT(CONCAT("-P", STR(?span), "M"), xsd:yearMonthDuration) AS ?end)
}"""
# What the record says of a day that lies ahead has not happened yet, though the record is there.
_FORGET_AHEAD = """
DELETE { ?record ?event ?day } WHERE {
  dg:thisRun dg:asOf ?asOf .
  ?event a dg:EventDate . ?record ?event ?day . FILTER(?day > ?asOf)
}"""
# An act may refer to the order for it, or to what the order is about.
_MATTERS = """
INSERT { ?case dg:matter ?case , ?about } WHERE {
  ?duty dg:arisesFrom ?case . OPTIONAL { ?case dg:ref ?about }
}"""
_KINDS = "SELECT DISTINCT ?kind WHERE { ?record dg:recordKind ?kind }"
_FORGETTING = (_FORGET_FUTURE, _FORGET_AHEAD)
_BEFORE = (
    *(_YEAR, _RECORDS_BY_KIND, _GRADED, _SUPERIORS, _HIGHER),
    *(_COMMITTEES, _PUT_TO, _HELD_AS, _HEADS),
)
_AFTER = (_FOUNDED_AFTER, _PERSONS, _BARS, _MATTERS, _SKIP)


def working_graph(
    basis: Basis, records: Iterable[bytes], bearers: Collection[str] | None = None
) -> EmbeddedStore:
    """Build the working graph of a run over org graphs (N-Triples).

    It is the default graph of a store in memory. What units owe by their kind is worked out for the
    ``bearers`` alone, by IRI, where they are given: no shape looks at what others owe.
    """
    graph = EmbeddedStore.in_memory()
    for ntriples in chain(records, [basis.ntriples]):
        graph.load(ntriples, own=True)
    for updates in _steps(graph, basis, bearers):
        for one in updates:
            graph.update(one)
    return graph


def working_columns(basis: Basis, records: Iterable[bytes]) -> ColumnGraph:
    """Build the same graph in columns.

    Raises RefusedError for records that columns cannot hold, or that some step looks at in a way in
    which they cannot answer.
    """
    graph = ColumnGraph()
    graph.load(chain(records, [basis.ntriples]))
    for updates in _steps(graph, basis):
        graph.update(updates)
    return graph


def working_scratch(basis: Basis, scratch: Scratch) -> None:
    """Make the same graph of a graph of an endpoint that holds the records. Raises StoreError."""
    scratch.load(basis.ntriples)
    for updates in _steps(scratch, basis):
        for one in updates:
            scratch.update(one)


def _steps(
    graph: Reading, basis: Basis, bearers: Collection[str] | None = None
) -> Iterator[list[str]]:
    """Give the updates that make a working graph of records and basis, some at a time.

    None of those that come together looks at what another of them brings: occasions look at
    records, and what they bring are duties, which are none.
    """
    for step in (*_FORGETTING, *_BEFORE):
        yield [sparql_prologue() + step]
    yield list(_at_hand(graph, basis.occasions))
    for one in (*basis.each, *(sparql_prologue() + step for step in _after(bearers))):
        yield [one]


def _after(bearers: Collection[str] | None = None) -> tuple[str, ...]:
    """Give the steps that come after the occasions; see ``working_graph``."""
    among = ""
    if bearers is not None:
        among = f"VALUES ?unit {{ {' '.join(f'<{iri}>' for iri in sorted(bearers))} }}"
    return (_OWES % {"among": among}, *_AFTER)


def derivations(regulation: GraphStore, enforced: set[str]) -> list[str]:
    """Give the updates by which a run adds to the records, in their order.

    What they look at is the same whatever the day and the settings, which are the usual ones here.
    Left out is what looks at each record by itself and leaves out what lies ahead of the day.
    """
    graphs = prepared_graphs()
    known, settings = occasions(regulation, graphs), Settings.of(regulation, graphs, ())
    flags = [row["flag"].value for row in regulation.select(sparql_prologue() + _ANY_FLAG, graphs)]
    return [
        *(sparql_prologue() + step for step in _BEFORE),
        *(
            update(occasion, [norm], settings, dt.date.min, dt.MINYEAR, flags)
            for occasion in known
            for norm in brought_about(occasion, enforced)
        ),
        *for_each(known, enforced),
        *(sparql_prologue() + step for step in _after()),
    ]


def _at_hand(graph: Reading, known: Iterable[tuple[Occasion, str]]) -> Iterator[str]:
    """Give the updates of the occasions of whose kind of record there is any."""
    held = {row["kind"].value for row in graph.select(sparql_prologue() + _KINDS, ())}
    for occasion, bringing in known:
        if occasion.in_record in held:
            yield bringing
