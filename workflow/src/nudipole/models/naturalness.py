"""The Dirac mass that comes with a moment, and the moment that is natural for a given mixing.

New physics at a scale Lambda gives both: closing the photon line of the dipole gives a Dirac mass nu-N, so a large
moment with a small mass is a tuning, unless a symmetry forbids the mass (Voloshin).
"""

import numpy as np
from numpy.typing import ArrayLike

from nudipole.constants import M_E_MEV, MEV_PER_TEV
from nudipole.errors import DomainError
from nudipole.models.checks import Array, positive, share

ESTIMATES = {"loop": 1.0, "half": 0.5}
"""Order-one conventions of the estimate m_nuN = c Lambda^2 mu/(m_e mu_B): both stand in the literature."""


def dirac_mass_MeV(mu_nu_muB: ArrayLike, *, Lambda_TeV: float, delta: float = 1.0, estimate: str = "loop") -> Array:
    """Return m_nuN = c delta (mu/mu_B) Lambda^2/m_e, 19.57 MeV for 1e-11 mu_B and 1 TeV.

    c: 1 (`loop`) or 1/2 (`half`), an order-one convention. delta: breaking of a horizontal SU(2) under which
    (nu_L^c, N_R) is a doublet; the dipole is a singlet, the mass a triplet and forbidden for delta = 0 (Voloshin).
    """
    moments = positive("mu_nu_muB", mu_nu_muB)
    return moments * _scale2_MeV(Lambda_TeV, delta, estimate)


def natural_moment_muB(
    M_N_MeV: ArrayLike, *, Lambda_TeV: float, s_max: float, delta: float = 1.0, estimate: str = "loop"
) -> Array:
    """Return the moment whose Dirac mass mixes N by s_max: mu_nat = s_max M_N/(c delta Lambda^2/m_e) mu_B.

    5.1e-13 mu_B (M_N/MeV) s_max (TeV/Lambda)^2 for c = delta = 1; larger moments need a tuning. The mixing is
    sin(theta) = m_nuN/M_N.
    """
    masses, mixing = positive("M_N_MeV", M_N_MeV), float(share("s_max", s_max))
    return mixing * masses / _scale2_MeV(Lambda_TeV, delta, estimate)


def largest_breaking(
    mu_nu_muB: ArrayLike, M_N_MeV: ArrayLike, *, Lambda_TeV: float, s_max: float, estimate: str = "loop"
) -> Array:
    """Return the largest breaking delta of Voloshin's symmetry for which a moment mixes N by no more than s_max.

    delta = mu_nat/mu with mu_nat of `natural_moment_muB` without the symmetry; 1 where the moment needs none.
    """
    natural = natural_moment_muB(M_N_MeV, Lambda_TeV=Lambda_TeV, s_max=s_max, estimate=estimate)
    return np.minimum(natural / positive("mu_nu_muB", mu_nu_muB), 1.0)


def _scale2_MeV(Lambda_TeV: float, delta: float, estimate: str) -> float:
    """Return c delta Lambda^2/m_e, the Dirac mass of one Bohr magneton."""
    if estimate not in ESTIMATES:
        raise DomainError(f"unknown estimate {estimate!r}; choose one of {', '.join(ESTIMATES)}")
    scale_MeV = MEV_PER_TEV * float(positive("Lambda_TeV", Lambda_TeV))
    return ESTIMATES[estimate] * float(share("delta", delta)) * scale_MeV**2 / M_E_MEV
