"""Excluded regions with several floors and ceilings at one mass, such as islands: filled mass by mass."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from nudipole.limits.table import Edge, Status
from nudipole.plotting.curves import Array, Frame, Run, runs

SLICES = 700
"""Masses at which the excluded ranges are read off: closer than the line is wide."""
Interval = tuple[float, float]


def region_polygons(rows: pd.DataFrame, frame: Frame) -> Iterator[Array]:
    """Yield polygons that together fill what the floors and ceilings of one variant exclude.

    At each mass floors open and ceilings close a range; a ceiling without a floor under it reaches the bottom of the
    frame, a floor without a ceiling the top, and so does everything where the table says that an edge is off the grid.
    """
    masses = np.geomspace(frame.M_N_min_MeV, frame.M_N_max_MeV, SLICES)
    floors = list(runs(rows[rows["edge"] == str(Edge.FLOOR)]))
    ceilings = list(runs(rows[rows["edge"] == str(Edge.CEILING)]))
    ordered = rows.sort_values("M_N_MeV", kind="stable")
    open_below = _covered(masses, ordered, Status.OFF_GRID_LOW)
    open_above = _covered(masses, ordered, Status.OFF_GRID_HIGH)
    columns = [
        _intervals(_edges(floors, mass), _edges(ceilings, mass), low, high, frame)
        for mass, low, high in zip(masses, open_below, open_above, strict=True)
    ]  # fmt: skip
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


def _edges(pieces: list[Run], mass: float) -> list[float]:
    found = [float(piece.at(np.array([mass]))[0]) for piece in pieces if piece.M_N_MeV.min() <= mass <= _end(piece)]
    return [mu for mu in found if np.isfinite(mu)]


def _end(piece: Run) -> float:
    return float(piece.M_N_MeV.max())


def _covered(masses: Array, rows: pd.DataFrame, off_grid: Status) -> Array:
    """Return whether a neighbour of each mass in some branch has its edge off the grid."""
    covered = np.zeros(len(masses), dtype=bool)
    for _, branch in rows.groupby(["edge", "branch"]):
        off = (branch["status"] == str(off_grid)).to_numpy()
        points = branch["M_N_MeV"].to_numpy(np.float64)
        if off.any() and len(points) > 1:
            k = np.clip(np.searchsorted(points, masses) - 1, 0, len(points) - 2)
            covered |= (masses >= points[0]) & (masses <= points[-1]) & (off[k] | off[k + 1])
    return covered


def _intervals(floors: list[float], ceilings: list[float], below: bool, above: bool, frame: Frame) -> list[Interval]:
    """Return the excluded ranges of mu at one mass from its edges, in order."""
    bottom, top = 0.5 * frame.mu_nu_min_muB, 2.0 * frame.mu_nu_max_muB
    edges = sorted([(mu, True) for mu in floors] + [(mu, False) for mu in ceilings])
    opened: float | None = None
    if (edges and not edges[0][1]) or (not edges and below):
        opened = bottom
    found: list[Interval] = []
    for mu, is_floor in edges:
        if is_floor:
            opened = mu if opened is None else opened
        elif opened is not None:
            found.append((opened, mu))
            opened = None
    if opened is not None and (edges or above):
        found.append((opened, top))
    return found
