"""Curves of a detector from the interval in mu at each mass."""

from collections.abc import Iterator, Sequence
from math import inf

import numpy as np
from numpy.typing import NDArray

from nudipole.limits.table import Curve, Edge, Label, grid_status


def interval_curves(
    label: Label,
    M_N_MeV: NDArray[np.float64],
    edges_muB: Sequence[tuple[float | None, float]],
    mu_min_muB: float,
    mu_max_muB: float,
) -> Iterator[Curve]:
    """Yield the floor of what is excluded, and both edges of the interval where its lower one is on the grid.

    edges_muB: (lower, upper) at each mass; None: mu = 0 lies in the interval, inf: nothing is excluded.
    """
    high = np.array([upper for _, upper in edges_muB])
    yield Curve(label, Edge.FLOOR, 0, M_N_MeV, *grid_status(high, mu_min_muB, mu_max_muB))
    low = np.array([inf if lower is None else lower for lower, _ in edges_muB])
    inside = np.isfinite(low) & (low <= mu_max_muB)
    # a change from inside to outside starts a new piece
    pieces = np.split(np.arange(len(low)), np.flatnonzero(np.diff(inside)) + 1)
    for branch, rows in enumerate(rows for rows in pieces if inside[rows[0]]):
        for edge, mu in ((Edge.PREFERRED_LOW, low), (Edge.PREFERRED_HIGH, high)):
            yield Curve(label, edge, branch, M_N_MeV[rows], *grid_status(mu[rows], mu_min_muB, mu_max_muB))
