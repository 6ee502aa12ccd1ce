"""The SHACL set engine beside pyshacl: one shapes graph over a growing graph, in one run.

    .venv/bin/python benchmarks/validation.py [UNITS ...]

The shapes use SHACL Core (classes, datatypes, counts, paths, logic, nested and qualified shapes,
closed) and SHACL-SPARQL. Results are compared for equality as multisets of focus node, path,
value, component, severity and source shape. pyshacl is left out above ``PYSHACL_UNITS`` units,
where it takes minutes. Ratios count; the times are those of the machine that runs this.
"""

from __future__ import annotations

import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from importlib.metadata import version
from typing import TypeVar

from pyoxigraph import RdfFormat, parse

from dutygraph.shacl.reference import Reference
from dutygraph.shacl.report import Result
from dutygraph.shacl.triples import Triples
from dutygraph.shacl.validation import Validator
from dutygraph.store.embedded import EmbeddedStore

PYSHACL_UNITS = 1000
Answer = TypeVar("Answer")
EX = "http://example.org/"
TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
XSD = "http://www.w3.org/2001/XMLSchema#"

SHAPES = """
@prefix ex: <http://example.org/> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

ex:Unit-shape a sh:NodeShape ; sh:targetClass ex:Unit ;
    sh:closed true ; sh:ignoredProperties ( rdf:type ex:superior ex:head ) ;
    sh:property ex:Unit-name , ex:Unit-level , ex:Unit-reports , ex:Unit-line ;
    sh:or ( ex:Has-superior ex:Is-province ) ;
    sh:sparql ex:No-report .
ex:Unit-name sh:path ex:name ;
    sh:minCount 1 ; sh:maxCount 1 ; sh:datatype xsd:string ; sh:minLength 3 .
ex:Unit-level sh:path ex:level ; sh:in ( "province" "county" "town" ) ; sh:minCount 1 .
ex:Unit-reports sh:path [ sh:inversePath ex:unit ] ; sh:maxCount 5 ;
    sh:qualifiedValueShape ex:Is-yearly ; sh:qualifiedMinCount 1 .
ex:Unit-line sh:path ( [ sh:oneOrMorePath ex:superior ] ex:head ) ; sh:node ex:Grown-up .
ex:Is-yearly sh:path ex:kind ; sh:hasValue ex:yearly .
ex:Has-superior sh:path ex:superior ; sh:class ex:Unit ; sh:minCount 1 .
ex:Is-province sh:path ex:level ; sh:hasValue "province" .
ex:Grown-up a sh:NodeShape ; sh:property [ sh:path ex:age ; sh:minInclusive 18 ; sh:minCount 1 ] .

ex:Report-shape a sh:NodeShape ; sh:targetSubjectsOf ex:unit ;
    sh:property [ sh:path ex:sent ; sh:datatype xsd:date ; sh:lessThanOrEquals ex:due ] ,
        [ sh:path ex:unit ; sh:class ex:Unit ; sh:nodeKind sh:IRI ] .

ex:No-report sh:select \"\"\"
SELECT $this WHERE {
  $this ex:level "county" .
  FILTER NOT EXISTS { ?report ex:unit $this . FILTER EXISTS { ?report ex:kind ex:yearly } }
}\"\"\" .
"""


def _line(subject: str, name: str, value: str) -> str:
    return f"<{EX}{subject}> <{EX}{name}> {value} .\n"


def data(units: int) -> Iterator[str]:
    """Give so many units with their heads and reports as N-Triples; some break each shape."""
    chance = random.Random(1)  # noqa: S311 - the same graph in every run
    for number in range(units):
        unit, head = f"u{number}", f"p{number}"
        yield f"<{EX}{unit}> <{TYPE}> <{EX}Unit> .\n"
        if chance.random() > 0.01:
            yield _line(unit, "name", f'"unit {number}"')
        level = "town" if number > units // 10 else "county" if number else "province"
        yield _line(unit, "level", f'"{level}"')
        if number:
            yield _line(unit, "superior", f"<{EX}u{(number - 1) // 10}>")
        yield _line(unit, "head", f"<{EX}{head}>")
        yield _line(head, "age", f'"{chance.randint(17, 700)}"^^<{XSD}integer>')
        if chance.random() < 0.01:
            yield _line(unit, "other", '"x"')
        for report in range(chance.randint(0, 4)):
            name = f"r{number}.{report}"
            day = chance.randint(10, 28)
            yield _line(name, "unit", f"<{EX}{unit}>")
            yield _line(name, "kind", f"<{EX}{chance.choice(('yearly', 'other'))}>")
            yield _line(name, "sent", f'"2014-12-{day}"^^<{XSD}date>')
            yield _line(name, "due", f'"2014-12-27"^^<{XSD}date>')


def timed(work: Callable[[], Answer]) -> tuple[float, Answer]:
    """Give the seconds that some work takes, and its answer."""
    start = time.perf_counter()
    answer = work()
    return time.perf_counter() - start, answer


def outcomes(results: Iterable[Result]) -> Counter[tuple[object, ...]]:
    """Give how often each outcome is among results."""
    return Counter(
        (one.focus, one.path, one.value, one.component, one.severity, str(one.shape))
        for one in results
    )


def main() -> None:
    """Print the table."""
    shapes = Triples(quad.triple for quad in parse(SHAPES, RdfFormat.TURTLE))
    shapes.prefixes = {"ex": EX}
    print(f"pyoxigraph {version('pyoxigraph')}, pyshacl {version('pyshacl')}")  # noqa: T201
    print("  units  triples  load s   sets s  write s  pyshacl s  ratio  results  equal")  # noqa: T201
    for units in [int(each) for each in sys.argv[1:]] or [100, 1000, 10_000, 50_000]:
        triples = "".join(data(units)).encode()
        store = EmbeddedStore.in_memory()
        loading, _ = timed(lambda store=store, triples=triples: store.load(triples))  # type: ignore[misc]
        validator = Validator(shapes, store, ())
        quick, report = timed(validator.report)
        writing, _ = timed(lambda report=report: "".join(report.ntriples()))  # type: ignore[misc]
        row = f"{units:7}  {triples.count(b' .'):7}  {loading:6.2f}  {quick:7.2f}  {writing:7.3f}"
        if units <= PYSHACL_UNITS:
            reference = Reference(shapes, store, ())
            slow, found = timed(
                lambda reference=reference, validator=validator: [  # type: ignore[misc]
                    result
                    for shape in validator.shapes.targeted()
                    for result in reference.results(shape)
                ]
            )
            equal = "yes" if outcomes(report.results) == outcomes(found) else "NO"
            ratio = slow / quick
            print(f"{row}  {slow:9.1f}  {ratio:5.0f}  {len(report.results):7}  {equal}")  # noqa: T201
        else:
            print(f"{row}  {'-':>9}  {'-':>5}  {len(report.results):7}  -")  # noqa: T201


if __name__ == "__main__":
    main()
