"""Where a label can stand: boxes beside a curve, and how many lines would cross each of them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from matplotlib.path import Path
from matplotlib.transforms import Bbox
from numpy.typing import NDArray

from nudipole.plotting.curves import Array, dense
from nudipole.plotting.obstacles import Obstacles
from nudipole.plotting.style import DPI

POINT_PX = DPI / 72.0
STEP_PX = 1.5 * POINT_PX
MARGIN_PX = 1.5 * POINT_PX
NEAR_PX = 4.0 * POINT_PX
GAPS_PT = (2.5, 5.0, 8.0, 13.0, 20.0, 30.0, 44.0)
SLIDES = (0.0, -0.4, 0.4)
"""Shifts along the curve, in widths of an upright box: room at a corner is found this way."""
ANCHORS = 37

LEADER_STEPS = 13

GAP_COST_PER_PT = 0.15
LEADER_COST = 0.7
CROSSING_COST = 0.5
"""For each piece of a leader that another line crosses."""
CROSSING_PX = 1.5 * POINT_PX
SLIDE_COST = 0.3
ANCHOR_COST = 0.1
NEAR_COST = 0.15
"""For each point of another line that comes near: the text would seem to belong to that line."""
UPRIGHT_COST = 0.5
STEEP_COST = 4.0
STEEP_DEG = 50.0
"""A text along a steeper curve is hard to read."""


@dataclass(frozen=True)
class Wish:
    """Where a label would like to be: its curve in pixels, the side of it, and whether it may follow the slope."""

    path: Array
    side: int
    along: bool
    other_side_cost: float
    foreign_cost: float
    """For standing in the filled region of another constraint."""
    lead_from_pt: float
    """A label farther from its curve is joined to it by a thin line."""
    unit: float = 1.0
    """Size of the letters over that for which the distances are meant."""


@dataclass(frozen=True)
class Boxes:
    """Boxes of one size in pixels: centres, angles in degrees, anchors on the curve, and what speaks against each."""

    size: Array
    centres: Array
    angles: Array
    anchors: Array
    is_led: NDArray[np.bool_]
    costs: Array

    def half_extents(self) -> Array:
        """Return half the width and height of the upright boxes around them, with a margin."""
        cosine, sine = np.abs(np.cos(np.radians(self.angles))), np.abs(np.sin(np.radians(self.angles)))
        width, height = 0.5 * self.size
        return np.column_stack([cosine * width + sine * height, sine * width + cosine * height]) + MARGIN_PX

    def bounds(self, index: int) -> Bbox:
        """Return the upright box around one of them, with a margin."""
        centre, half = self.centres[index], self.half_extents()[index]
        return Bbox([centre - half, centre + half])

    def pick(self, chosen: NDArray[np.bool_] | NDArray[np.int_]) -> "Boxes":
        """Return some of the boxes."""
        anchors, is_led, costs = self.anchors[chosen], self.is_led[chosen], self.costs[chosen]
        return Boxes(self.size, self.centres[chosen], self.angles[chosen], anchors, is_led, costs)

    def leaders(self) -> Array:
        """Return points along the thin lines from the anchors to the boxes: step, box, coordinate."""
        half = self.half_extents()
        ends = np.clip(self.anchors, self.centres - half, self.centres + half)
        ends = np.where(self.is_led[:, None], ends, self.centres)
        starts = np.where(self.is_led[:, None], self.anchors, self.centres)
        return np.linspace(starts, ends, LEADER_STEPS)


@dataclass(frozen=True)
class Surroundings:
    """What a label has to keep clear of, in pixels: the frame, other labels, its own line and the other lines."""

    frame: Bbox
    taken: Sequence[Bbox]
    own: Obstacles
    others: Obstacles
    foreign: Sequence[Path] = ()
    """Filled regions of other constraints."""

    def allowed(self, boxes: Boxes, foreign_cost: float) -> Boxes:
        """Return the boxes within the frame and over no other label, those in filled regions at their cost."""
        half = boxes.half_extents()
        first, last = np.asarray(self.frame.min) + MARGIN_PX, np.asarray(self.frame.max) - MARGIN_PX
        low, high = boxes.centres - half, boxes.centres + half
        # coordinate by coordinate: reductions over an axis of two are slow
        good = (low[:, 0] >= first[0]) & (low[:, 1] >= first[1]) & (high[:, 0] <= last[0]) & (high[:, 1] <= last[1])
        boxes, low, high = boxes.pick(good), low[good], high[good]
        good = np.ones(len(boxes.costs), dtype=bool)
        for other in self.taken:
            (x0, y0), (x1, y1) = other.min, other.max
            good &= (high[:, 0] < x0) | (high[:, 1] < y0) | (low[:, 0] > x1) | (low[:, 1] > y1)
        # the rest is dear, so only what is left is asked
        boxes = self._with_free_leaders(boxes.pick(good))
        foreign = np.zeros(len(boxes.costs))
        for region in self.foreign:
            foreign = np.maximum(foreign, region.contains_points(boxes.centres))
        return replace(boxes, costs=boxes.costs + foreign_cost * foreign)

    def _with_free_leaders(self, boxes: Boxes) -> Boxes:
        """Return the boxes whose leader runs over no label, those with lines across it at their cost."""
        good = np.ones(len(boxes.costs), dtype=bool)
        leaders = boxes.leaders()
        x, y = np.ascontiguousarray(leaders[..., 0]), np.ascontiguousarray(leaders[..., 1])
        for other in self.taken:
            (x0, y0), (x1, y1) = other.min, other.max
            good &= ~((x >= x0) & (x <= x1) & (y >= y0) & (y <= y1)).any(axis=0)
        points = leaders[1:].reshape(-1, 2)
        crossed = self.others.in_upright(points, np.full(2, CROSSING_PX)).reshape(LEADER_STEPS - 1, -1) > 0
        costs = boxes.costs + CROSSING_COST * crossed.sum(axis=0) * boxes.is_led
        return replace(boxes, costs=costs).pick(good)

    def add_upright_costs(self, boxes: Boxes) -> Boxes:
        """Return upright boxes with the costs of the lines through and near them."""
        tight, wide = 0.5 * boxes.size + MARGIN_PX, 0.5 * boxes.size + NEAR_PX
        through = self.others.in_upright(boxes.centres, tight)
        near = self.others.in_upright(boxes.centres, wide) - through
        own = self.own.in_upright(boxes.centres, tight)
        return replace(boxes, costs=boxes.costs + own + through + NEAR_COST * near)

    def cost(self, boxes: Boxes, index: int) -> float:
        """Return the cost of one box at an angle."""
        centre, angle, half = boxes.centres[index], float(boxes.angles[index]), 0.5 * boxes.size
        through = self.others.in_rotated(centre, half + MARGIN_PX, angle)
        near = self.others.in_rotated(centre, half + NEAR_PX, angle) - through
        own = self.own.in_rotated(centre, half + MARGIN_PX, angle)
        return float(boxes.costs[index] + own + through + NEAR_COST * near)


def best_place(wish: Wish, size: Array, around: Surroundings) -> Boxes | None:
    """Return the best box beside a curve (in pixels) with its cost, or None where every one would overlap.

    The fewer lines run through or near it, the nearer to its curve and to the middle of that it is, the better; of
    equals the first.
    """
    boxes = around.allowed(_candidates(wish, size, around.frame), wish.foreign_cost)
    turned = boxes.angles != 0.0
    upright, rotated = around.add_upright_costs(boxes.pick(~turned)), boxes.pick(turned)
    best = upright.pick(np.array([np.argmin(upright.costs)])) if len(upright.costs) else None
    for index in np.argsort(rotated.costs, kind="stable"):
        if best is not None and rotated.costs[index] >= best.costs[0]:
            break
        cost = around.cost(rotated, int(index))
        if best is None or cost < best.costs[0]:
            best = replace(rotated.pick(np.array([index])), costs=np.array([cost]))
    return best


def _candidates(wish: Wish, size: Array, frame: Bbox) -> Boxes:
    """Return boxes at many points of a curve, on both its sides."""
    points = dense(wish.path, STEP_PX)
    shown = np.flatnonzero(((points >= frame.min) & (points <= frame.max)).all(axis=1))
    steps = np.gradient(points, axis=0) if len(points) > 1 else np.tile([1.0, 0.0], (len(points), 1))
    order = np.unique(np.linspace(0, max(len(shown) - 1, 0), ANCHORS).astype(int))[: len(shown)]
    order = order[np.argsort(np.abs(order - 0.5 * (len(shown) - 1)), kind="stable")]
    anchors, steps = points[shown[order]], steps[shown[order]]
    tangents = steps / np.maximum(np.hypot(steps[:, 0], steps[:, 1]), 1e-12)[:, None]
    angles = np.degrees(np.arctan2(tangents[:, 1], tangents[:, 0]))
    angles -= 180.0 * np.rint(angles / 180.0)
    ranks = np.arange(len(order), dtype=np.float64) * ANCHOR_COST
    parts = []
    for sign in (1, -1):
        normals = sign * np.column_stack([-tangents[:, 1], tangents[:, 0]])
        costs = ranks + wish.other_side_cost * (sign == -wish.side)
        parts += [_beside(anchors, tangents, normals, angles, costs, size, gap, wish) for gap in GAPS_PT]
    columns = (np.concatenate(column) for column in zip(*(part for group in parts for part in group)))
    return Boxes(size, *columns)


def _beside(
    anchors: Array, tangents: Array, normals: Array, angles: Array, costs: Array, size: Array, gap_pt: float, wish: Wish
) -> list[tuple[Array, Array, Array, NDArray[np.bool_], Array]]:
    """Return the columns of boxes at one distance from the curve: along it if so wanted, and upright."""
    nearest = anchors + normals * gap_pt * wish.unit * POINT_PX
    led = np.full(len(anchors), gap_pt > wish.lead_from_pt)
    far: Array = costs + GAP_COST_PER_PT * gap_pt + LEADER_COST * led
    parts = []
    if wish.along:
        steep = STEEP_COST * (np.abs(angles) > STEEP_DEG)
        parts.append((nearest + 0.5 * normals * size[1], angles, anchors, led, far + steep))
    for slide in SLIDES:
        centres = nearest + (0.5 * normals + slide * tangents) * size
        extra = SLIDE_COST * bool(slide) + UPRIGHT_COST * wish.along
        parts.append((centres, np.zeros(len(anchors)), anchors, led, far + extra))
    return parts
