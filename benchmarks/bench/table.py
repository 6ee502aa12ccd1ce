"""The tables, in Markdown: what was measured, nothing left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from statistics import median

from benchmarks.bench.findings import ALL, LEAST
from benchmarks.bench.fitting import power_law
from benchmarks.bench.log import Cell, Log, Measurement
from benchmarks.bench.own import TASKS, Task
from benchmarks.bench.peers import PEERS, REFERENCE
from benchmarks.bench.probing import FINE, UNITS
from benchmarks.bench.rules import rules
from benchmarks.bench.running import PROBE, RULES


def tables(log: Log) -> str:
    """Give all tables of a log."""
    sizes = sorted({one.cell.units for one in log if one.cell.task == RULES})
    parts = [_versions(log)]
    parts += [_rules(log, units) for units in sizes]
    parts += [_probes(log), _growth(log), _own(log)]
    return "\n\n".join(parts)


def _markdown(head: Sequence[str], rows: Iterable[Sequence[str]], numbers: int) -> str:
    """Write a table whose last ``numbers`` columns are numbers."""
    marks = ["---"] * (len(head) - numbers) + ["--:"] * numbers
    lines = [head, marks, *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _number(value: float | None) -> str:
    if value is None:
        return "–"
    if value == int(value):
        return str(int(value))
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.3g}"


def _versions(log: Log) -> str:
    measured = {one.cell.who: one for one in log if one.cell.task in (PROBE, RULES)}
    rows = [
        [name, one.version if one.outcome != "absent" else f"not installed: `{one.told}`"]
        for name in PEERS
        if (one := measured.get(name)) is not None
    ]
    return f"### Who was measured\n\n{_conditions(log)}\n\n" + _markdown(
        ["peer", "version"], rows, 0
    )


def _conditions(log: Log) -> str:
    """Say how busy the machine was with other work, and how often was measured."""
    loads = [one.facts["load before"] for one in log if "load before" in one.facts]
    runs = [len(one.runs) for one in log if one.outcome == "done" and one.cell.task != PROBE]
    if not loads or not runs:
        return "Under which conditions is not known."
    cores = max(one.facts["cores"] for one in log if "cores" in one.facts)
    times = f"{min(runs)} to {max(runs)} times" if max(runs) > 1 else "once"
    return (
        f"Measured {times} each, on {cores} cores. "
        f"The load average before a measurement was {median(loads):.1f} in the middle, "
        f"{max(loads):.1f} at most."
    )


def _rules(log: Log, units: int) -> str:
    ours = log.get(Cell(RULES, REFERENCE.name, units))
    base = ours.figure("check") if ours is not None else None
    rows = []
    for name in PEERS:
        found = log.get(Cell(RULES, name, units))
        if found is None:
            continue
        check = found.figure("check")
        ratio = check / base if check is not None and base else None
        rows.append(
            [
                name,
                _outcome(found),
                _number(found.figure("load")),
                _number(check),
                _number(ratio),
                _number(_figure(found, "peak_mb")),
                str(found.facts.get("findings", "–")),
            ]
        )
    best = _best(log, units)
    head = ["peer", "answers", "load, s", "check, s", "check / ours", "peak MB", "findings"]
    size = f", {ours.facts['triples']:,} triples" if ours and "triples" in ours.facts else ""
    return f"### The rules over {units:,} units{size}\n\n" + _markdown(head, rows, 5) + best


def _best(log: Log, units: int) -> str:
    """Say which engine that runs all shapes, and answers as it must, is the quickest of others."""
    checks = {}
    for name in PEERS:
        found = log.get(Cell(RULES, name, units))
        if found is None or found.outcome != "done" or found.facts.get("differs") != {}:
            continue
        is_engine = not name.endswith("by hand")
        if is_engine and len(found.facts["rules"]) == len(rules()):
            checks[name] = found.figure("check") or 0.0
    if not checks:
        return ""
    name = min(checks, key=checks.__getitem__)
    return f"\n\nThe quickest other engine that runs all rules and answers as it must: {name}."


def _figure(found: Measurement, name: str) -> float | None:
    """Give a figure; the peak of memory is not known of what did not end."""
    return None if name == "peak_mb" and found.outcome != "done" else found.figure(name)


def _outcome(found: Measurement) -> str:
    """Say how a peer did: ended at all, how many rules, equal findings by what."""
    match found.outcome:
        case "absent":
            return f"not installed: `{found.told}`"
        case "timeout":
            return "did not end in time"
        case "memory":
            return "took more memory than allowed"
        case "error":
            return f"**failed**: {_cell(found.told)}"
        case "skipped":
            return f"not tried: {found.told}"
    ran, wanted = len(found.facts.get("rules", ())), len(rules())
    some = f"{ran} of {wanted} rules; " if ran < wanted else ""
    if found.cell.who == REFERENCE.name:
        return f"{some}what the others are compared with"
    if "differs" not in found.facts:
        return f"{some}not compared"
    by = _fields(found.facts["compared by"])
    differs = found.facts["differs"]
    if not differs:
        return f"{some}equal by {by}"
    told = ", ".join(
        f"{rule} ({missing} missing, {extra} too many)"
        for rule, (missing, extra) in differs.items()
    )
    return f"{some}**differs** by {by}: {told}"


def _fields(compared: Sequence[str]) -> str:
    """Say by which fields findings were compared."""
    if tuple(compared) == LEAST:
        return "shape and node"
    lacking = [field for field in ALL if field not in compared]
    return f"all fields but {', '.join(lacking)}" if lacking else "all fields"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")[-160:]


def _probes(log: Log) -> str:
    rows = []
    for name in PEERS:
        found = log.get(Cell(PROBE, name, UNITS))
        if found is None or found.outcome == "absent":
            continue
        if found.outcome != "done":
            rows.append([name, "all that follow", f"{found.outcome} {_cell(found.told)}"])
        told = ((rule, found.facts.get(rule, FINE)) for rule in rules())
        rows += [[name, rule, _cell(words)] for rule, words in told if words != FINE]
    words = (
        f"### Rules that a peer cannot run or answers otherwise\n\n"
        f"Each rule by itself, over {UNITS} units whose records are damaged.\n\n"
    )
    return words + (_markdown(["peer", "rule", "what"], rows, 0) if rows else "None.")


def _growth(log: Log) -> str:
    rows = []
    for label, task, who, figure in curves():
        costs = costs_of(log, task, who, figure)
        law = power_law(costs)
        if law is not None:
            largest = f"{max(costs):,.0f}"
            rows.append([label, largest, f"{law.exponent:.2f}"])
    if not rows:
        return "### Growth\n\nOne size says nothing of growth."
    head = ["what", "units at most", "exponent"]
    return "### Growth\n\nCost = factor · units^exponent, fitted.\n\n" + _markdown(head, rows, 2)


def curves() -> Iterator[tuple[str, str, str, str]]:
    """Give what has a curve: its label, the task, who did it, the figure."""
    for name in PEERS:
        yield f"rules, {name}", RULES, name, "check"
    for name, task in TASKS.items():
        first = next(iter(task.figures))
        if task.of_units:
            yield name, name, task.who, first


def costs_of(log: Log, task: str, who: str, figure: str) -> dict[float, float]:
    """Give a figure by size, of what ended."""
    found = {}
    for one in log:
        value = one.figure(figure)
        is_it = (one.cell.task, one.cell.who) == (task, who)
        if is_it and one.outcome == "done" and value is not None:
            found[float(one.cell.units)] = value
    return dict(sorted(found.items()))


def _own(log: Log) -> str:
    sizes = sorted({one.cell.units for one in log if one.cell.task in TASKS and one.cell.units})
    head = ["what", "figure", *(f"{units:,} units" for units in sizes)]
    rows = [
        row
        for name, task in TASKS.items()
        if task.of_units
        for row in _lines(log, name, task, sizes)
    ]
    alone = [
        row
        for name, task in TASKS.items()
        if not task.of_units
        for row in _lines(log, name, task, [0])
    ]
    rows += _ratios(log, sizes)
    return (
        "### dutygraph itself, by size\n\n"
        + _markdown(head, rows, len(sizes))
        + "\n\n### dutygraph itself, whatever the size\n\n"
        + _markdown(["what", "figure", "value"], alone, 1)
    )


def _lines(log: Log, name: str, task: Task, sizes: Sequence[int]) -> Iterator[list[str]]:
    found = [log.get(Cell(name, task.who, units)) for units in sizes]
    if not any(found):
        return
    for figure, label in task.figures.items():
        cells = [_number(_figure(one, figure)) if one is not None else "–" for one in found]
        yield [name, label, *cells]
    told = [_judged(one) for one in found]
    if any(told):
        yield [name, "outcome", *told]


def _judged(found: Measurement | None) -> str:
    """Say whether findings were as expected, or why there is no figure."""
    if found is None:
        return ""
    if found.outcome != "done":
        return f"{found.outcome} {_cell(found.told)}".strip()
    if "missing" in found.facts:
        missing, extra = found.facts["missing"], found.facts["extra"]
        if missing or extra:
            return f"**differs**: {missing} missing, {extra} too many"
        return f"{found.facts['findings']} findings, equal"
    return f"failed: {', '.join(found.facts['failed'])}" if found.facts.get("failed") else ""


def _ratios(log: Log, sizes: Sequence[int]) -> Iterator[list[str]]:
    """Give the time of a check in times of loading the same records into memory."""
    loads = costs_of(log, "load into memory", REFERENCE.name, "load")
    checks = costs_of(log, "check", REFERENCE.name, "check")
    if set(loads) & set(checks):
        ratios = [
            _number(checks[units] / loads[units]) if units in loads and units in checks else "–"
            for units in sizes
        ]
        yield ["check / load into memory", "ratio", *ratios]
