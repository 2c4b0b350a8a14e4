"""Tables of a detector over the plane: expected signal, and the likelihood surface."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nudipole.constraints.detector import DetectorConstraint
from nudipole.flavours import ALL_MODES


def bin_edges(
    constraint: DetectorConstraint, variant: str | None = None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return lower and upper edges of all bins; those of a combination follow each other."""
    model = constraint.models[variant or constraint.experiment.variant]
    bins = [part.templates.detector.bins for part in model.parts]
    return np.concatenate([b.low for b in bins]), np.concatenate([b.high for b in bins])


def bin_unit(constraint: DetectorConstraint) -> str:
    """Return the unit of the estimator."""
    return constraint.model.parts[0].record.bins.unit


def rates_frame(constraint: DetectorConstraint, flavours: tuple[str, ...]) -> pd.DataFrame:
    """Return expected signal events per bin at mu = 1 mu_B; bins of a combination follow each other."""
    masses = constraint.masses_MeV()
    low, high = bin_edges(constraint)
    modes = [ALL_MODES.index(flavour) for flavour in flavours]
    events = np.stack([constraint.model.signal(float(M)).sum(axis=0)[modes] for M in masses], axis=1)
    return pd.DataFrame(
        {
            "experiment": constraint.name,
            "flavour": np.repeat(np.array(flavours, dtype=object), len(masses) * len(low)),
            "M_N_MeV": np.tile(np.repeat(masses, len(low)), len(flavours)),
            "bin_low": np.tile(low, len(masses) * len(flavours)),
            "bin_high": np.tile(high, len(masses) * len(flavours)),
            "events_per_muB2": events.ravel(),
        }
    )


def rates_units(constraint: DetectorConstraint) -> dict[str, str]:
    """Return the units of `rates_frame`."""
    unit = bin_unit(constraint)
    fixed = {"experiment": "", "flavour": "", "M_N_MeV": "MeV", "bin_low": unit, "bin_high": unit}
    return fixed | {"events_per_muB2": "mu_B^-2"}


def surface_frame(constraint: DetectorConstraint, flavours: tuple[str, ...]) -> pd.DataFrame:
    """Return Delta(-2 ln L) above the minimum over mu^2 >= 0 on the grid, with the profiled nuisances.

    For the default variant. Where nothing is expected the surface is flat, not missing.
    """
    masses, mu_muB = constraint.masses_MeV(), constraint.grid.mu_nu_muB()
    scans = [constraint.scan(float(M), flavour) for flavour in flavours for M in masses]
    fits = [scan.fits(mu_muB**2) for scan in scans]
    lowest = [scan.best_fit.chi2 if scan.is_sensitive else scan.null_chi2 for scan in scans]
    frame = {
        "experiment": constraint.name,
        "flavour": np.repeat(np.array(flavours, dtype=object), len(masses) * len(mu_muB)),
        "M_N_MeV": np.tile(np.repeat(masses, len(mu_muB)), len(flavours)),
        "mu_nu_muB": np.tile(mu_muB, len(masses) * len(flavours)),
        "delta_chi2": np.concatenate([fit.chi2 - low for fit, low in zip(fits, lowest, strict=True)]),
    }
    nuisances = np.concatenate([fit.nuisances for fit in fits])
    names = constraint.model.nuisances.names
    return pd.DataFrame(frame | {f"nuisance_{name}": nuisances[:, i] for i, name in enumerate(names)})


def surface_units(constraint: DetectorConstraint) -> dict[str, str]:
    """Return the units of `surface_frame`."""
    units = {"experiment": "", "flavour": "", "M_N_MeV": "MeV", "mu_nu_muB": "mu_B", "delta_chi2": "1"}
    return units | {f"nuisance_{name}": "1" for name in constraint.model.nuisances.names}
