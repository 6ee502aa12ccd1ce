"""The pictures: cost by size, on logarithmic axes, with the fitted power laws."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchmarks.bench.fitting import power_law
from benchmarks.bench.log import Log
from benchmarks.bench.running import RULES
from benchmarks.bench.table import costs_of, curves


def draw(log: Log, rules_file: Path, own_file: Path) -> None:
    """Draw the rules by all peers into one PNG, what dutygraph does alone into another."""
    # What takes milliseconds has no place beside what takes minutes: the tables tell it.
    found = [
        (label, task, costs_of(log, task, who, figure))
        for label, task, who, figure in curves()
        if not figure.endswith("_ms")
    ]
    _draw(
        "15 rules: seconds to check",
        {label.removeprefix("rules, "): costs for label, task, costs in found if task == RULES},
        rules_file,
    )
    seconds = {label: costs for label, task, costs in found if task != RULES}
    _draw("dutygraph: seconds for a year's records", seconds, own_file)


def _draw(title: str, curves_by_name: dict[str, dict[float, float]], file: Path) -> None:
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(figsize=(9, 6), layout="constrained")
    for number, (name, costs) in enumerate(curves_by_name.items()):
        if not costs:
            continue
        look: dict[str, Any] = {"color": f"C{number % 10}", "marker": "os"[number // 10]}
        law = power_law(costs)
        if law is None:
            axes.plot(list(costs), list(costs.values()), label=name, linestyle="", **look)
            continue
        axes.plot(list(costs), list(costs.values()), linestyle="", **look)
        ends = [min(costs), max(costs)]
        fitted = [law.at(size) for size in ends]
        style = "-" if number < 10 else "--"
        label = f"{name}: n^{law.exponent:.2f}"
        axes.plot(ends, fitted, label=label, linestyle=style, color=look["color"])
    axes.set(xscale="log", yscale="log", xlabel="units", ylabel="seconds", title=title)
    axes.grid(visible=True, which="major", alpha=0.3)
    axes.legend(loc="center left", bbox_to_anchor=(1, 0.5))
    figure.savefig(file, dpi=110)
    plt.close(figure)
