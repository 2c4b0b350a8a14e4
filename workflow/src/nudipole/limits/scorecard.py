"""How far each computed curve of the reference set-up lies from its published one."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nudipole.errors import DataError
from nudipole.limits.published import BRDAR2020_FLAVOUR
from nudipole.limits.table import Edge, Status


@dataclass(frozen=True)
class Comparison:
    """One published curve and the computed one it belongs to.

    mass_range_MeV: where the two mean the same. skip_MeV: ranges left out, with the reason in the note.
    Tolerances are on |log10(computed/published)|.
    """

    curve: str
    constraint: str
    variant: str
    edge: Edge
    mass_range_MeV: tuple[float, float]
    skip_MeV: tuple[tuple[float, float], ...]
    tolerance_median: float
    tolerance_max: float
    note: str


COMPARISONS = (
    Comparison(
        "XENON1T_ER_90CL_incl_tritium", "xenon1t", "tritium", Edge.FLOOR, (0.01, 1.5), ((0.5, 0.65),), 0.12, 0.20,
        "0.5-0.65 MeV left out: there the 7Be line closes and the curve climbs a factor 8, so a small shift in mass is a "
        "large ratio. The published fit also uses bins above 30 keV, which are not public",
    ),
    Comparison(
        "stellar_cooling", "stellar", "finite_width", Edge.FLOOR, (0.01, 0.17), (), 0.02, 0.10,
        "both use the Breit-Wigner integrand with omega_p = 18 keV; the curve is vertical at 18 keV",
    ),
)  # fmt: skip

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


def log10_ratios(comparison: Comparison, limits: pd.DataFrame, published: pd.DataFrame) -> tuple[NDArray[np.float64], ...]:
    """Return (masses, log10 of computed/published) at the published points that are compared.

    The computed curve is interpolated in log-log between its own points; DataError if there is none.
    """
    c = comparison
    own = limits.query(
        "constraint == @c.constraint and variant == @c.variant and edge == @c.edge "
        "and flavour == @BRDAR2020_FLAVOUR and status == @Status.OK"
    ).sort_values("M_N_MeV")
    points = published.query("curve == @c.curve").sort_values("M_N_MeV", kind="stable")
    if own.empty or points.empty:
        raise DataError(f"scorecard: no points for {c.curve} against {c.constraint} ({c.variant})")
    mass = points["M_N_MeV"].to_numpy()
    low, high = c.mass_range_MeV
    # the first digitised point of a curve stands a hair outside the frame
    kept = (mass >= low * (1.0 - 1e-5)) & (mass <= min(high, own["M_N_MeV"].max()))
    for skip_low, skip_high in c.skip_MeV:
        kept &= (mass < skip_low) | (mass > skip_high)
    ln_mu = np.interp(np.log(mass[kept]), np.log(own["M_N_MeV"]), np.log(own["mu_nu_muB"]))
    return mass[kept], (ln_mu - np.log(points["mu_nu_muB"].to_numpy()[kept])) / np.log(10.0)


def score(limits: pd.DataFrame, published: pd.DataFrame) -> pd.DataFrame:
    """Return the scorecard table."""
    rows = []
    for c in COMPARISONS:
        _, ratio = log10_ratios(c, limits, published)
        median, largest = float(np.median(np.abs(ratio))), float(np.max(np.abs(ratio)))
        passed = median <= c.tolerance_median and largest <= c.tolerance_max
        verdict = "pass" if passed else "fail"
        values = (c.curve, c.constraint, BRDAR2020_FLAVOUR, len(ratio), median, largest, c.tolerance_max, verdict, c.note)
        rows.append(dict(zip(SCORE_UNITS, values, strict=True)))
    return pd.DataFrame(rows)


def scorecard_page(frame: pd.DataFrame) -> str:
    """Return the scorecard as Markdown."""
    lines = [
        "# Scorecard: computed curves against arXiv:2007.15563, Fig. 2",
        "",
        "Reference set-up (`config/reference.yaml`); ratios are computed over published moment at the digitised points.",
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
