"""nu + gamma* -> N (M > m_T) and gamma* -> N + nubar (M < m_T) with photons of mass m_T, by helicity of N.

With t = m_T^2, K_h as in `scattering_kernels`, p1 q = (M^2 - t)/2 for inverse decay and (t - M^2)/2 for plasmon decay:

    Gamma_h = mu^2/(8 pi p E) int dE_1 X_h n(E_1),
    X_h = 2 (p1 q)(K q) - t (K p1)/2                  massive vector, three polarisations,
    X_h = 2 (p1 q)(K q) - t (K p1) - t K_T p1_T       transverse modes alone,

K_T, p1_T across the photon's momentum; K q = M^2 -+ K p1. n = f_nu f_gamma, (1 - f_nu)(1 + f_gamma) for inverse decay
and its inverse, (1 - f_nubar) f_gamma, f_nubar (1 + f_gamma) for plasmon decay and its inverse. The mean over h without
occupations is G_0 M/E, G_0 = mu^2 M^3/(16 pi) (1 - x)^2 (1 + x/2), x = m_T^2/M^2. At k >> omega_p no longitudinal
plasmon exists: `transverse` is the better one, (1 - x)^2 at large x.
"""

from math import expm1, pi, sqrt

from numba import njit

from nudipole.compilation import BORROWS
from nudipole.supernova.scattering_kernels import DEPTH, Array, lightlike, occupation


@njit(**BORROWS)
def _amplitude(E: float, p: float, M2: float, t: float, E_1: float, helicity: int, transverse: bool) -> float:
    """Return X_h; the side follows from M^2 - t, whose sign is that of p1 in q = p3 -+ p1."""
    side = 1.0 if t < M2 else -1.0
    k_0, k = lightlike(E, p, M2, helicity)
    p1_q = 0.5 * abs(M2 - t)
    # p1 p3 = |M^2 - t|/2 as well: q^2 = t fixes both
    p1_along = (E_1 * E - 0.5 * abs(M2 - t)) / p
    K_p1 = k_0 * E_1 - k * p1_along
    K_q = M2 - side * K_p1
    if not transverse:
        return 2.0 * p1_q * K_q - 0.5 * t * K_p1
    E_q = E - side * E_1
    q2 = E_q * E_q - t
    p1_along_q = E_1 * E_q - p1_q
    p1_across2 = max(E_1 * E_1 - p1_along_q * p1_along_q / q2, 0.0)
    return 2.0 * p1_q * K_q - t * K_p1 - side * t * (k / p) * p1_across2


@njit(**BORROWS)
def photon_rates(
    E: float, M: float, T: float, mu_nu: float, m_T2: float, transverse: bool, x: Array, w: Array
) -> tuple[float, float, float, float]:
    """Return the gain of h = +1 and -1 and the loss of h = +1 and -1 [MeV^3], mu = 1/MeV (module docstring)."""
    M2 = M * M
    p = sqrt((E - M) * (E + M))
    gap = abs(M2 - m_T2)
    low = 0.5 * gap / (E + p)
    if m_T2 < M2:
        high = 0.5 * gap * (E + p) / M2
    else:
        high = max(0.0, -mu_nu) + 2.0 * DEPTH * T
        if M > 0.0:
            high = min(high, 0.5 * gap * (E + p) / M2)
    a = b = c = d = 0.0
    if high > low:
        for i in range(x.size):
            E_1 = low + (high - low) * x[i]
            if m_T2 < M2:
                f, photons = occupation(E_1, mu_nu, T), 1.0 / expm1((E - E_1) / T)
                gain, loss = f * photons, (1.0 - f) * (1.0 + photons)
            else:
                f, photons = occupation(E_1, -mu_nu, T), 1.0 / expm1((E + E_1) / T)
                gain, loss = (1.0 - f) * photons, f * (1.0 + photons)
            plus = w[i] * _amplitude(E, p, M2, m_T2, E_1, 1, transverse)
            minus = w[i] * _amplitude(E, p, M2, m_T2, E_1, -1, transverse)
            a, b, c, d = a + gain * plus, b + gain * minus, c + loss * plus, d + loss * minus
    factor = max(high - low, 0.0) / (8.0 * pi * p * E)
    return factor * a, factor * b, factor * c, factor * d
