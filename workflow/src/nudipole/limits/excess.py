"""What later experiments leave of the region that the XENON1T excess prefers."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nudipole.errors import DataError
from nudipole.limits.table import Edge, Status

Array = NDArray[np.float64]

REGION = "no_tritium;region"
"""Variant of XENON1T whose regions are compared: with tritium none is preferred over no signal."""
LATER = ("xenonnt", "lz", "pandax4t", "liquid_xenon", "borexino")
UNITS = {
    "flavour": "", "confidence_level": "1", "experiment": "", "limit_confidence_level": "1", "share_left": "1",
    "M_N_max_MeV": "MeV", "mu_nu_low_muB": "mu_B", "mu_nu_high_muB": "mu_B", "limit_muB": "mu_B",
}  # fmt: skip
"""share_left: part of the area in (ln M_N, ln mu_nu) below the limit. The moments are those at the lightest mass."""


def excess_frame(limits: pd.DataFrame) -> pd.DataFrame:
    """Return one row a flavour, level of the region and later experiment; none where no region is preferred."""
    ok = limits[limits["status"] == str(Status.OK)]
    regions = ok[(ok["constraint"] == "xenon1t") & (ok["variant"] == REGION)]
    rows = []
    for (flavour, level), region in regions.groupby(["flavour", "confidence_level"], sort=True):
        for experiment in LATER:
            own = (ok["constraint"] == experiment) & ok["is_default"] & (ok["flavour"] == flavour)
            floor = ok[own & (ok["edge"] == str(Edge.FLOOR))].sort_values("M_N_MeV")
            if len(floor) > 1:
                rows.append({"flavour": flavour, "confidence_level": level, **_row(experiment, region, floor)})
    return pd.DataFrame(rows, columns=list(UNITS))


def _row(experiment: str, region: pd.DataFrame, floor: pd.DataFrame) -> dict[str, object]:
    area, left = 0.0, 0.0
    for _, piece in region.groupby("branch"):
        ln_M, ln_low, ln_high = _sides(piece)
        ln_limit = np.interp(ln_M, np.log(floor["M_N_MeV"]), np.log(floor["mu_nu_muB"]), right=np.inf)
        area += float(np.trapezoid(ln_high - ln_low, ln_M))
        left += float(np.trapezoid(np.clip(ln_limit, ln_low, ln_high) - ln_low, ln_M))
    first = region[region["M_N_MeV"] == region["M_N_MeV"].min()].set_index("edge")["mu_nu_muB"]
    return {
        "experiment": experiment,
        "limit_confidence_level": float(floor["confidence_level"].iloc[0]),
        "share_left": left / area,
        "M_N_max_MeV": float(region["M_N_MeV"].max()),
        "mu_nu_low_muB": float(first[str(Edge.PREFERRED_LOW)]),
        "mu_nu_high_muB": float(first[str(Edge.PREFERRED_HIGH)]),
        "limit_muB": float(floor["mu_nu_muB"].iloc[0]),
    }


def _sides(piece: pd.DataFrame) -> tuple[Array, Array, Array]:
    sides = {edge: rows.sort_values("point") for edge, rows in piece.groupby("edge")}
    low, high = sides[str(Edge.PREFERRED_LOW)], sides[str(Edge.PREFERRED_HIGH)]
    if not np.array_equal(low["M_N_MeV"], high["M_N_MeV"]):
        raise DataError("the sides of a preferred region do not have the same masses; run the limits again")
    return tuple(np.log(values.to_numpy()) for values in (low["M_N_MeV"], low["mu_nu_muB"], high["mu_nu_muB"]))
