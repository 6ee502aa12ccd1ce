"""The norms of a regulation: who must do what, by when, towards whom, on which words."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict, dataclass, field
from typing import Any

from pyoxigraph import Literal

from dutygraph.regulations.labels import Labels
from dutygraph.regulations.prepared import prepared_graphs
from dutygraph.regulations.provisions import within
from dutygraph.store.graphs import GraphStore, Row, Term
from dutygraph.terms import DG, PREFIXES, norm_id, sparql_prologue

_FACTS = (
    sparql_prologue()
    + """
SELECT ?norm ?property ?value WHERE {
  ?norm dg:statedIn ?provision ; ?property ?value
}"""
)
_FRAME = (
    sparql_prologue()
    + """
SELECT ?norm ?key ?order ?kind ?start ?end WHERE {
  ?norm dg:statedIn ?provision ; a ?kind ; oa:hasTarget/oa:hasSelector ?position .
  ?provision dg:key ?key ; dg:order ?order .
  ?kind rdfs:subClassOf dg:Norm .
  ?position oa:start ?start ; oa:end ?end .
}"""
)
_DEADLINES = (
    sparql_prologue()
    + """
SELECT ?norm ?type ?frequency ?from ?to ?raw ?window WHERE {
  ?norm dg:deadline ?deadline .
  ?deadline dg:deadlineType/skos:notation ?type ; dg:raw ?raw .
  OPTIONAL { ?deadline dg:frequency/skos:notation ?frequency }
  OPTIONAL { ?deadline dg:from ?from ; dg:to ?to }
  OPTIONAL { ?deadline dg:windowSetting/dg:defaultValue ?window }
}"""
)
_KEYS = (
    sparql_prologue()
    + """
SELECT ?thing ?key WHERE { ?thing dg:key ?key }"""
)
_EXPLICIT = (
    sparql_prologue()
    + """
