"""The scorecard as a picture: computed over published moment at the digitised points of each compared curve."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.style import context

from nudipole.limits.scorecard import COMPARISONS, Comparison, log10_ratios, verdict
from nudipole.plotting.curves import Array
from nudipole.plotting.panels import MASS_LABEL, add_title, legend_beside, new_panels, require
from nudipole.plotting.style import BLACK, BLUE, GREY, ORANGE, RC, SKY

NAMES = {
    "XENON1T_ER_90CL_incl_tritium": "XENON1T with tritium",
    "stellar_cooling": "Stellar cooling",
    "Borexino_90CL": "Borexino",
    "XENON1T_NR_90CL": "XENON1T NR",
}
VERDICTS = {
    "pass": "within tolerance",
    "explained": "beyond tolerance only where explained",
    "fail": "beyond tolerance",
}
PANEL_IN = 1.9
SHORTEST = 1.5
"""Comparisons at one point have no panel: they are in the scorecard."""
LEFT_OUT, TOLERATED, EXPLAINED = "#D4D4D4", "#DCEEF8", "#FBE7BF"


def draw_ratios(
    limits: pd.DataFrame, published: pd.DataFrame, comparisons: tuple[Comparison, ...] = COMPARISONS
) -> Figure:
    """Return log10(computed/published) against M_N, one panel a comparison, with what is tolerated and left out.

    limits: the limits table of the reference set-up. published: the digitised curves.
    """
    require(limits, ("constraint", "variant", "flavour", "edge", "status", "M_N_MeV", "mu_nu_muB"), "reference limits")
    require(published, ("curve", "M_N_MeV", "mu_nu_muB"), "published curves")
    curves = [c for c in comparisons if c.mass_range_MeV[1] > SHORTEST * c.mass_range_MeV[0]]
    with context(RC, after_reset=True):
        height_in = PANEL_IN * len(curves) + 1.0
        figure, panels = new_panels([1.0] * len(curves), right_in=1.75, gap=0.42, sharex=False, height_in=height_in)
        for axes, comparison in zip(panels, curves, strict=True):
            _draw(axes, comparison, *log10_ratios(comparison, limits, published))
        panels[-1].set_xlabel(MASS_LABEL)
        _explain(panels[0])
    return figure


def _draw(axes: Axes, comparison: Comparison, mass: Array, ratio: Array) -> None:
    tolerance = comparison.tolerance_max
    axes.axhspan(-tolerance, tolerance, color=TOLERATED, zorder=0.0)
    for edge in (-comparison.tolerance_median, comparison.tolerance_median):
        axes.axhline(edge, color=SKY, lw=1.0, ls=(0, (4, 2)), zorder=1.0)
    for low, high in comparison.skip_MeV:
        axes.axvspan(low, high, color=LEFT_OUT, zorder=0.5)
    for low, high in comparison.explained_MeV:
        axes.axvspan(low, high, facecolor=EXPLAINED, edgecolor=ORANGE, hatch="////", lw=0.0, zorder=0.6)
    axes.axhline(0.0, color=GREY, lw=0.9)
    axes.plot(mass, ratio, "o", color=BLUE, ms=4.5, zorder=3.0)
    beyond = np.abs(ratio) > tolerance
    axes.plot(mass[beyond], ratio[beyond], "o", mfc="none", mec=BLACK, mew=1.2, ms=8.0, zorder=4.0)
    reach = 1.25 * max(tolerance, float(np.abs(ratio).max()) if len(ratio) else 0.0)
    low, high = comparison.mass_range_MeV
    axes.set(xscale="log", xlim=(low / 1.08, high * 1.08), ylim=(-reach, reach))
    axes.set_ylabel(r"$\log_{10}$(computed / published)", fontsize=9.5)
    name = NAMES.get(comparison.curve, comparison.curve.replace("_", " "))
    judged = VERDICTS[verdict(comparison, mass, ratio)] if len(ratio) else "nothing to compare"
    add_title(axes, name, f"{len(ratio)} points, {judged}")


def _explain(axes: Axes) -> None:
    handles = [
        Line2D([], [], color=BLUE, marker="o", ls="", ms=4.5, label="digitised point of\narXiv:2007.15563"),
        Line2D([], [], mfc="none", mec=BLACK, mew=1.2, marker="o", ls="", ms=8.0, label="beyond tolerance"),
        Patch(color=TOLERATED, label="tolerated\nat any point"),
        Line2D([], [], color=SKY, lw=1.0, ls=(0, (4, 2)), label="tolerated\nin the median"),
        Patch(color=LEFT_OUT, label="left out"),
        Patch(facecolor=EXPLAINED, edgecolor=ORANGE, hatch="////", lw=0.0, label="explained"),
    ]
    legend_beside(axes, handles=handles)
