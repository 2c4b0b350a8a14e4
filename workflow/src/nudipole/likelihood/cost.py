"""What a bin contributes to -2 ln L, with its first two derivatives in the expected events m.

    Poisson      2 [m - d + d ln(d/m)]            (Baker and Cousins, NIM 221 (1984) 437)
    Gaussian     (m - d)^2/variance
    tabulated    cubic Hermite interpolation of a table against m on a uniform grid from 0, linear beyond its ends

An unbinned extended likelihood is the Poisson one with a narrow bin around each event and one bin with the rest.
"""

from enum import IntEnum
from math import inf, log

from numba import njit


class Cost(IntEnum):
    """Kind of -2 ln L of a bin."""

    POISSON = 0
    GAUSSIAN = 1
    TABULATED = 2


POISSON, GAUSSIAN = int(Cost.POISSON), int(Cost.GAUSSIAN)


@njit(cache=True)
def _hermite(values, slopes, step, m):  # type: ignore[no-untyped-def]
    """Return value, slope and curvature of the table at m."""
    last = len(values) - 1
    i = min(max(int(m / step), 0), last - 1)
    u = m / step - i
    if u <= 0.0 or u >= 1.0:
        end = i if u <= 0.0 else i + 1
        return values[end] + slopes[end] * (m - end * step), slopes[end], 0.0
    rise = values[i + 1] - values[i]
    a, b = slopes[i] * step - rise, rise - slopes[i + 1] * step
    v = 1.0 - u
    value = v * values[i] + u * values[i + 1] + u * v * (v * a + u * b)
    slope = rise + (v - u) * (v * a + u * b) + u * v * (b - a)
    curvature = -2.0 * (v * a + u * b) + 2.0 * (v - u) * (b - a)
    return value, slope / step, curvature / (step * step)


@njit(cache=True)
def total_cost(observation, model):  # type: ignore[no-untyped-def]
    """Return -2 ln L of all bins; infinite where events are seen and none expected, or where m is negative."""
    kind, counts, variance, table, slopes, step = observation
    total = 0.0
    for i in range(len(counts)):
        m = model[i]
        if kind == POISSON:
            if m < 0.0 or (m == 0.0 and counts[i] > 0.0):
                return inf
            total += 2.0 * (m - counts[i])
            if counts[i] > 0.0:
                total += 2.0 * counts[i] * log(counts[i] / m)
        elif kind == GAUSSIAN:
            total += (m - counts[i]) ** 2 / variance[i]
        else:
            total += _hermite(table[i], slopes[i], step, m)[0]
    return total


@njit(cache=True)
def cost_derivatives(observation, model, first, second):  # type: ignore[no-untyped-def]
    """Write the derivatives of the cost of each bin in its expected events.

    The curvature of a table is taken as zero where it is negative: steps then stay descents.
    """
    kind, counts, variance, table, slopes, step = observation
    for i in range(len(counts)):
        if kind == POISSON:
            ratio = counts[i] / model[i] if counts[i] > 0.0 else 0.0
            first[i] = 2.0 * (1.0 - ratio)
            second[i] = 2.0 * ratio / model[i] if counts[i] > 0.0 else 0.0
        elif kind == GAUSSIAN:
            first[i] = 2.0 * (model[i] - counts[i]) / variance[i]
            second[i] = 2.0 / variance[i]
        else:
            _, first[i], curvature = _hermite(table[i], slopes[i], step, model[i])
            second[i] = max(curvature, 0.0)
