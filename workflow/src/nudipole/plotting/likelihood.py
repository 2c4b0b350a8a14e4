"""The profile likelihood of a detector over the plane, with the limit that is read off it."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import PowerNorm
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.style import context
from numpy.typing import NDArray

from nudipole.limits.table import Edge
from nudipole.plotting.curves import Array, runs
from nudipole.plotting.panels import (
    MASS_LABEL,
    MODE_NAMES,
    MOMENT_LABEL,
    add_title,
    legend,
    new_panels,
    require,
    rows_of_flavour,
    say,
)
from nudipole.plotting.style import BLACK, RC, VERMILLION

COLOURS = "cividis"
TOP_IN_THRESHOLDS = 4.0
"""Where the colour scale ends, in units of the threshold."""
BELOW, BEYOND = 30.0, 1.5
"""How far the frame reaches below the smallest moment and beyond the largest mass of the contour, as factors."""


def draw_likelihood(
    likelihood: pd.DataFrame, limits: pd.DataFrame, flavour: str, threshold: float, confidence_level: float, label: str
) -> Figure:
    """Return the map of Delta(-2 ln L) of one coupling, its contour at the threshold, and the default limit on top.

    threshold: the value above the minimum at which the limit of that confidence level is read.
    """
    require(likelihood, ("flavour", "M_N_MeV", "mu_nu_muB", "delta_chi2"), f"{label} likelihood")
    require(limits, ("is_default", "flavour", "edge", "status"), "limits")
    surface = rows_of_flavour(likelihood, flavour, f"{label} likelihood")
    grid = surface.pivot(index="mu_nu_muB", columns="M_N_MeV", values="delta_chi2")
    masses, moments, chi2 = grid.columns.to_numpy(np.float64), grid.index.to_numpy(np.float64), grid.to_numpy()
    with context(RC, after_reset=True):
        figure, (axes,) = new_panels((1.0,), right_in=0.1)
        _draw_map(figure, axes, masses, moments, chi2, threshold)
        _draw_limit(axes, limits, flavour)
        _set_frame(axes, masses, moments, chi2 > threshold)
        _explain(axes, threshold, confidence_level)
        add_title(axes, f"{label}: profile likelihood", f"coupling: {MODE_NAMES.get(flavour, flavour)}")
    return figure


def _draw_map(figure: Figure, axes: Axes, masses: Array, moments: Array, chi2: Array, threshold: float) -> None:
    norm = PowerNorm(0.5, 0.0, TOP_IN_THRESHOLDS * threshold, clip=False)
    # a picture inside the PDF: thousands of cells as outlines show seams
    image = axes.pcolormesh(
        masses, moments, chi2.clip(0.0), norm=norm, cmap=COLOURS, shading="nearest", rasterized=True
    )
    axes.set(xscale="log", yscale="log", xlabel=MASS_LABEL, ylabel=MOMENT_LABEL)
    bar = figure.colorbar(image, ax=axes, extend="max", pad=0.02, fraction=0.06)
    bar.set_label(r"$\Delta(-2\ln L)$ above the minimum at each $M_N$")
    bar.ax.axhline(threshold, color=BLACK, lw=1.6)
    if (chi2 > threshold).any():
        axes.contour(masses, moments, chi2, levels=[threshold], colors=[BLACK], linewidths=[2.6])
    else:
        say(axes, "nothing is excluded on this grid")


def _draw_limit(axes: Axes, limits: pd.DataFrame, flavour: str) -> None:
    default = limits["is_default"] & (limits["edge"] == str(Edge.FLOOR))
    for run in runs(limits[default & (limits["flavour"] == flavour)]):
        points = run.points()
        axes.plot(points[:, 0], points[:, 1], color=VERMILLION, ls=(0, (2.5, 1.5)), lw=1.6)


def _set_frame(axes: Axes, masses: Array, moments: Array, excluded: NDArray[np.bool_]) -> None:
    """Limit the frame to where the experiment says something."""
    if not excluded.any():
        return
    reached, lowest = masses[excluded.any(axis=0)].max(), moments[excluded.any(axis=1)].min()
    axes.set_xlim(masses[0], min(masses[-1], BEYOND * reached))
    axes.set_ylim(max(moments[0], lowest / BELOW), moments[-1])


def _explain(axes: Axes, threshold: float, confidence_level: float) -> None:
    level = rf"{100.0 * confidence_level:.4g} % CL"
    handles = [
        Line2D([], [], color=BLACK, lw=2.6, label=rf"$\Delta(-2\ln L)$ = {threshold:.3g} on the grid"),
        Line2D([], [], color=VERMILLION, ls=(0, (2.5, 1.5)), lw=1.6, label=f"default limit in the table, {level}"),
    ]
    legend(axes, handles=handles, loc="lower right", frameon=True, facecolor="white", edgecolor="none", framealpha=0.9)
