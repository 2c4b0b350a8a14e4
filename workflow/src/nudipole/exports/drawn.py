"""Which constraints a figure of the parameter space shows, by the rules of nudipole.plotting."""

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from nudipole.limits.published import BRDAR2020_PREFIX
from nudipole.limits.scorecard import RECOMPUTED
from nudipole.limits.table import Status
from nudipole.plotting.computed import REGION_VARIANT
from nudipole.plotting.curves import Frame, is_visible, runs
from nudipole.plotting.published import TWICE
from nudipole.plotting.style import Style


def drawn_constraints(limits: pd.DataFrame, flavour: str, options: Mapping[str, Any], style: Style) -> tuple[str, ...]:
    """Return the constraints of which a figure shows something, sorted; options: the `figures` section."""
    rows = limits[(limits["flavour"] == flavour) & (limits["status"] == str(Status.OK))]
    frame = Frame(*map(float, options["M_N_range_MeV"]), *map(float, options["mu_nu_range_muB"]))
    computed = rows[(rows["origin"] == "computed")]
    found = {name for name in computed.loc[computed["is_default"], "constraint"].unique() if _is_shown(name, style)}
    found |= set(computed.loc[computed["variant"] == REGION_VARIANT, "constraint"].unique())
    if options["published_limits"]:
        found |= set(_published(rows, frame, style, recomputed=bool(options["reference_curves"])))
    return tuple(sorted(found))


def _is_shown(constraint: str, style: Style) -> bool:
    return constraint not in style.constraints or style.constraints[constraint].shown


def _published(rows: pd.DataFrame, frame: Frame, style: Style, *, recomputed: bool) -> Iterator[str]:
    present = set(rows["constraint"])
    published = rows[rows["origin"] == "published"]
    for constraint, curve in published.groupby("constraint", sort=False):
        name = str(constraint).removeprefix(BRDAR2020_PREFIX)
        if name != constraint:
            look = style.digitised.get(name)
            hidden = look is not None and not look.shown
            if hidden or present.intersection(TWICE.get(name, ())) or (name in RECOMPUTED and not recomputed):
                continue
        if any(is_visible(run, frame) for run in runs(curve)):
            yield str(constraint)
