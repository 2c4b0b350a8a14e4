"""Proper lifetime of N by its decay N -> nu gamma, and the moment that gives one."""

import numpy as np
from numpy.typing import ArrayLike

from nudipole import units
from nudipole.models.checks import Array, positive


def proper_lifetime_s(M_N_MeV: ArrayLike, mu_nu_muB: float, *, majorana: bool = False) -> Array:
    """Return tau_N [s] of `nudipole.units.lifetime_s`, Gamma = mu^2 M^3/(16 pi), for checked arguments.

    3768 s (1e-11 mu_B/mu)^2 (MeV/M_N)^3 for a Dirac N, half of it for a Majorana N. DomainError unless both are
    positive.
    """
    masses, moment = positive("M_N_MeV", M_N_MeV), float(positive("mu_nu_muB", mu_nu_muB))
    return np.asarray(units.lifetime_s(masses, moment, majorana=majorana))


def lifetime_line_muB(M_N_MeV: ArrayLike, *, tau_s: float, majorana: bool = False) -> Array:
    """Return the moment [mu_B] with which N lives for tau: mu = sqrt(tau_N(M_N, 1 mu_B)/tau) mu_B, M_N of any shape.

    6.14e-10 mu_B (MeV/M_N)^(3/2) (s/tau)^(1/2) for a Dirac N. DomainError unless both are positive.
    """
    return np.sqrt(proper_lifetime_s(M_N_MeV, 1.0, majorana=majorana) / float(positive("tau_s", tau_s)))
