"""Published limits as curves: the figure of arXiv:2007.15563 and the laboratory limits."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nudipole.limits.table import Curve, Edge, Label, Status

BRDAR2020_PREFIX = "pub_brdar2020_"
BRDAR2020_REFERENCE = "Brdar, Greljo, Kopp, Opferkuch, arXiv:2007.15563, Fig. 2 (digitised)"
BRDAR2020_FLAVOUR = "mu"
"""The figure is for a coupling to nu_mu only."""

SHORTEST_PIECE = 3
"""A digitised line that turns back for fewer steps than this only jitters."""


@dataclass(frozen=True)
class Digitised:
    """What a line of the figure means.

    statistic: the criterion in words; the figure labels everything 90 % CL, also what has no confidence level.
    rising, falling: what the line bounds where it runs to larger and to smaller masses, in drawing order.
    """

    statistic: str = "90 % CL"
    rising: Edge = Edge.FLOOR
    falling: Edge = Edge.CEILING
    variant: str = "digitised"


BRDAR2020 = {
    "Borexino_90CL": Digitised(),
    "XENON1T_ER_90CL_incl_tritium": Digitised(),
    "stellar_cooling": Digitised("energy loss of red giants"),
    "SN1987A": Digitised("luminosity criterion, no confidence level", Edge.CEILING, Edge.FLOOR),
    # late decays exclude what lies below the line, so it starts as a ceiling and every turn in mass changes the side
    "BBN_high_4He": Digitised("Y_p too large"),
    "CMB_dNeff_0.3_a": Digitised("Delta N_eff = 0.3, no confidence level"),
    "CMB_dNeff_0.3_b": Digitised("Delta N_eff = 0.3, no confidence level"),
    "IceCube_double_bang": Digitised("projected sensitivity, not a limit", variant="projection"),
    "CHARM2_NOMAD_region": Digitised(),
    "MiniBooNE_region": Digitised(),
    "MiniBooNE_ROI": Digitised("region favoured by MiniBooNE", Edge.PREFERRED_LOW, Edge.PREFERRED_HIGH),
}


def published_curves(
    curves: pd.DataFrame, limits: pd.DataFrame, sources: pd.DataFrame, flavours: tuple[str, ...]
) -> list[Curve]:
    """Return all published curves for the given modes; nobody publishes mass-dependent limits for `effective`."""
    found = list(_brdar2020(curves)) if BRDAR2020_FLAVOUR in flavours else []
    return [*found, *_laboratory(limits, sources, flavours)]


def _brdar2020(curves: pd.DataFrame) -> Iterator[Curve]:
    for name, points in curves.groupby("curve", sort=False):
        meaning = BRDAR2020[str(name)]
        mass, mu = points["M_N_MeV"].to_numpy(), points["mu_nu_muB"].to_numpy()
        label = Label(
            BRDAR2020_PREFIX + str(name),
            meaning.variant,
            True,
            BRDAR2020_FLAVOUR,
            0.90,
            f"as published, {meaning.statistic}",
            "published",
            BRDAR2020_REFERENCE,
        )
        if meaning.rising is Edge.PREFERRED_LOW:
            lower, upper = (_box_side(mass, mu, upper=upper) for upper in (False, True))
            pieces = [(meaning.rising, 0, lower), (meaning.falling, 0, upper)]
        else:
            pieces = [
                (meaning.rising if rises else meaning.falling, branch, rows)
                for branch, (rows, rises) in enumerate(_monotonic_pieces(mass))
            ]
        for edge, branch, rows in pieces:
            yield Curve(label, edge, branch, mass[rows], mu[rows], (Status.OK,) * len(mass[rows]))


def _box_side(mass: NDArray[np.float64], mu: NDArray[np.float64], *, upper: bool) -> NDArray[np.int64]:
    """Return the corners of a box on its lower or upper side, by mass."""
    rows = np.flatnonzero((mu > np.sqrt(mu.min() * mu.max())) == upper)
    return rows[np.argsort(mass[rows], kind="stable")]


def _monotonic_pieces(mass: NDArray[np.float64]) -> list[tuple[NDArray[np.int64], bool]]:
    """Return the pieces along which the mass rises (True) or falls; neighbours share their turning point."""
    steps = np.sign(np.diff(mass))
    turns = np.flatnonzero(np.diff(steps)) + 1
    bounds = np.concatenate([[0], turns, [len(steps)]])
    pieces: list[tuple[NDArray[np.int64], bool]] = []
    for first, last in pairwise(bounds):
        rises = bool(steps[first] > 0)
        too_short = len(mass) > 2 * SHORTEST_PIECE and last - first < SHORTEST_PIECE
        if pieces and (steps[first] == 0 or too_short or pieces[-1][1] == rises):
            pieces[-1] = (np.arange(pieces[-1][0][0], last + 1), pieces[-1][1])
        else:
            pieces.append((np.arange(first, last + 1), rises))
    return pieces


def _laboratory(limits: pd.DataFrame, sources: pd.DataFrame, flavours: tuple[str, ...]) -> Iterator[Curve]:
    papers = sources.set_index("key")
    for group, points in limits.groupby(["key", "flavour", "edge", "branch"], sort=False):
        key, flavour, edge, branch = cast("tuple[str, str, str, int]", group)
        if flavour not in flavours:
            continue
        paper, level = papers.loc[key], float(points["confidence_level"].iloc[0])
        caveat = "; ".join(
            filter(None, ["unverified" if paper["status"] == "unverified" else "", str(paper["note"] or "")])
        )
        statistic = f"as published, {100.0 * level:.3g} % CL" + (f" ({caveat})" if caveat else "")
        reference = f"{paper['reference']}, arXiv:{paper['arxiv']}"
        label = Label(f"pub_{key}", "published", True, flavour, level, statistic, "published", reference)
        mass, mu = points["M_N_MeV"].to_numpy(), points["mu_nu_muB"].to_numpy()
        yield Curve(label, Edge(edge), int(branch), mass, mu, (Status.OK,) * len(points))
