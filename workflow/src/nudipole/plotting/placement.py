"""Where a label can stand: boxes beside a curve, and how many lines would cross each of them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.transforms import Bbox

from nudipole.plotting.curves import Array, dense
from nudipole.plotting.style import DPI

POINT_PX = DPI / 72.0
STEP_PX = 1.5 * POINT_PX
MARGIN_PX = 1.5 * POINT_PX
NEAR_PX = 4.0 * POINT_PX
GAPS_PT = np.array([2.5, 4.5, 7.0, 10.0, 14.0, 20.0, 28.0, 38.0, 50.0])
SLIDES = np.array([0.0, -0.4, 0.4])
"""Shifts along the curve, in widths of an upright box: room at a corner is found this way."""
ANCHORS = 61

GAP_COST_PER_PT = 0.2
SLIDE_COST = 0.3
ANCHOR_COST = 0.06
NEAR_COST = 0.15
"""For each point of another line that comes near: the text would seem to belong to that line."""
OTHER_SIDE_COST = 1.0
UPRIGHT_COST = 0.5
STEEP_COST = 4.0
STEEP_DEG = 50.0
"""A text along a steeper curve is hard to read."""


@dataclass(frozen=True)
class Place:
    """A box in pixels: its centre, its size before rotation, its angle in degrees, and what speaks against it."""

    centre: Array
    size: Array
    angle: float
    cost: float

    def bounds(self) -> Bbox:
        """Return the upright box around it, with a margin."""
        cosine, sine = abs(np.cos(np.radians(self.angle))), abs(np.sin(np.radians(self.angle)))
        half = 0.5 * np.array([[cosine, sine], [sine, cosine]]) @ self.size + MARGIN_PX
        return Bbox([self.centre - half, self.centre + half])

    def crossings(self, obstacles: Array, margin_px: float = MARGIN_PX) -> int:
        """Return how many of the points of lines lie in it or nearer than the margin."""
        reach = 0.5 * float(np.hypot(*self.size)) + margin_px
        offsets = obstacles - self.centre
        offsets = offsets[(np.abs(offsets) <= reach).all(axis=1)]
        angle = np.radians(self.angle)
        turned = offsets @ np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        return int((np.abs(turned) <= 0.5 * self.size + margin_px).all(axis=1).sum())


@dataclass(frozen=True)
class Surroundings:
    """What a label has to keep clear of, in pixels: the frame, other labels, its own line and the other lines."""

    frame: Bbox
    taken: Sequence[Bbox]
    own: Array
    others: Array

    def allow(self, place: Place) -> bool:
        """Tell whether a box is within the frame and over no other label."""
        box = place.bounds()
        within = bool((box.min >= self.frame.min + MARGIN_PX).all() and (box.max <= self.frame.max - MARGIN_PX).all())
        return within and not any(box.overlaps(other) for other in self.taken)

    def cost(self, place: Place) -> float:
        """Return what the lines through and near a box add to its cost."""
        own, others = place.crossings(self.own), place.crossings(self.others)
        return own + others + NEAR_COST * (place.crossings(self.others, NEAR_PX) - others)


def best_place(path: Array, side: int, along: bool, size: Array, around: Surroundings) -> tuple[Place, float] | None:
    """Return the best box beside a curve (in pixels) with its cost, or None where every one would overlap.

    The fewer lines run through or near it, the nearer to its curve and to the middle of that it is, the better; of
    equals the first. The search ends where no later box can be better.
    """
    best: tuple[Place, float] | None = None
    for place in sorted(_candidates(path, side, along, size, around.frame), key=lambda candidate: candidate.cost):
        if best is not None and place.cost >= best[1]:
            break
        if not around.allow(place):
            continue
        cost = place.cost + around.cost(place)
        if best is None or cost < best[1]:
            best = place, cost
    return best


def _candidates(path: Array, side: int, along: bool, size: Array, frame: Bbox) -> list[Place]:
    points = dense(path, STEP_PX)
    tangents = np.gradient(points, axis=0) if len(points) > 1 else np.ones((1, 2))
    shown = np.flatnonzero(((points >= frame.min) & (points <= frame.max)).all(axis=1))
    if not len(shown):
        return []
    order = np.unique(np.linspace(0, len(shown) - 1, ANCHORS).astype(int))
    order = order[np.argsort(np.abs(order - 0.5 * (len(shown) - 1)), kind="stable")]
    places = []
    for rank, index in enumerate(shown[order]):
        tangent = tangents[index] / max(float(np.hypot(*tangents[index])), 1e-12)
        for sign in (1, -1):
            cost = rank * ANCHOR_COST + OTHER_SIDE_COST * (sign == -side)
            normal = sign * np.array([-tangent[1], tangent[0]])
            places += _beside(points[index], tangent, normal, size, along, cost)
    return places


def _beside(
    anchor: Array, tangent: Array, normal: Array, size: Array, along: bool, cost: float
) -> list[Place]:
    """Return the boxes at one point of a curve: along it if so wanted, and upright."""
    angle = float(np.degrees(np.arctan2(tangent[1], tangent[0])))
    angle -= 180.0 * round(angle / 180.0)
    steep = STEEP_COST * (abs(angle) > STEEP_DEG)
    places = []
    for gap in GAPS_PT:
        nearest, far = anchor + normal * gap * POINT_PX, cost + GAP_COST_PER_PT * float(gap)
        if along:
            places.append(Place(nearest + 0.5 * normal * size[1], size, angle, far + steep))
        for slide in SLIDES:
            centre = nearest + 0.5 * normal * size + slide * tangent * size
            places.append(Place(centre, size, 0.0, far + SLIDE_COST * bool(slide) + UPRIGHT_COST * along))
    return places
