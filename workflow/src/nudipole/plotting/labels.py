"""Labels beside their curves: tried at many places in a fixed order, never on top of each other."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.path import Path
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from nudipole.plotting.axes import figure_of
from nudipole.plotting.curves import Array, dense
from nudipole.plotting.obstacles import Obstacles
from nudipole.plotting.placement import POINT_PX, STEP_PX, Boxes, Surroundings, Wish, best_place
from nudipole.plotting.style import Canvas

CITATION_SCALE = 0.76
SCALES = (1.0, 0.87, 0.76)
CLEAR_COST = 7.0
"""A place this good is taken before a smaller font is tried."""
SCALE_COST = 3.0
SHORTEST_LEADER_PX = 4.0 * POINT_PX
UNIT_PT = 9.5
"""Size of letters for which the distances of `placement` are meant."""


@dataclass(frozen=True)
class Label:
    """A text that belongs to a curve: its points (M_N, mu_nu) by mass, and the side of it the text stands on."""

    text: str
    citation: str
    colour: str
    path: Array
    side: int
    """1: above the curve, or left of a rising one; -1: below; 0: either."""
    along: bool = False
    """Whether the text may follow the slope of the curve."""
    bold: bool = False
    scale: float = 1.0
    """Size of the letters over that of the canvas."""
    other_side_cost: float = 2.0
    foreign_cost: float = 1.5
    lead_from_pt: float = 9.0


class LabelLayer:
    """The labels of one pair of axes."""

    def __init__(self, axes: Axes, canvas: Canvas, regions: Iterable[Array] = ()) -> None:
        """Know the lines that are on the axes, and the filled regions of this work, which keep their room."""
        self.axes = axes
        self.canvas = canvas
        self.figure = figure_of(axes)
        self.frame: Bbox = axes.get_window_extent()
        self.regions = [Path(axes.transData.transform(region)) for region in regions]
        self.taken: list[Bbox] = []
        self.keys: list[Artist] = []
        self.lines: list[Array] = [np.asarray(line.get_xydata()) for line in axes.lines]
        self.pixels = [dense(axes.transData.transform(points), STEP_PX) for points in self.lines]

    def place(self, labels: Iterable[Label]) -> list[Artist]:
        """Write the labels; return legend entries for the ones that had to be shortened to a number."""
        for label in labels:
            if self._write(label):
                continue
            number = len(self.keys) + 1
            short = replace(label, text=str(number), citation="", side=0, along=False)
            marked = f"{number}: " if self._write(short) else ""
            name = f"{marked}{label.text} {label.citation}".replace("\n", " ").strip()
            self.keys.append(Line2D([], [], color=label.colour, linewidth=1.0, label=name))
        return self.keys

    def _write(self, label: Label) -> bool:
        """Write one label at the best of its places and sizes; False where there is none."""
        path, around = self.axes.transData.transform(label.path), self._surroundings(label)
        unit = self.canvas.label_pt / UNIT_PT
        wish = Wish(path, label.side, label.along, label.other_side_cost, label.foreign_cost, label.lead_from_pt, unit)
        best: tuple[float, Boxes, float] | None = None
        for rank, scale in enumerate(SCALES):
            size_pt = scale * label.scale * self.canvas.label_pt
            place = best_place(wish, self._measure(label, size_pt), around)
            if place is None:
                continue
            cost = float(place.costs[0]) + rank * SCALE_COST
            if best is None or cost < best[0]:
                best = cost, place, size_pt
            if cost <= CLEAR_COST:
                break
        if best is None:
            return False
        _, place, size_pt = best
        self.taken.append(place.bounds(0))
        leader = place.leaders()[:, 0]
        if np.hypot(*(leader[-1] - leader[0])) > SHORTEST_LEADER_PX:
            self._lead(label, leader)
        self._draw(label, place, size_pt, boxed=self._is_crossed(place, around))
        return True

    def _surroundings(self, label: Label) -> Surroundings:
        mine = [np.array_equal(points, label.path) for points in self.lines]
        own = [pixels for pixels, is_mine in zip(self.pixels, mine) if is_mine]
        others = [pixels for pixels, is_mine in zip(self.pixels, mine) if not is_mine]
        nothing = np.empty((0, 2))
        corner = np.asarray(self.frame.max)
        return Surroundings(
            self.frame,
            self.taken,
            Obstacles(np.vstack([nothing, *own]), corner),
            Obstacles(np.vstack([nothing, *others]), corner),
            () if label.bold else self.regions,
        )

    def _lead(self, label: Label, points: Array) -> None:
        """Draw the thin line from a curve to its label, and keep later labels off it."""
        self.taken += [Bbox([np.minimum(a, b), np.maximum(a, b)]) for a, b in pairwise(points)]
        x, y = self.axes.transAxes.inverted().transform(points[[0, -1]]).T
        leader = Line2D(
            x, y, color=label.colour, linewidth=0.7 * self.canvas.line_scale, transform=self.axes.transAxes, zorder=9.0
        )
        leader.set_gid("leader")
        self.axes.add_artist(leader)

    @staticmethod
    def _is_crossed(place: Boxes, around: Surroundings) -> bool:
        box = place.centres[0], 0.5 * place.size, float(place.angles[0])
        return around.own.in_rotated(*box) + around.others.in_rotated(*box) > 0

    def _draw(self, label: Label, place: Boxes, size_pt: float, *, boxed: bool) -> None:
        angle = float(place.angles[0])
        up = np.array([-np.sin(np.radians(angle)), np.cos(np.radians(angle))])
        for text, sign in zip(self._texts(label, size_pt), (1.0, -1.0)):
            height = text.get_window_extent().height
            offset = 0.5 * sign * up * (place.size[1] - height) if label.citation else np.zeros(2)
            x, y = self.axes.transAxes.inverted().transform(place.centres[0] + offset)
            text.set(x=x, y=y, rotation=angle, zorder=10.0, transform=self.axes.transAxes, gid="label")
            if boxed:
                text.set_bbox({"facecolor": "white", "edgecolor": "none", "alpha": 0.7, "pad": 0.4})
            self.axes.add_artist(text)

    def _measure(self, label: Label, size_pt: float) -> Array:
        boxes = [text.get_window_extent() for text in self._texts(label, size_pt)]
        gap = 1.0 * POINT_PX * (len(boxes) - 1)
        return np.array([max(box.width for box in boxes), sum(box.height for box in boxes) + gap])

    def _texts(self, label: Label, size_pt: float) -> list[Text]:
        """Return the name and, below it, the citation, not yet in place."""
        sizes = [(label.text, size_pt)] + [(label.citation, CITATION_SCALE * size_pt)] * bool(label.citation)
        texts = []
        for content, points in sizes:
            text = Text(0.0, 0.0, content, fontsize=points, color=label.colour, ha="center", va="center")
            text.set_fontweight("bold" if label.bold and content == label.text else "normal")
            text.set_linespacing(1.05)
            text.set_figure(self.figure)
            texts.append(text)
        return texts
