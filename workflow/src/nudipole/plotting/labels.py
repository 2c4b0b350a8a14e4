"""Labels beside their curves: tried at many places in a fixed order, never on top of each other."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from nudipole.plotting.curves import Array, dense
from nudipole.plotting.placement import POINT_PX, STEP_PX, Place, Surroundings, best_place
from nudipole.plotting.style import LABEL_PT

CITATION_SCALE = 0.74
SIZES = (1.0, 0.86, 0.75)
CLEAR_COST = 5.0
"""A place this good is taken before a smaller font is tried."""
SIZE_COST = 4.0


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
    size_pt: float = LABEL_PT


class LabelLayer:
    """The labels of one pair of axes."""

    def __init__(self, axes: Axes) -> None:
        self.axes = axes
        self.frame: Bbox = axes.get_window_extent()
        self.taken: list[Bbox] = []
        self.keys: list[Artist] = []
        self.lines: list[Array] = [np.asarray(line.get_xydata()) for line in axes.lines]

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
        found: list[tuple[float, Place, float]] = []
        for rank, scale in enumerate(SIZES):
            size_pt = scale * label.size_pt
            size = self._measure(label, size_pt)
            placed = best_place(path, label.side, label.along, size, around)
            if placed is not None:
                found.append((placed[1] + rank * SIZE_COST, placed[0], size_pt))
            if found and found[-1][0] <= CLEAR_COST + rank * SIZE_COST:
                break
        if not found:
            return False
        _, place, size_pt = min(found, key=lambda option: option[0])
        self.taken.append(place.bounds())
        crossed = place.crossings(np.vstack([around.own, around.others]), 0.0) > 0
        self._draw(label, place, size_pt, boxed=crossed)
        return True

    def _surroundings(self, label: Label) -> Surroundings:
        own: list[Array] = [np.empty((0, 2))]
        others: list[Array] = [np.empty((0, 2))]
        for points in self.lines:
            mine = np.array_equal(points, label.path)
            (own if mine else others).append(dense(self.axes.transData.transform(points), STEP_PX))
        return Surroundings(self.frame, self.taken, np.vstack(own), np.vstack(others))

    def _draw(self, label: Label, place: Place, size_pt: float, *, boxed: bool) -> None:
        angle = np.radians(place.angle)
        up = np.array([-np.sin(angle), np.cos(angle)])
        background = {"facecolor": "white", "edgecolor": "none", "alpha": 0.7, "pad": 0.4}
        for text, sign in zip(self._texts(label, size_pt), (1.0, -1.0)):
            height = text.get_window_extent().height
            offset = 0.5 * sign * up * (place.size[1] - height) if label.citation else np.zeros(2)
            text.set_transform(self.axes.transAxes)
            text.set_position(tuple(self.axes.transAxes.inverted().transform(place.centre + offset)))
            text.set_rotation(place.angle)
            text.set_zorder(10.0)
            if boxed:
                text.set_bbox(background)
            text.set_gid("label")
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
            text.set_figure(self.axes.get_figure(root=False))
            texts.append(text)
        return texts
