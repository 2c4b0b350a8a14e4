"""Published limits: the laboratory searches of one coupling, and the curves of arXiv:2007.15563 to compare with."""

from collections.abc import Mapping
from textwrap import fill as fill_text
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from nudipole.errors import DataError
from nudipole.limits.published import BRDAR2020_PREFIX
from nudipole.limits.scorecard import RECOMPUTED
from nudipole.limits.table import PROJECTION, Edge
from nudipole.plotting.bands import excluded_polygons, fill
from nudipole.plotting.curves import Run, runs
from nudipole.plotting.labels import Label
from nudipole.plotting.layer import Layer
from nudipole.plotting.style import DOTTED, GREY, Look

UNVERIFIED = "†"
THIN_DASHED = (0, (4.0, 1.6))
TWICE = {"CHARM2_NOMAD_region": ("pub_charm_ii", "pub_nomad"), "MiniBooNE_region": ("pub_miniboone",)}
"""Regions of the digitised figure which the laboratory limits show from the original papers."""


def draw_laboratory(layer: Layer, rows: pd.DataFrame, sources: pd.DataFrame) -> None:
    """Draw the laboratory limits of this coupling that reach into the frame."""
    papers = sources.set_index("key")
    published = rows[(rows["origin"] == "published") & ~rows["constraint"].str.startswith(BRDAR2020_PREFIX)]
    levels: set[float] = set()
    marked = False
    for constraint, of_it in published.groupby("constraint", sort=False):
        key = str(constraint).removeprefix("pub_")
        if key not in papers.index:
            raise DataError(f"the limits table holds {constraint}, but the table of sources has no row {key!r}")
        paper = {str(name): str(value) for name, value in papers.loc[key].items()}
        if not _draw_search(layer, of_it, paper):
            continue
        levels.add(float(of_it["confidence_level"].iloc[0]))
        marked |= paper["status"] == "unverified"
    if levels:
        named = " or ".join(f"{100.0 * level:.3g}%" for level in sorted(levels))
        name = f"laboratory, {named}" + (f" ({UNVERIFIED} unverified)" if marked else "")
        look = layer.style.laboratory
        layer.handles.append(Patch(facecolor=look.fill_colour, edgecolor=look.line_colour, linewidth=0.7, label=name))


def _draw_search(layer: Layer, rows: pd.DataFrame, paper: Mapping[str, str]) -> bool:
    """Draw one search with its label; False where nothing of it is in the frame."""
    floors = list(runs(rows[rows["edge"] == str(Edge.FLOOR)]))
    ceilings = list(runs(rows[rows["edge"] == str(Edge.CEILING)]))
    shown = layer.visible(floors) or layer.visible(ceilings)
    if not shown:
        return False
    look = layer.style.laboratory
    projection = (rows["variant"] == PROJECTION).all()
    for polygon in [] if projection else excluded_polygons(floors, ceilings, layer.frame):
        fill(layer.axes, polygon, look.fill_colour, alpha=1.0, zorder=1.0)
    for run in [*floors, *ceilings]:
        layer.line(run, color=look.line_colour, linewidth=0.8, zorder=3.5, linestyle=DOTTED if projection else "-")
    mark = UNVERIFIED if paper["status"] == "unverified" else ""
    number = paper["arxiv"]
    cited = (number if not number or "/" in number else f"arXiv:{number}") if layer.canvas.citations else ""
    side = 1 if floors else -1
    layer.labels.append(
        Label(
            fill_text(paper["label"] + mark, 20),
            cited,
            look.text_colour,
            shown[0].points(),
            side,
            scale=0.85,
            other_side_cost=4.0,
            foreign_cost=12.0,
            lead_from_pt=2.0,
        )
    )
    return True


def draw_digitised(layer: Layer, rows: pd.DataFrame, *, recomputed: bool) -> None:
    """Draw the figure of arXiv:2007.15563, without laboratory regions that are drawn from the original papers.

    recomputed: draw also the curves of which this work has its own.
    """
    of_it = rows[rows["constraint"].str.startswith(BRDAR2020_PREFIX)]
    present = set(rows["constraint"])
    drawn = False
    for constraint, curve in of_it.groupby("constraint", sort=False):
        name = str(constraint).removeprefix(BRDAR2020_PREFIX)
        if present.intersection(TWICE.get(name, ())) or (name in RECOMPUTED and not recomputed):
            continue
        look = layer.style.digitised.get(name, Look(name.replace("_", " "), GREY))
        drawn |= look.shown and _draw_digitised(layer, curve, look)
    if drawn:
        name = "arXiv:2007.15563"
        width = layer.canvas.line_scale
        layer.handles.append(Line2D([], [], color=GREY, linewidth=width, linestyle=THIN_DASHED, label=name))


def _draw_digitised(layer: Layer, rows: pd.DataFrame, look: Look) -> bool:
    """Draw one digitised curve, labelled on the side it excludes; False where nothing of it is in the frame."""
    drawn = False
    projected = str(rows["variant"].iloc[0]) == PROJECTION
    line = DOTTED if projected else THIN_DASHED
    style: dict[str, Any] = {"color": look.colour, "linewidth": 1.0, "linestyle": line, "zorder": 6.0}
    favoured = list(runs(rows[rows["edge"].isin([str(Edge.PREFERRED_LOW), str(Edge.PREFERRED_HIGH)])]))
    if favoured:
        # along the lower side and back along the upper one
        low, high = favoured
        outline = Run(
            np.concatenate([low.M_N_MeV, high.M_N_MeV[::-1]]), np.concatenate([low.mu_nu_muB, high.mu_nu_muB[::-1]])
        )
        fill(layer.axes, outline.points(), look.colour, alpha=0.3, zorder=2.5)
        layer.line(outline.closed(), **style)
    for edge in rows["edge"].unique():
        pieces = list(runs(rows[rows["edge"] == edge]))
        for run in pieces if not favoured else []:
            layer.line(run, **style)
        shown = layer.visible(pieces)
        if shown and look.label and not drawn:
            side = {str(Edge.FLOOR): 1, str(Edge.CEILING): -1}.get(str(edge), 0)
            layer.labels.append(
                Label(
                    look.label,
                    "",
                    look.text_colour,
                    shown[0].points(),
                    side,
                    along=True,
                    scale=0.85,
                    foreign_cost=12.0,
                    lead_from_pt=4.0,
                )
            )
        drawn |= bool(shown)
    return drawn
