"""The constraints of this package: excluded regions, their edges, projections, and the region favoured by XENON1T."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.lines import Line2D

from nudipole.limits.table import PROJECTION, Edge, Status
from nudipole.plotting.assumptions import draw_band, draw_family, draw_solar_spread, draw_union
from nudipole.plotting.bands import excluded_polygons, fill, fill_together, preferred_polygons
from nudipole.plotting.curves import Run, initial_name, is_rim, runs
from nudipole.plotting.labels import Label
from nudipole.plotting.layer import Layer
from nudipole.plotting.regions import region_polygons
from nudipole.plotting.style import BLACK, DOTTED, FALLBACK_COLOURS, LINES, Look

REGION_VARIANT = "no_tritium;region"
BBN, SUPERNOVA = "bbn", "supernova"
CONTOURS = (BBN, "cmb")
"""Constraints whose edges are contours of a surface."""
VARIANT_NOTES = {"tritium": "with tritium", "no_tritium": "no tritium"}
"""What the label of a limit says of its variant: limit and favoured region would seem to contradict each other."""
SECONDARY_PT = 1.4
"""A line thinner than this is a second-rank curve, with a smaller label along it."""
FALLBACK_FILL = 0.15
REACH = 1.5
"""A line whose last point on the grid is this close to the bottom of the frame has left it."""


def draw_computed(layer: Layer, rows: pd.DataFrame, *, theory_bands: bool, family: bool) -> None:
    """Draw every computed constraint in its default variant, then the bands and the favoured region."""
    computed = rows[rows["origin"] == "computed"]
    kinds = set()
    for constraint, look in _looks(layer, computed):
        of_it = computed[computed["constraint"] == constraint]
        default = of_it[of_it["is_default"]]
        if default["statistic"].str.startswith(PROJECTION).all():
            _draw_projection(layer, default, look)
            kinds.add(PROJECTION)
            continue
        kinds.add("limit")
        if constraint in CONTOURS:
            _draw_contours(layer, default, look)
        else:
            _draw_excluded(layer, default, look)
        if constraint == BBN and family:
            draw_family(layer, of_it, look)
        if theory_bands:
            draw_band(layer, of_it, look)
            draw_solar_spread(layer, of_it, look)
            if constraint == SUPERNOVA:
                draw_union(layer, of_it, look)
    together = layer.style.together
    fill_together(layer.axes, layer.together, together.colour, alpha=together.fill, zorder=1.4)
    _draw_favoured(layer, computed[computed["variant"] == REGION_VARIANT])
    _explain_lines(layer, kinds)


def _looks(layer: Layer, computed: pd.DataFrame) -> Iterator[tuple[str, Look]]:
    """Yield the constraints to draw; one without a look of its own gets a colour nobody else has."""
    known = layer.style.constraints
    present = list(computed.loc[computed["is_default"], "constraint"].unique())
    yield from ((name, look) for name, look in known.items() if name in present and look.shown)
    others = [name for name in present if name not in known]
    for number, name in enumerate(others):
        colour = FALLBACK_COLOURS[number % len(FALLBACK_COLOURS)]
        yield name, Look(name.replace("_", " "), colour, BLACK, fill=FALLBACK_FILL)


def _explain_lines(layer: Layer, kinds: set[str]) -> None:
    width = 1.8 * layer.canvas.line_scale
    if PROJECTION in kinds:
        layer.handles.insert(0, Line2D([], [], color=BLACK, linewidth=width, linestyle=DOTTED, label="projection"))
    if "limit" in kinds:
        layer.handles.insert(0, Line2D([], [], color=BLACK, linewidth=width, label="limits of this work"))


def _draw_edges(layer: Layer, pieces: list[Run], look: Look) -> None:
    for piece in pieces:
        layer.line(piece, color=look.colour, linewidth=look.width_pt, linestyle=LINES[look.line], zorder=5.0)


def _name(layer: Layer, look: Look, note: str, piece: Run, side: int, **options: Any) -> None:
    """Ask for the label of a constraint; thin lines have small labels along them."""
    if not look.label:
        return
    path = piece.points()
    if look.width_pt < SECONDARY_PT:
        layer.labels.append(Label(look.label, "", look.text_colour, path, 0, along=True, scale=0.8, lead_from_pt=4.0))
        return
    cited = note if layer.canvas.citations else ""
    layer.labels.append(Label(look.label, cited, look.text_colour, path, side, bold=True, **options))


def _draw_contours(layer: Layer, rows: pd.DataFrame, look: Look) -> None:
    """Draw a constraint whose edge has several branches at one mass; its rims are filled but are no limits."""
    polygons = list(region_polygons(rows, layer.frame))
    fill_together(layer.axes, polygons, look.colour, alpha=look.fill, zorder=1.6)
    pieces = list(runs(rows[~is_rim(rows)]))
    _draw_edges(layer, pieces, look)
    if shown := layer.visible(pieces):
        initial = str(rows["variant"].iloc[0]).split(";")[0]
        _name(layer, look, rf"$N$ {initial_name(initial)} at the start", shown[0], -1)


def _draw_excluded(layer: Layer, rows: pd.DataFrame, look: Look) -> None:
    floors = list(runs(rows[rows["edge"] == str(Edge.FLOOR)]))
    ceilings = list(runs(rows[rows["edge"] == str(Edge.CEILING)]))
    polygons = list(excluded_polygons(floors, ceilings, layer.frame))
    if look.together:
        layer.together += polygons
    elif look.fill:
        fill_together(layer.axes, polygons, look.colour, alpha=look.fill, zorder=2.0)
    if look.together or look.fill:
        layer.regions += polygons
    _draw_edges(layer, [*floors, *ceilings], look)
    if _ends_inside(layer, rows):
        name = f"{look.label or rows['constraint'].iloc[0]}: not drawn below the grid"
        width = look.width_pt * layer.canvas.line_scale
        layer.handles.append(Line2D([], [], color=look.colour, linewidth=width, label=name))
    shown = layer.visible(floors) or layer.visible(ceilings)
    if shown:
        side = 1 if layer.visible(floors) else -1
        note = VARIANT_NOTES.get(str(rows["variant"].iloc[0]), "")
        lead_from_pt = 9.0 if look.together else 99.0
        _name(layer, look, note, shown[0], side, other_side_cost=6.0, lead_from_pt=lead_from_pt)


def _ends_inside(layer: Layer, rows: pd.DataFrame) -> bool:
    """Return whether a line leaves the grid at its lower end within the frame, where it would seem to have ended."""
    low = (rows["status"] == str(Status.OFF_GRID_LOW)).to_numpy()
    if not low.any():
        return False
    beside = np.zeros(len(low), dtype=bool)
    beside[:-1] |= low[1:]
    beside[1:] |= low[:-1]
    ends = rows["mu_nu_muB"].to_numpy()[beside & ~low]
    return len(ends) == 0 or bool((ends > layer.frame.mu_nu_min_muB * REACH).any())


def _draw_projection(layer: Layer, rows: pd.DataFrame, look: Look) -> None:
    """Draw what a future experiment would exclude as dotted lines, without a filling."""
    pieces = list(runs(rows[rows["edge"].isin([str(Edge.FLOOR), str(Edge.CEILING)])]))
    for piece in pieces:
        layer.line(piece, color=look.colour, linewidth=look.width_pt, linestyle=DOTTED, zorder=4.3)
    if look.label and (shown := layer.visible(pieces)):
        layer.labels.append(
            Label(look.label, "", look.text_colour, shown[0].points(), 0, along=True, scale=0.85, lead_from_pt=4.0)
        )


def _draw_favoured(layer: Layer, rows: pd.DataFrame) -> None:
    look = layer.style.favoured
    levels = sorted(rows["confidence_level"].unique(), reverse=True)
    for number, level in enumerate(levels):
        of_it = rows[rows["confidence_level"] == level]
        lows = list(runs(of_it[of_it["edge"] == str(Edge.PREFERRED_LOW)]))
        highs = list(runs(of_it[of_it["edge"] == str(Edge.PREFERRED_HIGH)]))
        shade = look.shades[min(number, len(look.shades) - 1)]
        for polygon in preferred_polygons(lows, highs):
            fill(layer.axes, polygon, shade, alpha=0.9, zorder=3.0)
        for run in [*lows, *highs]:
            layer.line(run, color=look.text_colour, linewidth=0.8, linestyle=(0, (3.0, 1.5)), zorder=4.5)
        if number == 0 and (shown := layer.visible(lows)):
            cited = " and ".join(f"{100.0 * each:.3g}%" for each in sorted(levels)) + " CL"
            cited = cited if layer.canvas.citations else ""
            layer.labels.append(Label(look.label, cited, look.text_colour, shown[0].points(), -1))
