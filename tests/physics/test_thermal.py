"""The momentum integrals of ideal gases against quadrature, limits and thermodynamics."""

from itertools import pairwise
from math import exp, pi, sqrt

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import zeta

from nudipole.cosmology.degrees_of_freedom import ideal_gases
from nudipole.cosmology.thermal import Statistics, reduced_integrals
from nudipole.errors import DomainError

QUADRATURE = 1e-10
"""scipy.quad is asked for 1e-12; the sums of both keep ten digits."""


def integrate(x: float, eta: int, weight) -> float:
    def integrand(q: float) -> float:
        E = sqrt(q * q + x * x)
        return weight(q, E, exp(x - E) / (1.0 + eta * exp(-E)), 1.0 / (1.0 + eta * exp(-E)))

    scale = 1.0 + sqrt(x)
    edges = [0.0, 0.3 * scale, scale, 3.0 * scale, 8.0 * scale, 20.0 * scale, 60.0 * scale]
    return sum(quad(integrand, a, b, epsrel=1e-12, epsabs=0.0)[0] for a, b in pairwise(edges))


@pytest.mark.parametrize("statistics", [Statistics.FERMI, Statistics.BOSE])
@pytest.mark.parametrize("x", [0.01, 0.5, 3.0, 30.0, 300.0])
def test_integrals_agree_with_adaptive_quadrature(x, statistics):
    j, eta = reduced_integrals(x, statistics), int(statistics)
    assert j.n == pytest.approx(integrate(x, eta, lambda q, E, f, s: q * q * f), rel=QUADRATURE, abs=0)
    assert j.rho == pytest.approx(integrate(x, eta, lambda q, E, f, s: q * q * E * f), rel=QUADRATURE, abs=0)
    assert pytest.approx(integrate(x, eta, lambda q, E, f, s: q**4 / (3 * E) * f), rel=QUADRATURE, abs=0) == j.P
    assert pytest.approx(integrate(x, eta, lambda q, E, f, s: q * q * E * E * f * s), rel=QUADRATURE, abs=0) == j.K


@pytest.mark.parametrize(
    ("statistics", "n", "rho"),
    [(Statistics.FERMI, 1.5 * zeta(3), 7 * pi**4 / 120), (Statistics.BOSE, 2 * zeta(3), pi**4 / 15)],
)
def test_massless_limits(statistics, n, rho):
    j = reduced_integrals(0.0, statistics)
    # the integrals stop at E = 45 T, e^-45 45^3 = 3e-15
    assert j.n == pytest.approx(n, rel=1e-12, abs=0)
    assert j.rho == pytest.approx(rho, rel=1e-12, abs=0)
    assert pytest.approx(rho / 3, rel=1e-12, abs=0) == j.P
    assert pytest.approx(4 * rho, rel=1e-12, abs=0) == j.K


def test_heavy_limit_is_a_classical_gas():
    x = 1e6
    j = reduced_integrals(x, Statistics.FERMI)
    # J_n e^x = sqrt(pi/2) x^{3/2} (1 + 15/(8 x)): the next terms are 1e-12
    assert j.n == pytest.approx(sqrt(pi / 2) * x**1.5 * (1 + 15 / (8 * x)), rel=1e-10, abs=0)
    assert j.P / j.n == pytest.approx(1.0, rel=1e-10, abs=0)


def test_gases_are_thermodynamically_consistent():
    T, h = np.array([12.0, 35.0, 80.0, 120.0]), 1e-4
    centre, up, down = (ideal_gases(T * (1 + d)) for d in (0.0, h, -h))
    dP = (up.P * (T * (1 + h)) ** 4 - down.P * (T * (1 - h)) ** 4) / (2 * h * T**4)
    d2P = (up.dP * (1 + h) ** 3 - down.dP * (1 - h) ** 3) / (2 * h)
    # central differences: (m/T)^2 h^2/6 with m/T up to 11, 2e-7
    np.testing.assert_allclose(dP, centre.dP, rtol=1e-6)
    np.testing.assert_allclose(d2P, centre.d2P, rtol=1e-6)


@pytest.mark.parametrize("x", [-1.0, np.inf, np.nan])
def test_masses_without_meaning_are_refused(x):
    with pytest.raises(DomainError, match="x = m/T"):
        reduced_integrals(x, Statistics.FERMI)
