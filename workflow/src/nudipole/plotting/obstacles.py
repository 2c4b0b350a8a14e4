"""How many points of lines lie in a box, quickly: a label is tried at thousands of places."""

import numpy as np
from numpy.typing import NDArray

from nudipole.plotting.curves import Array

BIN_PX = 2.0


class Obstacles:
    """Points of lines in pixels, with their running sums over a raster."""

    def __init__(self, points: Array, size_px: Array) -> None:
        """Keep the points; size_px is the upper right corner of the area that matters."""
        self.points = points
        self.bins = np.ceil(size_px / BIN_PX).astype(int)
        edges = [np.arange(count + 1) * BIN_PX for count in self.bins]
        counts, _, _ = np.histogram2d(points[:, 0], points[:, 1], bins=edges)
        self.sums = np.zeros(self.bins + 1)
        self.sums[1:, 1:] = counts.cumsum(axis=0).cumsum(axis=1)

    def in_upright(self, centres: Array, half: Array) -> Array:
        """Return the number of points in each upright box, to the width of a bin."""
        low = np.clip(np.rint((centres - half) / BIN_PX).astype(int), 0, self.bins)
        high = np.clip(np.rint((centres + half) / BIN_PX).astype(int), 0, self.bins)
        s = self.sums
        inside: Array = (
            s[high[:, 0], high[:, 1]] - s[low[:, 0], high[:, 1]] - s[high[:, 0], low[:, 1]] + s[low[:, 0], low[:, 1]]
        )
        return inside

    def in_rotated(self, centre: Array, half: Array, angle_deg: float) -> int:
        """Return the number of points in one box at an angle."""
        offsets = self.points - centre
        offsets = offsets[(np.abs(offsets) <= np.hypot(*half)).all(axis=1)]
        turned = offsets @ rotation(angle_deg)
        return int((np.abs(turned) <= half).all(axis=1).sum())


def rotation(angle_deg: float) -> NDArray[np.float64]:
    """Return the matrix that turns row vectors by minus the angle."""
    cosine, sine = np.cos(np.radians(angle_deg)), np.sin(np.radians(angle_deg))
    return np.array([[cosine, -sine], [sine, cosine]])
