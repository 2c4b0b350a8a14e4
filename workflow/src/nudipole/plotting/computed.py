"""The constraints of this package: excluded regions, theory bands and the region favoured by XENON1T."""

from collections.abc import Iterator
from typing import Any

import pandas as pd
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from nudipole.limits.table import PROJECTION, SOLAR_VARIANT, Edge, Status
from nudipole.plotting.bands import excluded_polygons, fill, fill_together, preferred_polygons, strip
from nudipole.plotting.curves import citation, initial_name, is_rim, runs
from nudipole.plotting.labels import Label
from nudipole.plotting.layer import Layer
from nudipole.plotting.regions import region_polygons
from nudipole.plotting.style import (
    BLACK,
    COMPUTED,
    DOTTED,
    FALLBACK_COLOURS,
    FAVOURED,
    FAVOURED_SHADES,
    NOT_DRAWN,
    OUTLINED,
    Look,
)

BAND_VARIANTS = ("finite_width", "damped")
REGION_VARIANT = "no_tritium;region"
BBN, SUPERNOVA = "bbn", "supernova"
OTHER_CRITERION = "emissivity"
"""Variants of the supernova that compare another quantity; the band is of one criterion."""
CONTOURS = (BBN, "cmb")
"""Constraints whose edges are contours of a surface."""
FAMILY_DOTTED = (0, (1.0, 1.3))
FAMILY_PT = 6.8
VARIANT_NOTES = {"tritium": "with tritium", "no_tritium": "no tritium"}
"""What the label of a limit says of its variant: limit and favoured region would seem to contradict each other."""


def draw_computed(layer: Layer, rows: pd.DataFrame, *, theory_bands: bool, family: bool) -> None:
    """Draw every computed constraint in its default variant, then the bands and the favoured region."""
    computed = rows[rows["origin"] == "computed"]
    for constraint, look in _looks(computed):
        of_it = computed[computed["constraint"] == constraint]
        default = of_it[of_it["is_default"]]
        projection = default["statistic"].str.startswith(PROJECTION).all()
        if constraint in OUTLINED or projection:
            _draw_outline(layer, default, look, DOTTED if projection else OUTLINED[constraint])
            continue
        if constraint in CONTOURS:
            _draw_contours(layer, of_it[of_it["is_default"]], look)
        else:
            _draw_excluded(layer, of_it[of_it["is_default"]], look)
        if constraint == BBN and family:
            _draw_family(layer, of_it, look)
        if theory_bands:
            _draw_band(layer, of_it, look)
            _draw_solar_spread(layer, of_it, look)
            if constraint == SUPERNOVA:
                _draw_union(layer, of_it, look)
    _draw_favoured(layer, computed[computed["variant"] == REGION_VARIANT])


def _looks(computed: pd.DataFrame) -> Iterator[tuple[str, Look]]:
    """Yield the constraints to draw; one without a look of its own gets a colour nobody else has."""
    present = list(computed.loc[computed["is_default"], "constraint"].unique())
    yield from ((name, look) for name, look in COMPUTED.items() if name in present)
    others = [name for name in present if name not in COMPUTED and name not in NOT_DRAWN]
    for number, name in enumerate(others):
        colour = FALLBACK_COLOURS[number % len(FALLBACK_COLOURS)]
        yield name, Look(f"{name.replace('_', ' ')}\n(this work)", colour, BLACK)


def _draw_contours(layer: Layer, rows: pd.DataFrame, look: Look) -> None:
    """Draw a constraint whose edge has several branches at one mass; its rims are filled but are no limits."""
    polygons = list(region_polygons(rows, layer.frame))
    fill_together(layer.axes, polygons, look.colour, alpha=0.13, zorder=1.6)
    pieces = list(runs(rows[~is_rim(rows)]))
    for piece in pieces:
        layer.line(piece, color=look.colour, linewidth=1.8, zorder=5.0)
    if shown := layer.visible(pieces):
        initial = str(rows["variant"].iloc[0]).split(";")[0]
        text = rf"$N$ {initial_name(initial)} at the start"
        layer.labels.append(Label(look.name, text, look.text_colour, shown[0].points(), -1, bold=True))


def _draw_family(layer: Layer, rows: pd.DataFrame, look: Look) -> None:
    """Draw the other initial states as thin dotted lines with their names, with the network of the default."""
    default = rows[rows["is_default"]]
    if default.empty:
        return
    own = str(default["variant"].iloc[0])
    network = own.partition(";")[2]
    variants = [v for v in map(str, rows["variant"].unique()) if v.partition(";")[2] == network and v != own]
    style: dict[str, Any] = {"color": look.text_colour, "linewidth": 0.9, "linestyle": FAMILY_DOTTED}
    small: dict[str, Any] = {"along": True, "size_pt": FAMILY_PT, "lead_from_pt": 4.0}
    drawn = False
    for variant in variants:
        of_it = rows[rows["variant"] == variant]
        pieces = list(runs(of_it[~is_rim(of_it)]))
        for piece in pieces:
            layer.line(piece, zorder=4.2, **style)
        if shown := layer.visible(pieces):
            name, path = variant.split(";")[0].replace("_", " ").replace("MeV", " MeV"), shown[0].points()
            layer.labels.append(Label(name, "", look.text_colour, path, 0, **small))
            drawn = True
    if drawn:
        name = f"{look.name.splitlines()[0]}, other initial states of $N$"
        layer.handles.append(Line2D([], [], label=name, **style))


