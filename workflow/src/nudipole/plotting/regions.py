"""Excluded regions with several floors and ceilings at one mass, such as islands: filled mass by mass."""

from collections.abc import Iterator
from math import isfinite

import numpy as np
import pandas as pd

from nudipole.limits.verdicts import branches_of, edges_at, excluded_ranges
from nudipole.plotting.curves import Array, Frame

SLICES = 700
"""Masses at which the excluded ranges are read off: closer than the line is wide."""
Interval = tuple[float, float]


def region_polygons(rows: pd.DataFrame, frame: Frame) -> Iterator[Array]:
    """Yield polygons that together fill what the floors and ceilings of one variant exclude.

    At each mass floors open and ceilings close a range; a ceiling without a floor under it reaches the bottom of the
    frame, a floor without a ceiling the top, and so does everything where the table says that an edge is off the grid.
    """
    masses = np.geomspace(frame.M_N_min_MeV, frame.M_N_max_MeV, SLICES)
    branches = branches_of(rows)
    columns = [_within(excluded_ranges(edges_at(branches, float(mass))), frame) for mass in masses]
    half = float(masses[1] / masses[0]) ** 0.5
    breaks = [i + 1 for i in range(SLICES - 1) if not _go_on(columns[i], columns[i + 1])]
    for group in np.split(np.arange(SLICES), breaks):
        for k in range(len(columns[group[0]])):
            low, high = (np.array([columns[i][k][side] for i in group]) for side in (0, 1))
            # half a slice more on either side, so that groups touch
            wide = np.concatenate([masses[group][:1] / half, masses[group], masses[group][-1:] * half])
            low, high = (np.concatenate([values[:1], values, values[-1:]]) for values in (low, high))
            yield np.column_stack([np.concatenate([wide, wide[::-1]]), np.concatenate([low, high[::-1]])])


def _go_on(one: list[Interval], other: list[Interval]) -> bool:
    """Return whether the ranges of two neighbouring masses belong together: as many, and each overlaps its own."""
    pairs = zip(one, other, strict=False)
    return len(one) == len(other) and all(a[0] < b[1] and b[0] < a[1] for a, b in pairs)


def _within(ranges: list[Interval], frame: Frame) -> list[Interval]:
    """Return ranges of log10 mu as moments, those without an end up to a little beyond the frame."""
    bottom, top = 0.5 * frame.mu_nu_min_muB, 2.0 * frame.mu_nu_max_muB
    return [(10.0**low if isfinite(low) else bottom, 10.0**high if isfinite(high) else top) for low, high in ranges]
