"""Norms that ask for something to be done, and what a calendar says of them.

Obligations, and rules that say how often something takes place. What is forbidden, allowed or only
explained is no entry of a calendar; neither is a duty that a check ties to somebody else than the
one who bears it, as one on sanctions is tied to whom they fall upon.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from dutygraph.compliance.calendar import Entry, Named
from dutygraph.compliance.citations import Citations
from dutygraph.compliance.occasions import Occasion, occasions
from dutygraph.compliance.settings import Settings
from dutygraph.regulations.norms import Norms
from dutygraph.regulations.prepared import prepared_graphs
from dutygraph.regulations.provisions import provisions
from dutygraph.store.graphs import GraphStore
from dutygraph.terms import sparql_prologue

_TO_DO = (
    sparql_prologue()
    + """
SELECT DISTINCT ?norm WHERE {
  { ?norm a dg:Obligation } UNION { ?norm dg:deadline/dg:frequency ?frequency }
  FILTER NOT EXISTS { ?occasion dg:givesRiseTo ?norm ; dg:foundAs ?any }
} """
)
# Whoever an occasion finds bears the norm himself, as a kind of its bearer or as the body that the
# bearer heads.
_TO_DO_WHEN = (
    sparql_prologue()
    + """
SELECT DISTINCT ?norm WHERE {
  { ?norm a dg:Obligation } UNION { ?norm dg:deadline/dg:frequency ?frequency }
  ?occasion dg:givesRiseTo ?norm ; dg:foundAs ?role .
  { ?norm dg:bearer ?role } UNION { ?norm dg:bearer ?bearer . ?role dg:kindOf ?bearer }
  UNION { ?norm dg:bearer ?bearer . ?bearer dg:heads ?role }
}"""
)
_DATED = sparql_prologue() + "SELECT DISTINCT ?norm WHERE { ?norm dg:deadline ?deadline }"
_WINDOWS = (
    sparql_prologue()
    + """
SELECT ?norm ?key WHERE {
  ?norm dg:deadline/dg:windowSetting ?window . ?window dg:key|dg:outerWindow/dg:key ?key
}"""
)
_EVIDENCE = (
    sparql_prologue() + "SELECT ?norm ?kind WHERE { ?norm dg:evidence ?kind } ORDER BY ?kind"
)
_ADDRESSEES = (
    sparql_prologue()
    + """
SELECT ?norm ?role ?property WHERE {
  ?norm dg:addressee ?role . OPTIONAL { ?role dg:resolvedAs ?property }
} ORDER BY ?norm ?role"""
)
# Duties of the people in a body that no record brings about: of its head, and of the members whose
# role is of the same kind as the head's.
_MEMBERS = (
    sparql_prologue()
    + """
SELECT DISTINCT ?norm ?role ?body WHERE {
  ?norm dg:deadline ?deadline ; dg:bearer ?role .
  ?role dg:kindOf ?cadre . ?head dg:kindOf ?cadre ; dg:heads ?body .
  FILTER NOT EXISTS { ?occasion dg:givesRiseTo ?norm }
} ORDER BY ?norm ?role"""
)


class Tasks:
    """The norms of a regulation that ask for something to be done, by IRI."""

    def __init__(self, store: GraphStore, regulation: str, settings: Settings) -> None:
        graphs = prepared_graphs()
        self.norms = Norms(store, regulation)
        self.labels = self.norms.labels
        self.occasions = occasions(store, graphs)
        self._effective = settings.effective()
        self._citations = Citations(store, graphs, regulation)
        self._provisions = {one.key: one for one in provisions(store, regulation)}
        self.order = {norm.iri: place for place, norm in enumerate(self.norms.all)}

        def pairs(query: str, name: str) -> dict[str, list[str]]:
            found: dict[str, list[str]] = defaultdict(list)
            for row in store.select(query, graphs):
                found[row["norm"].value].append(row[name].value)
            return found

        to_do = {
            row["norm"].value for q in (_TO_DO, _TO_DO_WHEN) for row in store.select(q, graphs)
        }
        self.to_do = to_do & self.order.keys()
        self.dated = {row["norm"].value for row in store.select(_DATED, graphs)} & self.to_do
        self.evidence = pairs(_EVIDENCE, "kind")
        self._windows = pairs(_WINDOWS, "key")
        self.addressees: dict[str, list[tuple[str, str | None]]] = defaultdict(list)
        for row in store.select(_ADDRESSEES, graphs):
            reached = row["property"].value if "property" in row else None
            self.addressees[row["norm"].value].append((row["role"].value, reached))
        self.members = [
            (row["norm"].value, row["role"].value, row["body"].value)
            for row in store.select(_MEMBERS, graphs)
            if row["norm"].value in self.to_do
        ]

    @property
    def rounds(self) -> set[str]:
        """The norms owed once a year, however many records give rise to them."""
        return {
            norm
            for occasion in self.occasions
            if occasion.in_record and occasion.frequency
            for norm in occasion.norms
        }

    def named(self, term: str) -> Named:
        """Give a term of the ontology by its labels."""
        return Named(None, self.labels.of(term, "zh"), self.labels.of(term, "en"))

    def entry(
        self,
        norm_iri: str,
        *,
        year: int,
        due: dt.date | None = None,
        opens: dt.date | None = None,
        half: str | None = None,
        status: str | None = None,
        bearer: Named | None = None,
        borne_as: Iterable[Named] | None = None,
        to: Iterable[Named] | None = None,
        done_on: dt.date | None = None,
        evidence: Iterable[dict[str, Any]] = (),
        case: dict[str, Any] | None = None,
        about: Named | None = None,
        findings: Iterable[dict[str, str]] = (),
        checked: bool,
    ) -> Entry:
        """Make an entry of a norm; what is not given is as the regulation has it for everybody."""
        norm = self.norms[norm_iri]
        provision = self._provisions[norm.provision]
        if borne_as is None:
            borne_as = map(_labelled, norm.bearers, norm.bearers_en)
        if to is None:
            to = [self.named(role) for role, _ in self.addressees[norm_iri]]
        return Entry(
            due=due,
            opens=opens,
            status=status,
            provision=norm.provision,
            provision_zh=provision.label_zh,
            provision_en=provision.label_en,
            norm=norm.id,
            quote=norm.quote,
            words=norm.deadline["raw"] if norm.deadline else None,
            action_zh=norm.action_zh,
            action_en=norm.action_en,
            bearer=bearer,
            borne_as=tuple(borne_as),
            to=tuple(to),
            any_of=norm.addressee_mode == "any",
            proof=tuple(self.named(kind) for kind in self.evidence.get(norm_iri, ())),
            done_on=done_on,
            evidence=tuple(evidence),
            case=case,
            about=about,
            year=year,
            half=half,
            readings=tuple(self._citations.readings([norm_iri], self._effective)),
            date_settings=self._date_settings(norm_iri),
            findings=tuple(findings),
            checked=checked,
        )

    def _date_settings(self, norm: str) -> dict[str, str | None]:
        """Give the settings that move the last day of a norm, with their values."""
        names = set(self._windows.get(norm, ()))
        names |= {one.days_setting for one in self.occasions_of(norm) if one.days_setting}
        return {name: self._effective[name] for name in sorted(names)}

    def occasions_of(self, norm: str) -> list[Occasion]:
        """Give the occasions that give rise to a norm."""
        return [occasion for occasion in self.occasions if norm in occasion.norms]


def _labelled(zh: str, en: str) -> Named:
    return Named(None, zh, en)
