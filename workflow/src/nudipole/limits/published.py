"""Published limits as curves: the figure of arXiv:2007.15563 and the laboratory limits."""

from collections.abc import Iterator
from typing import cast

import numpy as np
import pandas as pd

from nudipole.limits.table import Curve, Edge, Label, Status

BRDAR2020_PREFIX = "pub_brdar2020_"
BRDAR2020_REFERENCE = "Brdar, Greljo, Kopp, Opferkuch, arXiv:2007.15563, Fig. 2 (digitised)"
BRDAR2020_STATISTIC = "as published, 90 % CL"
BRDAR2020_FLAVOUR = "mu"
"""The figure is for a coupling to nu_mu only."""

BRDAR2020_EDGES = {
    "Borexino_90CL": (Edge.FLOOR,),
    "XENON1T_ER_90CL_incl_tritium": (Edge.FLOOR,),
    "stellar_cooling": (Edge.FLOOR,),
    "SN1987A": (Edge.CEILING, Edge.FLOOR),
    "BBN_high_4He": (Edge.CEILING,),
    "CMB_dNeff_0.3_a": (Edge.CEILING,),
    "CMB_dNeff_0.3_b": (Edge.FLOOR,),
    "IceCube_double_bang": (Edge.FLOOR,),
    "CHARM2_NOMAD_region": (Edge.FLOOR,),
    "MiniBooNE_region": (Edge.FLOOR,),
    "MiniBooNE_ROI": (Edge.PREFERRED_LOW,),
}
"""What each digitised line bounds; two edges: it runs out along the first and back along the second.

BBN and CMB: late decays exclude what lies below the line, so it is a ceiling; the upper piece of the CMB line bounds
a second region from below. MiniBooNE_ROI is a closed contour, kept whole.
"""


def published_curves(
    curves: pd.DataFrame, limits: pd.DataFrame, sources: pd.DataFrame, flavours: tuple[str, ...]
) -> list[Curve]:
    """Return all published curves for the given modes; nobody publishes mass-dependent limits for `effective`."""
    found = list(_brdar2020(curves)) if BRDAR2020_FLAVOUR in flavours else []
    return [*found, *_laboratory(limits, sources, flavours)]


def _brdar2020(curves: pd.DataFrame) -> Iterator[Curve]:
    for name, points in curves.groupby("curve", sort=False):
        edges = BRDAR2020_EDGES[str(name)]
        mass, mu = points["M_N_MeV"].to_numpy(), points["mu_nu_muB"].to_numpy()
        turn = int(np.argmax(mass)) + 1 if len(edges) == 2 else len(mass)
        label = Label(
            BRDAR2020_PREFIX + str(name),
            "digitised",
            True,
            BRDAR2020_FLAVOUR,
            0.90,
            BRDAR2020_STATISTIC,
            "published",
            BRDAR2020_REFERENCE,
        )
        for edge, rows in zip(edges, (slice(0, turn), slice(turn - 1, None)), strict=False):
            yield Curve(label, edge, 0, mass[rows], mu[rows], (Status.OK,) * len(mass[rows]))


def _laboratory(limits: pd.DataFrame, sources: pd.DataFrame, flavours: tuple[str, ...]) -> Iterator[Curve]:
    papers = sources.set_index("key")
    for group, points in limits.groupby(["key", "flavour", "edge", "branch"], sort=False):
        key, flavour, edge, branch = cast("tuple[str, str, str, int]", group)
        if flavour not in flavours:
            continue
        paper, level = papers.loc[key], float(points["confidence_level"].iloc[0])
        statistic, reference = f"as published, {level:.0%} CL", f"{paper['reference']}, arXiv:{paper['arxiv']}"
        label = Label(f"pub_{key}", "published", True, flavour, level, statistic, "published", reference)
        mass, mu = points["M_N_MeV"].to_numpy(), points["mu_nu_muB"].to_numpy()
        yield Curve(label, Edge(edge), int(branch), mass, mu, (Status.OK,) * len(points))
