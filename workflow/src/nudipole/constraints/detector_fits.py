"""Fits of a detector at chosen masses: nuisances with pulls and correlations, goodness of fit, and folded spectra."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import isfinite, sqrt

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nudipole.constraints.base import require_point
from nudipole.constraints.detector import DetectorConstraint
from nudipole.constraints.detector_tables import bin_edges, bin_unit
from nudipole.likelihood.scan import SignalScan

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Fit:
    """The nuisances at one moment: that of the best fit, of the limit, or none."""

    variant: str
    flavour: str
    M_N_MeV: float
    hypothesis: str
    mu_nu_muB: float
    chi2: float
    nuisances: Array
    scan: SignalScan


def fits_at(constraint: DetectorConstraint, flavour: str, M_N_MeV: float) -> Iterator[Fit]:
    """Yield the fits of all variants at one mass; at a mass without signal, that without signal alone."""
    for variant in constraint.models:
        scan = constraint.scan(M_N_MeV, flavour, variant)
        moments = {"background": 0.0}
        if scan.is_sensitive:
            moments["best_fit"] = sqrt(scan.best_fit.x_muB2)
            limit = constraint.edges_muB(scan, variant)[1]
            moments |= {"limit": limit} if isfinite(limit) else {}
        yield from (_fit(scan, variant, flavour, M_N_MeV, hypothesis, mu) for hypothesis, mu in moments.items())


def _fit(scan: SignalScan, variant: str, flavour: str, M_N_MeV: float, hypothesis: str, mu_nu_muB: float) -> Fit:
    found = scan.fits(np.array([mu_nu_muB**2]))
    chi2, theta = float(found.chi2[0]), found.nuisances[0]
    return Fit(variant, flavour, M_N_MeV, hypothesis, mu_nu_muB, chi2, theta, scan)


def point_tables(
    constraint: DetectorConstraint, flavour: str, M_N_MeV: float, mu_nu_muB: float
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return (spectra, fits) of the default variant at one mass, with the fit at a chosen moment."""
    require_point(M_N_MeV, flavour, mu_nu_muB)
    variant = constraint.experiment.variant
    fits = [fit for fit in fits_at(constraint, flavour, M_N_MeV) if fit.variant == variant]
    fits.append(_fit(fits[0].scan, variant, flavour, M_N_MeV, "chosen", mu_nu_muB))
    spectra = pd.concat([_spectrum_rows(constraint, fit) for fit in fits], ignore_index=True)
    return spectra, pd.concat([_fit_rows(constraint, fit) for fit in fits], ignore_index=True)


def _fits(constraint: DetectorConstraint, flavours: tuple[str, ...]) -> Iterator[Fit]:
    for flavour in flavours:
        for M in constraint.fit_M_N_MeV:
            yield from fits_at(constraint, flavour, M)


FITS_UNITS = {
    "experiment": "", "variant": "", "flavour": "", "M_N_MeV": "MeV", "hypothesis": "", "mu_nu_muB": "mu_B",
    "chi2": "1", "bins": "1", "nuisance": "", "value": "1", "error": "1", "prior_center": "1", "prior_width": "1",
    "pull": "1", "correlation_with_mu2": "1",
}  # fmt: skip


def _with_columns(constraint: DetectorConstraint, fit: Fit) -> dict[str, object]:
    return {
        "experiment": constraint.name,
        "variant": fit.variant,
        "flavour": fit.flavour,
        "M_N_MeV": fit.M_N_MeV,
        "hypothesis": fit.hypothesis,
        "mu_nu_muB": fit.mu_nu_muB,
    }


def _fit_rows(constraint: DetectorConstraint, fit: Fit) -> pd.DataFrame:
    n = fit.scan.nuisances
    covariance = fit.scan.covariance(fit.mu_nu_muB**2, fit.nuisances, with_signal=True)
    error = np.sqrt(np.diag(covariance))
    norm = error[0] * error[1:]
    correlation = np.divide(covariance[0, 1:], norm, out=np.zeros(len(norm)), where=norm > 0.0)
    return pd.DataFrame(
        {
            **_with_columns(constraint, fit),
            "chi2": fit.chi2,
            "bins": len(fit.scan.observation),
            "nuisance": list(n.names),
            "value": fit.nuisances,
            "error": error[1:],
            "prior_center": n.center,
            "prior_width": n.width,
            "pull": fit.scan.pulls(fit.nuisances),
            "correlation_with_mu2": correlation,
        }
    )


def fits_frame(constraint: DetectorConstraint, flavours: tuple[str, ...]) -> pd.DataFrame:
    """Return one row a nuisance of every fit; error 0: fixed or at its bound; pull NaN: no prior."""
    frame = pd.concat([_fit_rows(constraint, fit) for fit in _fits(constraint, flavours)], ignore_index=True)
    return frame[list(FITS_UNITS)]


def _spectrum_rows(constraint: DetectorConstraint, fit: Fit) -> pd.DataFrame:
    low, high = bin_edges(constraint, fit.variant)
    x, scan = fit.mu_nu_muB**2, fit.scan
    parts = fit.nuisances[:, None] * scan.constant
    columns = {name: parts[i] for i, name in enumerate(scan.nuisances.names) if np.abs(scan.constant[i]).any()}
    return pd.DataFrame(
        {
            **_with_columns(constraint, fit),
            "bin_low": low,
            "bin_high": high,
            "observed": scan.observation.counts,
            "expected": scan.expected(x, fit.nuisances),
            "signal": x * fit.nuisances @ scan.slope,
            **{f"events_{name}": values for name, values in columns.items()},
        }
    )


def spectra_frame(constraint: DetectorConstraint, flavours: tuple[str, ...]) -> pd.DataFrame:
    """Return observed and expected events in each bin of every fit, in total, by component, and the signal."""
    return pd.concat([_spectrum_rows(constraint, fit) for fit in _fits(constraint, flavours)], ignore_index=True)


def spectra_units(constraint: DetectorConstraint, frame: pd.DataFrame) -> dict[str, str]:
    """Return the units of `spectra_frame`."""
    unit = bin_unit(constraint)
    known = {"M_N_MeV": "MeV", "mu_nu_muB": "mu_B", "bin_low": unit, "bin_high": unit}
    words = ("experiment", "variant", "flavour", "hypothesis")
    return {name: "" if name in words else known.get(name, "1") for name in frame.columns}
