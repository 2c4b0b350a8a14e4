"""What the drawing functions of a figure share: its axes, and the labels and legend entries collected on the way."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes

from nudipole.plotting.curves import Array, Frame, Run, is_visible
from nudipole.plotting.labels import Label
from nudipole.plotting.style import Canvas, Style


@dataclass
class Layer:
    """A figure in the making."""

    axes: Axes
    frame: Frame
    canvas: Canvas
    style: Style
    labels: list[Label] = field(default_factory=list)
    handles: list[Artist] = field(default_factory=list)
    regions: list[Array] = field(default_factory=list)
    """What this work excludes."""
    together: list[Array] = field(default_factory=list)
    """The part of it that is filled as one."""

    def line(self, run: Run, *, linewidth: float, **style: Any) -> None:
        """Draw one piece of a curve; a single point gets a dot, since a line through it would be invisible."""
        points = run.points()
        marker = "." if len(points) == 1 else ""
        width = linewidth * self.canvas.line_scale
        self.axes.plot(points[:, 0], points[:, 1], marker=marker, linewidth=width, scalex=False, scaley=False, **style)

    def ordered_labels(self) -> list[Label]:
        """Return the labels in the order to place them: this work first, then the short curves, with least choice."""
        others = [label for label in self.labels if not label.bold]
        return [label for label in self.labels if label.bold] + sorted(others, key=self._extent)

    def _extent(self, label: Label) -> float:
        """Return how far the curve of a label runs within the frame, in decades."""
        frame = self.frame
        M_N_MeV = label.path[:, 0].clip(frame.M_N_min_MeV, frame.M_N_max_MeV)
        mu_nu_muB = label.path[:, 1].clip(frame.mu_nu_min_muB, frame.mu_nu_max_muB)
        return float(np.abs(np.diff(np.log10([M_N_MeV, mu_nu_muB]), axis=1)).sum())

    def visible(self, pieces: list[Run]) -> list[Run]:
        """Return the pieces that show in the frame, the longest in mass first."""
        shown = [run for run in pieces if is_visible(run, self.frame)]
        return sorted(shown, key=lambda run: -float(run.M_N_MeV.max() / run.M_N_MeV.min()))