def _draw_excluded(layer: Layer, rows: pd.DataFrame, look: Look) -> None:
    floors = list(runs(rows[rows["edge"] == str(Edge.FLOOR)]))
    ceilings = list(runs(rows[rows["edge"] == str(Edge.CEILING)]))
    for polygon in excluded_polygons(floors, ceilings, layer.frame):
        fill(layer.axes, polygon, look.colour, alpha=0.26, zorder=2.0)
        layer.regions.append(polygon)
    for run in [*floors, *ceilings]:
        layer.line(run, color=look.colour, linewidth=1.8, zorder=5.0)
    if (rows["status"] == str(Status.OFF_GRID_LOW)).any():
        name = f"{look.name.splitlines()[0]}: not drawn where the limit is below the grid"
        layer.handles.append(Line2D([], [], color=look.colour, linewidth=1.8, label=name))
    shown = layer.visible(floors) or layer.visible(ceilings)
    if shown:
        side = 1 if layer.visible(floors) else -1
        note = VARIANT_NOTES.get(str(rows["variant"].iloc[0]), "")
        cited = "\n".join(filter(None, [note, citation(rows["reference"].iloc[0])]))
        layer.labels.append(
            Label(
                look.name,
                cited,
                look.text_colour,
                shown[0].points(),
                side,
                bold=True,
                other_side_cost=6.0,
                lead_from_pt=99.0,
            )
        )


def _draw_band(layer: Layer, rows: pd.DataFrame, look: Look) -> None:
    """Hatch the region between two treatments of the emission, at the masses where both give a limit."""
    one, other = (list(runs(rows[rows["variant"] == variant])) for variant in BAND_VARIANTS)
    polygons = [strip(a, b) for a in one for b in other]
    for polygon in polygons:
        if polygon is not None:
            fill(layer.axes, polygon, look.text_colour, alpha=1.0, zorder=4.0, hatch="/////////")
    if any(polygon is not None for polygon in polygons):
        name = "spread of plasmon-width treatments"
        layer.handles.append(
            Patch(facecolor="none", edgecolor=look.text_colour, linewidth=0.0, hatch="/////////", label=name)
        )


def _draw_solar_spread(layer: Layer, rows: pd.DataFrame, look: Look) -> None:
    """Shade what lies between the limits of a detector in several solar models."""
    default = list(runs(rows[rows["is_default"] & (rows["edge"] == str(Edge.FLOOR))]))
    others = list(runs(rows[rows["variant"].str.contains(SOLAR_VARIANT, regex=False)]))
    for polygon in (strip(one, other) for one in default for other in others):
        if polygon is not None:
            fill(layer.axes, polygon, look.text_colour, alpha=0.35, zorder=4.0)


def _draw_union(layer: Layer, rows: pd.DataFrame, look: Look) -> None:
    """Shade what any variant of the same criterion excludes."""
    same = rows[~rows["variant"].str.contains(OTHER_CRITERION)]
    polygons = [p for _, one in same.groupby("variant") for p in region_polygons(one, layer.frame)]
    if same["variant"].nunique() > 1 and polygons:
        fill_together(layer.axes, polygons, look.colour, alpha=0.10, zorder=1.5)
        name = f"{look.name.splitlines()[0]}: spread of assumptions"
        layer.handles.append(Patch(facecolor=look.colour, alpha=0.12, linewidth=0.0, label=name))


def _draw_outline(layer: Layer, rows: pd.DataFrame, look: Look, style: Any) -> None:
    """Draw the edges of a constraint as thin lines, without a filling."""
    pieces = list(runs(rows[rows["edge"].isin([str(Edge.FLOOR), str(Edge.CEILING)])]))
    for piece in pieces:
        layer.line(
            piece, color=look.text_colour, linewidth=1.2 if style == DOTTED else 1.0, linestyle=style, zorder=4.3
        )
    if shown := layer.visible(pieces):
        small: dict[str, Any] = {"along": True, "size_pt": FAMILY_PT, "lead_from_pt": 4.0}
        layer.labels.append(Label(look.name, "", look.text_colour, shown[0].points(), 0, **small))


def _draw_favoured(layer: Layer, rows: pd.DataFrame) -> None:
    levels = sorted(rows["confidence_level"].unique(), reverse=True)
    for number, level in enumerate(levels):
        of_it = rows[rows["confidence_level"] == level]
        lows = list(runs(of_it[of_it["edge"] == str(Edge.PREFERRED_LOW)]))
        highs = list(runs(of_it[of_it["edge"] == str(Edge.PREFERRED_HIGH)]))
        shade = FAVOURED_SHADES[min(number, len(FAVOURED_SHADES) - 1)]
        for polygon in preferred_polygons(lows, highs):
            fill(layer.axes, polygon, shade, alpha=0.9, zorder=3.0)
        for run in [*lows, *highs]:
            layer.line(run, color=FAVOURED.text_colour, linewidth=0.8, linestyle=(0, (3.0, 1.5)), zorder=4.5)
        if number == 0 and (shown := layer.visible(lows)):
            cited = " and ".join(f"{100.0 * each:.3g}%" for each in sorted(levels)) + " CL"
            layer.labels.append(Label(FAVOURED.name, cited, FAVOURED.text_colour, shown[0].points(), -1))
