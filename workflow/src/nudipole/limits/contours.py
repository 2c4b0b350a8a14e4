"""Contours of a stored surface on the (M_N, mu_nu) plane: every piece, where its edges lie, which side is excluded."""

from dataclasses import dataclass

import contourpy
import numpy as np
from numpy.typing import NDArray

from nudipole.errors import DataError
from nudipole.limits.table import Edge, Status

Array = NDArray[np.float64]


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
    x, y = np.log(M_N_MeV), np.log(mu_nu_muB)
    z = np.ma.masked_invalid(surface)
    generator = contourpy.contour_generator(
        x, y, z.T, name="serial", corner_mask=False, line_type=contourpy.LineType.Separate
    )
    pieces = []
    for line in generator.lines(level):
        refined = np.array([_on_edge(x, y, surface, level, point) for point in np.asarray(line)])
        pieces += _cut(refined, x, y, surface)
    return sorted(pieces, key=lambda piece: (piece.M_N_MeV[0], piece.mu_nu_muB[0], str(piece.edge)))


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


def _on_edge(x: Array, y: Array, surface: Array, level: float, point: Array) -> tuple[float, float]:
    """Return the vertex moved along its grid line to where the cubic through four nodes has the level.

    contourpy interpolates linearly, which is wrong by the curvature over a cell. The cubic is used only where it
    stays between the two nodes and all four values are finite.
    """
    i, j = int(np.abs(x - point[0]).argmin()), int(np.abs(y - point[1]).argmin())
    along_mass = abs(y[j] - point[1]) < abs(x[i] - point[0])
    nodes, values = (x, surface[:, j]) if along_mass else (y, surface[i, :])
    start = point[0] if along_mass else point[1]
    moved = _cubic_root(nodes, values, level, start)
    return (moved, float(point[1])) if along_mass else (float(point[0]), moved)


def _cubic_root(nodes: Array, values: Array, level: float, start: float) -> float:
    low = int(np.clip(np.searchsorted(nodes, start, side="right") - 1, 0, len(nodes) - 2))
    first = int(np.clip(low - 1, 0, max(len(nodes) - 4, 0)))
    window = slice(first, first + 4)
    if len(nodes) < 4 or not np.isfinite(values[window]).all():
        return float(start)
    step = nodes[low + 1] - nodes[low]
    cubic = np.polynomial.Polynomial.fit(
        (nodes[window] - nodes[low]) / step, values[window] - level, 3, domain=[-1.0, 1.0], window=[-1.0, 1.0]
    )
    roots = np.asarray(cubic.roots(), dtype=np.complex128)
    inside = [float(r.real) for r in roots if abs(r.imag) < 1e-9 and 0.0 <= float(r.real) <= 1.0]
    # several roots between two nodes mean that the cubic oscillates: keep the linear one
    return float(nodes[low] + step * inside[0]) if len(inside) == 1 else float(start)


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
