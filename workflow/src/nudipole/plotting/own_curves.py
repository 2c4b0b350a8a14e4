"""Curves and points of one's own on top of the parameter space, and the choice of what is drawn below them."""

import csv
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from math import isfinite, isnan, nan
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from nudipole.errors import DataError, DomainError
from nudipole.limits.published import drawn_limits
from nudipole.plotting.curves import Array, Run, is_visible
from nudipole.plotting.labels import Label
from nudipole.plotting.layer import Layer
from nudipole.plotting.parameter_space import draw_parameter_space
from nudipole.plotting.style import BLACK, DASHED, VERMILLION, Style
from nudipole.units import mu_muB_from_d_per_GeV

MASS = "M_N_MeV"
MOMENTS: Mapping[str, Callable[[float], float]] = {"mu_nu_muB": float, "d_per_GeV": mu_muB_from_d_per_GeV}
PIECES = ("constraint", "variant", "flavour", "edge", "branch")
"""Columns of a limits table whose change starts a new piece of the curve."""
COMMENT = "#"
COLOURS = (BLACK, VERMILLION, "#0072B2", "#117733", "#882255")
LINES: tuple[Any, ...] = ("-", DASHED)
WIDTH_PT = 2.2


@dataclass(frozen=True)
class OwnCurve:
    """Connected pieces of one curve and its name."""

    label: str
    pieces: tuple[Run, ...]


@dataclass(frozen=True)
class OwnPoint:
    """A point and its name, which may be empty."""

    label: str
    M_N_MeV: float
    mu_nu_muB: float


def curve_from_csv(text: str, name: str, label: str) -> OwnCurve:
    """Return the curve in a CSV file of this name.

    Columns M_N_MeV and mu_nu_muB (or d_per_GeV) in a header, others are ignored; without a header the first two columns
    are M_N_MeV and mu_nu_muB. `#` starts a comment. A row without a moment, and a change of the columns that number
    pieces in a limits table, interrupt the curve. Raises DataError with file and line.
    """
    lines = [(number, line.split(COMMENT)[0].strip()) for number, line in enumerate(text.splitlines(), start=1)]
    rows = [(number, _cells(line)) for number, line in lines if line]
    if not rows:
        raise DataError(f"{name} has no row of numbers; a curve needs the columns {MASS} and {' or '.join(MOMENTS)}")
    columns, rows = _columns(rows, name)
    pieces: list[list[tuple[float, float]]] = [[]]
    last: tuple[str, ...] | None = None
    for number, cells in rows:
        point, key = _point(cells, columns, f"{name}, line {number}")
        if key != last or not isfinite(point[1]):
            pieces.append([])
        if isfinite(point[1]):
            pieces[-1].append(point)
        last = key
    found = tuple(Run(*np.array(piece).T) for piece in pieces if piece)
    if not found:
        raise DataError(f"{name} has no row with a moment; nothing of it can be drawn")
    return OwnCurve(label, found)


def _cells(line: str) -> list[str]:
    cells = next(csv.reader(StringIO(line.removeprefix("\ufeff")), skipinitialspace=True), [])
    return [cell.strip() for cell in cells]


def _columns(rows: list[tuple[int, list[str]]], name: str) -> tuple[dict[str, int], list[tuple[int, list[str]]]]:
    """Return the place of each column that counts, and the rows below the header if there is one."""
    number, header = rows[0]
    if all(_number(cell) is not None for cell in header):
        return {MASS: 0, next(iter(MOMENTS)): 1}, rows
    columns = {column: header.index(column) for column in (MASS, *MOMENTS, *PIECES) if column in header}
    moments = [column for column in MOMENTS if column in columns]
    if MASS not in columns or not moments:
        raise DataError(
            f"{name}, line {number}: the header has {', '.join(header)}; a curve needs the columns {MASS} and "
            f"{' or '.join(MOMENTS)}"
        )
    return {key: place for key, place in columns.items() if key not in moments[1:]}, rows[1:]


