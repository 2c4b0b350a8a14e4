"""The table of limits: one row a point of a curve, the same columns for every constraint."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nudipole.errors import DataError
from nudipole.flavours import ALL_MODES

UNITS = {
    "constraint": "",
    "variant": "",
    "is_default": "",
    "flavour": "",
    "edge": "",
    "branch": "1",
    "point": "1",
    "confidence_level": "1",
    "statistic": "",
    "M_N_MeV": "MeV",
    "mu_nu_muB": "mu_B",
    "status": "",
    "origin": "",
    "reference": "",
}
"""Columns in order, with their units."""


SOLAR_VARIANT = ";solar="
"""Joins a variant of a detector and the solar model in its place of the configured one."""
PROJECTION = "projection"
"""First word of the statistic of an expected limit of a future experiment."""


class Edge(StrEnum):
    """Which side of a curve is meant."""

    FLOOR = "floor"
    """Smallest excluded moment: an experiment's upper limit is the floor of what it excludes."""
    CEILING = "ceiling"
    """Largest excluded moment."""
    PREFERRED_LOW = "preferred_low"
    PREFERRED_HIGH = "preferred_high"


class Status(StrEnum):
    """Whether a point lies on the (M_N, mu) grid."""

    OK = "ok"
    OFF_GRID_LOW = "off_grid_low"
    OFF_GRID_HIGH = "off_grid_high"


@dataclass(frozen=True)
class Label:
    """What all pieces of one result have in common."""

    constraint: str
    variant: str
    is_default: bool
    flavour: str
    confidence_level: float
    statistic: str
    origin: str
    reference: str


@dataclass(frozen=True)
class Curve:
    """One connected piece of the edge of an excluded or preferred region.

    mu_nu_muB is NaN where status is not ok: the limit exists nowhere on the grid, and no number stands in for it.
    """

    label: Label
    edge: Edge
    branch: int
    M_N_MeV: NDArray[np.float64]
    mu_nu_muB: NDArray[np.float64]
    status: tuple[Status, ...]


def grid_status(
    mu_nu_muB: NDArray[np.float64], mu_min_muB: float, mu_max_muB: float
) -> tuple[NDArray[np.float64], tuple[Status, ...]]:
    """Return the moments, NaN where off the grid, and the status of each; inf counts as above, NaN is refused."""
    if np.isnan(mu_nu_muB).any():
        raise DataError("a limit came out as NaN; this is a bug, please report the configuration")
    above, below = mu_nu_muB > mu_max_muB, mu_nu_muB < mu_min_muB
    status = np.select([above, below], [Status.OFF_GRID_HIGH, Status.OFF_GRID_LOW], Status.OK)
    return np.where(above | below, np.nan, mu_nu_muB), tuple(Status(s) for s in status)


def curves_frame(curves: Iterable[Curve]) -> pd.DataFrame:
    """Return the rows of the curves in order, in the columns of the limits table, checked."""
    frames = [_empty_frame()]
    for c in curves:
        columns = {
            **asdict(c.label),
            "edge": str(c.edge),
            "branch": c.branch,
            "point": np.arange(len(c.M_N_MeV)),
            "M_N_MeV": c.M_N_MeV,
            "mu_nu_muB": c.mu_nu_muB,
            "status": [str(s) for s in c.status],
        }
        frames.append(pd.DataFrame(columns)[list(UNITS)].astype(_empty_frame().dtypes))
    frame = pd.concat(frames, ignore_index=True)
    check_limits(frame)
    return frame


def _empty_frame() -> pd.DataFrame:
    kinds = {"is_default": "bool", "branch": "int64", "point": "int64"}
    floats = ("confidence_level", "M_N_MeV", "mu_nu_muB")
    return pd.DataFrame(
        {name: pd.Series(dtype=kinds.get(name, "float64" if name in floats else "str")) for name in UNITS}
    )


def check_limits(frame: pd.DataFrame) -> None:
    """Raise DataError unless the rows keep the contract of the limits table."""
    if list(frame.columns) != list(UNITS):
        raise DataError(f"limits table: columns are {list(frame.columns)}, expected {list(UNITS)}")
    ok = frame["status"] == str(Status.OK)
    finite = np.isfinite(frame["mu_nu_muB"]) & (frame["mu_nu_muB"] > 0)
    rules = {
        "mu_nu_muB is finite and positive exactly where status is ok": ok == finite,
        "M_N_MeV is finite and positive": np.isfinite(frame["M_N_MeV"]) & (frame["M_N_MeV"] > 0),
        "edge is known": frame["edge"].isin([str(e) for e in Edge]),
        "status is known": frame["status"].isin([str(s) for s in Status]),
        "flavour is known": frame["flavour"].isin(ALL_MODES),
        "confidence_level lies between 0 and 1": frame["confidence_level"].between(0.0, 1.0, inclusive="neither"),
        "origin is computed or published": frame["origin"].isin(["computed", "published"]),
    }
    for rule, kept in rules.items():
        if not kept.all():
            row = frame[~kept].iloc[0]
            raise DataError(f"limits table: it must hold that {rule}, but one row is {row.to_dict()}")
    keys = ["constraint", "variant", "flavour", "edge", "branch", "point"]
    twice = frame.duplicated(keys)
    if twice.any():
        raise DataError(f"limits table: the point {frame.loc[twice, keys].iloc[0].to_dict()} stands twice")
