"""The canvas of a parameter-space figure: a frame of fixed size, two vertical scales, and the lines above it."""

from collections.abc import Sequence

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.legend import Legend
from matplotlib.ticker import LogLocator, NullFormatter
from numpy.typing import ArrayLike

from nudipole import __version__
from nudipole.plotting.curves import Frame
from nudipole.plotting.style import DPI, SMALL_PT
from nudipole.units import d_per_GeV_from_mu_muB, mu_muB_from_d_per_GeV

LEFT_IN, RIGHT_IN, BOTTOM_IN = 0.78, 0.80, 0.58
WIDTH_IN, HEIGHT_IN = 5.22, 4.10
STATEMENT_IN = 0.22
MAX_COLUMNS = 6


def new_axes(frame: Frame) -> Axes:
    """Return the axes of a new figure; their size in inches stays, whatever comes above them."""
    figure = Figure(dpi=DPI)
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0.1, 0.1, 0.8, 0.8))
    _fit(axes, STATEMENT_IN)
    axes.set(xscale="log", yscale="log")
    axes.set_xlim(frame.M_N_min_MeV, frame.M_N_max_MeV)
    axes.set_ylim(frame.mu_nu_min_muB, frame.mu_nu_max_muB)
    axes.set_xlabel(r"$M_N$  [MeV]", labelpad=2.0)
    axes.set_ylabel(r"$\mu_\nu$  [$\mu_\mathrm{B}$]", labelpad=3.0)
    right = axes.secondary_yaxis("right", functions=(_d_per_GeV, _mu_muB))
    right.set_ylabel(r"$d$  [GeV$^{-1}$]", labelpad=4.0)
    for axis in (axes.xaxis, axes.yaxis, right.yaxis):
        axis.set_major_locator(LogLocator(10.0, numticks=20))
        axis.set_minor_locator(LogLocator(10.0, subs=range(2, 10), numticks=200))
        axis.set_minor_formatter(NullFormatter())
    for artist in (axes.xaxis, axes.yaxis, *axes.spines.values()):
        artist.set_zorder(8.0)
    return axes


def figure_of(axes: Axes) -> Figure:
    """Return the figure that axes belong to."""
    figure = axes.get_figure(root=True)
    assert figure is not None
    return figure


def _d_per_GeV(mu_nu_muB: ArrayLike) -> ArrayLike:
    return d_per_GeV_from_mu_muB(np.asarray(mu_nu_muB, dtype=np.float64))


def _mu_muB(d_per_GeV: ArrayLike) -> ArrayLike:
    return mu_muB_from_d_per_GeV(np.asarray(d_per_GeV, dtype=np.float64))


def _fit(axes: Axes, above_in: float) -> None:
    """Set the height of the figure to what is above the axes, leaving the axes where they are."""
    width, height = LEFT_IN + WIDTH_IN + RIGHT_IN, BOTTOM_IN + HEIGHT_IN + above_in
    figure_of(axes).set_size_inches(width, height)
    axes.set_position((LEFT_IN / width, BOTTOM_IN / height, WIDTH_IN / width, HEIGHT_IN / height))


def add_header(axes: Axes, statement: str, handles: Sequence[Artist]) -> None:
    """Write the statement and the legend above the frame, in as many rows as they need."""
    legend_in = 0.0
    if handles:
        legend = _widest_legend(axes, handles)
        legend_in = legend.get_window_extent().height / DPI
    _fit(axes, legend_in + STATEMENT_IN + 0.06)
    baseline = 1.0 + (legend_in + 0.06) / HEIGHT_IN
    axes.text(0.0, baseline, statement, transform=axes.transAxes, fontsize=SMALL_PT + 1.0, va="bottom")
    axes.text(
        1.0, baseline, f"nudipole {__version__}", transform=axes.transAxes, fontsize=SMALL_PT, va="bottom", ha="right"
    )


def _widest_legend(axes: Axes, handles: Sequence[Artist]) -> Legend:
    """Return the legend with the most columns that fits above the frame."""
    for columns in range(min(len(handles), MAX_COLUMNS), 0, -1):
        legend = axes.legend(
            handles=handles, loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=columns, fontsize=SMALL_PT,
            borderpad=0.15, borderaxespad=0.15, handlelength=2.0,
            columnspacing=1.3, handletextpad=0.5, labelspacing=0.3,
        )  # fmt: skip
        if legend.get_window_extent().width <= (WIDTH_IN + 0.5 * RIGHT_IN) * DPI:
            break
    return legend
