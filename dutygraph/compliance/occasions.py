"""Occasions: the duties that no calendar brings about, and where in the records their bearers are.

A problem that an assessment found, a decision, an award: each is the occasion of a duty. Which kind
of record it is, where in it the one is found whose duty it is, and where its limit comes from stand
in the regulation's graph (``data/regulations/<id>/occasions.ttl``); nothing here names a kind of
record, a property or a provision.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass

from dutygraph.compliance.settings import Settings
from dutygraph.store.graphs import GraphStore, Row, text
from dutygraph.terms import DG, sparql_prologue

HALF_YEARLY = DG + "HalfYearly"

_OCCASIONS = (
    sparql_prologue()
    + """
SELECT * WHERE {
  ?occasion a dg:Occasion .
  OPTIONAL { ?occasion dg:inRecord ?inRecord }
  OPTIONAL { ?occasion dg:inEach ?inEach }
  OPTIONAL { ?occasion dg:whereIn ?whereIn }
  OPTIONAL { ?occasion dg:whereProperty ?whereProperty }
  OPTIONAL { ?occasion dg:whereValue ?whereValue }
  OPTIONAL { ?occasion dg:whereItem ?whereItem }
  OPTIONAL { ?occasion dg:recordedAs ?recordedAs }
  OPTIONAL { ?occasion dg:foundIn ?foundIn }
  OPTIONAL { ?occasion dg:foundAt ?foundAt }
  OPTIONAL { ?occasion dg:requires/dg:recordedAs ?requires }
  OPTIONAL { ?occasion dg:involves ?involves }
  OPTIONAL { ?occasion dg:frequency ?frequency }
  OPTIONAL { ?occasion dg:dueAt ?dueAt }
  OPTIONAL { ?occasion dg:dueBy ?dueBy }
  OPTIONAL { ?occasion dg:daysSetting/dg:key ?daysSetting }
} ORDER BY ?occasion"""
)
_SEVERAL = (
    sparql_prologue()
    + "SELECT ?occasion ?value WHERE { ?occasion dg:%s ?value } ORDER BY ?occasion ?value"
)
# A role that heads a body is a post; whoever holds it in the unit on the day is meant.
_POSTS = (
    sparql_prologue() + "SELECT DISTINCT ?role WHERE { ?role dg:heads ?body ; dg:kindOf ?cadre }"
)


@dataclass(frozen=True)
class Occasion:
    """One occasion as the regulation's graph has it; properties, kinds and norms are IRIs.

    ``by_post`` tells that the one found is a unit and the duty is that of the holder of a post in
    it. ``requires`` is the property that records whether the one found has the trait without which
    there is no duty. Without ``found_at`` the duty is that of whoever the norms' bearers bind.
    """

    iri: str
    norms: tuple[str, ...]
    in_record: str | None
    in_each: str | None
    where_in: str | None
    where_property: str | None
    where_value: str | None
    where_item: str | None
    recorded_as: str | None
    lacking: tuple[str, ...]
    found_in: str | None
    found_at: str | None
    found_as: tuple[str, ...]
    by_post: bool
    requires: str | None
    involves: str | None
    frequency: str | None
    due_at: str | None
    due_by: str | None
    days_setting: str | None


def occasions(store: GraphStore, graphs: list[str]) -> list[Occasion]:
    """Give the occasions of all regulations in the graphs, in the order of their IRIs."""
    several = {
        name: _several(store, graphs, name) for name in ("givesRiseTo", "lacking", "foundAs")
    }
    posts = {row["role"].value for row in store.select(_POSTS, graphs)}
    return [_occasion(row, several, posts) for row in store.select(_OCCASIONS, graphs)]


def _several(store: GraphStore, graphs: list[str], name: str) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for row in store.select(_SEVERAL % name, graphs):
        iri = row["occasion"].value
        found[iri] = (*found.get(iri, ()), row["value"].value)
    return found


def _occasion(
    row: Row, several: dict[str, dict[str, tuple[str, ...]]], posts: set[str]
) -> Occasion:
    iri = row["occasion"].value
    roles = several["foundAs"].get(iri, ())
    return Occasion(
        iri=iri,
        norms=several["givesRiseTo"].get(iri, ()),
        in_record=text(row, "inRecord"),
        in_each=text(row, "inEach"),
        where_in=text(row, "whereIn"),
        where_property=text(row, "whereProperty"),
        where_value=text(row, "whereValue"),
        where_item=text(row, "whereItem"),
        recorded_as=text(row, "recordedAs"),
        lacking=several["lacking"].get(iri, ()),
        found_in=text(row, "foundIn"),
        found_at=text(row, "foundAt"),
        found_as=roles,
        by_post=bool(posts & set(roles)),
        requires=text(row, "requires"),
        involves=text(row, "involves"),
        frequency=text(row, "frequency"),
        due_at=text(row, "dueAt"),
        due_by=text(row, "dueBy"),
        days_setting=text(row, "daysSetting"),
    )


def days_allowed(occasion: Occasion, settings: Settings) -> int | None:
    """Give within how many days the duty is to be done by its setting, None where it has none."""
    value = settings[occasion.days_setting] if occasion.days_setting else None
    return None if value is None else int(value)


def later(day: dt.date, days: int) -> dt.date:
    """Give the day so many days later, the last day of the calendar at most."""
    return day + dt.timedelta(days=min(days, (dt.date.max - day).days))


# Whoever is bound by kind: the bearer's kind carries the norm, at its level, under the settings.
BOUND = """
  ?kind dg:carries ?norm .
  ?unit dg:kind ?kind .
  OPTIONAL { ?unit dg:level ?level }
  FILTER(
    NOT EXISTS { ?norm dg:atLevel ?any } || (BOUND(?level) && EXISTS { ?norm dg:atLevel ?level })
  )
  FILTER NOT EXISTS {
    ?option dg:restrictsNorm ?norm ; dg:optionOf ?setting ; dg:optionValue ?value ; dg:toKind ?to .
    ?setting dg:effective ?value .
    FILTER NOT EXISTS { ?option dg:toKind ?kind }
  }
  # A trait that is recorded as absent frees; one that is not recorded leaves it open.
  FILTER NOT EXISTS { ?norm dg:requires/dg:recordedAs ?trait . ?unit ?trait false }
  FILTER NOT EXISTS {
    ?option dg:restrictsNorm ?norm ; dg:optionOf ?setting ; dg:optionValue ?value .
    ?setting dg:effective ?value . ?option dg:requires/dg:recordedAs ?trait . ?unit ?trait false
  }
