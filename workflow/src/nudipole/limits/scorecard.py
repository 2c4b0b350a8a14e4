"""How far each computed curve of the reference set-up lies from its published one."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nudipole.errors import DataError
from nudipole.limits.contour_score import CONTOUR_COMPARISONS, compare, contour_row
from nudipole.limits.published import BRDAR2020_FLAVOUR
from nudipole.limits.table import Edge, Status


@dataclass(frozen=True)
class Comparison:
    """One published curve and the computed one it belongs to.

    mass_range_MeV: where the two mean the same. skip_MeV: ranges left out, explained_MeV: ranges where more than
    the tolerance is understood; the note has the reasons. Tolerances are on |log10(computed/published)|.
    """

    curve: str
    constraint: str
    variant: str
    edge: Edge
    mass_range_MeV: tuple[float, float]
    skip_MeV: tuple[tuple[float, float], ...]
    explained_MeV: tuple[tuple[float, float], ...]
    tolerance_median: float
    tolerance_max: float
    note: str
    moments_muB: tuple[float, float] = (0.0, np.inf)
    """Where the points of this edge lie, if the published curve has two."""
    confidence_level: float | None = None
    """Level of the computed curve, if it has several."""


ONE_ZONE = "emissivity;criterion=emissivity"

_EXCESS_NOTE = (
    "one point, at 10 keV, read off the figure; contours of one parameter (1 and 4) without tritium. Ours peaks at "
    "5.0e-11, published 5.7e-11: a looser prior of B0 (5 %) gives 5.6e-11"
)


def _excess(name: str, edge: Edge, level: float) -> Comparison:
    note = _EXCESS_NOTE
    point = (0.01, 0.0101)
    return Comparison(
        f"XENON1T_excess_{name}", "xenon1t", "no_tritium;region", edge, point, (), (), 0.1, 0.1, note,
        confidence_level=level,
    )  # fmt: skip


COMPARISONS = (
    Comparison(
        "XENON1T_ER_90CL_incl_tritium", "xenon1t", "tritium", Edge.FLOOR, (0.01, 1.5), ((0.5, 0.65),), ((1.35, 1.45),),
        0.12, 0.20,
        "0.5-0.65 MeV left out: there the 7Be line closes and the curve climbs a factor 8, so a small shift in mass is "
        "a large ratio. Above 0.2 MeV ours is stronger because the data between 15 and 22 keV lie below the background "
        "(24 events for 44 expected at 17-18 keV): with the background expectation as data the median is 0.03 and the "
        "maximum 0.18. The published fit also uses bins above 30 keV, not public, which may dilute that deficit. "
        "At 1.32-1.37 MeV the published curve jumps by 37 %, where the 8B rate, the only one left, is smooth",
    ),
    Comparison(
        "Borexino_90CL", "borexino", "published", Edge.FLOOR, (0.01, 3.45), (), (), 0.06, 0.20,
        "variant `published`, a guess at the set-up: total held at Borexino's own fit, only 210Bi free, N_h 125-330, "
        "chi^2 with 4.605, and the energy axis of the data file taken for the recoil energy, which it is not. With the "
        "calibrated scale (`published_calibrated`) the median is 0.017. Largest at 0.60 MeV (-0.19), between the ends "
        "of 7Be and pep, and at 3.41 MeV (+0.19), the end of 8B",
    ),
    Comparison(
        "XENON1T_NR_90CL", "xenon1t_nr", "average_nucleus", Edge.FLOOR, (0.9, 10.6), (), ((0.9, 10.6),), 0.12, 0.20,
        "ours uses the collaboration's own binwise likelihood of the same data (1 t yr); the published curve is weaker "
        "by 0.2-0.3 dex throughout. It corresponds to about 5.7 events expected in that likelihood, a Poisson limit of "
        "two events without background, with the shape of a hard threshold at 2 keV",
    ),
    Comparison(
        "DARWIN_projection", "darwin", "standard", Edge.FLOOR, (0.01, 0.0101), (), (), 0.1, 0.1,
        "one point, at 10 keV, read off the figure; background of XENON1T scaled to 200 t yr, tritium in the fit only",
    ),
    *(
        _excess(name, edge, level)
        for name, edge, level in (
            ("inner_low", Edge.PREFERRED_LOW, 0.6827), ("inner_high", Edge.PREFERRED_HIGH, 0.6827),
            ("outer_low", Edge.PREFERRED_LOW, 0.9545), ("outer_high", Edge.PREFERRED_HIGH, 0.9545),
        )
    ),
    Comparison(
        "stellar_cooling", "stellar", "finite_width", Edge.FLOOR, (0.01, 0.17), (), (), 0.02, 0.10,
        "both use the Breit-Wigner integrand with omega_p = 18 keV; the curve is vertical at 18 keV",
    ),
    Comparison(
        "SN1987A", "supernova", ONE_ZONE, Edge.FLOOR, (0.01, 65.0), (), ((0.01, 65.0),), 0.15, 0.15,
        "lower edge. The published band (arXiv:1803.03262) is drawn for nu_mu, but emission at its 5.5e-13 mu_B takes "
        "degenerate nu_e: the same criterion gives 1.0e-12 for mu_nue = 120 MeV, 8.5e-13 for 150 MeV, and 4.6e-12 for "
        "nu_mu, which has no chemical potential",
        (0.0, 1e-11),
    ),
    Comparison(
        "SN1987A", "supernova", ONE_ZONE, Edge.CEILING, (0.01, 25.0), (), ((0.01, 25.0),), 0.15, 0.15,
        "upper edge. 0.18 dex above the published one, which is that of nu_e: with mu_nue = 120 MeV ours is 5.0e-10, "
        "0.04 dex above it",
        (1e-11, 1.0),
    ),
)  # fmt: skip

RECOMPUTED = frozenset([*(c.curve for c in COMPARISONS), *(c.curve for c in CONTOUR_COMPARISONS)])
"""Digitised curves of which this work has its own."""

SCORE_UNITS = {
    "curve": "",
    "constraint": "",
    "flavour": "",
    "n_points": "1",
    "median_abs_log10_ratio": "1",
    "max_abs_log10_ratio": "1",
    "tolerance": "1",
    "verdict": "",
    "note": "",
}


def _within(mass: NDArray[np.float64], ranges: tuple[tuple[float, float], ...]) -> NDArray[np.bool_]:
    inside = np.zeros(len(mass), dtype=bool)
    for low, high in ranges:
        inside |= (mass >= low) & (mass <= high)
    return inside


def verdict(comparison: Comparison, mass: NDArray[np.float64], ratio: NDArray[np.float64]) -> str:
    """Return pass, explained (beyond the tolerance only where that is understood) or fail."""
    beyond = np.abs(ratio) > comparison.tolerance_max
    rest = np.abs(ratio[~_within(mass, comparison.explained_MeV)])
    if (rest > comparison.tolerance_max).any() or (rest.size and np.median(rest) > comparison.tolerance_median):
        return "fail"
    return "explained" if beyond.any() else "pass"


def log10_ratios(
    comparison: Comparison, limits: pd.DataFrame, published: pd.DataFrame
) -> tuple[NDArray[np.float64], ...]:
    """Return (masses, log10 of computed/published) at the published points that are compared.

    The computed curve is interpolated in log-log between its own points; DataError if there is none.
    """
    c = comparison
    wanted = {"constraint": c.constraint, "variant": c.variant, "edge": str(c.edge), "status": str(Status.OK)}
    wanted["flavour"] = BRDAR2020_FLAVOUR
    own = limits[(limits[list(wanted)] == pd.Series(wanted)).all(axis=1)].sort_values("M_N_MeV")
    if c.confidence_level is not None:
        own = own[np.isclose(own["confidence_level"], c.confidence_level)]
    points = published[(published["curve"] == c.curve) & published["mu_nu_muB"].between(*c.moments_muB)]
    points = points.sort_values("M_N_MeV", kind="stable")
    if own.empty or points.empty:
        raise DataError(f"scorecard: no points for {c.curve} against {c.constraint} ({c.variant})")
    mass = points["M_N_MeV"].to_numpy()
    low, high = c.mass_range_MeV
    # the first digitised point of a curve stands a hair outside the frame
    kept = (mass >= low * (1.0 - 1e-5)) & (mass <= min(high, own["M_N_MeV"].max()))
    kept &= ~_within(mass, c.skip_MeV)
    ln_mu = np.interp(np.log(mass[kept]), np.log(own["M_N_MeV"]), np.log(own["mu_nu_muB"]))
    return mass[kept], (ln_mu - np.log(points["mu_nu_muB"].to_numpy()[kept])) / np.log(10.0)


def score(limits: pd.DataFrame, published: pd.DataFrame) -> pd.DataFrame:
    """Return the scorecard table."""
    rows = []
    for c in COMPARISONS:
        mass, ratio = log10_ratios(c, limits, published)
        median, largest = float(np.median(np.abs(ratio))), float(np.max(np.abs(ratio)))
        judged = verdict(c, mass, ratio)
        values = (
            c.curve,
            c.constraint,
            BRDAR2020_FLAVOUR,
            len(ratio),
            median,
            largest,
            c.tolerance_max,
            judged,
            c.note,
        )
        rows.append(dict(zip(SCORE_UNITS, values, strict=True)))
    for contour in CONTOUR_COMPARISONS:
        row = contour_row(contour, compare(contour, limits, published)[1])
        rows.append(dict(zip(SCORE_UNITS, row, strict=True)))
    return pd.DataFrame(rows)


def scorecard_page(frame: pd.DataFrame) -> str:
    """Return the scorecard as Markdown."""
    lines = [
        "# Scorecard: computed curves against arXiv:2007.15563, Fig. 2",
        "",
        "Reference set-up (`config/reference.yaml`); ratio = computed over published moment at the digitised points.",
        "",
        "| curve | constraint | points | median abs(log10 ratio) | max | tolerance | verdict | note |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for row in frame.itertuples():
        lines.append(
            f"| {row.curve} | {row.constraint} | {row.n_points} | {row.median_abs_log10_ratio:.3f} | "
            f"{row.max_abs_log10_ratio:.3f} | {row.tolerance:.2f} | {row.verdict} | {row.note} |"
        )
    return "\n".join(lines) + "\n"
