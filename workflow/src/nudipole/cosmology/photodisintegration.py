"""What ACROPOLIS (arXiv:2011.06518) needs to know of a point: the history, the nuclei, and the N that still live.

N -> nu gamma gives one photon of energy M_N/2 a decay; a decay to two photons of that energy with branching ratio 1/2
is the same source. ACROPOLIS evolves n = n(T_0) (a_0/a)^3 e^{-(t - t_0)/tau} from a temperature T_0.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import zeta

from nudipole.constants import T_CMB_MEV
from nudipole.cosmology.export import COLUMNS, baryon_density_MeV3, cosmo_frame, free_streaming
from nudipole.cosmology.history import History
from nudipole.cosmology.network import AbundanceSteps
from nudipole.cosmology.nuclear import SPECIES
from nudipole.errors import DomainError

Array = NDArray[np.float64]
BRANCHING_TO_PHOTONS = 0.5
"""Of N -> gamma gamma: one photon a decay."""
START = 0.05
"""t/tau at which N are handed over: late enough to be at rest, early enough to have done nothing to the nuclei."""
T_LAST_MEV = 1e-8
POINTS = 2000
NUCLEI = ("n", "p", "d", "t", "He3", "He4", "Li6", "Li7", "Be7")
"""Order of ACROPOLIS; Li6 is not in our network."""
BREAKUP_MEV = 2.2246
"""Binding energy of the deuteron: photons below it break nothing."""


@dataclass(frozen=True, eq=False)
class DecaySource:
    """One point, in the units of ACROPOLIS: MeV and seconds; history is the table of `cosmo_frame`."""

    M_N_MeV: float
    tau_N_s: float
    T_0_MeV: float
    n_N_per_photon: float
    baryons_per_photon: float
    """That of today. Before the decays it is larger, which matters only where N dominate and helium excludes them."""
    nuclei: Array
    """n_i/n_b of NUCLEI before the decays."""
    history: Array


def photons_MeV3(T_MeV: float) -> float:
    """Return n_gamma = 2 zeta(3) T^3/pi^2."""
    return float(2.0 * zeta(3) * T_MeV**3 / np.pi**2)


def nuclei_of(steps: AbundanceSteps) -> Array:
    """Return the last abundances of the network in the order of NUCLEI."""
    last = dict(zip(SPECIES, steps.Y[-1], strict=True))
    return np.array([last.get(name, 0.0) for name in NUCLEI])


def decay_source(
    history: History, steps: AbundanceSteps, M_N_MeV: float, tau_N_s: float, Omega_b_h2: float
) -> DecaySource:
    """Return what ACROPOLIS needs; DomainError if N make no photons that break nuclei or leave the history too late."""
    if M_N_MeV <= 2.0 * BREAKUP_MEV:
        raise DomainError(
            f"photons of {0.5 * M_N_MeV:g} MeV break no nuclei: M_N must exceed {2.0 * BREAKUP_MEV:g} MeV"
        )
    t, ln_T = history.t_s, history.ln_T_gamma_MeV
    start = START * tau_N_s
    if not t[0] < start < t[-1]:
        raise DomainError(f"the history from {t[0]:g} to {t[-1]:g} s does not contain 0.05 lifetimes, {start:g} s")
    T_0 = float(np.exp(np.interp(np.log(start), np.log(t), ln_T)))
    # interpolated as rho a^3 e^{t/tau}, which is constant for N at rest
    comoving = history.rho_N_MeV4 * np.exp(3.0 * history.ln_a + np.minimum(t / tau_N_s, 300.0))
    ln_a = float(np.interp(np.log(start), np.log(t), history.ln_a))
    rho = float(np.interp(np.log(start), np.log(t), comoving)) * np.exp(-3.0 * ln_a - START)
    table = cosmo_frame(free_streaming(history, T_LAST_MEV), Omega_b_h2, POINTS)
    return DecaySource(
        M_N_MeV,
        tau_N_s,
        T_0,
        rho / M_N_MeV / photons_MeV3(T_0),
        float(baryon_density_MeV3(np.zeros(1), Omega_b_h2)[0]) / photons_MeV3(T_CMB_MEV),
        nuclei_of(steps),
        table[list(COLUMNS)].to_numpy(dtype=np.float64),
    )


WARM_UP: dict[str, object] = {
    "M_N_MeV": 10.0,
    "tau_N_s": 1e5,
    "T_0_MeV": 1e-2,
    "n_N_per_photon": 1e-9,
    "branching_to_photons": BRANCHING_TO_PHOTONS,
    "baryons_per_photon": None,
    "nuclei": None,
    "history": None,
}
"""A request that needs no history of ours: its photons of 5 MeV take every path through ACROPOLIS that is compiled."""


def as_request(source: DecaySource) -> dict[str, object]:
    """Return a point as plain numbers, for a process of another environment."""
    return {
        "M_N_MeV": source.M_N_MeV,
        "tau_N_s": source.tau_N_s,
        "T_0_MeV": source.T_0_MeV,
        "n_N_per_photon": source.n_N_per_photon,
        "branching_to_photons": BRANCHING_TO_PHOTONS,
        "baryons_per_photon": source.baryons_per_photon,
        "nuclei": source.nuclei.tolist(),
        "history": source.history.tolist(),
    }


def observables(nuclei: Array) -> dict[str, float]:
    """Return Y_p, D/H, 3He/H, 7Li/H from n_i/n_b of NUCLEI; unstable ones count as what they decay to."""
    Y = dict(zip(NUCLEI, nuclei, strict=True))
    hydrogen = Y["p"]
    return {
        "Y_p": 4.0 * Y["He4"],
        "D_H": Y["d"] / hydrogen,
        "He3_H": (Y["He3"] + Y["t"]) / hydrogen,
        "Li7_H": (Y["Li7"] + Y["Be7"]) / hydrogen,
    }
