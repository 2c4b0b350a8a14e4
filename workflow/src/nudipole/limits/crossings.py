"""Where a quantity that depends on mu exceeds its limit: ranges of mu from values on a grid."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import Akima1DInterpolator

from nudipole.errors import ConvergenceError

Array = NDArray[np.float64]
FLOOR = 1e-12
"""Ratios below this are all the same to the interpolation, which is logarithmic."""


@dataclass(frozen=True)
class Excess:
    """One range of mu [mu_B] in which the limit is exceeded; it may end at an end of the grid."""

    low_muB: float
    high_muB: float
    from_first: bool
    to_last: bool


def ln_ratio_curve(mu_nu_muB: Array, ratio: Array) -> Akima1DInterpolator:
    """Return ln(ratio) as a smooth function of ln mu (modified Akima: local, so that a steep fall does not ring)."""
    if not np.isfinite(ratio).all():
        raise ConvergenceError("a quantity over its limit came out as NaN or infinite; please report the configuration")
    return Akima1DInterpolator(np.log(mu_nu_muB), np.log(np.maximum(ratio, FLOOR)), method="makima")


def excesses(mu_nu_muB: Array, ratio: Array) -> tuple[Excess, ...]:
    """Return the ranges of mu where the ratio to the limit exceeds 1, in order."""
    x = np.log(mu_nu_muB)
    curve = ln_ratio_curve(mu_nu_muB, ratio)
    roots = np.unique(np.asarray(curve.solve(0.0, extrapolate=False)))
    bounds = np.concatenate([[x[0]], roots, [x[-1]]])
    found: list[Excess] = []
    for low, high in pairwise(bounds):
        if high > low and float(curve(0.5 * (low + high))) > 0.0:
            found.append(Excess(float(np.exp(low)), float(np.exp(high)), low == x[0], high == x[-1]))
    return tuple(found)


def largest_ln_ratio(mu_nu_muB: Array, ratio: Array) -> float:
    """Return the maximum of ln(ratio) over the grid, between its points as well."""
    curve = ln_ratio_curve(mu_nu_muB, ratio)
    x = np.log(mu_nu_muB)
    turning = np.asarray(curve.derivative().solve(0.0, extrapolate=False))
    turning = turning[np.isfinite(turning)]
    return float(np.max(curve(np.concatenate([x, turning]))))
