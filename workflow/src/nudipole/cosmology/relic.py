"""The new particle of a solve: what the equations need to know of it, for N and for the axion-like particle."""

from dataclasses import dataclass
from math import isfinite, pi

from nudipole.constants import HBAR_MEV_S, MU_B_PER_MEV
from nudipole.cosmology.assumptions import Nature
from nudipole.cosmology.thermal import Statistics
from nudipole.errors import DomainError


@dataclass(frozen=True)
class Relic:
    """A particle that decays to two massless ones and changes into one of them on e+-.

    width_MeV: at rest. photon_share: part of the decay energy that photons get, 1/2 (nu gamma), 1 (photons only)
    or 0 (neutrinos only). coupling2_per_MeV2: mu^2 (or g^2) of the scattering rate c coupling^2 T^3.
    """

    M_MeV: float
    width_MeV: float
    statistics: Statistics
    states: int
    photon_share: float
    coupling2_per_MeV2: float
    scatters_to_photons: bool

    def __post_init__(self) -> None:
        """Refuse what has no meaning."""
        if not (isfinite(self.M_MeV) and self.M_MeV > 0.0):
            raise DomainError(f"the mass must be positive and finite, got {self.M_MeV} MeV")
        if not (isfinite(self.width_MeV) and self.width_MeV >= 0.0):
            raise DomainError(f"the width must be finite and not negative, got {self.width_MeV} MeV")
        if self.photon_share not in (0.0, 0.5, 1.0):
            raise DomainError(f"photon_share must be 0, 1/2 or 1, got {self.photon_share}")

    @property
    def lifetime_s(self) -> float:
        """Lifetime at rest, infinite without a width."""
        return HBAR_MEV_S / self.width_MeV if self.width_MeV > 0.0 else float("inf")


def dipole_N(M_N_MeV: float, mu_nu_muB: float, nature: Nature = Nature.DIRAC) -> Relic:
    """Return N with G_0 = mu^2 M^3/(16 pi), four states (Dirac); a Majorana N has two and twice the width."""
    if not (isfinite(mu_nu_muB) and mu_nu_muB >= 0.0):
        raise DomainError(f"mu_nu_muB must be finite and not negative, got {mu_nu_muB}")
    mu2 = (mu_nu_muB * MU_B_PER_MEV) ** 2
    majorana = nature is Nature.MAJORANA
    width = (2.0 if majorana else 1.0) * mu2 * M_N_MeV**3 / (16.0 * pi)
    return Relic(M_N_MeV, width, Statistics.FERMI, 2 if majorana else 4, 0.5, mu2, scatters_to_photons=False)


def axion(m_a_MeV: float, g_per_GeV: float) -> Relic:
    """Return an axion-like particle: one state, a <-> gamma gamma with G = g^2 m^3/(64 pi), gamma e <-> a e."""
    if not (isfinite(g_per_GeV) and g_per_GeV >= 0.0):
        raise DomainError(f"g_per_GeV must be finite and not negative, got {g_per_GeV}")
    g2 = (1e-3 * g_per_GeV) ** 2
    return Relic(m_a_MeV, g2 * m_a_MeV**3 / (64.0 * pi), Statistics.BOSE, 1, 1.0, g2, scatters_to_photons=True)
