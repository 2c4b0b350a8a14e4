"""Labels beside their curves: tried at many places in a fixed order, never on top of each other."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from matplotlib.axes import Axes
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from nudipole.plotting.curves import Array, dense
from nudipole.plotting.style import DPI, LABEL_PT

POINT_PX = DPI / 72.0
STEP_PX = 1.5 * POINT_PX
CITATION_SCALE = 0.72
SIZES_PT = (LABEL_PT, 8.0, 6.5)
GAPS_PT = (2.5, 5.0, 9.0, 15.0, 24.0, 36.0)
ANCHORS = 41
CLEAR_COST = 4.0
"""A place this good is taken before a smaller font is tried."""
SIZE_COST = 6.0
MARGIN_PX = 2.0 * POINT_PX


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
    """Whether the text follows the slope of the curve."""


@dataclass(frozen=True)
class _Place:
    """A box in pixels: its centre, its size before rotation, and its angle in degrees."""

    centre: Array
    size: Array
    angle: float
    cost: float = 0.0

    def bounds(self) -> Bbox:
        """Return the upright box around it."""
        cosine, sine = abs(np.cos(np.radians(self.angle))), abs(np.sin(np.radians(self.angle)))
        half = 0.5 * np.array([[cosine, sine], [sine, cosine]]) @ self.size + 0.5 * MARGIN_PX
        return Bbox([self.centre - half, self.centre + half])

    def inside(self, points: Array) -> NDArrayBool:
        """Tell which points lie in it, with a margin."""
        angle = np.radians(self.angle)
        turned = (points - self.centre) @ np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        return (np.abs(turned) <= 0.5 * self.size + 0.5 * MARGIN_PX).all(axis=1)
