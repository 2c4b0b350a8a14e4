"""Filled regions: what a constraint excludes, what it prefers, and the spread between its treatments."""

from collections.abc import Iterable, Iterator

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import PathPatch, Polygon
from matplotlib.path import Path

from nudipole.plotting.curves import Array, Frame, Run


def excluded_polygons(floors: list[Run], ceilings: list[Run], frame: Frame) -> Iterator[Array]:
    """Yield the excluded regions: above each floor up to the ceiling over it, below a ceiling without a floor.

    A ceiling may cover only some masses of a floor; at the other masses the region is open to the top of the frame.
    """
    top, bottom = 2.0 * frame.mu_nu_max_muB, 0.5 * frame.mu_nu_min_muB
    for floor in floors:
        masses = _masses(floor, ceilings)
        lower = floor.at(masses)
        upper = np.full_like(lower, max(top, float(lower.max())))
        for ceiling in ceilings:
            height = ceiling.at(masses)
            # The tip where both meet is a point of each curve; rounding must not open it.
            upper = np.where(height >= lower * (1.0 - 1e-6), np.minimum(upper, np.maximum(height, lower)), upper)
        yield _between(masses, lower, upper) if ceilings else _closed_at(floor, float(upper[0]))
    for ceiling in ceilings:
        if not any(_is_under(floor, ceiling) for floor in floors):
            yield _closed_at(ceiling, min(bottom, float(ceiling.mu_nu_muB.min())))


def _masses(floor: Run, ceilings: Iterable[Run]) -> Array:
    """Return the masses of a floor and of the ceilings over it, with a step just outside the ends of each ceiling."""
    parts = [floor.M_N_MeV]
    for ceiling in ceilings:
        ends = np.array([ceiling.M_N_MeV.min() * (1.0 - 1e-9), ceiling.M_N_MeV.max() * (1.0 + 1e-9)])
        parts += [ceiling.M_N_MeV, ends]
    masses = np.unique(np.concatenate(parts))
    inside: Array = masses[(masses >= floor.M_N_MeV.min()) & (masses <= floor.M_N_MeV.max())]
    return inside


def _is_under(floor: Run, ceiling: Run) -> bool:
    height = floor.at(ceiling.M_N_MeV)
    return bool((height <= ceiling.mu_nu_muB * (1.0 + 1e-6)).any())


def _closed_at(run: Run, level: float) -> Array:
    points = run.points()
    return np.vstack([points, [points[-1, 0], level], [points[0, 0], level]])


def _between(masses: Array, lower: Array, upper: Array) -> Array:
    there_and_back = np.concatenate([masses, masses[::-1]])
    return np.column_stack([there_and_back, np.concatenate([lower, upper[::-1]])])


def preferred_polygons(lows: list[Run], highs: list[Run]) -> Iterator[Array]:
    """Yield the regions between lower and upper edges, at the masses where both are known."""
    for low in lows:
        for high in highs:
            polygon = strip(low, high)
            if polygon is not None:
                yield polygon


def strip(one: Run, other: Run) -> Array | None:
    """Return the region between two curves at their common masses, or None without any."""
    masses = np.unique(np.concatenate([one.M_N_MeV, other.M_N_MeV]))
    first, second = one.at(masses), other.at(masses)
    both = np.isfinite(first) & np.isfinite(second)
    return _between(masses[both], first[both], second[both]) if both.sum() > 1 else None


def fill(axes: Axes, polygon: Array, colour: str, alpha: float, zorder: float, hatch: str = "") -> None:
    """Fill a region without an outline: its sides at the ends of a curve are no limits."""
    face = "none" if hatch else colour
    # not add_patch: the range of the axes is fixed, and to find that of a patch costs more than to draw it
    axes.add_artist(
        Polygon(
            polygon, facecolor=face, edgecolor=colour, linewidth=0.0, alpha=alpha, zorder=zorder, hatch=hatch or None
        )
    )


def fill_together(axes: Axes, polygons: list[Array], colour: str, alpha: float, zorder: float) -> None:
    """Fill polygons as one shape: where two touch there is neither a seam nor twice the colour."""
    if polygons:
        shape = Path.make_compound_path(*(Path(polygon, closed=True) for polygon in map(_closed, polygons)))
        axes.add_artist(PathPatch(shape, facecolor=colour, edgecolor="none", linewidth=0.0, alpha=alpha, zorder=zorder))


def _closed(polygon: Array) -> Array:
    return np.vstack([polygon, polygon[:1]])
