"""What dutygraph alone does: one function for each task, and who else can do the same.

A function is given the number of units and a watch, and gives facts for the tables. To measure
something more, write its function here and name it in ``TASKS``; runner and tables take it from
there.
"""

from __future__ import annotations

import csv
import json
import resource
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from typing import Any, Final

from benchmarks.bench.peers.peer import package_version
from benchmarks.bench.places import WORK
from benchmarks.bench.provinces import AS_OF, YEAR, parts
from benchmarks.bench.watch import Watch
from dutygraph.cli.main import dutygraph
from dutygraph.cli.opening import for_reading
from dutygraph.compliance.blocks import Job, check_blocks, processes
from dutygraph.compliance.checking import Checker, Question, Report
from dutygraph.compliance.reference import reference_results
from dutygraph.compliance.setquery import SetEngine
from dutygraph.compliance.shapes import shape_files, shapes
from dutygraph.compliance.standing import Standing
from dutygraph.compliance.ways import ways
from dutygraph.queries.catalogue import filled, questions
from dutygraph.queries.limits import answering
from dutygraph.queries.values import Values
from dutygraph.records.history import record_graphs
from dutygraph.regulations.prepared import open_regulations, prepare
from dutygraph.store.embedded import EmbeddedStore
from dutygraph.store.graphs import GraphStore
from dutygraph.terms import sparql_prologue

REGULATION: Final = "hebei"
_QUESTIONS: Final = Path(__file__).parent / "questions"
_ROUNDS: Final = 5
_UNITS_ASKED: Final = 20

Facts = dict[str, Any]


@dataclass(frozen=True)
class Task:
    """Something measured.

    ``of_units`` tells whether it depends on the number of units; ``who`` does it, ``packages``
    are those whose versions count, ``figures`` says what the figures are called in the table.
    """

    does: Callable[[int, Watch], Facts]
    of_units: bool
    figures: dict[str, str]
    who: str = "dutygraph"
    packages: tuple[str, ...] = ("pyoxigraph",)

    def version(self) -> str:
        """Give the versions of the packages that matter."""
        return ", ".join(f"{name} {package_version(name)}" for name in self.packages)


def load(units: int, watch: Watch) -> Facts:
    """Load the records into an empty store in memory."""
    store = EmbeddedStore.in_memory()
    with watch.phase("load"):
        for part in parts(units):
            store.load(part.read_bytes())
    return {}


@dataclass(frozen=True)
class _Records:
    """The N-Triples of some files, each read when it is its turn."""

    files: list[Path]

    def __iter__(self) -> Iterator[bytes]:
        return (file.read_bytes() for file in self.files)


def check(units: int, watch: Watch) -> Facts:
    """Check the records of so many units; see ``checked``."""
    return checked(parts(units), watch)


def checked(files: list[Path], watch: Watch) -> Facts:
    """Check records for the year by all shapes; tells how far the findings are the generator's."""
    store = open_regulations()
    with watch.phase("check"):
        checker = Checker(store, REGULATION)
        report = checker.check(_Records(files), Question(AS_OF, YEAR))
    return _judged(report, files)


def _judged(report: Report, files: list[Path]) -> Facts:
    """Tell how far the findings of a report are those that the generator says must be found."""
    found = Counter((one.provision, one.code, one.status, one.subject) for one in report.findings)
    return _compared(found, Counter(_expected(files)))


def _compared(found: Counter[Any], expected: Counter[Any]) -> Facts:
    missing, extra = (expected - found).total(), (found - expected).total()
    return {"findings": found.total(), "missing": missing, "extra": extra}


def _expected(files: list[Path]) -> Iterator[tuple[str, str, str, str]]:
    """Give what the generator says that a check must find, under each province's identifiers."""
    for number, part in enumerate(files, start=1):
        with (part.with_suffix("") / "expected.csv").open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                subject = f"p{number}-{row['subject']}"
                yield row["provision"], row["code"], row["status"], subject


def check_by_pyshacl(units: int, watch: Watch) -> Facts:
    """Run the shapes of the check by pyshacl over the same working graph, and as set queries."""
    checker = Checker(open_regulations(), REGULATION)
    records = (part.read_bytes() for part in parts(units))
    graph = checker.working_graph(records, Question(AS_OF, YEAR))
    with watch.phase("queries"):
        ours = Counter(
            (result.shape.iri, result.focus, result.value)
            for found in SetEngine(graph).run(shapes(REGULATION))
            for result in found
        )
    with watch.phase("check"):
        theirs = reference_results(graph, shape_files(REGULATION))
    return _compared(theirs, ours)


def _store(units: int) -> Path:
    return WORK / "stores" / str(units)


