"""Deuterium after the decays of N, at the points that ACROPOLIS was asked for."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure
from matplotlib.style import context

from nudipole.plotting.curves import initial_name
from nudipole.plotting.panels import MASS_LABEL, MOMENT_LABEL, add_title, new_panels, say
from nudipole.plotting.style import BLACK, GREY, RC

RATIOS = (1e-2, 1e2)
"""Range of colours; beyond it they saturate."""
MARKERS = "osD^v<>P*X"


def draw_photodisintegration(frame: pd.DataFrame) -> Figure:
    """Return the ratio of D/H after and before in the plane, a marker an initial state.

    frame: results/cosmology/photodisintegration.parquet; points without a result are crosses.
    """
    with context(RC, after_reset=True):
        figure, (axes,) = new_panels((1.0,))
        add_title(axes, "Photodisintegration (ACROPOLIS)", "black rim: excluded after, not before")
        if frame.empty:
            say(axes, "no point of the surfaces has decays late enough")
            return figure
        for marker, (initial, rows) in zip(MARKERS, frame.groupby("initial", sort=True), strict=False):
            _scatter(axes, rows, marker, initial_name(str(initial)))
        axes.set(xscale="log", yscale="log", xlabel=MASS_LABEL, ylabel=MOMENT_LABEL)
        shown = axes.collections[0]
        figure.colorbar(shown, ax=axes, label="D/H after over before", pad=0.01, extend="both")
        axes.legend(loc="upper right", fontsize=8.5)
    return figure


def _scatter(axes: Axes, rows: pd.DataFrame, marker: str, name: str) -> None:
    ok = rows["status"] == "ok"
    good, bad = rows[ok], rows[~ok]
    new = (good["excluded"] & ~good["excluded_before"]).to_numpy()
    ratio = np.maximum(good["D_H"] / good["D_H_before"], RATIOS[0])
    style: dict[str, Any] = {"norm": LogNorm(*RATIOS), "cmap": "coolwarm", "marker": marker, "s": 46.0}
    edges = [BLACK if each else "#BBBBBB" for each in new]
    axes.scatter(good["M_N_MeV"], good["mu_nu_muB"], c=ratio, edgecolors=edges, linewidths=1.3, label=name, **style)
    axes.scatter(bad["M_N_MeV"], bad["mu_nu_muB"], color=GREY, marker="x", s=20.0)
