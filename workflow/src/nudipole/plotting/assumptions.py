"""What a limit depends on: other initial states, treatments of the emission, solar models, a star's assumptions."""

from typing import Any

import pandas as pd
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from nudipole.limits.table import SOLAR_VARIANT, Edge
from nudipole.plotting.bands import fill, fill_together, strip
from nudipole.plotting.curves import initial_name, is_rim, runs
from nudipole.plotting.labels import Label
from nudipole.plotting.layer import Layer
from nudipole.plotting.regions import region_polygons
from nudipole.plotting.style import Look

BAND_VARIANTS = ("finite_width", "damped")
BAND_HATCH = "/////////"
OTHER_CRITERION = "emissivity"
"""Variants of the supernova that compare another quantity; the band is of one criterion."""
FAMILY_DOTTED = (0, (1.0, 1.3))
FAMILY_SCALE = 0.78


def draw_family(layer: Layer, rows: pd.DataFrame, look: Look) -> None:
    """Draw the other initial states as thin dotted lines with their names, with the network of the default."""
    default = rows[rows["is_default"]]
    if default.empty:
        return
    own = str(default["variant"].iloc[0])
    network = own.partition(";")[2]
    variants = [v for v in map(str, rows["variant"].unique()) if v.partition(";")[2] == network and v != own]
    style: dict[str, Any] = {"color": look.text_colour, "linewidth": 0.9, "linestyle": FAMILY_DOTTED}
    drawn = False
    for variant in variants:
        of_it = rows[rows["variant"] == variant]
        pieces = list(runs(of_it[~is_rim(of_it)]))
        for piece in pieces:
            layer.line(piece, zorder=4.2, **style)
        shown = layer.visible(pieces)
        drawn |= bool(shown)
        if shown and layer.canvas.family_names:
            name, path = initial_name(variant.split(";")[0]), shown[0].points()
            label = Label(name, "", look.text_colour, path, 0, along=True, scale=FAMILY_SCALE, lead_from_pt=4.0)
            layer.labels.append(label)
    if drawn:
        layer.handles.append(Line2D([], [], label=f"{look.label}: other initial states", **style))


def draw_band(layer: Layer, rows: pd.DataFrame, look: Look) -> None:
    """Hatch the region between two treatments of the emission, at the masses where both give a limit."""
    one, other = (list(runs(rows[rows["variant"] == variant])) for variant in BAND_VARIANTS)
    polygons = [strip(a, b) for a in one for b in other]
    for polygon in polygons:
        if polygon is not None:
            fill(layer.axes, polygon, look.text_colour, alpha=1.0, zorder=4.0, hatch=BAND_HATCH)
    if any(polygon is not None for polygon in polygons):
        name = f"{look.label}: plasmon width"
        layer.handles.append(
            Patch(facecolor="none", edgecolor=look.text_colour, linewidth=0.0, hatch=BAND_HATCH, label=name)
        )


def draw_solar_spread(layer: Layer, rows: pd.DataFrame, look: Look) -> None:
    """Shade what lies between the limits of a detector in several solar models."""
    default = list(runs(rows[rows["is_default"] & (rows["edge"] == str(Edge.FLOOR))]))
    others = list(runs(rows[rows["variant"].str.contains(SOLAR_VARIANT, regex=False)]))
    for polygon in (strip(one, other) for one in default for other in others):
        if polygon is not None:
            fill(layer.axes, polygon, look.text_colour, alpha=0.35, zorder=4.0)


def draw_union(layer: Layer, rows: pd.DataFrame, look: Look) -> None:
    """Shade what any variant of the same criterion excludes."""
    same = rows[~rows["variant"].str.contains(OTHER_CRITERION)]
    polygons = [p for _, one in same.groupby("variant") for p in region_polygons(one, layer.frame)]
    if same["variant"].nunique() > 1 and polygons:
        fill_together(layer.axes, polygons, look.colour, alpha=0.10, zorder=1.5)
        name = f"{look.label}: assumptions"
        layer.handles.append(Patch(facecolor=look.colour, alpha=0.12, linewidth=0.0, label=name))