"""

_HOLDER = """
  OPTIONAL {
    %(found)s ^org:organization ?membership .
    ?holder org:hasMembership ?membership .
    ?membership ?flag true . FILTER(?flag IN (%(flags)s))
    OPTIONAL { ?membership dg:from ?from }
    OPTIONAL { ?membership dg:until ?until }
    FILTER(COALESCE(?from <= ?date, true) && COALESCE(?date < ?until, true))
  }
  BIND(COALESCE(?holder, %(found)s) AS ?subject)
"""


def brought_about(occasion: Occasion, enforced: Container[str]) -> tuple[str, ...]:
    """Give the norms that an occasion in a record gives rise to and that some shape enforces."""
    if occasion.found_at is None or occasion.in_record is None:
        return ()
    return tuple(norm for norm in occasion.norms if norm in enforced)


def update(
    occasion: Occasion,
    norms: Sequence[str],
    settings: Settings,
    as_of: dt.date,
    year: int,
    head_flags: Iterable[str],
) -> str:
    """Give the SPARQL update by which an occasion brings duties of some norms into a working graph.

    ``head_flags`` are the properties of a membership that make its holder the principal head under
    the settings.
    """
    path = f"<{occasion.found_at}>"
    if occasion.found_in is not None:
        path = f"<{occasion.found_in}>/{path}"
    if occasion.found_as:
        found = "?found" if occasion.by_post else "?subject"
        bearer = f"?record {path} {found} ."
        if occasion.by_post:
            flags = ", ".join(f"<{flag}>" for flag in head_flags)
            bearer += _HOLDER % {"found": found, "flags": flags}
    else:
        bearer = f"?record {path} ?unit . BIND(?unit AS ?subject){BOUND}"
    if occasion.requires is not None:
        # A trait that is recorded as absent frees; one that is not recorded leaves it open.
        bearer += f"\n  FILTER NOT EXISTS {{ ?subject <{occasion.requires}> false }}"
    # Of one norm it is written out, so that the ways of the checks are told from it exactly.
    norm, begins = "?norm", 'STR(?norm), "-"'
    if len(norms) == 1:
        norm, begins = f"<{norms[0]}>", f'"{norms[0]}-"'
    among = " ".join(f"<{one}>" for one in norms)
    return (
        sparql_prologue()
        + f"""
