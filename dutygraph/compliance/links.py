"""Links of the records: what leads from a node of some graphs to others, read many at a time.

Nodes and properties are written as in N-Triples: ``<IRI>``, or a literal with its datatype.
Millions of links are read for a check in blocks, and thousands while somebody waits for a page:
rows are taken from the store as text, which takes half the time of rows of terms.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from typing import Final

from dutygraph.store.graphs import GraphStore
from dutygraph.terms import PREFIXES

_AT_ONCE: Final = 1000
"""How many nodes one query asks for."""
_FEW: Final = 8
"""How many of the properties of a node are asked for one by one."""
_NOTHING: Final[Mapping[str, Sequence[str]]] = {}


class Links:
    """What links nodes of some graphs to others, in one direction, as far as it was asked for."""

    def __init__(self, store: GraphStore, graphs: Sequence[str], pattern: str) -> None:
        """Take a store, its graphs, the pattern of a link from ``?node`` to ``?other``."""
        self._store = store
        self._pattern = pattern
        self._graphs = {f"<{graph}>" for graph in graphs}
        self._known: dict[str, dict[str, list[str]]] = {}
        self._in_full: set[str] = set()

    def __getitem__(self, node: str) -> Mapping[str, Sequence[str]]:
        """Give what is known of a node: the others by property."""
        return self._known.get(node, _NOTHING)

    def learn(self, wanted: Mapping[str, Set[str]]) -> None:
        """Ask for the links of some nodes along some properties, where that is not known.

        Of a node of which many are wanted all links are asked for: each look in vain costs more
        than a link that nobody wants.
        """
        in_full, pairs = list[str](), list[tuple[str, str]]()
        for node in sorted(wanted.keys() - self._in_full):
            known = self._known.setdefault(node, {})
            new = wanted[node] - known.keys()
            if len(new) > _FEW:
                in_full.append(node)
            else:
                known |= {name: [] for name in new}
                pairs += ((node, name) for name in sorted(new))
        # Pairs, not two lists: of these Oxigraph makes a product of all that it finds.
        asked = [f"{node} {name}" for node, name in pairs]
        for place, other in self._rows("?other", "?node ?property", asked):
            node, name = pairs[int(place)]
            self._known[node][name].append(_term(other))
        self.learn_all(in_full)

    def learn_all(self, nodes: Iterable[str]) -> None:
        """Ask for all links of some nodes."""
        new = sorted(set(nodes) - self._in_full)
        self._in_full |= set(new)
        found: list[dict[str, list[str]]] = [{} for _ in new]
        self._known |= zip(new, found, strict=True)
        for place, name, other in self._rows("?property ?other", "?node", new):
            found[int(place)].setdefault(name, []).append(_term(other))

    def _rows(self, wanted: str, given: str, values: Sequence[str]) -> Iterator[list[str]]:
        """Ask for something of each of the values given; a row begins with the value's place.

        To read the number of a place out of the store is quicker than to read the value. Links are
        found in any graph and the graphs told apart here: as quick among hundreds as in one.
        Oxigraph would look into each graph of a dataset by itself, and reads a list of hundreds for
        longer than it looks for a link.
        """
        for start in range(0, len(values), _AT_ONCE):
            some = enumerate(values[start : start + _AT_ONCE], start)
            numbered = " ".join(f"({value} {place})" for place, value in some)
            query = (
                f"SELECT ?place {wanted} ?graph WHERE {{ "
                f"VALUES ({given} ?place) {{ {numbered} }} GRAPH ?graph {{ {self._pattern} }} }}"
            )
            told = self._store.serialize(query, "tsv", ()).decode()
            rows = (line.split("\t") for line in told.split("\n")[1:-1])
            yield from (row for row in rows if row.pop() in self._graphs)


def _term(written: str) -> str:
    """Write a term as N-Triples have it; numbers and truth values stand bare in a TSV."""
    if written[0] in '<"_':
        return written
    if written in ("true", "false"):
        datatype = "boolean"
    elif "e" in written.lower():
        datatype = "double"
    else:
        datatype = "decimal" if "." in written else "integer"
    return f'"{written}"^^<{PREFIXES["xsd"]}{datatype}>'
