"""Linear algebra of the solver: bins couple to each other only through the heads and through H.

With H as an auxiliary unknown, W = I/(h gamma) - J is an arrow (the last head is H itself, dH = sum_j rows_j df_j):

        | 1/(h gamma) - diagonal      - columns                      |
    W = |                                                            |
        | - rows                      (1/(h gamma) or 1) - corner    |

One step costs O(bins): the bins are eliminated, and a system of SIZE is left.
"""

from typing import NamedTuple

import numpy as np
from numba import njit

from nudipole.compilation import BORROWS, KERNEL
from nudipole.cosmology.system import HEADS, Array

SIZE = HEADS + 1


class Arrow(NamedTuple):
    """The parts of W, and of its factors: pivots of the bins, LU of the Schur complement. Shapes: bins, SIZE."""

    diagonal: Array
    columns: Array
    rows: Array
    corner: Array
    pivots: Array
    lu: Array


@njit(**KERNEL)
def new_arrow(bins: int) -> Arrow:
    """Return a zero arrow: what the equations never write stays zero."""
    return Arrow(
        np.zeros(bins),
        np.zeros((bins, SIZE)),
        np.zeros((SIZE, bins)),
        np.zeros((SIZE, SIZE)),
        np.zeros(bins),
        np.zeros((SIZE, SIZE)),
    )


@njit(**BORROWS)
def factorise(shift: float, arrow: Arrow) -> None:
    """Write pivots and lu for 1/(h gamma) = shift, without row exchange."""
    lu = arrow.lu
    bins = arrow.diagonal.shape[0]
    for j in range(bins):
        arrow.pivots[j] = 1.0 / (shift - arrow.diagonal[j])
    for i in range(SIZE):
        for k in range(SIZE):
            lu[i, k] = -arrow.corner[i, k]
        lu[i, i] += shift if i < HEADS else 1.0
        for j in range(bins):
            scaled = arrow.rows[i, j] * arrow.pivots[j]
            for k in range(SIZE):
                lu[i, k] -= scaled * arrow.columns[j, k]
    for k in range(SIZE):
        for i in range(k + 1, SIZE):
            lu[i, k] /= lu[k, k]
            for m in range(k + 1, SIZE):
                lu[i, m] -= lu[i, k] * lu[k, m]


@njit(**BORROWS)
def solve(arrow: Arrow, x: Array, heads: Array) -> None:
    """Overwrite the right-hand side x (bins and heads) with the solution; heads is work space of SIZE."""
    lu, pivots, columns = arrow.lu, arrow.pivots, arrow.columns
    bins = pivots.shape[0]
    for i in range(SIZE):
        heads[i] = x[bins + i] if i < HEADS else 0.0
        for j in range(bins):
            heads[i] += arrow.rows[i, j] * pivots[j] * x[j]
    for i in range(SIZE):
        for k in range(i):
            heads[i] -= lu[i, k] * heads[k]
    for i in range(SIZE - 1, -1, -1):
        for k in range(i + 1, SIZE):
            heads[i] -= lu[i, k] * heads[k]
        heads[i] /= lu[i, i]
    for j in range(bins):
        for k in range(SIZE):
            x[j] += columns[j, k] * heads[k]
        x[j] *= pivots[j]
    for i in range(HEADS):
        x[bins + i] = heads[i]
