"""N_R(p) + X -> nu + X by exchange of a screened photon: cross section and thermal average of one target.

With S = s - m^2, tau = |t| and lambda = (s - m^2 - M^2)^2 - 4 m^2 M^2, target X of mass m and unit charge:
    dsigma/dtau = alpha mu^2 A/(lambda tau),  A = S (S - tau) - M^2 (s - tau/2) + M^4/2 - M^4 m^2/tau,
the bracket of `nudipole.cross_sections` (arXiv:2007.15563, eq. 7) in invariants, times S^2/lambda for the flux of the
reverse reaction. Exact in M and m. A > 0 between the limits
    tau_+ = [S^2 - M^2 (s + m^2) + S sqrt(lambda)]/(2 s),   tau_- = M^4 m^2/(s tau_+).
The sum over the spins of N is given to its active helicity, exact for E >> M, where the other one does not scatter. At
T < M the rate grows like M^2 T ln: decay with the photon absorbed by X, part of the order-alpha T/M correction to the
decay rate, whose logarithm other terms would cancel; decays are faster there.
Screening: 1/tau -> 1/(tau + m_D^2), or tau/(tau + m_D^2)^2 (`squared`). Bosons scatter like fermions of
the same charge: for scalars A has tau^2/4 more (massless limit), +1/8 on ln(s/m_D^2) - 1.
No Pauli blocking of the products.

Thermal average, sigma v = sqrt(lambda) sigma/(2 E_N E), target energies from E_- to E_+ reaching a given s:
    G/mu^2 = alpha g/(16 pi^2 E_N p) int dy I Phi,   I = int A/(tau + m_D^2) dtau,   Phi = int_{E_-}^{E_+} f dE,
y the rapidity, ds = sqrt(lambda) dy. It is smooth in w: E_- = m + w^2, k_- = w sqrt(2 m + w^2), dy = 2 dw w/k_-,
S - M^2 = 2 (E_N E_- + p k_-), sqrt(lambda) = 2 (p E_- + E_N k_-), E_+ - E_- = p sqrt(lambda)/M^2.
Everything here is in units of the temperature.
"""

from math import exp, expm1, log1p, pi, sqrt

import numpy as np
from numba import njit

from nudipole.compilation import BORROWS, INNER, KERNEL
from nudipole.constants import ALPHA
from nudipole.cosmology.splines import Array

DEPTH = 40.0
"""Kinetic energies of targets above 40 T are left out: e^-40."""
FARTHEST = 10.0
"""sinh(y/2) of the lowest rapidity of a target that runs ahead of N: what lies below adds less than e^-12."""


@njit(**BORROWS)
def transfer_integral(M2: float, m2: float, excess: float, root: float, D: float, squared: bool) -> float:
    """Return int A/(tau + D) dtau, or int A tau/(tau + D)^2 dtau; excess = s - m^2 - M^2, root = sqrt(lambda)."""
    S = excess + M2
    s = S + m2
    upper = (S * S - M2 * (s + m2) + S * root) / (2.0 * s)
    b = M2 * M2 * m2
    lower = b / (s * upper)
    width = S * root / s
    a_0, a_1 = S * S - M2 * s + 0.5 * M2 * M2, S - 0.5 * M2
    log_D = log1p(width / (lower + D))
    if squared:
        poles = (b + a_0 * D + a_1 * D * D) * width / ((lower + D) * (upper + D))
        return (a_0 + 2.0 * a_1 * D) * log_D - a_1 * width - poles
    total = (a_0 + a_1 * D) * log_D - a_1 * width
    if b > 0.0 and lower > 0.0:
        total -= b / D * (log1p(D / lower) - log1p(D / upper))
    return total


@njit(**BORROWS, **INNER)
def target_rate(
    p: float, M: float, m: float, eta: float, D: float, squared: bool, nodes: Array, weights: Array
) -> float:
    """Return e^{m/T} G/(mu^2 T^3) of one state (g = 1) of unit charge; p, M, m and sqrt(D) over T.

    eta = +1 (fermions), -1 (bosons); nodes and weights of Gauss-Legendre on [0, 1].
    """
    M2 = M * M
    E = sqrt(p * p + M2)
    reach = sqrt(DEPTH)
    # the rapidity of N itself bounds that of the target from below
    bound = FARTHEST if M == 0.0 else min(FARTHEST, p / sqrt(2.0 * M * (E + M)))
    bottom = -min(reach, bound * sqrt(2.0 * m))
    rest = exp(-m)
    total = 0.0
    for i in range(nodes.shape[0]):
        w = bottom + (reach - bottom) * nodes[i]
        slope = sqrt(2.0 * m + w * w)
        energy, k = m + w * w, w * slope
        excess, root = 2.0 * (E * energy + p * k), 2.0 * (p * energy + E * k)
        decay = exp(-w * w)
        span = 1.0
        upper = 0.0
        if M2 > 0.0:
            gap = p * root / M2
            span = -expm1(-gap)
            upper = exp(-w * w - gap)
        phi = log1p(eta * rest * decay * span / (1.0 + eta * rest * upper)) / (eta * rest)
        if rest < 1e-12:
            phi = decay * span
        total += weights[i] * transfer_integral(M2, m * m, excess, root, D, squared) * phi * 2.0 / slope
    return ALPHA * total * (reach - bottom) / (16.0 * pi**2 * E * p)


@njit(**KERNEL)
def rate_grid(
    p: Array, M: Array, m: Array, eta: Array, share: Array, D: Array, squared: bool, nodes: Array, weights: Array
) -> Array:
    """Return c = G/(mu^2 T^3) of shape (temperatures, momenta): M and D of shape (n,), m and share of (n, species).

    share is Q^2 N_c g with the QCD weight; a species with less than 1e-6 of the rate of the first is left out.
    """
    out = np.zeros((M.shape[0], p.shape[0]))
    for i in range(M.shape[0]):
        for k in range(m.shape[1]):
            weight = share[i, k] * exp(-m[i, k])
            if weight < 1e-6 * share[i, 0] * exp(-m[i, 0]):
                continue
            for j in range(p.shape[0]):
                out[i, j] += weight * target_rate(p[j], M[i], m[i, k], eta[k], D[i], squared, nodes, weights)
    return out
