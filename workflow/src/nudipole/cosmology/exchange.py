"""Energy between N and the plasma at one instant: the kernels that both forms of the equations share."""

from math import cosh, exp, sinh, sqrt

from numba import njit

from nudipole.compilation import BORROWS, INNER

SERIES = 0.1
"""Below this z the closed forms lose digits; the series are then good to 1e-14."""


@njit(**BORROWS, **INNER)
def temperatures(photon_share: float, exact: bool, T_gamma: float, T_nu: float) -> tuple[float, float]:
    """Return the temperatures at which the two partners of the inverse decay are."""
    if photon_share == 1.0:
        return T_gamma, T_gamma
    if photon_share == 0.0:
        return T_nu, T_nu
    if exact:
        return T_gamma, T_nu
    mean = 0.5 * (T_gamma + T_nu)
    return mean, mean


@njit(**BORROWS)
def inverse_decay(E: float, p: float, beta_gamma: float, beta_nu: float) -> tuple[float, float]:
    """Return (I, I_gamma): occupation that inverse decays aim at, and the same times the photon energy [MeV].

    I = (1/p) int_{(E-p)/2}^{(E+p)/2} dE_g e^{-E_g beta_gamma - (E - E_g) beta_nu}, the photon energy E_g being flat
    between its ends; I_gamma has E_g in the integrand. With y = E_g - E/2 and z = p (beta_gamma - beta_nu)/2:
    I = e^{-E (beta_gamma + beta_nu)/2} sinh(z)/z and I_gamma = E I/2 - e^{...} (p/2) d/dz[sinh(z)/z].
    """
    exponent = 0.5 * E * (beta_gamma + beta_nu)
    z = 0.5 * p * (beta_gamma - beta_nu)
    if exponent - abs(z) > 300.0:
        return 0.0, 0.0
    if abs(z) < SERIES:
        z2 = z * z
        damping = exp(-exponent)
        flat = damping * (1.0 + z2 / 6.0 * (1.0 + z2 / 20.0 * (1.0 + z2 / 42.0)))
        slope = damping * z / 3.0 * (1.0 + z2 / 10.0 * (1.0 + z2 / 28.0 * (1.0 + z2 / 54.0)))
    elif abs(z) < 1.0:
        damping = exp(-exponent)
        flat = damping * sinh(z) / z
        slope = (damping * cosh(z) - flat) / z
    else:
        # one exponential each, so that a large z does not overflow before the damping acts
        up, down = exp(z - exponent), exp(-z - exponent)
        flat = 0.5 * (up - down) / z
        slope = (0.5 * (up + down) - flat) / z
    return flat, 0.5 * (E * flat - p * slope)


@njit(**BORROWS, **INNER)
def occupation(E: float, T: float, statistics: float) -> float:
    """Return 1/(e^{E/T} + statistics)."""
    x = E / T
    if x > 300.0:
        return 0.0
    return 1.0 / (exp(x) + statistics)


@njit(**BORROWS, **INNER)
def hubble(rho: float, inverse_planck: float) -> float:
    """Return H [MeV] = sqrt(8 pi rho/3)/M_Pl for inverse_planck = sqrt(8 pi/3)/M_Pl."""
    return inverse_planck * sqrt(rho)
