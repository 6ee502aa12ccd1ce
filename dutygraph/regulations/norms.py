"""The norms of a regulation: who must do what, by when, towards whom, on which words."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict, dataclass, field, replace
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
    references: list[str]
    evidence: list[str]
    reading: list[str]
    via: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """Give the stable JSON of `dutygraph norms`: one object, keys as named here."""
        return asdict(self)


@dataclass(frozen=True)
class Chain:
    """How a norm reaches who inherits it: the norm that hands it on, and that norm's provision."""

    reference: str
    through: str


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
            references=cited(PREFIXES["dcterms"] + "references"),
            evidence=concepts("evidence", "zh"),
            reading=cited(DG + "restsOn"),
        )

    def bearer_terms(self) -> set[str]:
        """Give the IRIs of all bodies and roles that a duty can rest on."""
        rows = self._select(
            sparql_prologue()
            + "SELECT DISTINCT ?b WHERE { { ?b a dg:BodyKind }"
            + " UNION { ?b a dg:RoleKind ; dg:carries ?norm } }"
        )
        return {row["b"].value for row in rows}

    def borne_by(self, role: str, *, inherited: bool, body: str | None = None) -> list[Norm]:
        """Give the norms that a role or body bears, in reading order.

        ``role`` and ``body`` are labels or names of bearer terms. Own norms are those whose bearer
        is the role, or a body of which it is a kind; with ``inherited`` also those it carries by
        reference (articles 7, 8 and 9(1)), each with the chain of provisions in ``via``. With
        ``body`` a head's norms are narrowed to the body whose head he is: what he answers for is
        what that body itself carries. Raises UnknownTermError.
        """
        terms = self.bearer_terms()
        bearer = self.labels.find(role, terms)
        chains = self._chains(bearer)
        own = self._carried(bearer, "bears") - set(chains)
        if body is not None:
            carried = self._carried(self.labels.find(body, terms), "carries")
            chains = {norm: via for norm, via in chains.items() if norm in carried}
        return [
            self._handed_on(norm, chains[norm.iri]) if norm.iri in chains else norm
            for norm in self.all
            if norm.iri in own or (inherited and norm.iri in chains)
        ]

    def _handed_on(self, norm: Norm, chain: Chain) -> Norm:
        """Give a norm as it is inherited: with its chain, resting on the chain's readings too."""
        reading = sorted({*norm.reading, *self._by_iri[chain.reference].reading})
        return replace(norm, via=[chain.through, norm.provision], reading=reading)

    def _carried(self, bearer: str, relation: str) -> set[str]:
        query = f"SELECT ?norm WHERE {{ <{bearer}> <{DG}{relation}> ?norm }}"
        return {row["norm"].value for row in self._select(query)}

    def _chains(self, bearer: str) -> dict[str, Chain]:
        """Give for each norm that a bearer inherits the norm that hands it on.

        The owlrl closure says that a norm is inherited; the asserted triples that the rules of
        ontology/norms.ttl went through say how.
        """
        query = (
            sparql_prologue()
            + f"""
SELECT DISTINCT ?norm ?reference ?through WHERE {{
  <{bearer}> dg:inherits ?norm .
  {{ <{bearer}> dg:bearerOf ?reference }} UNION {{ <{bearer}> dg:kindOf/dg:bearerOf ?reference }}
  {{ ?reference dg:incorporates/dg:containsNorm/dg:bearerSourceOf ?norm }}
  UNION {{ ?reference dg:answersFor/dg:containsNorm ?norm }}
  ?reference dg:statedIn/dg:key ?through .
  ?norm dg:bearer ?somebody .
}} ORDER BY ?norm ?through ?reference"""
        )
        return {
            row["norm"].value: Chain(row["reference"].value, row["through"].value)
            for row in self._select(query)
        }

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
