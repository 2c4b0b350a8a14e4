"""Momentum integrals of ideal gases at zero chemical potential, as functions of x = m/T.

With E = sqrt(q^2 + x^2) and f = 1/(e^E + eta), eta = +1 (Fermi-Dirac) or -1 (Bose-Einstein):
    J_n = int q^2 f dq,  J_rho = int q^2 E f dq,  J_P = (1/3) int q^4/E f dq,  K = int q^2 E^2 f (1 - eta f) dq
so that n = g T^3 J_n/(2 pi^2), rho = g T^4 J_rho/(2 pi^2), P = g T^4 J_P/(2 pi^2) and T drho/dT = g T^4 K/(2 pi^2).
"""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nudipole.errors import DomainError

Array = NDArray[np.float64]

NODES = 96
"""Gauss-Legendre nodes in u = sqrt(E - x); against scipy.quad every integral is good to 1e-12 for x <= 300."""
DEPTH = 45.0
"""Energies more than 45 T above the mass are cut off: e^-45 = 3e-20."""


class Statistics(IntEnum):
    """Quantum statistics; the value is the sign in 1/(e^E + eta)."""

    BOSE = -1
    FERMI = 1


@dataclass(frozen=True)
class ReducedIntegrals:
    """The four integrals times e^x, which stays of order one at large x; shapes as x."""

    n: Array
    rho: Array
    P: Array
    K: Array


def reduced_integrals(x: ArrayLike, statistics: Statistics) -> ReducedIntegrals:
    """Return J_n, J_rho, J_P and K times e^x for x = m/T >= 0; DomainError for a negative or infinite x.

    With E = x + u^2 the momentum q = u sqrt(u^2 + 2 x) has no square-root singularity at threshold.
    """
    mass = np.asarray(x, dtype=np.float64)
    if not (np.isfinite(mass) & (mass >= 0.0)).all():
        raise DomainError("x = m/T must be finite and not negative")
    nodes, weights = np.polynomial.legendre.leggauss(NODES)
    depth = np.sqrt(DEPTH)
    u, w = 0.5 * depth * (nodes + 1.0), 0.5 * depth * weights
    m = mass[..., None]
    kinetic = u**2
    E = m + kinetic
    q = u * np.sqrt(kinetic + 2.0 * m)
    # q dq = E dE and dE = 2 u du
    measure = w * 2.0 * u * q * E
    # e^x f, and e^x f (1 - eta f) = e^x f^2 e^E
    occupation = np.exp(-kinetic) / (1.0 + int(statistics) * np.exp(-E))
    stimulated = occupation / (1.0 + int(statistics) * np.exp(-E))
    return ReducedIntegrals(
        n=(measure * occupation).sum(-1),
        rho=(measure * E * occupation).sum(-1),
        P=(measure * q**2 / (3.0 * E) * occupation).sum(-1),
        K=(measure * E**2 * stimulated).sum(-1),
    )