SELECT DISTINCT ?norm WHERE {
  { ?norm dg:namedBearer ?bearer } UNION { ?norm dg:bearerFrom/dg:namedBearer ?bearer }
}"""
)


@dataclass(frozen=True)
class Norm:
    """One norm with everything that the regulation says of it; texts zh and en."""

    iri: str
    id: str
    provision: str
    kind: str
    kind_zh: str
    kind_en: str
    quote: str
    start: int
    end: int
    bearers: list[str]
    bearers_en: list[str]
    bearer_explicit: bool
    action_zh: str
    action_en: str
    object: str | None
    object_en: str | None
    addressees: list[str]
    addressees_en: list[str]
    addressee_mode: str | None
    deadline: dict[str, str | None] | None
    condition: str | None
    condition_en: str | None
    discretion: list[str]
    levels: list[str]
    requires: list[str]
    references: list[str]
    evidence: list[str]
    reading: list[str]
    borne_as: list[str] = field(default_factory=list)
    via: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """Give the stable JSON of `dutygraph norms`: one object, keys as named here."""
        return asdict(self)


class Norms:
    """All norms of a regulation in reading order, with the ways to choose among them."""

    def __init__(self, store: GraphStore, regulation: str) -> None:
        self._store = store
        self._graphs = prepared_graphs()
        self._regulation = regulation
        self.labels = Labels(store, self._graphs)
        self.all = self._read()
        self._by_iri = {norm.iri: norm for norm in self.all}

    def __getitem__(self, iri: str) -> Norm:
        """Give the norm of an IRI; KeyError when the regulation has none such."""
        return self._by_iri[iri]

    def _select(self, query: str) -> list[Row]:
        return list(self._store.select(query, self._graphs))

    def _read(self) -> list[Norm]:
        facts: dict[str, dict[str, list[Term]]] = defaultdict(lambda: defaultdict(list))
        for row in self._select(_FACTS):
            facts[row["norm"].value][row["property"].value].append(row["value"])
        deadlines = {row["norm"].value: _deadline(row) for row in self._select(_DEADLINES)}
        keys = {row["thing"].value: row["key"].value for row in self._select(_KEYS)}
        explicit = {row["norm"].value for row in self._select(_EXPLICIT)}
        frames = sorted(
            self._select(_FRAME),
            key=lambda row: (int(row["order"].value), _ordinal(row["norm"].value)),
        )
        return [
            self._norm(row, facts[row["norm"].value], deadlines, keys, explicit) for row in frames
        ]

    def _norm(
        self,
        frame: Row,
        facts: dict[str, list[Term]],
        deadlines: dict[str, dict[str, str | None]],
        keys: dict[str, str],
        explicit: set[str],
    ) -> Norm:
        iri, kind = frame["norm"].value, frame["kind"].value

        def concepts(name: str, language: str) -> list[str]:
            found = sorted({term.value for term in facts.get(DG + name, [])})
            return [self.labels.of(term, language) for term in found]

        def words(name: str, language: str) -> str | None:
            for term in facts.get(DG + name, []):
                if isinstance(term, Literal) and term.language == language:
                    return term.value
            return None

        def cited(name: str) -> list[str]:
            return sorted(keys.get(term.value, term.value) for term in facts.get(name, []))

        modes = facts.get(DG + "addresseeMode", [])
        return Norm(
            iri=iri,
            id=norm_id(iri, self._regulation),
            provision=frame["key"].value,
            kind=kind.rpartition("#")[2],
            kind_zh=self.labels.of(kind, "zh"),
            kind_en=self.labels.of(kind, "en"),
            quote=words("quote", "zh") or "",
            start=int(frame["start"].value),
            end=int(frame["end"].value),
            bearers=concepts("bearer", "zh"),
            bearers_en=concepts("bearer", "en"),
            bearer_explicit=iri in explicit,
            action_zh=words("action", "zh") or "",
            action_en=words("action", "en") or "",
            object=words("object", "zh"),
            object_en=words("object", "en"),
            addressees=concepts("addressee", "zh"),
            addressees_en=concepts("addressee", "en"),
            addressee_mode=("any" if modes[0].value == DG + "AnyOf" else "all") if modes else None,
            deadline=deadlines.get(iri),
            condition=words("condition", "zh"),
            condition_en=words("condition", "en"),
            discretion=sorted(term.value for term in facts.get(DG + "discretion", [])),
            levels=concepts("atLevel", "zh"),
            requires=concepts("requires", "zh"),
            references=cited(PREFIXES["dcterms"] + "references"),
            evidence=concepts("evidence", "zh"),
            reading=cited(DG + "restsOn"),
        )

    def addressees(self) -> list[str]:
        """Give the labels of all addressees, Chinese and English, sorted."""
        return sorted(
            {label for norm in self.all for label in norm.addressees + norm.addressees_en}
        )

    def times(self) -> list[str]:
        """Give all that ``choose`` takes for a deadline: types, frequencies, words, and none."""
        found = [norm.deadline for norm in self.all if norm.deadline is not None]
        words = {one[name] for one in found for name in ("type", "freq", "raw")}
        return [*sorted(word for word in words if word), "none"]

    def choose(
        self,
        norms: list[Norm],
        *,
        article: str | None = None,
        kind: str | None = None,
        addressee: str | None = None,
        deadline: str | None = None,
    ) -> list[Norm]:
        """Narrow norms by provision key or article number, kind, addressee or deadline.

        ``kind`` and ``addressee`` match a label in either language or the term's name, in part for
        an addressee; ``deadline`` matches the deadline's type, frequency or a part of its words.
        """

        def fits(norm: Norm) -> bool:
            return (
                (article is None or within(norm.provision, article))
                and (
                    kind is None
                    or kind.lower() in (norm.kind.lower(), norm.kind_zh, norm.kind_en.lower())
                )
                and (
                    addressee is None
                    or any(addressee in label for label in norm.addressees + norm.addressees_en)
                )
                and (deadline is None or _has_deadline(norm, deadline))
            )

        return [norm for norm in norms if fits(norm)]


def _has_deadline(norm: Norm, wanted: str) -> bool:
    if norm.deadline is None:
        return wanted == "none"
    values = norm.deadline
    return wanted in (values["type"], values["freq"]) or wanted in (values["raw"] or "")


def _ordinal(norm: str) -> int:
    """Give n of a norm's IRI: norms are numbered in the order of the text."""
    return int(norm.rpartition("#n")[2])


def _deadline(row: Row) -> dict[str, str | None]:
    def month_day(name: str) -> str | None:
        term = row.get(name)
        return None if term is None else term.value.removeprefix("--")

    start, end = month_day("from"), month_day("to")
    if "window" in row:
        start, _, end = row["window"].value.partition("..")
    frequency = row.get("frequency")
    return {
        "type": row["type"].value,
        "freq": None if frequency is None else frequency.value,
        "from": start,
        "to": end,
        "raw": row["raw"].value,
    }
