"""Cost as a function of size: the power law that fits best."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import linear_regression


@dataclass(frozen=True)
class PowerLaw:
    """cost = factor · size^exponent."""

    factor: float
    exponent: float

    def at(self, size: float) -> float:
        """Give the cost at a size."""
        return float(self.factor * size**self.exponent)


def power_law(costs: Mapping[float, float]) -> PowerLaw | None:
    """Fit a power law to costs by size: least squares of the logarithms.

    None for fewer than two sizes and for a cost that is not above zero.
    """
    if len(costs) < 2 or min(costs.values()) <= 0:
        return None
    line = linear_regression(
        [math.log(size) for size in costs], [math.log(cost) for cost in costs.values()]
    )
    return PowerLaw(math.exp(line.intercept), line.slope)
