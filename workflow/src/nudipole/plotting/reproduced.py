"""The figure of arXiv:2007.15563 beside its reproduction from the reference set-up, and their ratio below."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.style import context

from nudipole.limits.contour_score import CONTOUR_COMPARISONS, compare
from nudipole.limits.published import BRDAR2020_FLAVOUR
from nudipole.limits.scorecard import COMPARISONS, RECOMPUTED, log10_ratios
from nudipole.plotting.curves import Array, Frame, is_rim, runs
from nudipole.plotting.panels import MASS_LABEL, MOMENT_LABEL, require
from nudipole.plotting.style import BLACK, DPI, GREY, Style

FRAME = Frame(1e-2, 1e3, 2e-13, 1e-7)
WIDTH_IN, HEIGHT_IN = 10.4, 7.6
RATIO_DEX = 0.1
"""Half the width of the shaded band in the ratio panel."""
PROJECTED = "darwin"
EXCESS_PREFIX = "XENON1T_excess"
NAMES = {
    "xenon1t": "XENON1T",
    "xenon1t_nr": "XENON1T NR",
    "borexino": "Borexino",
    "darwin": "DARWIN",
    "stellar": "stellar cooling",
    "supernova": "SN 1987A",
    "bbn": r"BBN $^4$He",
    "cmb": r"CMB $\Delta N_\mathrm{eff} = 0.3$",
}


@dataclass(frozen=True)
class Pair:
    """A digitised curve and the computed one that is compared with it."""

    curve: str
    constraint: str
    variant: str
    confidence_level: float | None
    is_contour: bool

    @property
    def is_excess(self) -> bool:
        """Tell whether it is an edge of the region that the excess prefers."""
        return self.curve.startswith(EXCESS_PREFIX)


def draw_reproduced(limits: pd.DataFrame, published: pd.DataFrame, style: Style) -> Figure:
    """Return the figure: as published, reproduced with the published curves thin, and log10 of the ratio.

    limits: the limits table of the reference set-up. published: the digitised curves and points.
    """
    require(limits, ("constraint", "variant", "flavour", "edge", "status", "M_N_MeV", "mu_nu_muB"), "reference limits")
    require(published, ("curve", "M_N_MeV", "mu_nu_muB"), "published curves")
    rows = limits[(limits["flavour"] == BRDAR2020_FLAVOUR) & (limits["origin"] == "computed")]
    with context(dict(style.rc), after_reset=True):
        figure = Figure(figsize=(WIDTH_IN, HEIGHT_IN), dpi=DPI, layout="constrained")
        FigureCanvasAgg(figure)
        panels = figure.subplot_mosaic([["published", "ours"], ["ratio", "ratio"]], height_ratios=[2.1, 1.0])
        for curve in sorted(set(published["curve"]) - RECOMPUTED):
            points = published[published["curve"] == curve]
            panels["published"].plot(points["M_N_MeV"], points["mu_nu_muB"], color=GREY, lw=0.8, zorder=2.0)
        for pair in _pairs():
            colour = _colour(style, pair.constraint)
            _draw_published(panels["published"], published, pair, colour, 1.6)
            _draw_published(panels["ours"], published, pair, colour, 0.7)
            _draw_own(panels["ours"], rows, pair, colour)
        _draw_ratios(panels["ratio"], limits, published, style)
        _finish(panels["published"], "arXiv:2007.15563, Fig. 2 (digitised)")
        _finish(panels["ours"], "reproduced: reference set-up (solid), published (thin)")
        figure.legend(handles=_handles(style), loc="outside lower center", ncols=5, fontsize=10.0)
    return figure


def _pairs() -> Iterator[Pair]:
    seen = set()
    for c in COMPARISONS:
        pair = Pair(c.curve, c.constraint, c.variant, c.confidence_level, False)
        if pair not in seen:
            seen.add(pair)
            yield pair
    for contour in CONTOUR_COMPARISONS:
        pair = Pair(contour.curve, contour.constraint, contour.variant, None, True)
        if pair not in seen:
            seen.add(pair)
            yield pair


def _colour(style: Style, constraint: str) -> str:
    look = style.constraints.get(constraint)
    return GREY if look is None else look.colour


def _draw_published(axes: Axes, published: pd.DataFrame, pair: Pair, colour: str, width: float) -> None:
    """Draw a digitised curve as a line, one that is known at one mass as a mark."""
    points = published[published["curve"] == pair.curve]
    style: dict[str, Any] = {"color": colour, "lw": width, "zorder": 4.0}
    if pair.is_excess:
        style |= {"color": BLACK, "ls": "", "marker": "_", "ms": 7.0}
    elif len(points) == 1:
        style |= {"ls": "", "marker": "o", "ms": 3.5}
    axes.plot(points["M_N_MeV"], points["mu_nu_muB"], **style)


def _draw_own(axes: Axes, rows: pd.DataFrame, pair: Pair, colour: str) -> None:
    own = rows[(rows["constraint"] == pair.constraint) & (rows["variant"] == pair.variant)]
    if pair.confidence_level is not None:
        own = own[np.isclose(own["confidence_level"], pair.confidence_level)]
    own = own[own["edge"].str.startswith("preferred") == pair.is_excess]
    line = ":" if pair.constraint == PROJECTED else "--" if pair.is_excess else "-"
    own = own[~is_rim(own)] if pair.is_contour else own
    for run in runs(own):
        axes.plot(*run.points().T, color=colour, lw=1.0 if pair.is_excess else 2.0, ls=line, zorder=3.0)


def _draw_ratios(axes: Axes, limits: pd.DataFrame, published: pd.DataFrame, style: Style) -> None:
    """Draw log10(computed/published), and for contours with several branches the distance normal to the curve."""
    axes.axhspan(-RATIO_DEX, RATIO_DEX, color="#EEEEEE", zorder=0.0)
    axes.axhline(0.0, color=GREY, lw=0.8)
    for c in COMPARISONS:
        mark = "_" if c.curve.startswith(EXCESS_PREFIX) else "o"
        mass, ratio = log10_ratios(c, limits, published)
        _dots(axes, mass, ratio, _colour(style, c.constraint), mark)
    for contour in CONTOUR_COMPARISONS:
        _dots(axes, *compare(contour, limits, published), _colour(style, contour.constraint), "x")
    axes.set(xscale="log", xlim=(FRAME.M_N_min_MeV, FRAME.M_N_max_MeV), xlabel=MASS_LABEL)
    axes.set_ylabel(r"$\log_{10}$(ours / published)", fontsize=12.0)


def _dots(axes: Axes, mass: Array, ratio: Array, colour: str, mark: str) -> None:
    axes.plot(mass, ratio, mark, color=colour, ms=7.0 if mark == "_" else 3.5, zorder=3.0)


def _finish(axes: Axes, title: str) -> None:
    axes.set(xscale="log", yscale="log", xlabel=MASS_LABEL, ylabel=MOMENT_LABEL)
    axes.set(xlim=(FRAME.M_N_min_MeV, FRAME.M_N_max_MeV), ylim=(FRAME.mu_nu_min_muB, FRAME.mu_nu_max_muB))
    axes.tick_params(which="both", right=True)
    axes.set_title(title, loc="left", fontsize=11.5)


def _handles(style: Style) -> list[Line2D]:
    present = {pair.constraint for pair in _pairs()}
    lines = [
        Line2D([], [], color=_colour(style, name), lw=2.0, ls=":" if name == PROJECTED else "-", label=text)
        for name, text in NAMES.items()
        if name in present
    ]
    marks = (("o", "ratio in moment"), ("x", "distance normal to the contour"), ("_", "edges of the XENON1T excess"))
    lines.append(Line2D([], [], color=GREY, lw=0.8, label="not computed here"))
    return [*lines, *(Line2D([], [], color=GREY, ls="", marker=mark, ms=5.0, label=text) for mark, text in marks)]