def imported(units: int, watch: Watch) -> Facts:
    """Import the records into a store on disk, as ``dutygraph import`` does, province by province.

    The store is kept for the questions.
    """
    home = _store(units)
    shutil.rmtree(home, ignore_errors=True)
    with watch.phase("import"):
        for part in parts(units):
            given = ["import", str(part), "--store", str(home), "--format", "csv"]
            dutygraph.main(given, standalone_mode=False)
    size = sum(file.stat().st_size for file in home.rglob("*") if file.is_file())
    watch.tell(disk_mb=size / 1e6)
    return {}


def check_in_blocks(units: int, watch: Watch) -> Facts:
    """Check the store of the import in blocks, by as many processes as cores; tell the largest."""
    home = _store(units)
    store = _opened(units)
    graphs = tuple(record_graphs(store))
    job = Job(str(home), graphs, REGULATION, (), Question(AS_OF, YEAR))
    ways(REGULATION)
    with processes() as run, watch.phase("check"):
        report = check_blocks(job, store, run)
    watch.tell(worker_mb=resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1000)
    return _judged(report, parts(units))


def edits_of_a_unit(units: int, watch: Watch) -> Facts:
    """Import one record for each of twenty units, and bring the kept check up to date after each.

    The imports are undone in the end.
    """
    home = _store(units)
    question = Question(AS_OF, YEAR)
    standing = Standing(_opened(units), str(home), REGULATION)
    if standing.brought_up(question) is None:
        standing.report(question)
    query = sparql_prologue() + "SELECT ?id { ?unit a dg:Unit ; dcterms:identifier ?id } LIMIT 4000"
    times, made = [], []
    for number, unit in enumerate(_some(row["id"].value for row in _opened(units).select(query))):
        made.append(_one_record(home, unit, number))
        standing = Standing(_opened(units), str(home), REGULATION)
        begun = time.perf_counter()
        if standing.brought_up(question) is None:
            raise RuntimeError(f"a record of {unit} touches too much")
        times.append((time.perf_counter() - begun) * 1000)
        _tell_times(watch, times)
    for graph in reversed(made):
        given = ["imports", "undo", graph, "--store", str(home), "--format", "csv"]
        dutygraph.main(given, standalone_mode=False)
    return {}


def _one_record(home: Path, unit: str, number: int) -> str:
    """Import a record of a unit; give the import's id."""
    row = {"id": f"edit-{number}", "type": "document", "kind": "检查制度", "unit": unit}
    file = home / "edit.json"
    row["date"] = AS_OF.isoformat()
    file.write_text(json.dumps({"records": [row]}, ensure_ascii=False), encoding="utf-8")
    given = ["import", str(file), "--store", str(home), "--format", "csv"]
    before = set(record_graphs(for_reading(str(home))))
    dutygraph.main(given, standalone_mode=False)
    (graph,) = set(record_graphs(for_reading(str(home)))) - before
    return graph.rpartition("/")[2]


def questions_on_the_regulation(_units: int, watch: Watch) -> Facts:
    """Ask every competency question of the regulation alone."""
    return _asked(open_regulations(), watch)


def questions_with_a_province(units: int, watch: Watch) -> Facts:
    """Ask every competency question where the records were imported, as ``query`` does."""
    return _asked(_opened(units), watch)


def questions_on_units(units: int, watch: Watch) -> Facts:
    """Ask the questions of ``questions/`` about twenty units of the store of the import."""
    store = _opened(units)
    rows = store.select(
        sparql_prologue() + "SELECT ?unit WHERE { ?unit a dg:Unit ; dg:parentParty ?above }"
    )
    asked = _some(row["unit"].value for row in rows)
    queries = [
        (store, sparql_prologue() + file.read_text(encoding="utf-8").replace("$unit", f"<{unit}>"))
        for file in sorted(_QUESTIONS.glob("*.rq"))
        for unit in asked
    ]
    return _timed(queries, watch)


