"""Deuterium after the decays of N, at the points that ACROPOLIS was asked for, beside the limit from helium."""

from math import ceil
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.style import context
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from nudipole.plotting.curves import initial_name, is_rim, runs
from nudipole.plotting.panels import MASS_LABEL, MOMENT_LABEL, PICTURE_DPI, add_title, new_panels, require, say
from nudipole.plotting.style import BLACK, GREY, RC, VERMILLION

RATIOS = (1e-2, 1e2)
"""Range of colours; beyond it they saturate."""
COLOURS: dict[str, Any] = {"norm": LogNorm(*RATIOS), "cmap": "RdBu", "marker": "s", "s": 34.0}
PALE = "#BBBBBB"
ABOVE = 40.0
"""The moments shown end at so many times the largest one that was computed: there is the limit from helium."""
COLUMNS_OF_PANELS = 3
WIDTH_IN, ROW_IN, EDGES_IN = 9.2, 2.6, 1.25
NEEDED = ("M_N_MeV", "mu_nu_muB", "initial", "D_H", "D_H_before", "newly_excluded", "status")


def draw_photodisintegration(frame: pd.DataFrame, limits: pd.DataFrame, labels: list[str], network: str) -> Figure:
    """Return the ratio of D/H after and before in the plane, a panel an initial state.

    frame: results/cosmology/photodisintegration.parquet; limits: those of the cosmology; labels: the order of panels.
    """
    with context(RC, after_reset=True):
        shown = [label for label in labels if (frame["initial"] == label).any()]
        if not shown:
            figure, (axes,) = new_panels((1.0,))
            say(axes, "no point of the surfaces has decays late enough")
            return figure
        require(frame, NEEDED, "photodisintegration")
        figure, panels = _panels(len(shown))
        for axes, label in zip(panels, shown, strict=False):
            _points(axes, frame[frame["initial"] == label])
            _limit(axes, limits, f"{label};{network}")
            add_title(axes, initial_name(label))
        _frame(figure, panels, len(shown), frame)
    return figure


def _panels(count: int) -> tuple[Figure, list[Axes]]:
    """Return a figure with panels in rows; all have the same axes."""
    columns = min(count, COLUMNS_OF_PANELS)
    rows = ceil(count / columns)
    height = ROW_IN * rows + EDGES_IN
    figure = Figure(figsize=(WIDTH_IN, height), dpi=PICTURE_DPI)
    FigureCanvasAgg(figure)
    margins = {"left": 0.09, "right": 0.88, "bottom": 0.85 / height, "top": 1.0 - 0.3 / height}
    grid = {**margins, "hspace": 0.2, "wspace": 0.06}
    axes = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False, gridspec_kw=grid)
    for number, spare in enumerate(axes.ravel()[count:], start=count):
        spare.set_visible(False)
        axes[-2, number % columns].tick_params(labelbottom=True)
    return figure, list(axes.ravel())


def _points(axes: Axes, rows: pd.DataFrame) -> None:
    ok = rows["status"] == "ok"
    good, bad = rows[ok], rows[~ok]
    ratio = np.maximum(good["D_H"] / good["D_H_before"], 0.1 * RATIOS[0])
    new = good["newly_excluded"].to_numpy(dtype=bool)
    rims: dict[str, Any] = {"edgecolors": [BLACK if each else PALE for each in new]}
    rims["linewidths"] = np.where(new, 1.2, 0.5)
    axes.scatter(good["M_N_MeV"], good["mu_nu_muB"], c=ratio, **rims, **COLOURS)
    axes.scatter(bad["M_N_MeV"], bad["mu_nu_muB"], color=GREY, marker="x", s=14.0, linewidths=0.9)


def _limit(axes: Axes, limits: pd.DataFrame, variant: str) -> None:
    rows = limits[(limits["constraint"] == "bbn") & (limits["variant"] == variant)]
    of_one = rows[rows["flavour"] == rows["flavour"].iloc[0]] if len(rows) else rows
    for run in runs(of_one[~is_rim(of_one)]):
        axes.plot(*run.points().T, color=VERMILLION, lw=1.5)


def _frame(figure: Figure, panels: list[Axes], count: int, frame: pd.DataFrame) -> None:
    """Add ranges, labels, the scale of colours and the key of symbols."""
    for axes in panels[:count]:
        axes.set(xscale="log", yscale="log")
        axes.xaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        axes.xaxis.set_minor_formatter(NullFormatter())
        axes.set_xlim(frame["M_N_MeV"].min() / 1.15, frame["M_N_MeV"].max() * 1.15)
        axes.set_ylim(frame["mu_nu_muB"].min() / 1.3, frame["mu_nu_muB"].max() * ABOVE)
    figure.supxlabel(MASS_LABEL, fontsize=12.0, y=0.36 / figure.get_figheight())
    figure.supylabel(MOMENT_LABEL, fontsize=12.0, x=0.005)
    bar = figure.add_axes((0.90, 0.2, 0.018, 0.6))
    figure.colorbar(panels[0].collections[0], cax=bar, label="D/H after over before", extend="both")
    keys = [
        Line2D([], [], ls="", marker="s", mfc="none", mec=BLACK, label="excluded after, not by helium before"),
        Line2D([], [], color=VERMILLION, label=r"limit from $^4$He"),
        Line2D([], [], ls="", marker="x", color=GREY, ms=4.0, label="not computed"),
    ]
    figure.legend(handles=keys, loc="lower center", ncols=3, fontsize=8.5, bbox_to_anchor=(0.485, 0.0))
