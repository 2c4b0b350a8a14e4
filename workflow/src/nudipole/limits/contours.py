"""Contours of a stored surface on the (M_N, mu_nu) plane: every piece, where its edges lie, which side is excluded."""

from dataclasses import dataclass
from itertools import product
from math import log10

import contourpy
import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import RectBivariateSpline
from scipy.ndimage import distance_transform_edt

from nudipole.errors import DataError
from nudipole.limits.table import Edge, Status

Array = NDArray[np.float64]

REFINEMENT = 4
"""Intervals of the contours' grid in one of the surface's."""
DECIMALS = 9
"""Of log10, in which the beginnings of two pieces are told apart."""


@dataclass(frozen=True)
class Piece:
    """A part of a contour that is one moment for each mass, excluded above it (floor) or below it (ceiling)."""

    edge: Edge
    M_N_MeV: Array
    mu_nu_muB: Array


def contour_pieces(M_N_MeV: Array, mu_nu_muB: Array, surface: Array, level: float) -> list[Piece]:
    """Return the pieces of surface = level, shape (masses, moments), excluded where the surface is larger.

    Closed and open contours are cut where the excluded side or the direction in mass changes, so that each piece is a
    floor or a ceiling with one moment a mass; masses increase along a piece. Cells with a corner that is not finite
    have no contour: an edge that ends there, or at the rim of the grid, ends, and is never drawn along the rim. Pieces
    come in the order of their first mass and moment. DataError if shapes do not match.
    """
    if surface.shape != (len(M_N_MeV), len(mu_nu_muB)):
        raise DataError(f"surface of shape {surface.shape} for {len(M_N_MeV)} masses and {len(mu_nu_muB)} moments")
    x, y, fine = refined(np.log(M_N_MeV), np.log(mu_nu_muB), surface)
    z = np.ma.masked_invalid(fine)
    generator = contourpy.contour_generator(
        x, y, z.T, name="serial", corner_mask=False, line_type=contourpy.LineType.Separate
    )
    pieces = []
    for line in generator.lines(level):
        pieces += _cut(np.asarray(line), x, y, fine)
    return sorted(pieces, key=_place)


def _place(piece: Piece) -> tuple[float, float, str]:
    """Return where a piece begins, rounded: which of two that begin at one mass is first must not be chance."""
    return round(log10(piece.M_N_MeV[0]), DECIMALS), round(log10(piece.mu_nu_muB[0]), DECIMALS), str(piece.edge)


@dataclass(frozen=True)
class Rim:
    """Where excluded moments reach the end of what was computed, and no contour closes them: one entry a mass.

    mu_nu_muB is NaN where that is the end of the grid (status says which), else the last moment with a result.
    """

    edge: Edge
    M_N_MeV: Array
    mu_nu_muB: Array
    status: tuple[Status, ...]


def rims(M_N_MeV: Array, mu_nu_muB: Array, surface: Array) -> list[Rim]:
    """Return the rims of surface > 0: floors at the low end in mu, then ceilings at the high end, by runs of masses."""
    found = []
    for edge, order, off_grid in (
        (Edge.FLOOR, slice(None), Status.OFF_GRID_LOW),
        (Edge.CEILING, slice(None, None, -1), Status.OFF_GRID_HIGH),
    ):
        moments, values = mu_nu_muB[order], surface[:, order]
        finite = np.isfinite(values)
        first = finite.argmax(axis=1)
        reached = finite.any(axis=1) & (values[np.arange(len(values)), first] > 0.0)
        status = np.where(first == 0, str(off_grid), str(Status.OK))
        mu = np.where(first == 0, np.nan, moments[first])
        for run in np.split(np.arange(len(reached)), np.flatnonzero(reached[1:] != reached[:-1]) + 1):
            if reached[run[0]]:
                found.append(Rim(edge, M_N_MeV[run], mu[run], tuple(Status(s) for s in status[run])))
    return found


def refined(x: Array, y: Array, surface: Array) -> tuple[Array, Array, Array]:
    """Return the axes with REFINEMENT intervals in each, and the surface on them by bicubic splines.

    Contours are linear within a cell: on the computed nodes they would be wrong by the curvature over a cell, and a
    ridge that is narrower than one would break up into islands. Cells with a corner that is not finite stay empty.
    """
    known = np.isfinite(surface)
    fine_x, fine_y = (np.interp(np.arange(REFINEMENT * (len(axis) - 1) + 1) / REFINEMENT, np.arange(len(axis)), axis)
                      for axis in (x, y))  # fmt: skip
    if min(len(x), len(y)) < 4 or not known.any():
        return x, y, surface
    # the splines need values everywhere: those of the nearest known node, whose cells are taken out again below
    nearest = distance_transform_edt(~known, return_distances=False, return_indices=True)
    fine = RectBivariateSpline(x, y, surface[tuple(nearest)], s=0)(fine_x, fine_y)
    complete = known[:-1, :-1] & known[1:, :-1] & known[:-1, 1:] & known[1:, 1:]
    shown = np.zeros(fine.shape, dtype=bool)
    rows, columns = (REFINEMENT * count for count in complete.shape)
    for k, m in product(range(REFINEMENT + 1), repeat=2):
        shown[k : k + rows : REFINEMENT, m : m + columns : REFINEMENT] |= complete
    return fine_x, fine_y, np.where(shown, fine, np.nan)


def _cut(line: Array, x: Array, y: Array, surface: Array) -> list[Piece]:
    """Return the parts of a contour line on which excluded side and direction are the same."""
    line = _unrolled(line)
    sides = _sides(line, x, y, surface)
    direction = np.sign(np.diff(line[:, 0]))
    turns = np.flatnonzero((sides[1:] != sides[:-1]) | (direction[1:] * direction[:-1] < 0)) + 1
    pieces = []
    for first, last in zip([0, *turns], [*turns, len(sides)], strict=True):
        part = np.exp(line[first : last + 1])
        part = part if part[0, 0] <= part[-1, 0] else part[::-1]
        edge = Edge.FLOOR if sides[first] else Edge.CEILING
        pieces.append(Piece(edge, part[:, 0], part[:, 1]))
    return pieces


def _sides(line: Array, x: Array, y: Array, surface: Array) -> NDArray[np.bool_]:
    return np.array([_excluded_above(point, x, y, surface) for point in 0.5 * (line[1:] + line[:-1])])


def _unrolled(line: Array) -> Array:
    """Return a closed line from its point of smallest mass on, where it is cut anyway; an open one as it is."""
    if not np.array_equal(line[0], line[-1]):
        return line
    first = int(line[:-1, 0].argmin())
    return np.concatenate([line[first:-1], line[: first + 1]])


def _excluded_above(point: Array, x: Array, y: Array, surface: Array) -> bool:
    """Return whether the surface grows with mu in the cell of a point."""
    i = int(np.clip(np.searchsorted(x, point[0], side="right") - 1, 0, len(x) - 2))
    j = int(np.clip(np.searchsorted(y, point[1], side="right") - 1, 0, len(y) - 2))
    u = (point[0] - x[i]) / (x[i + 1] - x[i])
    slopes = surface[i : i + 2, j + 1] - surface[i : i + 2, j]
    return bool((1.0 - u) * slopes[0] + u * slopes[1] > 0.0)