def _point(cells: Sequence[str], columns: Mapping[str, int], where: str) -> tuple[tuple[float, float], tuple[str, ...]]:
    """Return mass and moment of a row, NaN for an empty one, and what numbers its piece."""
    (moment,) = (column for column in MOMENTS if column in columns)
    values = []
    for column in (MASS, moment):
        place = columns[column]
        cell = cells[place] if place < len(cells) else ""
        value = nan if column == moment and cell.lower() in ("", "nan") else _number(cell)
        if value is None or value <= 0.0 or value == float("inf"):
            raise DataError(f"{where}: {column} is {cell!r}; it must be a positive number")
        values.append(value)
    key = tuple(cells[columns[column]] for column in PIECES if column in columns and columns[column] < len(cells))
    return (values[0], MOMENTS[moment](values[1])), key


def _number(cell: str) -> float | None:
    try:
        value = float(cell)
    except ValueError:
        return None
    return None if isnan(value) else value


def chosen_limits(
    limits: pd.DataFrame, only: Sequence[str], without: Sequence[str], variants: Mapping[str, str]
) -> pd.DataFrame:
    """Return the rows of the constraints to draw, each in the variant to draw.

    only: nothing else, everything if empty. DomainError names what there is for an unknown constraint or variant.
    """
    known = limits["constraint"].unique()
    for name in (*only, *without, *variants):
        if name not in known:
            raise DomainError(f"the limits table has no constraint {name!r}; it has {', '.join(sorted(known))}")
    rows = limits[limits["constraint"].isin(only)] if only else limits
    rows = rows[~rows["constraint"].isin(without)].copy()
    for name, variant in variants.items():
        of_it = rows["constraint"] == name
        if not (of_it & (rows["variant"] == variant)).any():
            have = ", ".join(limits.loc[limits["constraint"] == name, "variant"].unique())
            raise DomainError(f"{name} has no variant {variant!r} to draw; it has {have}")
        rows.loc[of_it, "is_default"] = rows["variant"] == variant
    return rows


def draw_own_figure(
    limits: pd.DataFrame,
    sources: pd.DataFrame,
    flavour: str,
    options: Mapping[str, Any],
    style: Style,
    own: Sequence[OwnCurve | OwnPoint],
) -> Figure:
    """Return the parameter space of one coupling with one's own curves and points on top."""
    shown = drawn_limits(limits, sources)
    return draw_parameter_space(shown, sources, flavour, options, style, overlays=[lambda layer: _draw(layer, own)])


def _draw(layer: Layer, own: Iterable[OwnCurve | OwnPoint]) -> None:
    for number, one in enumerate(own):
        colour = COLOURS[number % len(COLOURS)]
        line = LINES[number // len(COLOURS) % len(LINES)]
        if isinstance(one, OwnPoint):
            _draw_point(layer, one, colour)
        else:
            _draw_curve(layer, one, colour, line)


def _draw_curve(layer: Layer, curve: OwnCurve, colour: str, line: Any) -> None:
    for piece in curve.pieces:
        layer.line(piece, linewidth=WIDTH_PT, color=colour, linestyle=line, zorder=7.0)
    visible = [piece for piece in curve.pieces if is_visible(piece, layer.frame)]
    if curve.label and visible:
        longest = max(visible, key=lambda piece: len(piece.M_N_MeV))
        layer.labels.insert(0, Label(curve.label, "", colour, longest.points(), 0, along=True, bold=True))


def _draw_point(layer: Layer, point: OwnPoint, colour: str) -> None:
    here: Array = np.array([[point.M_N_MeV, point.mu_nu_muB]])
    size = 9.0 * layer.canvas.line_scale
    layer.axes.plot(
        here[:, 0], here[:, 1], marker="*", markersize=size, color=colour, markeredgecolor="white", linestyle="",
        zorder=7.5, scalex=False, scaley=False,
    )  # fmt: skip
    inside = is_visible(Run(here[:, 0], here[:, 1]), layer.frame)
    if point.label and inside:
        layer.labels.insert(0, Label(point.label, "", colour, here, 0, bold=True))
