"""What a bin contributes to -2 ln L, with its first two derivatives in the expected events m.

    Poisson      2 [m - d + d ln(d/m)]            (Baker and Cousins, NIM 221 (1984) 437)
    Gaussian     (m - d)^2/variance
    tabulated    cubic Hermite interpolation of a table against m on a uniform grid from 0, linear beyond its ends

An unbinned extended likelihood is the Poisson one with a narrow bin around each event and one bin with the rest.
"""

from enum import IntEnum
from math import inf, log, log1p

from numba import njit

from nudipole.compilation import INNER, KERNEL


class Cost(IntEnum):
    """Kind of -2 ln L of a bin."""

    POISSON = 0
    GAUSSIAN = 1
    TABULATED = 2


POISSON, GAUSSIAN, TABULATED = int(Cost.POISSON), int(Cost.GAUSSIAN), int(Cost.TABULATED)


@njit(**KERNEL)
def poisson_cost(counts, model):  # type: ignore[no-untyped-def]
    """Return 2 sum [m - d + d ln(d/m)]; infinite where events are seen and none expected, or where m is negative."""
    total = 0.0
    for i in range(len(counts)):
        d, m = counts[i], model[i]
        if d > 0.0:
            if m <= 0.0:
                return inf
            excess = (m - d) / d
            # close to the data, m - d and d ln(d/m) cancel to rounding of d
            total += d * (excess - log1p(excess)) if abs(excess) < 0.5 else m - d - d * log(m / d)
        elif m < 0.0:
            return inf
        else:
            total += m
    return 2.0 * total


@njit(**KERNEL, **INNER)
def _gaussian_cost(counts, variance, model):  # type: ignore[no-untyped-def]
    total = 0.0
    for i in range(len(counts)):
        total += (model[i] - counts[i]) ** 2 / variance[i]
    return total


@njit(**KERNEL, **INNER)
def _interpolated(table, slopes, step, i, m):  # type: ignore[no-untyped-def]
    """Return value, slope and curvature of row i of the table at m."""
    last = table.shape[1] - 1
    if m <= 0.0:
        return table[i, 0] + slopes[i, 0] * m, slopes[i, 0], 0.0
    if m >= last * step:
        return table[i, last] + slopes[i, last] * (m - last * step), slopes[i, last], 0.0
    a = min(int(m / step), last - 1)
    u = m / step - a
    v, rise = 1.0 - u, table[i, a + 1] - table[i, a]
    p, q = slopes[i, a] * step - rise, rise - slopes[i, a + 1] * step
    bend = v * p + u * q
    value = v * table[i, a] + u * table[i, a + 1] + u * v * bend
    slope = rise + (v - u) * bend + u * v * (q - p)
    curvature = -2.0 * bend + 2.0 * (v - u) * (q - p)
    return value, slope / step, curvature / (step * step)


@njit(**KERNEL)
def total_cost(observation, model):  # type: ignore[no-untyped-def]
    """Return -2 ln L of all bins; observation: (kind, counts, variance, table, slopes, step)."""
    kind, counts, variance, table, slopes, step = observation
    if kind == POISSON:
        return poisson_cost(counts, model)
    if kind == GAUSSIAN:
        return _gaussian_cost(counts, variance, model)
    total = 0.0
    for i in range(len(counts)):
        total += _interpolated(table, slopes, step, i, model[i])[0]
    return total


@njit(**KERNEL)
def cost_derivatives(observation, model, first, second):  # type: ignore[no-untyped-def]
    """Write the derivatives of the cost of each bin in its expected events.

    The curvature of a table is taken as zero where it is negative: Newton steps then stay descents.
    """
    kind, counts, variance, table, slopes, step = observation
    for i in range(len(counts)):
        if kind == POISSON:
            inverse = 1.0 / model[i] if counts[i] > 0.0 else 0.0
            first[i] = 2.0 * (1.0 - counts[i] * inverse)
            second[i] = 2.0 * counts[i] * inverse * inverse
        elif kind == GAUSSIAN:
            first[i] = 2.0 * (model[i] - counts[i]) / variance[i]
            second[i] = 2.0 / variance[i]
        else:
            _, first[i], curvature = _interpolated(table, slopes, step, i, model[i])
            second[i] = max(curvature, 0.0)
