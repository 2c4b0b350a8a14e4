"""From rows of the limits table to connected pieces of curve that can be drawn."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nudipole.limits.table import Status

Array = NDArray[np.float64]

ARXIV = re.compile(r"arXiv:(\d{4}\.\d{4,5}|[a-z-]+/\d{7})")


@dataclass(frozen=True)
class Frame:
    """The range of the axes."""

    M_N_min_MeV: float
    M_N_max_MeV: float
    mu_nu_min_muB: float
    mu_nu_max_muB: float


@dataclass(frozen=True)
class Run:
    """Consecutive points of one curve that all lie on the grid."""

    M_N_MeV: Array
    mu_nu_muB: Array

    def points(self) -> Array:
        """Return the points as rows (M_N, mu_nu), from small to large mass."""
        points = np.column_stack([self.M_N_MeV, self.mu_nu_muB])
        return points if points[0, 0] <= points[-1, 0] else points[::-1]

    def closed(self) -> "Run":
        """Return the run with its first point once more at its end."""
        return Run(np.append(self.M_N_MeV, self.M_N_MeV[0]), np.append(self.mu_nu_muB, self.mu_nu_muB[0]))

    def at(self, M_N_MeV: Array) -> Array:
        """Return the curve interpolated in logarithms; NaN outside its masses."""
        points = np.log(self.points())
        masses = np.maximum.accumulate(points[:, 0])
        return np.exp(np.interp(np.log(M_N_MeV), masses, points[:, 1], left=np.nan, right=np.nan))


def runs(rows: pd.DataFrame) -> Iterator[Run]:
    """Yield the pieces of the curves in some rows; points off the grid separate pieces and never appear."""
    for _, branch in rows.groupby(["constraint", "variant", "edge", "confidence_level", "branch"], sort=False):
        ordered = branch.sort_values("point")
        ok = (ordered["status"] == str(Status.OK)).to_numpy()
        masses = ordered["M_N_MeV"].to_numpy(np.float64)
        moments = ordered["mu_nu_muB"].to_numpy(np.float64)
        for piece in np.split(np.arange(len(ok)), np.flatnonzero(ok[1:] != ok[:-1]) + 1):
            if len(piece) and ok[piece[0]]:
                yield Run(masses[piece], moments[piece])


def is_rim(rows: pd.DataFrame) -> pd.Series:
    """Return which rows follow the end of what was computed, and no limit (see nudipole.limits.contours.Rim)."""
    off = rows["status"] != str(Status.OK)
    return off | rows["branch"].isin(rows.loc[off, "branch"].unique())


def initial_name(label: str) -> str:
    """Return an initial state of N in words: `freeze-in_5MeV` is freeze-in from 5 MeV."""
    return label.replace("_", " from ").replace("MeV", " MeV")


def dense(points: Array, step: float) -> Array:
    """Return a polyline with points at most `step` apart along it."""
    lengths = np.hypot(*np.diff(points, axis=0).T)
    along = np.concatenate([[0.0], np.cumsum(lengths)])
    fine = np.linspace(0.0, along[-1], int(np.ceil(along[-1] / step)) + 1)
    return np.column_stack([np.interp(fine, along, points[:, 0]), np.interp(fine, along, points[:, 1])])


def is_visible(run: Run, frame: Frame) -> bool:
    """Tell whether any part of a piece lies within the frame."""
    low = np.log([frame.M_N_min_MeV, frame.mu_nu_min_muB])
    high = np.log([frame.M_N_max_MeV, frame.mu_nu_max_muB])
    path = dense(np.log(run.points()), 0.01)
    return bool(((path >= low) & (path <= high)).all(axis=1).any())


def citation(reference: str) -> str:
    """Return the arXiv numbers in a reference, for the small print under a label."""
    found = ARXIV.findall(reference)
    return "arXiv:" + ",\n".join(found) if found else ""
