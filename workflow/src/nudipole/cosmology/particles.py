"""Masses and degrees of freedom of the particles in the plasma (PDG 2024, Phys. Rev. D 110, 030001)."""

from dataclasses import dataclass
from math import exp

from nudipole.constants import M_E_MEV
from nudipole.cosmology.thermal import Statistics


@dataclass(frozen=True)
class Particle:
    """One species with its antiparticle.

    degrees_of_freedom: spin states of particle and antiparticle together, without colour. charge: in units of e.
    """

    name: str
    mass_MeV: float
    charge: float
    degrees_of_freedom: int
    statistics: Statistics
    colours: int = 1

    @property
    def states(self) -> int:
        """Spin states of particle and antiparticle in all colours."""
        return self.degrees_of_freedom * self.colours

    @property
    def charge_weight(self) -> float:
        """Q^2 N_c g: what the species counts for as a target of photon exchange."""
        return self.charge**2 * self.states


_F, _B = Statistics.FERMI, Statistics.BOSE

ELECTRON = Particle("e", M_E_MEV, -1.0, 4, _F)
MUON = Particle("mu", 105.6583755, -1.0, 4, _F)
TAU = Particle("tau", 1776.93, -1.0, 4, _F)
LEPTONS = (ELECTRON, MUON, TAU)

QUARKS = (
    Particle("u", 2.16, 2.0 / 3.0, 4, _F, 3),
    Particle("d", 4.70, -1.0 / 3.0, 4, _F, 3),
    Particle("s", 93.5, -1.0 / 3.0, 4, _F, 3),
    Particle("c", 1273.0, 2.0 / 3.0, 4, _F, 3),
    Particle("b", 4183.0, -1.0 / 3.0, 4, _F, 3),
    Particle("t", 172570.0, 2.0 / 3.0, 4, _F, 3),
)
"""Masses in the MS-bar scheme at 2 GeV (u, d, s) and at the mass itself (c, b), top from direct measurements."""

HADRONS = (
    Particle("pi+", 139.57039, 1.0, 2, _B),
    Particle("pi0", 134.9768, 0.0, 1, _B),
    Particle("K+", 493.677, 1.0, 2, _B),
    Particle("K0", 497.611, 0.0, 2, _B),
    Particle("eta", 547.862, 0.0, 1, _B),
    Particle("rho+", 775.11, 1.0, 6, _B),
    Particle("rho0", 775.26, 0.0, 3, _B),
    Particle("omega", 782.66, 0.0, 3, _B),
    Particle("K*+", 891.67, 1.0, 6, _B),
    Particle("K*0", 895.55, 0.0, 6, _B),
    Particle("p", 938.27208943, 1.0, 4, _F),
    Particle("n", 939.56542194, 0.0, 4, _F),
)
"""Hadrons up to the nucleons. With them g_*s of photons, leptons and hadrons is 0.7 % below the table at 100 MeV."""

T_QCD_MEV = 155.0
"""Pseudocritical temperature of the crossover, 156.5 +- 1.5 MeV (arXiv:1812.08235) to two digits."""
QCD_WIDTH_MEV = 15.0
"""The lattice charge susceptibility leaves the hadron gas within about this range of T_QCD (arXiv:1112.4416)."""

CHARGED_HADRONS = tuple(h for h in HADRONS if h.charge != 0.0)
TARGETS = LEPTONS + QUARKS + CHARGED_HADRONS


def quark_share(T_MeV: float) -> float:
    """Return the weight of quarks at T, 1/(1 + e^{(T_QCD - T)/width}); charged hadrons have the rest."""
    return 1.0 / (1.0 + exp(min((T_QCD_MEV - T_MeV) / QCD_WIDTH_MEV, 700.0)))
