"""What the pictures of intermediate steps share: stacked panels of fixed size, legends, and the check of a table."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from nudipole.errors import DataError
from nudipole.plotting.style import SMALL_PT

PICTURE_DPI = 120
WIDTH_IN, HEIGHT_IN = 7.4, 5.8
LEFT_IN, RIGHT_IN, BOTTOM_IN, TOP_IN = 0.85, 0.22, 0.60, 0.42

MASS_LABEL = r"$M_N$  [MeV]"
MOMENT_LABEL = r"$\mu_\nu$  [$\mu_\mathrm{B}$]"
MODE_NAMES = {"e": r"$\nu_e$", "mu": r"$\nu_\mu$", "tau": r"$\nu_\tau$", "effective": r"effective"}


def new_panels(
    heights: Sequence[float],
    *,
    right_in: float = RIGHT_IN,
    gap: float = 0.06,
    sharex: bool = True,
    height_in: float = HEIGHT_IN,
    bottom_in: float = BOTTOM_IN,
) -> tuple[Figure, list[Axes]]:
    """Return a figure with panels above each other of the given relative heights, the first on top."""
    figure = Figure(figsize=(WIDTH_IN, height_in), dpi=PICTURE_DPI)
    FigureCanvasAgg(figure)
    margins = {
        "left": LEFT_IN / WIDTH_IN,
        "right": 1.0 - right_in / WIDTH_IN,
        "bottom": bottom_in / height_in,
        "top": 1.0 - TOP_IN / height_in,
        "hspace": gap,
    }
    grid = {"height_ratios": list(heights), **margins}
    panels = figure.subplots(len(heights), 1, sharex=sharex, squeeze=False, gridspec_kw=grid)[:, 0]
    for axes in panels:
        axes.tick_params(which="both", right=True)
    figure.align_ylabels(list(panels))
    return figure, list(panels)


def add_title(axes: Axes, title: str, note: str = "") -> None:
    """Write a title above a panel, and a note at its right end."""
    axes.set_title(title, loc="left", fontsize=SMALL_PT + 3.0)
    axes.set_title(note, loc="right", fontsize=SMALL_PT + 1.0)


def legend(axes: Axes, **options: Any) -> None:
    """Add the legend of a panel in the size all pictures use."""
    axes.legend(**({"fontsize": SMALL_PT + 1.5, "handlelength": 2.2, "labelspacing": 0.4} | options))


def legend_beside(axes: Axes, **options: Any) -> None:
    """Add the legend of a panel to its right, where it covers no curve."""
    legend(axes, loc="upper left", bbox_to_anchor=(1.0, 1.02), **options)


def say(axes: Axes, text: str) -> None:
    """Write in the middle of a panel why there is nothing in it."""
    axes.text(0.5, 0.5, text, transform=axes.transAxes, ha="center", va="center", fontsize=SMALL_PT + 2.5)


def power_of_ten(value: float) -> str:
    """Return a number as mathtext, m x 10^n."""
    mantissa, exponent = f"{value:.2e}".split("e")
    return rf"${float(mantissa):g}\times 10^{{{int(exponent)}}}$"


def require(frame: pd.DataFrame, columns: Iterable[str], name: str) -> None:
    """Raise DataError unless a table has rows and the named columns."""
    missing = [column for column in columns if column not in frame.columns]
    if missing:
        raise DataError(f"the {name} table has no column {', '.join(missing)}; run the workflow again to make it")
    if frame.empty:
        raise DataError(f"the {name} table has no rows; run the workflow again to make it")


def rows_of_flavour(frame: pd.DataFrame, flavour: str, name: str) -> pd.DataFrame:
    """Return the rows of one coupling; DataError without any."""
    rows = frame[frame["flavour"] == flavour]
    if rows.empty:
        present = ", ".join(map(str, np.unique(frame["flavour"].astype(str))))
        raise DataError(f"the {name} table has no row for the coupling {flavour!r}; it holds {present}")
    return rows
