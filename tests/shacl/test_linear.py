"""The cost of the set engine is linear: rows grow with the data, queries do not.

Nothing is timed. Disjoint copies of the same units must give exactly as many times the rows, of
every query; and every EXISTS holds one triple pattern, so that no order of joins can make the cost
of one focus node depend on the size of the graph.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from drawn import shapes_graphs
from hypothesis import given, settings

from dutygraph.shacl.probing import Dialect
from dutygraph.shacl.reading import read_shapes
from dutygraph.shacl.syntax import Group, elements, parse
from dutygraph.shacl.translation import Translation
from dutygraph.shacl.triples import Triples, read_files
from dutygraph.shacl.validation import Validator
from dutygraph.sparql import Token
from dutygraph.store.embedded import EmbeddedStore
from dutygraph.store.graphs import Row

_SHAPES = Path(__file__).with_name("units.ttl")
ONE = """
@prefix ex: <http://example.org/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
ex:top0 a ex:Unit ; ex:name "unit 0" , "other" ; ex:head ex:chief0 ;
    ex:founded "2013-01-01"^^xsd:date ; ex:closedOn "2012-01-01"^^xsd:date .
ex:chief0 ex:age 17 , 18 ; ex:works ex:top0 .
ex:low0 a ex:Unit ; ex:superior ex:top0 ; ex:head ex:top0 ; ex:note "n" ; ex:extra 1 .
ex:late0 ex:unit ex:low0 ; ex:late true ; ex:kind ex:yearly .
ex:more0 ex:unit ex:low0 ; ex:kind ex:yearly .
ex:three0 ex:unit ex:low0 ; ex:kind ex:yearly .
ex:four0 ex:unit ex:low0 ; ex:kind ex:yearly .
ex:lost0 a ex:Unit ; ex:superior ex:nowhere0 .
"""


class _Counting(EmbeddedStore):
    """A store that counts the rows of each query; a row that is a count is as many."""

    rows: list[int]

    def select(self, query: str, graphs: Sequence[str] | None = None) -> Iterator[Row]:
        answer = list(super().select(query, graphs))
        self.rows.append(int(answer[0]["count"].value) if _is_count(answer) else len(answer))
        return iter(answer)


def _is_count(answer: list[Row]) -> bool:
    return len(answer) == 1 and answer[0].keys() == {"count"}


def _rows(copies: int, folder: Path) -> list[int]:
    """Give how many rows each query has over so many copies of the units."""
    file = folder / f"{copies}.ttl"
    names = ("top", "chief", "low", "late", "more", "three", "four", "lost", "nowhere")
    pieces = []
    for copy in range(copies):
        piece = ONE
        for name in names:
            piece = piece.replace(f"ex:{name}0", f"ex:{name}{copy}")
        pieces.append(piece)
    file.write_text("".join(pieces), encoding="utf-8")
    store = _Counting.in_memory()
    data = "".join(f"{triple} .\n" for triple in read_files([file])).encode()
    store = _Counting(store._store)
    store.load(data)
    store.rows = []
    validator = Validator(read_files([_SHAPES]), store, ())
    store.rows.clear()
    report = validator.report()
    assert not report.fallbacks
    return store.rows


def test_rows_grow_with_the_data_and_queries_do_not(tmp_path: Path) -> None:
    once, often = _rows(1, tmp_path), _rows(50, tmp_path)
    assert [50 * rows for rows in once] == often
    assert sum(1 for rows in once if rows) > 15


@settings(max_examples=100)
@given(shapes_graphs(ordered=True))
def test_every_exists_holds_one_triple_pattern(graph: Triples) -> None:
    shapes = read_shapes(graph)
    translation = Translation(shapes, Dialect(folds_integers=True))
    for shape in shapes.targeted():
        for query in translation.queries(shape):
            for group in _within_exists(parse(query.sparql, {}).pattern):
                assert "." not in _own_marks(group)


def _within_exists(group: Group) -> Iterator[Group]:
    """Give the groups that stand in expressions, as those of EXISTS do."""
    for kind, items in elements(group):
        for item in items:
            if isinstance(item, Group):
                if kind == "filter":
                    yield item
                yield from _within_exists(item)


def _own_marks(group: Group) -> set[str]:
    """Give the marks in a group outside of its expressions; a full stop stands between patterns."""
    own = [item for kind, items in elements(group) if kind == "other" for item in items]
    return {item.text for item in own if isinstance(item, Token) and item.kind == "MARK"}
