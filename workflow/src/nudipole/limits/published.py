"""Published limits as curves: the figure of arXiv:2007.15563 and the records of `resources/limits`."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nudipole.limits.record import LEVEL_WITHOUT_ONE, PublishedLimit
from nudipole.limits.table import PROJECTION, Curve, Edge, Label, Status

PREFIX = "pub_"
BRDAR2020_PREFIX = "pub_brdar2020_"
BRDAR2020_REFERENCE = "Brdar, Greljo, Kopp, Opferkuch, arXiv:2007.15563, Fig. 2 (digitised)"
BRDAR2020_FLAVOUR = "mu"
"""The figure is for a coupling to nu_mu only."""

SOURCE_UNITS = {
    "key": "", "label": "", "title": "", "reference": "", "arxiv": "", "doi": "", "year": "1", "category": "",
    "status": "", "note": "", "projection": "", "drawn": "", "obtained": "", "collection": "", "licence": "",
}  # fmt: skip
"""Columns of the table of sources, one row a record; year is missing where it is not certain."""

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


def published_curves(curves: pd.DataFrame, limits: Iterable[PublishedLimit], flavours: tuple[str, ...]) -> list[Curve]:
    """Return all published curves for the given modes. curves: the dataset `published_curves_brdar2020`."""
    found = list(_brdar2020(curves)) if BRDAR2020_FLAVOUR in flavours else []
    return [*found, *(curve for limit in limits for curve in _of_limit(limit, flavours))]


def _of_limit(limit: PublishedLimit, flavours: tuple[str, ...]) -> Iterator[Curve]:
    """Yield the curves of a record.

    Branches are numbered within each flavour, in the order of the record; both ends of an interval have one number.
    """
    branches: Counter[tuple[str, str]] = Counter()
    level = LEVEL_WITHOUT_ONE if limit.confidence_level is None else limit.confidence_level
    variant = PROJECTION if limit.projection else "published"
    for curve in limit.curves:
        mass, mu = np.array(curve.M_N_MeV), np.array(curve.mu_nu_muB)
        counted_apart = curve.edge if curve.edge in (Edge.PREFERRED_LOW, Edge.PREFERRED_HIGH) else ""
        for flavour in curve.flavours:
            label = Label(PREFIX + limit.key, variant, True, flavour, level, limit.criterion, "published", limit.cited)
            if flavour in flavours:
                branch = branches[flavour, counted_apart]
                yield Curve(label, Edge(curve.edge), branch, mass, mu, (Status.OK,) * len(mass))
            branches[flavour, counted_apart] += 1


def sources_frame(limits: Iterable[PublishedLimit]) -> pd.DataFrame:
    """Return what figures and references need of each record."""
    numbers = {"arxiv": "arXiv", "doi": "doi"}
    rows = [
        {name: limit.number(numbers[name]) if name in numbers else getattr(limit, name) for name in SOURCE_UNITS}
        for limit in limits
    ]
    texts = {name: "str" for name in SOURCE_UNITS if name not in ("projection", "drawn", "year")}
    frame = pd.DataFrame(rows, columns=list(SOURCE_UNITS))
    return frame.astype({**texts, "projection": "bool", "drawn": "bool", "year": "float64"})


def citations(limits: Iterable[PublishedLimit]) -> tuple[str, ...]:
    """Return what a table of these limits cites."""
    found = (text for limit in limits for text in (limit.reference, *limit.citation, limit.collection) if text)
    return tuple(dict.fromkeys(found))


def drawn_limits(limits: pd.DataFrame, sources: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of the limits table without the records that figures do not show."""
    hidden = PREFIX + sources["key"][~sources["drawn"]]
    return limits[~limits["constraint"].isin(hidden)]


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
