"""Scalar leptoquark S_1 ~ (3bar, 1, 1/3): the moment from a loop of bottom quark and leptoquark.

L = y1 bbar^c_R N_R S_1 + y2 Qbar_3L L^c S_1^dagger. The chirality flips on the bottom quark, so mu_nu grows with m_b.
"""

from enum import StrEnum
from math import pi, sqrt

import numpy as np
from numpy.typing import ArrayLike

from nudipole.constants import M_E_MEV, MEV_PER_GEV, MEV_PER_TEV
from nudipole.errors import DomainError
from nudipole.models.checks import Array, positive
from nudipole.models.loops import dipole_loop

N_COLOURS = 3
Q_BOTTOM_BAR, Q_LEPTOQUARK_BAR = 1.0 / 3.0, -1.0 / 3.0
"""N turns into an anti-bottom and an anti-leptoquark."""
Y_PERTURBATIVE = sqrt(4.0 * pi)
"""Couplings above this are not perturbative."""


class Formula(StrEnum):
    """How the moment is computed."""

    ONE_LOOP = "one-loop"
    """The full loop."""
    TALK = "talk"
    """Leading logarithm with twice its prefactor, as in a talk that is cited for 3e-11 mu_B at 1 TeV."""


def moment_muB(
    y1y2: ArrayLike, M_LQ_TeV: ArrayLike, *, m_b_GeV: float, formula: Formula | str = Formula.ONE_LOOP
) -> Array:
    """Return mu_nu [mu_B] for the product of couplings and the leptoquark's mass; the arguments broadcast.

    one-loop: mu = e m_b y1 y2/(16 pi^2 M^2) [I_F(r) + I_S(r)], r = m_b^2/M^2, which is N_c (Q_F I_F - Q_S I_S) of
    `loops.dipole_loop`; talk: e m_b y1 y2 |ln r|/(8 pi^2 M^2), twice the leading logarithm of the loop. With
    mu_B = e/(2 m_e) both are multiplied by 2 m_e/e. It scales as (y1 y2/0.05)(TeV/M)^2 up to the logarithm: 1.347e-11
    mu_B there with the loop, 2.964e-11 as in the talk, for m_b = 4.18 GeV (MSbar at its own scale). DomainError for
    arguments that are not positive, and for a leptoquark not heavier than the bottom quark in the formula of the talk.
    """
    product, mass_MeV = positive("y1y2", y1y2), MEV_PER_TEV * positive("M_LQ_TeV", M_LQ_TeV)
    m_b_MeV = MEV_PER_GEV * float(positive("m_b_GeV", m_b_GeV))
    r = (m_b_MeV / mass_MeV) ** 2
    scale = 2.0 * M_E_MEV * m_b_MeV * product / (16.0 * pi**2 * mass_MeV**2)
    if _formula(formula) is Formula.TALK:
        if (r >= 1.0).any():
            raise DomainError("formula talk is a logarithm of M_LQ/m_b: M_LQ_TeV must exceed m_b_GeV, or use one-loop")
        return 2.0 * scale * np.abs(np.log(r))
    return scale * N_COLOURS * dipole_loop(r, Q_fermion=Q_BOTTOM_BAR, Q_scalar=Q_LEPTOQUARK_BAR)


def coupling_product(
    mu_nu_muB: ArrayLike, M_LQ_TeV: ArrayLike, *, m_b_GeV: float, formula: Formula | str = Formula.ONE_LOOP
) -> Array:
    """Return the y1 y2 that gives a moment [mu_B] at a leptoquark mass: the inverse of `moment_muB`, linear in it."""
    return positive("mu_nu_muB", mu_nu_muB) / moment_muB(1.0, M_LQ_TeV, m_b_GeV=m_b_GeV, formula=formula)


def dirac_mass_MeV(y1y2: ArrayLike, *, m_b_GeV: float, log: ArrayLike = 1.0) -> Array:
    """Return an estimate of the Dirac mass nu-N that the loop without the photon gives, m_nuN [MeV].

    m_nuN = N_c y1 y2 m_b/(16 pi^2) log, 4.0 MeV at y1 y2 = 0.05 and m_b = 4.18 GeV for log = 1. The loop diverges:
    int_0^{Lambda^2} K^2 dK^2/[(K^2 + m_b^2)(K^2 + M^2)] = ln(Lambda^2/M^2) + O(m_b^2/M^2), so log = ln(Lambda^2/M^2) if
    the mass vanishes at Lambda > M, and there is no ln(M^2/m_b^2) in it, unlike in the moment.
    """
    product, m_b_MeV = positive("y1y2", y1y2), MEV_PER_GEV * float(positive("m_b_GeV", m_b_GeV))
    return N_COLOURS * product * m_b_MeV * positive("log", log) / (16.0 * pi**2)


def _formula(name: Formula | str) -> Formula:
    try:
        return Formula(name)
    except ValueError:
        raise DomainError(f"unknown formula {str(name)!r}; choose one of {', '.join(Formula)}") from None