def _some(found: Iterable[str]) -> list[str]:
    """Give as many as are asked about, from all over the sorted whole."""
    ordered = sorted(found)
    return ordered[:: max(len(ordered) // _UNITS_ASKED, 1)][:_UNITS_ASKED]


def _opened(units: int) -> GraphStore:
    home = _store(units)
    if not EmbeddedStore.exists(home):
        raise RuntimeError(f"nothing was imported into {home}")
    return for_reading(str(home))


def _asked(store: GraphStore, watch: Watch) -> Facts:
    values = Values(store)
    queries = [
        (answering(store, name), filled(values, asked, {})) for name, asked in questions().items()
    ]
    return _timed(queries, watch)


def _timed(queries: list[tuple[GraphStore, str]], watch: Watch) -> Facts:
    """Time queries, each of who answers it; the figures so far are told after each."""
    times: list[float] = []
    for store, query in queries:
        times.append(_best(store, query))
        _tell_times(watch, times)
    return {"questions": len(queries)}


def _best(store: GraphStore, query: str) -> float:
    """Give the median of some rounds' milliseconds, the answer written out as CSV."""
    times = []
    for _ in range(_ROUNDS):
        begun = time.perf_counter()
        store.serialize(query, "csv")
        times.append((time.perf_counter() - begun) * 1000)
    return median(times)


def _tell_times(watch: Watch, times: list[float]) -> None:
    several = times * 2 if len(times) == 1 else times
    hundredths = quantiles(several, n=100, method="inclusive")
    told = {"p50_ms": hundredths[49], "p95_ms": hundredths[94], "slowest_ms": max(times)}
    watch.tell(**told, answered=len(times))


def questions_by_rdflib(_units: int, watch: Watch) -> Facts:
    """Ask the same questions of rdflib alone, once each; the figures so far are told after each."""
    import rdflib

    from dutygraph.regulations.prepared import prepared

    store = open_regulations()
    dataset = rdflib.Dataset(default_union=True)
    dataset.parse(data=prepared().decode(), format="nquads")
    graph = rdflib.Graph()
    for subject, predicate, value, _ in dataset.quads():
        graph.add((subject, predicate, value))
    times: list[float] = []
    failed: list[str] = []
    for name, asked in questions().items():
        begun = time.perf_counter()
        try:
            graph.query(filled(Values(store), asked, {})).serialize(format="csv")
        except TypeError:
            # It cannot order by a variable that is unbound in some row.
            failed.append(name)
            continue
        times.append((time.perf_counter() - begun) * 1000)
        _tell_times(watch, times)
    return {"failed": failed}


def closure(_units: int, watch: Watch) -> Facts:
    """Prepare the graphs anew: read ontology and regulation, anchor the quotes, reason."""
    with watch.phase("closure"):
        quads = prepare()
    return {"quads": quads.count(b"\n")}


def start_up(_units: int, watch: Watch) -> Facts:
    """Start the command line and ask it for help, then for an answer; start the site's first page.

    Each in a process of its own, from its start to its end, the graphs being prepared.
    """
    open_regulations()
    command = "from dutygraph.cli.main import main; main()"
    page = (
        "from webapp import create_app; "
        "assert create_app({'STORE': '.bench/none'}).test_client().get('/').status_code == 200"
    )
    for name, code, given in (
        ("help", command, ["--help"]),
        ("answer", command, ["query", "deadlines"]),
        ("page", page, []),
    ):
        begun = time.perf_counter()
        subprocess.run(  # noqa: S603 - our own program
            [sys.executable, "-c", code, *given], check=True, stdout=subprocess.DEVNULL
        )
        watch.tell(**{name: time.perf_counter() - begun})
    return {}


_TIMES: Final = {
    "p50_ms": "half, ms",
    "p95_ms": "95 %, ms",
    "slowest_ms": "slowest, ms",
    "answered": "answered",
}

TASKS: Final[dict[str, Task]] = {
    "load into memory": Task(load, True, {"load": "s", "peak_mb": "peak MB"}),
    "check": Task(check, True, {"check": "s", "peak_mb": "peak MB"}),
    "check by pyshacl": Task(
        check_by_pyshacl,
        True,
        {"queries": "set queries, s", "check": "pyshacl, s", "peak_mb": "peak MB"},
        "pyshacl",
        ("pyshacl", "rdflib"),
    ),
    "import": Task(imported, True, {"import": "s", "peak_mb": "peak MB", "disk_mb": "disk MB"}),
    "check in blocks": Task(
        check_in_blocks, True, {"check": "s", "peak_mb": "peak MB", "worker_mb": "a worker, MB"}
    ),
    "edits of a unit": Task(edits_of_a_unit, True, _TIMES),
    "questions, province": Task(questions_with_a_province, True, _TIMES),
    "questions, units": Task(questions_on_units, True, _TIMES),
    "questions, regulation": Task(questions_on_the_regulation, False, _TIMES),
    "questions by rdflib": Task(questions_by_rdflib, False, _TIMES, "rdflib", ("rdflib",)),
    "closure": Task(
        closure, False, {"closure": "s", "peak_mb": "peak MB"}, packages=("owlrl", "rdflib")
    ),
    "start-up": Task(
        start_up, False, {"help": "--help, s", "answer": "an answer, s", "page": "a page, s"}
    ),
}
"""What is measured, in the order of the table."""
