"""The scalar leptoquark behind the moment: which masses and couplings give which moment, and what is excluded."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.style import context
from matplotlib.ticker import FixedLocator, FuncFormatter, LogLocator, NullFormatter

from nudipole.limits.table import Edge
from nudipole.models.leptoquark import Y_PERTURBATIVE, coupling_product
from nudipole.plotting.computed import REGION_VARIANT
from nudipole.plotting.curves import Array, runs
from nudipole.plotting.style import DPI, GREY, Style

DECADES = (1e-13, 1e-12, 1e-11, 1e-10)
POINTS = 121
LABEL_AT = 0.72
"""Where along the mass axis the names of the contours stand."""
MASS_TICKS_TEV = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100)
FRAME_ASPECT = 0.93
"""Height of the frame over its width."""
LHC_COLOUR = "#BBBBBB"


def draw_leptoquark(limits: pd.DataFrame, section: Mapping[str, Any], style: Style) -> Figure:
    """Return contours of mu_nu over leptoquark mass and sqrt(y1 y2), with limits at one mass of N.

    limits: the limits table. section: `models.leptoquark` of the configuration.
    """
    canvas = style.canvases["column"]
    with context(dict(style.rc), after_reset=True):
        figure = Figure(figsize=(3.45, 3.35), dpi=2 * DPI, layout="constrained")
        FigureCanvasAgg(figure)
        axes = figure.subplots()
        _frame(axes, section, canvas.axis_pt, canvas.tick_pt)
        handles = [*_draw_limits(axes, limits, section, style), *_draw_bounds(axes, section)]
        for moment in DECADES:
            _draw_contour(axes, section, moment, canvas.small_pt)
        title = rf"$S_1$ leptoquark, $\nu_\{section['flavour']}$" if section["flavour"] != "e" else r"$S_1$, $\nu_e$"
        title += rf", $M_N = {1e3 * section['M_N_MeV']:g}$ keV, {section['formula']}"
        axes.set_title(title, loc="left", fontsize=canvas.small_pt + 0.6)
        figure.legend(handles=handles, loc="outside lower center", ncols=2, fontsize=canvas.small_pt, handlelength=1.8)
    return figure


def _frame(axes: Axes, section: Mapping[str, Any], axis_pt: float, tick_pt: float) -> None:
    axes.set(xscale="log", yscale="log", xlim=section["M_LQ_range_TeV"], ylim=section["sqrt_y1y2_range"])
    axes.set_xlabel(r"$M_\mathrm{LQ}$  [TeV]", fontsize=axis_pt)
    axes.set_ylabel(r"$\sqrt{y_1 y_2}$", fontsize=axis_pt)
    axes.xaxis.set_major_locator(FixedLocator(MASS_TICKS_TEV))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.xaxis.set_minor_locator(LogLocator(10.0, subs=range(2, 10), numticks=50))
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.tick_params(which="both", right=True, width=0.6, labelsize=tick_pt)
    axes.tick_params(which="major", length=3.5)
    axes.tick_params(which="minor", length=2.0)


def _couplings(section: Mapping[str, Any], mu_nu_muB: float) -> tuple[Array, Array]:
    """Return masses and the sqrt(y1 y2) that gives a moment there."""
    low, high = section["M_LQ_range_TeV"]
    masses = np.geomspace(low, high, POINTS)
    product = coupling_product(mu_nu_muB, masses, m_b_GeV=float(section["m_b_GeV"]), formula=section["formula"])
    return masses, np.sqrt(product)


def _draw_contour(axes: Axes, section: Mapping[str, Any], mu_nu_muB: float, size_pt: float) -> None:
    masses, couplings = _couplings(section, mu_nu_muB)
    axes.plot(masses, couplings, color="black", lw=0.8, zorder=4.0)
    low, high = axes.get_ylim()
    inside = np.flatnonzero((couplings > 1.3 * low) & (couplings < high / 1.3))
    if len(inside) < 2:
        return
    at = inside[int(LABEL_AT * (len(inside) - 1))]
    text = rf"$10^{{{round(np.log10(mu_nu_muB))}}}\,\mu_\mathrm{{B}}$"
    # in proportion to the frame, which keeps its own when the figure is laid out
    points = axes.transAxes.inverted().transform(axes.transData.transform(np.column_stack([masses, couplings])))
    rise, run = (points[at] - points[at - 1])[::-1] * (FRAME_ASPECT, 1.0)
    axes.text(
        masses[at], couplings[at], text, rotation=float(np.degrees(np.arctan2(rise, run))), rotation_mode="anchor",
        ha="center", va="top", fontsize=size_pt, zorder=5.0,
    )  # fmt: skip


def _draw_limits(axes: Axes, limits: pd.DataFrame, section: Mapping[str, Any], style: Style) -> list[Any]:
    """Draw what stars and the most sensitive detector exclude at one M_N, and the band XENON1T's excess prefers."""
    rows = limits[(limits["flavour"] == section["flavour"]) & (limits["origin"] == "computed")]
    handles: list[Any] = []
    region = rows[rows["variant"] == REGION_VARIANT]
    for level, shade in zip(sorted(region["confidence_level"].unique(), reverse=True), style.favoured.shades):
        of_it = region[np.isclose(region["confidence_level"], level)]
        edges = [_moment_at(of_it, edge, section["M_N_MeV"]) for edge in (Edge.PREFERRED_LOW, Edge.PREFERRED_HIGH)]
        if None not in edges:
            masses, low = _couplings(section, float(edges[0] or 0.0))
            axes.fill_between(
                masses, low, _couplings(section, float(edges[1] or 0.0))[1], color=shade, lw=0.0, zorder=1.0
            )
            handles.append(Patch(color=shade, label=f"XENON1T excess, {100.0 * level:.3g}%"))
    for name in ("stellar", section["detector"]):
        look, own = style.constraints[name], rows[(rows["constraint"] == name) & rows["is_default"]]
        moment = _moment_at(own, Edge.FLOOR, section["M_N_MeV"])
        if moment is not None:
            axes.plot(*_couplings(section, moment), color=look.colour, lw=1.4, zorder=3.0)
            handles.append(Line2D([], [], color=look.colour, lw=1.4, label=f"{look.label} (excluded above)"))
    return handles


def _moment_at(rows: pd.DataFrame, edge: Edge, M_N_MeV: float) -> float | None:
    """Return the lowest moment of an edge at a mass, None where there is none."""
    at = [float(run.at(np.array([M_N_MeV]))[0]) for run in runs(rows[rows["edge"] == str(edge)])]
    finite = [moment for moment in at if np.isfinite(moment)]
    return min(finite) if finite else None


def _draw_bounds(axes: Axes, section: Mapping[str, Any]) -> list[Any]:
    """Shade what the LHC excludes, a range since it depends on the decays, and couplings that are not perturbative."""
    first, second = section["LHC_M_LQ_TeV"]
    axes.axvspan(axes.get_xlim()[0], first, color=LHC_COLOUR, lw=0.0, alpha=0.75, zorder=2.0)
    axes.axvspan(first, second, color=LHC_COLOUR, lw=0.0, alpha=0.35, zorder=2.0)
    handles: list[Any] = [Patch(color=LHC_COLOUR, label="LHC (unverified)")]
    if axes.get_ylim()[1] > Y_PERTURBATIVE:
        axes.axhspan(
            Y_PERTURBATIVE, axes.get_ylim()[1], facecolor="none", edgecolor=GREY, hatch="////", lw=0.0, zorder=2.0
        )
        handles.append(Patch(facecolor="none", edgecolor=GREY, hatch="////", lw=0.0, label="not perturbative"))
    return handles
