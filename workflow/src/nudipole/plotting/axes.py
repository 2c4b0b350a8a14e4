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
from nudipole.plotting.style import DPI, Canvas
from nudipole.units import d_per_GeV_from_mu_muB, mu_muB_from_d_per_GeV

MAX_COLUMNS = 6
HEADER_GAP_IN = 0.06
POINT_IN = 1.0 / 72.0


def new_axes(frame: Frame, canvas: Canvas) -> Axes:
    """Return the axes of a new figure; their size in inches stays, whatever comes above them."""
    figure = Figure(dpi=DPI)
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0.1, 0.1, 0.8, 0.8))
    _fit(axes, canvas, 0.0)
    axes.set(xscale="log", yscale="log")
    axes.set_xlim(frame.M_N_min_MeV, frame.M_N_max_MeV)
    axes.set_ylim(frame.mu_nu_min_muB, frame.mu_nu_max_muB)
    axes.set_xlabel(r"$M_N$  [MeV]", labelpad=0.15 * canvas.axis_pt, fontsize=canvas.axis_pt)
    axes.set_ylabel(r"$\mu_\nu$  [$\mu_\mathrm{B}$]", labelpad=0.2 * canvas.axis_pt, fontsize=canvas.axis_pt)
    right = axes.secondary_yaxis("right", functions=(_d_per_GeV, _mu_muB))
    right.set_ylabel(r"$d$  [GeV$^{-1}$]", labelpad=0.3 * canvas.axis_pt, fontsize=canvas.axis_pt)
    for axis in (axes.xaxis, axes.yaxis, right.yaxis):
        axis.set_major_locator(LogLocator(10.0, numticks=20))
        axis.set_minor_locator(LogLocator(10.0, subs=range(2, 10), numticks=200))
        axis.set_minor_formatter(NullFormatter())
        axis.set_tick_params(which="both", width=0.8 * canvas.line_scale)
        axis.set_tick_params(which="major", length=5.0 * canvas.line_scale, labelsize=canvas.tick_pt)
        axis.set_tick_params(which="minor", length=2.5 * canvas.line_scale)
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


def _fit(axes: Axes, canvas: Canvas, above_in: float) -> None:
    """Set the height of the figure to what is above the axes, leaving the axes where they are."""
    left = POINT_IN * (1.6 * canvas.axis_pt + 2.9 * canvas.tick_pt)
    bottom = POINT_IN * (1.9 * canvas.axis_pt + 1.6 * canvas.tick_pt)
    top = above_in + POINT_IN * (1.5 * canvas.small_pt) + HEADER_GAP_IN
    width, height = canvas.frame_width_in + 2.0 * left, canvas.frame_height_in + bottom + top
    figure_of(axes).set_size_inches(width, height)
    axes.set_position((left / width, bottom / height, canvas.frame_width_in / width, canvas.frame_height_in / height))


def add_header(axes: Axes, canvas: Canvas, statement: str, handles: Sequence[Artist]) -> None:
    """Write the statement and the legend above the frame, in as many rows as they need."""
    # a legend wider than the frame must not run into the uppermost numbers beside it
    legend_in = 0.6 * canvas.tick_pt * POINT_IN
    if handles:
        legend = _widest_legend(axes, canvas, handles, 1.0 + legend_in / canvas.frame_height_in)
        legend_in += legend.get_window_extent().height / DPI
    _fit(axes, canvas, legend_in)
    baseline = 1.0 + (legend_in + HEADER_GAP_IN) / canvas.frame_height_in
    size_pt = canvas.small_pt
    axes.text(0.0, baseline, statement, transform=axes.transAxes, fontsize=size_pt, va="bottom")
    version = f"nudipole {__version__}"
    axes.text(1.0, baseline, version, transform=axes.transAxes, fontsize=0.9 * size_pt, va="bottom", ha="right")


def _widest_legend(axes: Axes, canvas: Canvas, handles: Sequence[Artist], bottom: float) -> Legend:
    """Return the legend with the most columns that fits above the frame."""
    for columns in range(min(len(handles), MAX_COLUMNS), 0, -1):
        legend = axes.legend(
            handles=handles, loc="lower center", bbox_to_anchor=(0.5, bottom), ncols=columns, fontsize=canvas.small_pt,
            borderpad=0.15, borderaxespad=0.15, handlelength=1.8,
            columnspacing=1.1, handletextpad=0.5, labelspacing=0.25,
        )  # fmt: skip
        if legend.get_window_extent().width <= 0.97 * figure_of(axes).get_figwidth() * DPI:
            break
    return legend
