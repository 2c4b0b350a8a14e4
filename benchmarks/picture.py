"""The picture of the benchmarks: how many times faster than each alternative, and how times grow with points."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

SUFFIXES = ("png", "svg")
COLOR, LINE_INCH = "#0072B2", 0.2


def draw(rows: Sequence[dict[str, Any]], scaling: Sequence[dict[str, Any]], folder: Path) -> None:
    """Write benchmarks.png and benchmarks.svg: ratios, and times over points where they were measured."""
    panels = 2 if scaling else 1
    figure = Figure(figsize=(5.0 + 4.5 * panels, 1.2 + LINE_INCH * max(len(rows), 18)), layout="constrained")
    axes = figure.subplots(1, panels, squeeze=False)[0]
    _ratios(axes[0], rows)
    if scaling:
        _scaling(axes[1], scaling)
    # the same picture gives the same bytes, and its words stay words
    with mpl.rc_context({"svg.hashsalt": "nudipole", "svg.fonttype": "none"}):
        for suffix in SUFFIXES:
            figure.savefig(
                folder / f"benchmarks.{suffix}", dpi=150, metadata={"Date": None} if suffix == "svg" else None
            )


def _ratios(ax: Axes, rows: Sequence[dict[str, Any]]) -> None:
    places, ratios = range(len(rows)), [row["ratio"] for row in rows]
    ax.barh(places, [ratio - 1.0 for ratio in ratios], color=COLOR, left=1.0)
    ax.set_yticks(places, _labels(rows), fontsize=6)
    for place, row in zip(places, rows, strict=True):
        ax.annotate(f"{row['ratio']:.2g}", (row["ratio"], place), fontsize=6, va="center", xytext=(3, 0),
                    textcoords="offset points")  # fmt: skip
    # room for the number at the longest bar
    ends = (min([0.8, *ratios]), 8.0 * max([1.0, *ratios]))
    ax.set(xscale="log", xlabel="time of the alternative / time of nudipole", xlim=ends, ylim=(len(rows) - 0.4, -0.6))
    ax.axvline(1.0, color="black", lw=0.8)


def _labels(rows: Sequence[dict[str, Any]]) -> list[str]:
    """Return name and alternative of each row, with what tells its case from others of that name."""
    cases = [(row["name"], row["case"].split(", ")) for row in rows]
    labels = []
    for row, (name, words) in zip(rows, cases, strict=True):
        same = [other for its_name, other in cases if its_name == name]
        own = [word for word in words if not all(word in other for other in same)]
        labels.append(f"{', '.join([name, *own])}: {row['alternative']}")
    return labels


def _scaling(ax: Axes, scaling: Sequence[dict[str, Any]]) -> None:
    for table in scaling:
        points, seconds = table["points"], table["seconds"]
        ax.plot(points, seconds, "o-", ms=3, label=f"{table['branch']}: exponent {table['exponent']:.2f}")
    ax.set(xscale="log", yscale="log", xlabel="points", ylabel="seconds on one core")
    ax.legend(fontsize=7)
