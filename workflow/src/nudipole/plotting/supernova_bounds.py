"""The plane of the supernova alone: every variant of the cooling bound, the decay bounds, the published curves."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.style import context

from nudipole.constraints.supernova_model import DECAY_BOUNDS, Bound
from nudipole.limits.published import BRDAR2020_FLAVOUR
from nudipole.plotting.bands import fill_together
from nudipole.plotting.curves import Frame, runs
from nudipole.plotting.panels import MASS_LABEL, MODE_NAMES, MOMENT_LABEL, add_title, legend_beside, new_panels
from nudipole.plotting.regions import region_polygons
from nudipole.plotting.style import BLACK, BLUE, GREEN, GREY, ORANGE, PURPLE, RC, SKY, VERMILLION

FRAME = Frame(1e-2, 1e3, 1e-15, 1e-6)
COLOURS = (BLUE, SKY, GREEN, ORANGE, VERMILLION, PURPLE)
STYLES = ("-", "--", ":")
DECAYS = {
    Bound.LOW_ENERGY: ("low-energy supernovae", BLUE),
    Bound.EXPLOSION: ("explosion energy", GREEN),
    Bound.GAMMA: ("gamma rays (SMM)", VERMILLION),
    Bound.NEUTRINOS: ("energetic neutrinos", PURPLE),
}
PUBLISHED_CURVE = "SN1987A"
RIGHT_IN = 2.45


def draw_variants(limits: pd.DataFrame, published: pd.DataFrame, flavour: str) -> Figure:
    """Return the cooling bound with every variant, its union filled, and the published one-zone band.

    limits: results/limits/supernova.parquet; published: the dataset `published_curves_brdar2020`.
    """
    rows = limits[(limits["constraint"] == str(Bound.COOLING)) & (limits["flavour"] == flavour)]
    with context(RC, after_reset=True):
        figure, (axes,) = new_panels((1.0,), right_in=RIGHT_IN)
        polygons = [
            polygon
            for _, one in rows[~rows["variant"].str.contains("emissivity")].groupby("variant")
            for polygon in region_polygons(one, FRAME)
        ]
        fill_together(axes, polygons, SKY, alpha=0.18, zorder=1.0)
        default = rows[rows["is_default"]]
        for number, (variant, of_it) in enumerate(rows[~rows["is_default"]].groupby("variant", sort=False)):
            style = {"color": COLOURS[number % len(COLOURS)], "ls": STYLES[number // len(COLOURS) % len(STYLES)]}
            _lines(axes, of_it, str(variant).partition(";")[2].replace(";", ",\n"), lw=1.1, zorder=3.0, **style)
        _lines(axes, default, "default", color=BLACK, lw=2.2, zorder=4.0)
        if flavour == BRDAR2020_FLAVOUR:
            _published(axes, published)
        _frame(axes, f"SN 1987A cooling, spread of assumptions, {MODE_NAMES[flavour]}")
        legend_beside(axes)
    return figure


def draw_decays(limits: pd.DataFrame, flavour: str) -> Figure:
    """Return the bounds from decays outside the star with their variants, beside the cooling bound."""
    of_flavour = limits[limits["flavour"] == flavour]
    with context(RC, after_reset=True):
        figure, (axes,) = new_panels((1.0,), right_in=RIGHT_IN)
        for bound in DECAY_BOUNDS:
            name, colour = DECAYS[bound]
            rows = of_flavour[of_flavour["constraint"] == str(bound)]
            polygons = [p for _, one in rows.groupby("variant") for p in region_polygons(one, FRAME)]
            fill_together(axes, polygons, colour, alpha=0.10, zorder=1.0)
            _lines(axes, rows[rows["is_default"]], name, color=colour, lw=1.8, zorder=3.0)
        cooling = of_flavour[(of_flavour["constraint"] == str(Bound.COOLING)) & of_flavour["is_default"]]
        _lines(axes, cooling, "cooling", color=BLACK, lw=1.6, zorder=3.0, ls="--")
        _frame(axes, f"Decays outside the supernova, {MODE_NAMES[flavour]}")
        legend_beside(axes)
    return figure


def _lines(axes: Axes, rows: pd.DataFrame, name: str, **style: object) -> None:
    """Draw all edges of some rows, named once; a name without a line says that there is none."""
    pieces = list(runs(rows))
    for piece in pieces:
        points = piece.points()
        axes.plot(points[:, 0], points[:, 1], **style)  # type: ignore[arg-type]
    axes.plot([], [], label=name if pieces else f"{name}: nothing", **style)  # type: ignore[arg-type]


def _published(axes: Axes, published: pd.DataFrame) -> None:
    rows = published[published["curve"] == PUBLISHED_CURVE]
    axes.plot(rows["M_N_MeV"], rows["mu_nu_muB"], color=GREY, lw=1.6, ls=(0, (6.0, 2.0)), label="arXiv:1803.03262")


def _frame(axes: Axes, title: str) -> None:
    axes.set(xscale="log", yscale="log", xlabel=MASS_LABEL, ylabel=MOMENT_LABEL)
    axes.set_xlim(FRAME.M_N_min_MeV, FRAME.M_N_max_MeV)
    axes.set_ylim(FRAME.mu_nu_min_muB, FRAME.mu_nu_max_muB)
    add_title(axes, title)
