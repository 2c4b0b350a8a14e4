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

from nudipole.limits.table import PROJECTION, Edge
from nudipole.models.leptoquark import Y_PERTURBATIVE, coupling_product
from nudipole.plotting.computed import REGION_VARIANT
from nudipole.plotting.curves import Array, runs
from nudipole.plotting.style import BLACK, DOTTED, DPI, GREY, Look, Style

COLUMN_IN = 86.0 / 25.4
DECADES = (1e-13, 1e-12, 1e-11, 1e-10)
POINTS = 121
LABEL_AT = 0.62
"""Where along a contour its name stands, as a share of its part inside the frame."""
MASS_TICKS_TEV = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100)
LABEL_WITHIN = np.array([0.39, 0.43])
"""How far from the middle of the frame, as a share of its width and height, a name may be centred."""
LHC_COLOUR = "#BBBBBB"
FLAVOUR_SYMBOLS = {"e": "e", "mu": r"\mu", "tau": r"\tau"}


def draw_leptoquark(limits: pd.DataFrame, section: Mapping[str, Any], style: Style) -> Figure:
    """Return contours of mu_nu over leptoquark mass and sqrt(y1 y2), with limits at one mass of N.

    limits: the limits table. section: `models.leptoquark` of the configuration.
    """
    canvas = style.canvases["column"]
    with context(dict(style.rc), after_reset=True):
        figure = Figure(figsize=(COLUMN_IN, 3.3), dpi=2 * DPI, layout="constrained")
        FigureCanvasAgg(figure)
        axes = figure.subplots()
        _frame(axes, section, canvas.axis_pt, canvas.tick_pt)
        handles = [*_draw_limits(axes, limits, section, style), *_draw_bounds(axes, section)]
        for moment in DECADES:
            _draw_contour(axes, section, moment, canvas.small_pt)
        title = rf"$S_1$ leptoquark, $\nu_{{{FLAVOUR_SYMBOLS[section['flavour']]}}}$, "
        title += rf"$M_N = {1e3 * section['M_N_MeV']:g}$ keV, {section['formula']}"
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
    points = axes.transAxes.inverted().transform(axes.transData.transform(np.column_stack([masses, couplings])))
    inside = np.flatnonzero((np.abs(points - 0.5) < LABEL_WITHIN).all(axis=1))
    if not len(inside):
        return
    at = inside[int(LABEL_AT * (len(inside) - 1))]
    text = rf"$10^{{{round(np.log10(mu_nu_muB))}}}\,\mu_\mathrm{{B}}$"
    rise, run = couplings[at] - couplings[at - 1], masses[at] - masses[at - 1]
    # on the line and on white, to be read whatever lies beside it; turned with the frame, which is laid out later
    axes.text(
        masses[at], couplings[at], text, rotation=float(np.degrees(np.arctan2(rise, run))), rotation_mode="anchor",
        transform_rotates_text=True, ha="center", va="center", fontsize=size_pt, zorder=5.0,
        bbox={"facecolor": "white", "lw": 0.0, "pad": 0.4},
    )  # fmt: skip


def _draw_limits(axes: Axes, limits: pd.DataFrame, section: Mapping[str, Any], style: Style) -> list[Any]:
    """Draw what stars and a detector exclude at one M_N, or would, and the band that the excess of XENON1T prefers."""
    rows = limits[(limits["flavour"] == section["flavour"]) & (limits["origin"] == "computed")]
    handles = _draw_region(axes, rows[rows["variant"] == REGION_VARIANT], section, style)
    for name in ("stellar", section["detector"]):
        look = style.constraints.get(name) or Look(name.replace("_", " "), BLACK)
        own = rows[(rows["constraint"] == name) & rows["is_default"]]
        moment = _moment_at(own, Edge.FLOOR, section["M_N_MeV"])
        if moment is not None:
            projected = own["statistic"].str.startswith(PROJECTION).all()
            kind: dict[str, Any] = {"color": look.colour, "lw": 1.4, "ls": DOTTED if projected else "-"}
            axes.plot(*_couplings(section, moment), zorder=3.0, **kind)
            words = "projection" if projected else "excluded above"
            handles.append(Line2D([], [], label=f"{look.label or name} ({words})", **kind))
    return handles


def _draw_region(axes: Axes, rows: pd.DataFrame, section: Mapping[str, Any], style: Style) -> list[Any]:
    handles: list[Any] = []
    for number, level in enumerate(sorted(rows["confidence_level"].unique(), reverse=True)):
        of_it = rows[rows["confidence_level"] == level]
        edges = [_moment_at(of_it, edge, section["M_N_MeV"]) for edge in (Edge.PREFERRED_LOW, Edge.PREFERRED_HIGH)]
        low, high = (None if moment is None else _couplings(section, moment) for moment in edges)
        if low and high:
            shade = style.favoured.shades[min(number, len(style.favoured.shades) - 1)]
            axes.fill_between(*low, high[1], color=shade, lw=0.0, zorder=1.0)
            handles.append(Patch(color=shade, label=f"XENON1T excess, {100.0 * level:.3g}%"))
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
    handles: list[Any] = [Patch(color=LHC_COLOUR, label=f"LHC, {first:g} to {second:g} TeV (unverified)")]
    if axes.get_ylim()[1] > Y_PERTURBATIVE:
        kind: dict[str, Any] = {"facecolor": "none", "edgecolor": GREY, "hatch": "////", "lw": 0.5}
        axes.axhspan(Y_PERTURBATIVE, axes.get_ylim()[1], zorder=2.0, **kind)
        handles.append(Patch(label=r"$y > \sqrt{4\pi}$, not perturbative", **kind))
    return handles
