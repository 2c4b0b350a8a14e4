"""Cubic splines on uniform grids, laid out for kernels: one lookup gives every column at one abscissa."""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline

from nudipole.compilation import BORROWS

Array = NDArray[np.float64]


class SplineTable(NamedTuple):
    """Polynomial coefficients, shape (intervals, columns, 4), highest power first, of splines on a uniform grid.

    A NamedTuple because the kernels take it as it is. Outside the grid the end values hold.
    """

    start: float
    step: float
    coefficients: Array


def spline_table(start: float, stop: float, columns: Array) -> SplineTable:
    """Return the not-a-knot splines through columns of shape (columns, nodes) on a uniform grid from start to stop."""
    nodes = np.linspace(start, stop, columns.shape[1])
    splines = CubicSpline(nodes, columns, axis=1)
    # scipy orders (power, interval, column)
    coefficients = np.ascontiguousarray(np.transpose(splines.c, (1, 2, 0)))
    return SplineTable(float(start), float(nodes[1] - nodes[0]), coefficients)


@njit(**BORROWS)
def locate(table: SplineTable, x: float) -> tuple[int, float]:
    """Return the interval of x and the distance to its lower node, held at the ends of the grid."""
    intervals = table.coefficients.shape[0]
    position = (x - table.start) / table.step
    if position <= 0.0:
        return 0, 0.0
    if position >= intervals:
        return intervals - 1, table.step
    index = int(position)
    return index, x - (table.start + index * table.step)


@njit(**BORROWS)
def column(table: SplineTable, index: int, offset: float, which: int) -> float:
    """Return one column at a located abscissa (Horner)."""
    c = table.coefficients
    value = c[index, which, 0]
    for power in range(1, 4):
        value = value * offset + c[index, which, power]
    return float(value)
