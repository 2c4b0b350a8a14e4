"""The XENON1T excess, one panel a coupling: the preferred regions, and the limits of what came later on top."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.style import context

from nudipole.limits.excess import REGION
from nudipole.limits.table import Edge
from nudipole.plotting.bands import fill, preferred_polygons
from nudipole.plotting.curves import runs
from nudipole.plotting.panels import MASS_LABEL, MODE_NAMES, MOMENT_LABEL, PICTURE_DPI, require, say
from nudipole.plotting.style import (
    BLACK,
    BLUE,
    FAVOURED_SHADES,
    FAVOURED_TEXT,
    INDIGO,
    OLIVE,
    RC,
    SKY,
    SMALL_PT,
    VERMILLION,
)

LINES = {
    "xenon1t": ("XENON1T, with tritium", BLUE, "-"),
    "borexino": ("Borexino", OLIVE, "-"),
    "pandax4t": ("PandaX-4T", VERMILLION, (0, (5.0, 2.0))),
    "lz": ("LZ", SKY, "-"),
    "xenonnt": ("XENONnT", INDIGO, "-"),
    "liquid_xenon": ("XENONnT, LZ, PandaX-4T", BLACK, "-"),
    "darwin": ("DARWIN (projection)", BLACK, (0, (1.2, 1.6))),
}
MASSES_MEV, MOMENTS_MUB = (0.01, 1.0), (2e-12, 2e-8)


def draw_excess(limits: pd.DataFrame, shares: pd.DataFrame, flavours: tuple[str, ...]) -> Figure:
    """Return the picture; shares: the table of `nudipole.limits.excess`."""
    require(limits, ("constraint", "variant", "flavour", "edge", "is_default"), "limits")
    with context(RC, after_reset=True):
        columns = min(len(flavours), 2)
        rows = -(-len(flavours) // columns)
        figure = Figure(figsize=(5.0 * columns, 3.9 * rows + 0.7), dpi=PICTURE_DPI, layout="constrained")
        FigureCanvasAgg(figure)
        panels = figure.subplots(rows, columns, squeeze=False).ravel()
        for axes, flavour in zip(panels, flavours, strict=False):
            _draw(axes, limits[limits["flavour"] == flavour], shares[shares["flavour"] == flavour])
            axes.set_title(MODE_NAMES.get(flavour, flavour), loc="left", fontsize=SMALL_PT + 3.0)
        for axes in panels[len(flavours) :]:
            axes.set_visible(False)
        figure.legend(handles=_handles(limits), loc="outside upper center", ncols=4, fontsize=SMALL_PT + 1.0)
    return figure


def _draw(axes: Axes, rows: pd.DataFrame, shares: pd.DataFrame) -> None:
    region = rows[(rows["constraint"] == "xenon1t") & (rows["variant"] == REGION)]
    for level, shade in zip(sorted(region["confidence_level"].unique(), reverse=True), FAVOURED_SHADES, strict=False):
        of_it = region[region["confidence_level"] == level]
        lows, highs = (
            list(runs(of_it[of_it["edge"] == str(edge)])) for edge in (Edge.PREFERRED_LOW, Edge.PREFERRED_HIGH)
        )
        for polygon in preferred_polygons(lows, highs):
            fill(axes, polygon, shade, alpha=0.9, zorder=1.0)
    for constraint, (_, colour, style) in LINES.items():
        own = rows[(rows["constraint"] == constraint) & rows["is_default"] & (rows["edge"] == str(Edge.FLOOR))]
        for run in runs(own):
            points = run.points()
            axes.plot(points[:, 0], points[:, 1], color=colour, ls=style, lw=1.4)
    axes.set(xscale="log", yscale="log", xlim=MASSES_MEV, ylim=MOMENTS_MUB, xlabel=MASS_LABEL, ylabel=MOMENT_LABEL)
    if region.empty:
        say(axes, "no region is preferred over no signal")
    elif text := _left(shares):
        axes.text(0.03, 0.97, text, transform=axes.transAxes, va="top", fontsize=SMALL_PT)


def _left(shares: pd.DataFrame) -> str:
    """Return how much of the widest region each experiment leaves."""
    widest = shares[np.isclose(shares["confidence_level"], shares["confidence_level"].max())]
    names = [
        (LINES[str(row.experiment)][0], share)
        for row, share in zip(widest.itertuples(), widest["share_left"].to_numpy(float), strict=True)
    ]
    words = [f"{name}: {100.0 * share:.0f} %" for name, share in names]
    return "left of the outer region by\n" + "\n".join(words) if words else ""


def _handles(limits: pd.DataFrame) -> list[Line2D | Patch]:
    levels = sorted(limits.loc[limits["variant"] == REGION, "confidence_level"].unique(), reverse=True)
    handles: list[Line2D | Patch] = [
        Patch(facecolor=shade, edgecolor=FAVOURED_TEXT, lw=0.4, label=f"XENON1T, no tritium, {100 * level:.3g} %")
        for level, shade in zip(levels, FAVOURED_SHADES, strict=False)
    ]
    present = set(limits["constraint"])
    drawn = (look for constraint, look in LINES.items() if constraint in present)
    return handles + [Line2D([], [], color=colour, ls=style, lw=1.4, label=name) for name, colour, style in drawn]
