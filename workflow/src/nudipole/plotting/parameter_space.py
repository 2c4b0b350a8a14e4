"""The (M_N, mu_nu) plane of one coupling: what is excluded, what XENON1T's excess prefers, and who says so."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.style import context

from nudipole.errors import ConfigError, DataError
from nudipole.plotting.axes import add_header, figure_of, new_axes
from nudipole.plotting.computed import draw_computed
from nudipole.plotting.curves import Frame
from nudipole.plotting.guides import draw_lifetimes, draw_naturalness
from nudipole.plotting.labels import LabelLayer
from nudipole.plotting.layer import Layer
from nudipole.plotting.published import draw_digitised, draw_laboratory
from nudipole.plotting.style import FLAVOURS, Canvas, Style


def draw_parameter_space(
    limits: pd.DataFrame,
    sources: pd.DataFrame,
    flavour: str,
    options: Mapping[str, Any],
    style: Style,
    canvas: str = "wide",
    overlays: Iterable[Callable[[Layer], None]] = (),
) -> Figure:
    """Return the figure of one coupling.

    limits: the limits table; rows off the grid are never drawn. sources: label, reference and arXiv number of each
    published limit. options: the `figures` section of the configuration. canvas: the name of a size in the style.
    overlays: what else to draw before the labels are placed.
    """
    frame, size = _frame(options), _canvas(style, canvas)
    rows = _rows_of(limits, flavour)
    with context(dict(style.rc), after_reset=True):
        layer = Layer(new_axes(frame, size), frame, size, style)
        draw_computed(layer, rows, theory_bands=bool(options["theory_bands"]), family=bool(options["cosmology_family"]))
        if options["published_limits"]:
            draw_laboratory(layer, rows, sources)
            draw_digitised(layer, rows, recomputed=bool(options["reference_curves"]))
        draw_lifetimes(layer, options["lifetimes_s"])
        draw_naturalness(layer, options["naturalness"])
        for draw in overlays:
            draw(layer)
        keys = LabelLayer(layer.axes, size, layer.regions).place(layer.ordered_labels())
        add_header(layer.axes, size, _statement(rows, flavour), [*layer.handles, *keys])
    return figure_of(layer.axes)


def _canvas(style: Style, name: str) -> Canvas:
    if name not in style.canvases:
        raise ConfigError(f"the style has no canvas {name!r}; it has {', '.join(style.canvases)}")
    return style.canvases[name]


def _frame(options: Mapping[str, Any]) -> Frame:
    ranges = []
    for key in ("M_N_range_MeV", "mu_nu_range_muB"):
        low, high = (float(edge) for edge in options[key])
        if not 0.0 < low < high:
            raise ConfigError(f"figures.{key} is [{low:g}, {high:g}]; the first number must be below the second")
        ranges += [low, high]
    return Frame(*ranges)


def _rows_of(limits: pd.DataFrame, flavour: str) -> pd.DataFrame:
    if flavour not in FLAVOURS:
        raise ConfigError(f"there is no figure for the coupling {flavour!r}; choose one of {', '.join(FLAVOURS)}")
    rows = limits[limits["flavour"] == flavour]
    if rows.empty:
        raise DataError(
            f"the limits table has no row for the coupling {flavour!r}; add it to `flavours` in the configuration "
            f"and run the workflow again"
        )
    return rows


def _statement(rows: pd.DataFrame, flavour: str) -> str:
    computed = rows[(rows["origin"] == "computed") & rows["is_default"]]
    levels = " and ".join(f"{level:.3g}%" for level in sorted(100.0 * computed["confidence_level"].unique()))
    return f"{FLAVOURS[flavour]}; {levels} CL" if levels else FLAVOURS[flavour]
