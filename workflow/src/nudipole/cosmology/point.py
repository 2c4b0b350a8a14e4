"""One point of the plane: the history of the universe with N in it, and what it leaves."""

from collections.abc import Mapping
from dataclasses import dataclass

from nudipole.cosmology.background import Background, Status
from nudipole.cosmology.network import Abundances, abundances_by_network
from nudipole.cosmology.network import Status as NetworkStatus
from nudipole.cosmology.nuclear import NuclearRates
from nudipole.cosmology.weak_rates import WeakRates
from nudipole.errors import DomainError

PHOTODISINTEGRATION_M_MEV, PHOTODISINTEGRATION_TAU_S = 4.45, 1e4
"""Photons of N above twice the deuteron's binding energy, late enough not to lose it on the CMB's tail
(arXiv:1503.04852): D/H changes after nucleosynthesis, which is not computed here."""
NETWORK_TOLERANCE = 0.2
"""Tolerance of the network over that of the background: both then move Y_p alike, by 1e-7 for rtol 1e-5."""
DISTORTION_TAU_S = (5e5, 1e13)
"""Decays between these distort the CMB's spectrum (arXiv:1910.04619)."""


@dataclass(frozen=True)
class Nucleosynthesis:
    """What turns a history into abundances."""

    networks: Mapping[str, NuclearRates]
    weak: WeakRates
    Omega_b_h2: float
    tau_n_s: float
    rtol: float


@dataclass(frozen=True)
class Point:
    """A solved point: the background, the abundances by set of nuclear rates, and flags.

    weak_rates_extrapolated: T_nu/T_gamma left the table of n <-> p rates while they mattered.
    """

    background: Background
    abundances: Mapping[str, Abundances]
    status: Status
    photodisintegration: bool
    spectral_distortion: bool
    weak_rates_extrapolated: bool


def late_decays(M_N_MeV: float, tau_N_s: float) -> tuple[bool, bool]:
    """Return whether decays photodisintegrate nuclei, and whether they distort the CMB's spectrum."""
    breaks = M_N_MeV > PHOTODISINTEGRATION_M_MEV and tau_N_s > PHOTODISINTEGRATION_TAU_S
    return breaks, DISTORTION_TAU_S[0] < tau_N_s < DISTORTION_TAU_S[1]


def evaluate_point(background: Background, M_N_MeV: float, nucleosynthesis: Nucleosynthesis) -> Point:
    """Return the abundances of a history with every set of nuclear rates; an unsolved history has none.

    A history that the network refuses, or fails on, is an unsolved point and no error: one point must not stop a scan.
    """
    flags = late_decays(M_N_MeV, background.tau_N_s)
    history = background.history
    if history is None:
        return Point(background, {}, background.status, *flags, weak_rates_extrapolated=False)
    n = nucleosynthesis
    options = {"Omega_b_h2": n.Omega_b_h2, "tau_n_s": n.tau_n_s, "rtol": NETWORK_TOLERANCE * n.rtol}
    try:
        abundances = abundances_by_network(history, n.networks, n.weak, **options)
    except DomainError:
        return Point(background, {}, Status.NETWORK_FAILED, *flags, weak_rates_extrapolated=False)
    failed = any(found.status is not NetworkStatus.OK for found in abundances.values())
    status = Status.NETWORK_FAILED if failed else background.status
    return Point(background, abundances, status, *flags, weak_rates_extrapolated=n.weak.left_table(history))
