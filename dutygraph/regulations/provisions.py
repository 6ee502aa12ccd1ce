"""The provisions of a regulation: keys, numbers and texts in reading order."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass

from dutygraph.regulations.prepared import regulation_graph
from dutygraph.store.graphs import GraphStore, text
from dutygraph.terms import sparql_prologue

_PROVISIONS = (
    sparql_prologue()
    + """
SELECT ?provision ?key ?kind ?number ?title ?text ?zh ?en ?parent WHERE {
  ?provision dg:key ?key ; dg:order ?order ; a ?kind .
  FILTER(?kind IN (dg:Part, dg:Chapter, dg:Section, dg:Article, dg:Paragraph, dg:Item, dg:Subitem))
  OPTIONAL { ?provision eli:number ?number }
  OPTIONAL { ?provision eli:title ?title }
  OPTIONAL { ?provision dg:text ?text }
  OPTIONAL { ?provision rdfs:label ?zh FILTER(LANG(?zh) = "zh") }
  OPTIONAL { ?provision rdfs:label ?en FILTER(LANG(?en) = "en") }
  OPTIONAL { ?parent eli:has_part ?provision . ?parent dg:key ?parentKey }
} ORDER BY ?order"""
)


@dataclass(frozen=True)
class Provision:
    """One part of a regulation (ELI LegalResourceSubdivision)."""

    iri: str
    key: str
    kind: str
    number: str | None
    title: str | None
    text: str | None
    label_zh: str
    label_en: str
    part_of: str | None

    def to_json(self) -> dict[str, str | None]:
        """Give the stable JSON of `dutygraph provisions`."""
        return asdict(self)


def provisions(store: GraphStore, regulation: str) -> list[Provision]:
    """Give all provisions of a regulation in reading order, chapters and articles included."""
    graphs = [regulation_graph(regulation)]
    rows = list(store.select(_PROVISIONS, graphs))
    keys = {row["provision"].value: row["key"].value for row in rows}
    return [
        Provision(
            iri=row["provision"].value,
            key=row["key"].value,
            kind=row["kind"].value.rpartition("#")[2],
            number=text(row, "number"),
            title=text(row, "title"),
            text=text(row, "text"),
            label_zh=text(row, "zh") or row["key"].value,
            label_en=text(row, "en") or row["key"].value,
            part_of=keys.get(text(row, "parent") or ""),
        )
        for row in rows
    ]


def within(key: str, wanted: str) -> bool:
    """Tell whether a provision key lies within another: art9.item3 and art9.para1 within art9.

    A bare number counts as an article's: ``9`` is ``art9``.
    """
    wanted = f"art{wanted}" if re.fullmatch(r"\d+(-\d+)?", wanted) else wanted
    return key == wanted or key.startswith(wanted + ".")
