"""What an engine does with SPARQL where engines differ: asked of it once, not believed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from dutygraph.store.embedded import EmbeddedStore
from dutygraph.store.graphs import Reading, StoreError, text

_PROBE = """
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
SELECT (DATATYPE("1"^^xsd:int) AS ?int)
  (STR(!COALESCE("x"^^xsd:integer < 5, false)) AS ?closed)
  (STR(!COALESCE("x" < 5, false)) AS ?mixed)
  (STR("2013-12-31"^^xsd:date < "2014-01-01"^^xsd:date) AS ?dates)
  (STR(sameTerm("1"^^xsd:integer, "1.0"^^xsd:decimal)) AS ?same)
  (STR(LANGMATCHES("en-GB", "en")) AS ?language)
  (STR(REGEX("责任Aa", "^责任a+$", "i")) AS ?regex)
  (STR(STRLEN("责任")) AS ?length)
WHERE {}"""
_EXPECTED = {
    "closed": "true",
    "mixed": "true",
    "dates": "true",
    "same": "false",
    "language": "true",
    "regex": "true",
    "length": "2",
}
_CORRELATED = """
SELECT ?number WHERE {
  VALUES ?number { 1 2 3 }
  FILTER(EXISTS { VALUES ?other { 1 3 } FILTER(?other >= ?number && !EXISTS {
    VALUES ?third { 2 } FILTER(?third = ?number) }) })
}"""


@dataclass(frozen=True)
class Dialect:
    """How an engine reads literals.

    With ``folds_integers`` it keeps xsd:int and its like as xsd:integer (Oxigraph does), so that
    the two cannot be told apart: an integer within the bounds of xsd:int then counts as one.
    """

    folds_integers: bool


@cache
def dialect_in_memory() -> Dialect:
    """Give the dialect of the embedded store, which that of columns is too."""
    return dialect_of(EmbeddedStore.in_memory())


def dialect_of(store: Reading) -> Dialect:
    """Ask a store how it does what the set queries rely on.

    Raises StoreError for one that orders dates, compares terms, fails closed or looks into EXISTS
    in another way than SPARQL 1.1 says.
    """
    (row,) = store.select(_PROBE, ())
    wrong = [name for name, value in _EXPECTED.items() if text(row, name) != value]
    numbers = sorted(one["number"].value for one in store.select(_CORRELATED, ()))
    if numbers != ["1", "3"]:
        wrong.append("exists")
    if wrong:
        raise StoreError(
            f"此 SPARQL 引擎不能用于验证，与标准不符：{'、'.join(wrong)} / this SPARQL engine "
            f"cannot be used to validate, it departs from SPARQL 1.1 in: {', '.join(wrong)}"
        )
    return Dialect((text(row, "int") or "").endswith("integer"))
