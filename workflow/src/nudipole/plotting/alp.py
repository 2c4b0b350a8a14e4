"""The solver's own check: edges of an axion-like particle by criterion, and their ratio to the published edge."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.style import context

from nudipole.constraints.alp_check import DILUTED, HELIUM, LIMITED, PUBLISHED_CURVE, ROBUST, STANDARD, UNDILUTED
from nudipole.plotting.panels import add_title, legend, new_panels, require
from nudipole.plotting.style import BLACK, BLUE, GREEN, GREY, RC, SKY, VERMILLION

Line = tuple[str, str, str | tuple[int, tuple[float, ...]]]

CURVES: dict[tuple[str, str], Line] = {
    (DILUTED, ROBUST): ("robust: dark radiation and neutrino asymmetry free", VERMILLION, "-"),
    (DILUTED, LIMITED): (r"the same, at most 1.65 of dark radiation (fitted)", BLUE, "--"),
    (DILUTED, HELIUM): (r"$Y_p$ alone", GREEN, "-"),
    (UNDILUTED, HELIUM): (r"$Y_p$ alone, undiluted", GREEN, ":"),
    (DILUTED, STANDARD): (r"$Y_p$, D/H and $N_\mathrm{eff}$ as observed", GREY, "-."),
}
"""Name, colour and line by initial state and criterion."""

REGION = "reheating_10MeV"
TARGET = 0.15
"""Size of |log10 ratio| within which the edges are meant to agree in the median."""


def draw_alp(edges: pd.DataFrame, published: pd.DataFrame) -> Figure:
    """Return the edges in (m_a, g) with the published curves, above log10 of their ratio to the thermal one.

    edges: results/cosmology/alp.parquet. published: the dataset `published_alp_limits`.
    """
    require(edges, ("criterion", "initial", "m_a_MeV", "g_agammagamma_per_GeV", "log10_ratio"), "axion-like particle")
    require(published, ("curve", "m_a_MeV", "g_agammagamma_per_GeV"), "published ALP limits")
    with context(RC, after_reset=True):
        figure, (plane, ratio) = new_panels((1.7, 1.0))
        _draw_published(plane, published)
        ratio.axhspan(-TARGET, TARGET, color="#DCEEF8", zorder=0.0)
        ratio.axhline(0.0, color=BLACK, lw=2.0)
        for (initial, criterion), (name, colour, style) in CURVES.items():
            rows = edges[(edges["initial"] == initial) & (edges["criterion"] == criterion)].sort_values("m_a_MeV")
            mass = rows["m_a_MeV"].to_numpy(np.float64)
            plane.plot(mass, rows["g_agammagamma_per_GeV"], color=colour, linestyle=style, lw=1.8, label=name)
            ratio.plot(mass, rows["log10_ratio"], color=colour, linestyle=style, lw=1.8, marker="o", ms=3.0)
        _set_frame(plane, ratio, edges)
        add_title(plane, "Axion-like particle in the solver of N", "excluded below the curves")
        legend(plane, loc="upper right", labelspacing=0.25)
    return figure


def _draw_published(axes: Axes, published: pd.DataFrame) -> None:
    """Draw the thermal edge and the closed region for a reheating temperature of 10 MeV."""
    for curve, name in ((PUBLISHED_CURVE, "arXiv:2002.08370, thermal"), (REGION, "the same, reheating at 10 MeV")):
        rows = published[published["curve"] == curve]
        mass, g = rows["m_a_MeV"].to_numpy(np.float64), rows["g_agammagamma_per_GeV"].to_numpy(np.float64)
        if curve == REGION:
            axes.fill(mass, g, facecolor=SKY, alpha=0.25, edgecolor=GREY, lw=0.9, label=name)
        else:
            axes.plot(mass, g, color=BLACK, lw=2.4, label=name)


def _set_frame(plane: Axes, ratio: Axes, edges: pd.DataFrame) -> None:
    mass = edges["m_a_MeV"]
    plane.set(xscale="log", yscale="log", ylabel=r"$g_{a\gamma\gamma}$  [GeV$^{-1}$]", ylim=(1e-12, 3e-4))
    plane.set_xlim(mass.min(), mass.max())
    ratio.set(xlabel=r"$m_a$  [MeV]", ylabel=r"$\log_{10}(g/g_\mathrm{published})$", ylim=(-1.25, 1.85))
