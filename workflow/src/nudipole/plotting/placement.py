"""Where a label can stand: boxes beside a curve, and how many lines would cross each of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.transforms import Bbox
from numpy.typing import NDArray

from nudipole.plotting.curves import Array, dense
from nudipole.plotting.style import DPI

POINT_PX = DPI / 72.0
STEP_PX = 1.5 * POINT_PX
MARGIN_PX = 2.0 * POINT_PX
GAPS_PT = (2.5, 5.0, 9.0, 15.0, 24.0, 36.0)
ANCHORS = 61
SLIDES = (0.0, -0.4, 0.4)
"""Shifts along the curve, in widths of an upright box: room at a corner is found this way."""
GAP_COST = 0.8
SLIDE_COST = 0.3
ANCHOR_COST = 0.05
NEAR_PX = 7.0 * POINT_PX
NEAR_COST = 0.15
STEEP_DEG = 50.0
STEEP_COST = 4.0
"""A text along a steep curve is hard to read."""


@dataclass(frozen=True)
class Place:
    """A box in pixels: its centre, its size before rotation, and its angle in degrees."""

    centre: Array
    size: Array
    angle: float

    def bounds(self) -> Bbox:
        """Return the upright box around it, with a margin."""
        cosine, sine = abs(np.cos(np.radians(self.angle))), abs(np.sin(np.radians(self.angle)))
        half = 0.5 * np.array([[cosine, sine], [sine, cosine]]) @ self.size + MARGIN_PX
        return Bbox([self.centre - half, self.centre + half])

    def crossings(self, obstacles: Array, margin_px: float = MARGIN_PX) -> int:
        """Return how many of the points of lines lie in it or nearer than the margin."""
        angle = np.radians(self.angle)
        turned = (obstacles - self.centre) @ np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        return int((np.abs(turned) <= 0.5 * self.size + margin_px).all(axis=1).sum())


def best_place(
    path: Array, side: int, along: bool, size: Array, frame: Bbox, taken: Sequence[Bbox], obstacles: Array
) -> tuple[Place, float] | None:
    """Return the best box beside a curve (all in pixels) with its cost, or None where every one would overlap.

    A box outside the frame or over another label is never used; the fewer lines run through it and the nearer to the
    middle of the curve it is, the better; of equals the first.
    """
    best: tuple[Place, float] | None = None
    for place, cost in _candidates(path, side, along, size, frame):
        if best is not None and cost >= best[1]:
            continue
        bounds = place.bounds()
        if not _contains(frame, bounds) or any(bounds.overlaps(other) for other in taken):
            continue
        cost += place.crossings(obstacles) + NEAR_COST * place.crossings(obstacles, NEAR_PX)
        if best is None or cost < best[1]:
            best = place, cost
    return best


def _candidates(path: Array, side: int, along: bool, size: Array, frame: Bbox) -> Iterator[tuple[Place, float]]:
    points = dense(path, STEP_PX)
    tangents = np.gradient(points, axis=0) if len(points) > 1 else np.array([[1.0, 0.0]])
    shown = np.flatnonzero(((points >= frame.min) & (points <= frame.max)).all(axis=1))
    if not len(shown):
        return
    order = np.unique(np.linspace(0, len(shown) - 1, ANCHORS).astype(int))
    order = order[np.argsort(np.abs(order - 0.5 * (len(shown) - 1)), kind="stable")]
    for rank, index in enumerate(shown[order]):
        length = np.hypot(*tangents[index])
        if length == 0.0:
            continue
        tangent = tangents[index] / length
        for sign in (side,) if side else (1, -1):
            normal = sign * np.array([-tangent[1], tangent[0]])
            for place, cost in _beside(points[index], tangent, normal, size, along):
                yield place, cost + rank * ANCHOR_COST


def _beside(anchor: Array, tangent: Array, normal: Array, size: Array, along: bool) -> Iterator[tuple[Place, float]]:
    """Yield the boxes at one point of a curve with their costs: along it if so wanted, and upright."""
    angle = float(np.degrees(np.arctan2(tangent[1], tangent[0])))
    angle -= 180.0 * round(angle / 180.0)
    for rank, gap in enumerate(GAPS_PT):
        nearest, cost = anchor + normal * gap * POINT_PX, rank * GAP_COST
        if along:
            steep = STEEP_COST if abs(angle) > STEEP_DEG else 0.0
            yield Place(nearest + 0.5 * normal * size[1], size, angle), cost + steep
        for slide in SLIDES:
            shifted = nearest + 0.5 * normal * size + slide * tangent * size
            yield Place(shifted, size, 0.0), cost + SLIDE_COST * (slide != 0.0) + SLIDE_COST * along


def _contains(frame: Bbox, box: Bbox) -> bool:
    return bool((box.min >= frame.min + MARGIN_PX).all() and (box.max <= frame.max - MARGIN_PX).all())
