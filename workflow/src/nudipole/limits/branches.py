"""Ranges of mu mass by mass, joined to the floors and ceilings of connected regions."""

from collections.abc import Sequence
from math import log

import numpy as np
from numpy.typing import NDArray

from nudipole.limits.crossings import Excess
from nudipole.limits.table import Curve, Edge, Label, Status

Ranges = Sequence[tuple[Excess, ...]]


def _overlap(a: Excess, b: Excess) -> float:
    """Return the common length of two ranges in ln mu; not positive if they are apart."""
    return log(min(a.high_muB, b.high_muB) / max(a.low_muB, b.low_muB))


def connected(ranges: Ranges) -> list[list[tuple[int, Excess]]]:
    """Return the regions as lists of (index of the mass, range), in the order in which they begin.

    A range goes on with that of the next mass it overlaps most; where two join, the smaller one ends.
    """
    regions: list[list[tuple[int, Excess]]] = []
    for i, present in enumerate(ranges):
        open_regions = [region for region in regions if region[-1][0] == i - 1]
        pairs = sorted(
            (
                (_overlap(region[-1][1], one), k, m)
                for k, region in enumerate(open_regions)
                for m, one in enumerate(present)
            ),
            key=lambda pair: -pair[0],
        )
        taken_regions, taken = set(), set()
        for overlap, k, m in pairs:
            if overlap > 0.0 and k not in taken_regions and m not in taken:
                open_regions[k].append((i, present[m]))
                taken_regions.add(k)
                taken.add(m)
        regions += [[(i, one)] for m, one in enumerate(present) if m not in taken]
    return regions


def range_curves(label: Label, M_N_MeV: NDArray[np.float64], ranges: Ranges) -> list[Curve]:
    """Return floor and ceiling of each connected region; an edge beyond the grid has no number but a status."""
    curves = []
    for branch, region in enumerate(connected(ranges)):
        masses = M_N_MeV[[i for i, _ in region]]
        found = [one for _, one in region]
        low = [Status.OFF_GRID_LOW if one.from_first else Status.OK for one in found]
        high = [Status.OFF_GRID_HIGH if one.to_last else Status.OK for one in found]
        floor = np.array([np.nan if one.from_first else one.low_muB for one in found])
        ceiling = np.array([np.nan if one.to_last else one.high_muB for one in found])
        curves.append(Curve(label, Edge.FLOOR, branch, masses, floor, tuple(low)))
        curves.append(Curve(label, Edge.CEILING, branch, masses, ceiling, tuple(high)))
    return curves
