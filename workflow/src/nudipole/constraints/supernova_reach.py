"""What sets the reach of low-energy supernovae: assumptions changed one at a time and together.

arXiv:2402.01624 quotes a reach of d = 1e-11/GeV, that is mu = 2 d = 6.7e-14 mu_B. At the reach N
decay within the envelope, so its energy grows as mu^2 (as mu^4 below 30 MeV, where they live longer): a factor f in the
reach is f^2 in energy.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nudipole.config.load import with_variant
from nudipole.constraints.supernova_inputs import supernova_config
from nudipole.constraints.supernova_model import Bound, Model
from nudipole.errors import ConvergenceError
from nudipole.limits.crossings import excesses
from nudipole.units import mu_muB_from_d_per_GeV

Array = NDArray[np.float64]
PUBLISHED_D_PER_GEV = 1e-11
UNITS = {
    "cause": "",
    "variant": "",
    "flavours": "",
    "M_N_MeV": "MeV",
    "mu_reach_muB": "mu_B",
    "factor": "1",
    "published_over_reach": "1",
}
MASSES_MEV = np.array([20.0, 30.0, 40.0, 50.0, 65.0, 80.0, 100.0, 130.0, 170.0, 220.0, 280.0])
MOMENTS_MUB = np.logspace(-14.0, -11.0, 31)


@dataclass(frozen=True)
class Cause:
    """An assumption: a variant of the configuration and how many flavours couple, with and without mu_nue."""

    name: str
    variant: str = ""
    thermal: int = 1
    degenerate: int = 0

    @property
    def flavours(self) -> str:
        """Return the coupling in words."""
        return " + ".join([*["mu_nu = 0"] * self.thermal, *["nu_e"] * self.degenerate])


HOT, LARGE, LONG = "profile.T_c_MeV=40", "profile.R_c_km=12", "decays.duration_s=10"
FULL, SHALLOW = "decays.low_energy.fraction=1", "decays.low_energy.E_max_erg=5e49"
CAUSES = (
    Cause("this work: one flavour, T_c = 30 MeV, 3 s"),
    Cause("T_c = 40 MeV", HOT),
    Cause("core of 12 km", LARGE),
    Cause("10 s at the luminosity of 1 s", LONG),
    Cause("degenerate nu_e", thermal=0, degenerate=1),
    Cause("three flavours couple", thermal=2, degenerate=1),
    Cause("all energy of N stays", FULL),
    Cause("half the allowed energy", SHALLOW),
    Cause("no gravitational redshift", "lapse=none"),
    Cause("proton Pauli blocking", "protons=fermi_gas"),
    Cause("hot, 10 s", f"{HOT};{LONG}"),
    Cause("hot, 10 s, three flavours", f"{HOT};{LONG}", 2, 1),
    Cause("hot, large, 10 s, three flavours", f"{HOT};{LARGE};{LONG}", 2, 1),
    Cause("all: hot, large, 10 s, three flavours, all energy", f"{HOT};{LARGE};{LONG};{FULL}", 2, 1),
)


def reach(config: Mapping[str, Any], cause: Cause, table: pd.DataFrame | None) -> tuple[float, float]:
    """Return (mu, M_N) of the smallest moment that low-energy supernovae exclude; ConvergenceError without any."""
    model = Model(supernova_config(with_variant(config, cause.variant)), table)
    best = (np.inf, np.nan)
    for mass in MASSES_MEV:
        energy = np.zeros(MOMENTS_MUB.size)
        for degenerate, count in ((False, cause.thermal), (True, cause.degenerate)):
            if count:
                energy += (
                    count * model.values((Bound.LOW_ENERGY,), float(mass), MOMENTS_MUB, degenerate)[Bound.LOW_ENERGY]
                )
        ranges = excesses(MOMENTS_MUB, energy / model.limit_of(Bound.LOW_ENERGY))
        if ranges:
            best = min(best, (ranges[0].low_muB, float(mass)))
    if not np.isfinite(best[0]):
        raise ConvergenceError(f"low-energy supernovae exclude nothing with {cause.variant or 'the configuration'}")
    return best


def reach_frame(config: Mapping[str, Any], table: pd.DataFrame | None) -> pd.DataFrame:
    """Return the reach of each cause, the factor by which it is below the first, and what is left to the published."""
    published = mu_muB_from_d_per_GeV(PUBLISHED_D_PER_GEV)
    rows: list[tuple[str, str, str, float, float, float, float]] = []
    for cause in CAUSES:
        mu, mass = reach(config, cause, table)
        first = rows[0][4] if rows else mu
        rows.append((cause.name, cause.variant, cause.flavours, mass, mu, first / mu, published / mu))
    return pd.DataFrame(rows, columns=list(UNITS))
