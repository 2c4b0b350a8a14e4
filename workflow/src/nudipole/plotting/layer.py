"""What the drawing functions of a figure share: its axes, and the labels and legend entries collected on the way."""

from dataclasses import dataclass, field
from typing import Any

from matplotlib.artist import Artist
from matplotlib.axes import Axes

from nudipole.plotting.curves import Frame, Run, is_visible
from nudipole.plotting.labels import Label


@dataclass
class Layer:
    """A figure in the making."""

    axes: Axes
    frame: Frame
    labels: list[Label] = field(default_factory=list)
    handles: list[Artist] = field(default_factory=list)

    def line(self, run: Run, **style: Any) -> None:
        """Draw one piece of a curve; a single point gets a dot, since a line through it would be invisible."""
        points = run.points()
        marker = "." if len(points) == 1 else ""
        self.axes.plot(points[:, 0], points[:, 1], marker=marker, scalex=False, scaley=False, **style)

    def visible(self, pieces: list[Run]) -> list[Run]:
        """Return the pieces that show in the frame, the longest in mass first."""
        shown = [run for run in pieces if is_visible(run, self.frame)]
        return sorted(shown, key=lambda run: -float(run.M_N_MeV.max() / run.M_N_MeV.min()))
