"""Records that show a duty done: found in the working graph by kind, maker, period and case.

Which kind of record proves a norm stands with the norm (``dg:evidence``). What is wanting in a
record is for the shapes to say; here it is only found and dated.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from dutygraph.regulations.labels import Labels
from dutygraph.store.embedded import EmbeddedStore
from dutygraph.store.graphs import Row, text
from dutygraph.terms import sparql_prologue

_FACTS = """
  ?record dg:recordKind ?kind ; dg:date ?date ; dcterms:identifier ?id ;
    dg:sourceFile ?file ; dg:sourceSheet ?sheet ; dg:sourceRow ?row .
  OPTIONAL { ?record dg:unit ?unit }
  OPTIONAL { ?record dg:year ?year }
  OPTIONAL { ?record dg:coversYear ?covers }
  OPTIONAL { ?record dg:period ?period }
"""
_MADE = (
    sparql_prologue()
    + """SELECT DISTINCT ?about ?record WHERE {
  VALUES ?about { %(iris)s } ?record dg:unit|dg:person ?about .
  ?record dg:recordKind ?kind . FILTER(?kind IN (%(kinds)s))
}"""
)
# What a case is answered by names it, or names what it names: a talk names the problem, and so does
# the order to hold it. A case may be its own proof, as a report is that must cover something.
_ANSWERS = (
    sparql_prologue()
    + """SELECT DISTINCT ?about ?record WHERE {
  { VALUES ?about { %(iris)s } ?record ?link ?about }
  UNION { VALUES ?about { %(iris)s } ?about dg:ref/^dg:ref ?record }
  UNION { VALUES ?about { %(iris)s } BIND(?about AS ?record) }
  ?record dg:recordKind ?kind . FILTER(?kind IN (%(kinds)s))
}"""
)
_NAMED = sparql_prologue() + "SELECT DISTINCT * WHERE { VALUES ?record { %(iris)s }" + _FACTS + "}"
IN_A_CASE = "?focus dg:owes ?duty . ?duty dg:arisesFrom ?case ."
"""How whoever owes something comes to the record or unit that it arises from."""


def asked(linked: str) -> tuple[str, ...]:
    """Give what is asked here of whoever owes something, as patterns about ``?focus``.

    The path ``linked`` leads from a record to whatever it names.
    """
    return (
        "?record dg:unit|dg:person ?focus",
        f"{IN_A_CASE} ?record {linked} ?case",
        f"{IN_A_CASE} ?case dg:ref ?matter . ?record dg:ref ?matter",
    )


@dataclass(frozen=True)
class Proof:
    """A record: IRI, id, kind, date, who made it, which year or half-year it is of, its place."""

    iri: str
    id: str
    kind: str
    date: dt.date
    unit: str | None
    year: int | None
    covers: int | None
    period: str | None
    place: tuple[str, str, int]

    def fits(self, year: int, covered: int | None, half: str | None) -> bool:
        """Tell whether the record is of a duty's year, of the year it covers, of its half-year."""
        if half is not None:
            return self.period == half
        if covered is not None and self.covers is not None:
            return self.covers == covered
        return self.year == year

    def to_json(self, labels: Labels) -> dict[str, Any]:
        """Give the record as findings cite it: {record, kind, date, file, sheet, row}."""
        file, sheet, row = self.place
        return {
            "record": self.id,
            "kind": labels.of(self.kind),
            "date": self.date.isoformat(),
            "file": file,
            "sheet": sheet,
            "row": row,
        }


class Proofs:
    """The records of some kinds in a working graph that bearers made, or that answer cases."""

    def __init__(
        self,
        graph: EmbeddedStore,
        bearers: Iterable[str],
        cases: Iterable[str],
        kinds: Iterable[str],
    ) -> None:
        known = set(cases)
        self._graph = graph
        self._kinds = ", ".join(f"<{kind}>" for kind in sorted(set(kinds)))
        self._records: dict[str, Proof | None] = {}
        self.learn(known)
        self._made = self._by_subject(_MADE, bearers)
        self._answers = self._by_subject(_ANSWERS, known)

    def learn(self, iris: Iterable[str]) -> None:
        """Read those of some things that are records; they are going to be asked for."""
        new = set(iris) - self._records.keys()
        self._records |= dict.fromkeys(new)
        for row in self._rows(_NAMED, new):
            self._records[row["record"].value] = _proof(row)

    def made(self, bearer: str, kinds: Iterable[str]) -> list[Proof]:
        """Give the records of some kinds that a bearer made, the earliest first."""
        return _of_kinds(self._made.get(bearer, []), kinds)

    def answers(self, case: str, kinds: Iterable[str]) -> list[Proof]:
        """Give the records of some kinds that answer a case, the earliest first."""
        return _of_kinds(self._answers.get(case, []), kinds)

    def record(self, iri: str) -> Proof | None:
        """Give a case, or what was learned, that is a record; None for what is none."""
        return self._records.get(iri)

    def named(self, iris: Iterable[str], kinds: Iterable[str]) -> list[Proof]:
        """Give those of some things that are records of some kinds, the earliest first."""
        wanted = set(iris)
        self.learn(wanted)
        return _of_kinds(self._known(wanted), kinds)

    def _by_subject(self, query: str, subjects: Iterable[str]) -> dict[str, list[Proof]]:
        found: dict[str, list[str]] = defaultdict(list)
        for row in self._rows(query, subjects):
            found[row["about"].value].append(row["record"].value)
        self.learn(iri for iris in found.values() for iri in iris)
        return {about: self._known(iris) for about, iris in found.items()}

    def _known(self, iris: Iterable[str]) -> list[Proof]:
        """Give those of some things that were learned that are records."""
        return [one for iri in iris if (one := self._records[iri])]

    def _rows(self, query: str, iris: Iterable[str]) -> Iterable[Row]:
        names = " ".join(f"<{iri}>" for iri in sorted(set(iris)))
        told = {"iris": names, "kinds": self._kinds}
        return self._graph.select(query % told, ()) if names else ()


def _of_kinds(proofs: Iterable[Proof], kinds: Iterable[str]) -> list[Proof]:
    wanted = set(kinds)
    fitting = (proof for proof in proofs if proof.kind in wanted)
    return sorted(fitting, key=lambda proof: (proof.date, proof.id))


def _proof(row: Row) -> Proof:
    def number(name: str) -> int | None:
        found = text(row, name)
        return None if found is None else int(found)

    return Proof(
        iri=row["record"].value,
        id=row["id"].value,
        kind=row["kind"].value,
        date=dt.date.fromisoformat(row["date"].value),
        unit=text(row, "unit"),
        year=number("year"),
        covers=number("covers"),
        period=text(row, "period"),
        place=(row["file"].value, row["sheet"].value, int(row["row"].value)),
    )
