"""The curves of the limits table in the compact form the page reads: equal ones once, with their flavours."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from nudipole.limits.table import PROJECTION, Edge
from nudipole.limits.verdicts import branches_of
from nudipole.plotting.computed import REGION_VARIANT
from nudipole.plotting.style import FALLBACK_COLOURS, Look, Style
from nudipole.units import d_per_GeV_from_mu_muB

DIGITS = 5
"""Decimals of log10 M_N and log10 mu_nu: 1e-5 dex, far below what a curve is known to."""
BEYOND = 99.0
"""Stands for an edge beyond the grid, with the sign of its side."""
EDGES = tuple(str(edge) for edge in Edge)
PREFERRED_EDGES = (str(Edge.PREFERRED_LOW), str(Edge.PREFERRED_HIGH))
PREFERRED = "preferred"
"""Kind of an entry that excludes nothing: a region of its own beside the limits of its detector."""
PUBLISHED_COLOUR = "#777777"


class Pool:
    """Number series that occur more than once, such as the masses of a detector, kept once."""

    def __init__(self) -> None:
        """Begin without a series."""
        self.series: list[list[float]] = []
        self._known: dict[tuple[float, ...], int] = {}

    def place(self, values: np.ndarray) -> int:
        """Return the number of a series, added if it is new."""
        rounded = np.round(np.nan_to_num(values, posinf=BEYOND, neginf=-BEYOND), DIGITS)
        key = tuple(map(float, rounded))
        if key not in self._known:
            self._known[key] = len(self.series)
            self.series.append(list(key))
        return self._known[key]


def page_content(
    limits: pd.DataFrame, sources: pd.DataFrame, style: Style, flavours: tuple[str, ...], about: Mapping[str, Any]
) -> dict[str, Any]:
    """Return everything the page shows.

    limits: the limits table. sources: label and reference of each published limit by its key. about: version, sha256
    of the table and the ranges of the first view. Entries that are equal for several flavours stand once.
    """
    pool = Pool()
    entries: dict[str, dict[str, Any]] = {}
    labels = {f"pub_{row.key}": str(row.label) for row in sources.itertuples()}
    looks = _looks(limits, style, labels)
    for flavour, entry in _entries(limits, pool, looks, flavours):
        key = json.dumps(entry, sort_keys=True)
        entries.setdefault(key, {**entry, "flavours": []})["flavours"].append(flavour)
    d_per_GeV = d_per_GeV_from_mu_muB(1.0)
    lists = {"series": pool.series, "entries": list(entries.values()), "edges": EDGES, "flavours": flavours}
    return {**about, **lists, "beyond": BEYOND, "d_per_GeV_of_1_muB": d_per_GeV}


def _entries(
    limits: pd.DataFrame, pool: Pool, looks: Mapping[str, Look], flavours: tuple[str, ...]
) -> Iterator[tuple[str, dict[str, Any]]]:
    order = {name: place for place, name in enumerate(looks)}
    keys = ["constraint", "variant", "flavour", "confidence_level"]
    of_flavours = limits[limits["flavour"].isin(flavours)]
    groups = [rows for _, rows in of_flavours.groupby(keys, sort=False)]
    for rows in sorted(groups, key=lambda rows: order[str(rows["constraint"].iloc[0])]):
        first, kind = rows.iloc[0], _kind(rows)
        constraint, variant, look = str(first["constraint"]), str(first["variant"]), looks[str(first["constraint"])]
        region = kind == PREFERRED
        is_default = variant == REGION_VARIANT if region else bool(first["is_default"])
        label = look.label or constraint.replace("_", " ")
        yield (
            str(first["flavour"]),
            {
                "constraint": f"{constraint}_{PREFERRED}" if region else constraint,
                "label": f"{label}: preferred region" if region else label,
                "colour": look.colour,
                "variant": variant,
                "is_default": is_default,
                "shown": is_default and look.shown,
                "kind": kind,
                "confidence_level": float(first["confidence_level"]),
                "statistic": str(first["statistic"]),
                "reference": str(first["reference"]),
                "branches": [
                    [EDGES.index(str(each.edge)), pool.place(each.log10_M_N), pool.place(each.log10_mu_nu)]
                    for each in branches_of(rows)
                ],
            },
        )


def _kind(rows: pd.DataFrame) -> str:
    """Return what a curve is: computed, published, a projection, or a preferred region alone."""
    first = rows.iloc[0]
    if rows["edge"].isin(PREFERRED_EDGES).all():
        return PREFERRED
    if str(first["statistic"]).startswith(PROJECTION) or str(first["variant"]) == PROJECTION:
        return "projection"
    return str(first["origin"])


def _looks(limits: pd.DataFrame, style: Style, labels: Mapping[str, str]) -> dict[str, Look]:
    """Return label and colour of every constraint: computed ones in the order of the figure, then the published."""
    present = list(limits["constraint"].unique())
    found = {name: _plain(look) for name, look in reversed(list(style.constraints.items())) if name in present}
    others = [name for name in present if name not in found]
    for number, name in enumerate(name for name in others if not name.startswith("pub_")):
        found[name] = Look(name.replace("_", " "), FALLBACK_COLOURS[number % len(FALLBACK_COLOURS)])
    for name in others:
        if name.startswith("pub_brdar2020_"):
            text = "2007.15563: " + name.removeprefix("pub_brdar2020_").replace("_", " ")
            found[name] = Look(text, "#9A6A3A", shown=False)
        elif name.startswith("pub_"):
            found[name] = Look(labels.get(name, name.removeprefix("pub_")), PUBLISHED_COLOUR)
    return found


def _plain(look: Look) -> Look:
    """Return a look whose label has no mathtext, which the page does not set."""
    text = look.label
    for mathtext, plain in (("$^4$He", "⁴He"), (r"$N_\mathrm{eff}$", "N_eff"), (r"$\gamma$", "γ"), ("$", "")):
        text = text.replace(mathtext, plain)
    return Look(text, look.colour, shown=look.shown)