INSERT {{
  ?subject dg:owes ?duty .
  ?duty dg:ofNorm {norm} ; dg:arisesFrom ?record ; dg:year ?year ; dg:phase ?phase ;
    dg:due ?due ; dg:involves ?involved .
}} WHERE {{
  VALUES ?norm {{ {among} }}
  dg:thisRun dg:commencement dg:InForce ; dg:inForceFrom ?first .
  ?record dg:recordKind <{occasion.in_record}> ; dg:date ?date ; dg:year ?year .
  FILTER(?date >= ?first)
  {_conditions(occasion, year)}
  {bearer}
  {_limit(occasion, settings, as_of)}
  {f"OPTIONAL {{ ?record <{occasion.involves}> ?involved }}" if occasion.involves else ""}
  BIND(IRI(CONCAT({begins}, ENCODE_FOR_URI(STR(?record)))) AS ?duty)
}}"""  # noqa: S608 - SPARQL of our own
    )


def _conditions(occasion: Occasion, year: int) -> str:
    lines = [f"FILTER NOT EXISTS {{ ?record <{name}> ?absent }}" for name in occasion.lacking]
    path = f"<{occasion.where_property}>"
    if occasion.where_in is not None:
        path = f"<{occasion.where_in}>/{path}"
    if occasion.where_value is not None:
        # A value stands for those narrower than it.
        path += "/skos:broader*"
        lines.append(f"?record {path} <{occasion.where_value}> .")
    elif occasion.where_property is not None:
        lines.append(f"FILTER EXISTS {{ ?record {path} ?present }}")
    if occasion.where_item is not None:
        lines.append(f"?record dg:item {occasion.where_item} .")
    if occasion.recorded_as is not None:
        # What is recorded as not so is no occasion; what is not recorded leaves it open.
        lines.append(f"FILTER NOT EXISTS {{ ?record <{occasion.recorded_as}> false }}")
    if occasion.frequency is not None:
        lines.append(f"FILTER(?year = {year})")
    return "\n  ".join(lines)


def _limit(occasion: Occasion, settings: Settings, as_of: dt.date) -> str:
    """Give the lines that bind the last day, where there is one, and the phase of a duty."""
    days = days_allowed(occasion, settings)
    if days is not None:
        # Less a negative duration: the store's sum of a date and a duration fails by chance.
        limit = f'BIND(?date - "-P{days}D"^^xsd:dayTimeDuration AS ?due)'
    elif occasion.due_at is not None:
        limit = f"OPTIONAL {{ ?record <{occasion.due_at}> ?due }}"
    elif occasion.due_by is not None:
        end = occasion.due_by.removeprefix("-")
        limit = f'BIND(STRDT(CONCAT(STR(?year), "{end}"), xsd:date) AS ?due)'
    else:
        return _phase(occasion, "dg:Standing")
    soon = int(settings["due_soon_days"] or 0)
    warned = dt.date.fromordinal(min(as_of.toordinal() + soon, dt.date.max.toordinal()))
    return limit + _phase(
        occasion,
        f"IF(!BOUND(?due), dg:Undated, IF(?due < {_day(as_of)}, dg:Overdue, "
        f"IF(?due <= {_day(warned)}, dg:DueSoon, dg:NotDue)))",
    )


def _day(day: dt.date) -> str:
    return f'"{day.isoformat()}"^^xsd:date'


def _phase(occasion: Occasion, phase: str) -> str:
    known = f"IF(BOUND(?holder), {phase}, dg:BearerUnknown)" if occasion.by_post else phase
    return f"\n  BIND({known} AS ?phase)"
