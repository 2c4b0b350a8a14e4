"""Closure of the integrated equations: a gas of N that keeps the shape of an equilibrium distribution."""

from functools import lru_cache
from math import exp, log, pi

import numpy as np
from numba import njit

from nudipole.compilation import BORROWS, INNER
from nudipole.cosmology.splines import SplineTable, column, locate, spline_table
from nudipole.cosmology.thermal import Statistics, reduced_integrals

X_MIN, X_MAX = 1e-4, 1e8
NODES = 1600
"""Nodes in ln x: energy density and its exponent agree to 1e-9 with the integrals."""

LN_N, LN_RHO, EXPONENT = range(3)
"""Columns against ln x: ln(J_n e^x), ln(J_rho e^x) and the dilution exponent s = 3 (1 + P/rho)."""


@lru_cache(maxsize=2)
def gas_table(statistics: Statistics) -> SplineTable:
    """Return the columns LN_N, LN_RHO, EXPONENT of an ideal gas as splines in ln(m/T)."""
    ln_x = np.linspace(log(X_MIN), log(X_MAX), NODES)
    j = reduced_integrals(np.exp(ln_x), statistics)
    return spline_table(ln_x[0], ln_x[-1], np.stack([np.log(j.n), np.log(j.rho), 3.0 * (1.0 + j.P / j.rho)]))


@njit(**BORROWS, **INNER)
def equilibrium(gas: SplineTable, g: float, M: float, T: float) -> tuple[float, float]:
    """Return (rho_eq, M n_eq) of g states at temperature T [MeV^4]."""
    x = M / T
    index, offset = locate(gas, log(x))
    scale = g * T**4 / (2.0 * pi**2)
    rho = scale * exp(column(gas, index, offset, LN_RHO) - x)
    return rho, scale * x * exp(column(gas, index, offset, LN_N) - x)


@njit(**BORROWS, **INNER)
def shape(gas: SplineTable, M: float, T: float) -> tuple[float, float]:
    """Return (M n/rho, s) of a gas at temperature T; x = M/T."""
    x = M / T
    index, offset = locate(gas, log(x))
    ratio = x * exp(column(gas, index, offset, LN_N) - column(gas, index, offset, LN_RHO))
    return ratio, column(gas, index, offset, EXPONENT)
