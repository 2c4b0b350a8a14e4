"""Rows of the limits table as they are exported: safe names, and which points are no limits."""

import re
from collections.abc import Iterable

import pandas as pd

from nudipole.errors import DataError
from nudipole.plotting.computed import CONTOURS
from nudipole.plotting.curves import is_rim

COUPLINGS = {
    "mu": "coupling to nu_mu alone",
    "e": "coupling to nu_e alone",
    "tau": "coupling to nu_tau alone",
    "effective": "effective moment without flavour conversion",
}
"""Modes in words, in the order of their tables."""
VARIANTS = "variants"
"""Last word of the name of what holds everything but the default curve."""


def safe_name(text: str) -> str:
    """Return a text as a part of a file name: letters, digits, dot, hyphen and underscore, not starting with a dot."""
    return re.sub(r"[^A-Za-z0-9._-]+", "_", text).lstrip(".") or "_"


def require_distinct(names: Iterable[str]) -> None:
    """Raise DataError if two names are the same file where capitals do not count."""
    seen: dict[str, str] = {}
    for name in names:
        if name.lower() in seen:
            raise DataError(
                f"two exported curves would both be written as {name}; rename one of the constraints, whose names must "
                f"differ in letters or digits"
            )
        seen[name.lower()] = name


def with_rims(rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows with the column is_rim: the end of what was computed on the edge of a contour, and no limit."""
    rim = pd.Series(False, index=rows.index)
    for (constraint, _, _), curve in rows.groupby(["constraint", "variant", "flavour"], sort=False):
        if constraint in CONTOURS:
            rim.loc[curve.index] = is_rim(curve)
    return rows.assign(is_rim=rim)


def one_line(text: str) -> str:
    """Return a text without line breaks or runs of blanks."""
    return " ".join(text.split())


def level_text(rows: pd.DataFrame) -> str:
    """Return the confidence levels of some rows in words; many bounds have none."""
    if rows["statistic"].str.contains("no confidence level").all():
        return "none"
    levels = sorted(rows["confidence_level"].unique())
    return " and ".join(f"{100.0 * level:.4g} %" for level in levels)
