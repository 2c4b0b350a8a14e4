"""How a time grows with the number of points: a fixed cost and a power law."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import perf_counter

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar, nnls

Array = NDArray[np.float64]
EXPONENTS = (0.05, 3.0)


@dataclass(frozen=True)
class Growth:
    """t = fixed_s + per_point_s n^exponent."""

    fixed_s: float
    per_point_s: float
    exponent: float

    def seconds(self, points: float) -> float:
        """Return the time for a number of points."""
        return self.fixed_s + self.per_point_s * points**self.exponent


def fitted(points: Sequence[float], seconds: Sequence[float]) -> Growth:
    """Return the growth with the least squares of relative deviations; fixed cost and price are not negative.

    Fewer than three sizes cannot tell an exponent: it is taken as one.
    """
    n, t = np.asarray(points, dtype=float), np.asarray(seconds, dtype=float)

    def solved(exponent: float) -> tuple[Array, float]:
        scale = n[-1] ** exponent
        found, misfit = nnls(np.column_stack([1.0 / t, n**exponent / scale / t]), np.ones_like(t))
        return found / np.array([1.0, scale]), float(misfit)

    exponent = 1.0
    if len(n) > 2:
        exponent = float(minimize_scalar(lambda p: solved(p)[1], bounds=EXPONENTS, method="bounded").x)
    (fixed_s, per_point_s), _ = solved(exponent)
    return Growth(float(fixed_s), float(per_point_s), exponent)


def measured(run: Callable[[int], object], points: Sequence[int], budget_s: float) -> tuple[list[int], list[float]]:
    """Return sizes and their times, after one run that compiles; larger ones only as far as they should fit a budget.

    Small sizes are repeated: the median of three.
    """
    run(points[0])
    sizes, seconds = [], []
    for n in points:
        if sizes and seconds[-1] * n / sizes[-1] > budget_s:
            break
        seconds.append(float(np.median([_seconds(run, n) for _ in range(3 if n < 0.1 * points[-1] else 1)])))
        sizes.append(n)
    return sizes, seconds


def _seconds(run: Callable[[int], object], n: int) -> float:
    start = perf_counter()
    run(n)
    return perf_counter() - start
