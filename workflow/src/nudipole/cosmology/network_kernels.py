"""Kernels of the nuclear network: rates, fluxes, Jacobian and the adaptive Rosenbrock integration in x = ln a.

With Y_i = n_i/n_b every reaction i + j <-> k + l has the flux (1/H) (f Y_i Y_j - r Y_k Y_l) per unit of x, halved on a
side with two equal partners; it is taken from i and j and given to k and l. n <-> p has (1/H) (l_np Y_n - l_pn Y_p).
"""

from math import exp, log
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from nudipole.compilation import BORROWS, INNER, KERNEL
from nudipole.constants import K_B_MEV_PER_K
from nudipole.cosmology.nuclear import PHOTON, Network, reaction_rates
from nudipole.cosmology.rosenbrock import ALPHA, GAMMA, STAGES, A, C, D, error_norm, step_factor
from nudipole.cosmology.splines import SplineTable, locate

Array = NDArray[np.float64]

LN_T_GAMMA, LN_H, LN_N_TO_P, LN_P_TO_N = range(4)
"""Columns of the background (MeV, s^-1, s^-1, s^-1), splines in x."""

OK, TOO_MANY_STEPS, STEP_UNDERFLOW = range(3)
MAX_STEPS = 20000
FIRST_STEP, SMALLEST_STEP = 1e-4, 1e-12
# error_model="numpy": a division by zero ends in a rejected step, not in an exception.
_LN_MEV_PER_T9 = log(1e9 * K_B_MEV_PER_K)
_NUCLEI = 8


class Problem(NamedTuple):
    """What the integration needs besides the state: ln_density_0 = ln(n_b0/N_A [mol cm^-3]) today."""

    background: SplineTable
    network: Network
    ln_density_0: float
    rtol: float
    atol: Array


class Work(NamedTuple):
    """Space of one integration: rates, Jacobian, factors, stages, d/dx, and the vectors of a step."""

    R: Array
    J: Array
    M: Array
    K: Array
    slope: Array
    start: Array
    right: Array
    state: Array


@njit(**BORROWS)
def fill_rates(p: Problem, x: float, active: int, R: Array) -> None:
    """Write rates over H: rows forward, reverse, and the derivatives of both by x; the last column is n <-> p."""
    index, offset = locate(p.background, x)
    c = p.background.coefficients
    H, slope_H, slope_T = 0.0, 0.0, 0.0
    last = R.shape[1] - 1
    for column in range(4):
        c3, c2, c1, c0 = c[index, column, 0], c[index, column, 1], c[index, column, 2], c[index, column, 3]
        value = ((c3 * offset + c2) * offset + c1) * offset + c0
        slope = (3.0 * c3 * offset + 2.0 * c2) * offset + c1
        if column == LN_T_GAMMA:
            slope_T = slope
            if active > 0:
                reaction_rates(p.network, value - _LN_MEV_PER_T9, p.ln_density_0 - 3.0 * x, R)
        elif column == LN_H:
            H = exp(value)
            slope_H = slope
        else:
            row = column - LN_N_TO_P
            R[row, last] = exp(value) / H
            R[2 + row, last] = R[row, last] * (slope - slope_H)
    for r in range(active):
        R[0, r] /= H
        R[1, r] /= H
        dilution = 0.0 if p.network.partners[r, 3] == PHOTON else -3.0
        R[2, r] = R[0, r] * (R[2, r] * slope_T - 3.0 - slope_H)
        R[3, r] = R[1, r] * (R[3, r] * slope_T + dilution - slope_H)


@njit(**BORROWS)
def fluxes(network: Network, ahead: Array, back: Array, active: int, Y: Array, dY: Array) -> None:
    """Write dY/dx (module docstring) with the rates of forward and reverse reactions: two rows of fill_rates."""
    last = ahead.shape[0] - 1
    weak = ahead[last] * Y[0] - back[last] * Y[1]
    for i in range(_NUCLEI):
        dY[i] = 0.0
    dY[0] = -weak
    dY[1] = weak
    for r in range(active):
        i, j, k, m = network.partners[r, 0], network.partners[r, 1], network.partners[r, 2], network.partners[r, 3]
        forward = ahead[r] * Y[i] * Y[j]
        if i == j:
            forward *= 0.5
        reverse = back[r] * Y[k]
        if m != PHOTON:
            reverse *= 0.5 * Y[m] if m == k else Y[m]
        flux = forward - reverse
        dY[i] -= flux
        dY[j] -= flux
        dY[k] += flux
        if m != PHOTON:
            dY[m] += flux


@njit(**BORROWS, **INNER)
def _add_column(J: Array, i: int, j: int, k: int, m: int, column: int, slope: float) -> None:
    """Subtract a flux's derivative by one abundance from the rows of i and j, add it to those of k and m."""
    J[i, column] -= slope
    J[j, column] -= slope
    J[k, column] += slope
    if m != PHOTON:
        J[m, column] += slope


@njit(**BORROWS)
def jacobian(network: Network, R: Array, active: int, Y: Array, J: Array) -> None:
    """Write d(dY/dx)/dY."""
    last = R.shape[1] - 1
    for i in range(_NUCLEI):
        for j in range(_NUCLEI):
            J[i, j] = 0.0
    J[0, 0] = -R[0, last]
    J[0, 1] = R[1, last]
    J[1, 0] = R[0, last]
    J[1, 1] = -R[1, last]
    for r in range(active):
        i, j, k, m = network.partners[r, 0], network.partners[r, 1], network.partners[r, 2], network.partners[r, 3]
        f, b = R[0, r], R[1, r]
        # Of two equal partners, Y^2/2, one derivative is enough.
        _add_column(J, i, j, k, m, i, f * Y[j])
        if i != j:
            _add_column(J, i, j, k, m, j, f * Y[i])
        _add_column(J, i, j, k, m, k, -b * (1.0 if m == PHOTON else Y[m]))
        if m not in (PHOTON, k):
            _add_column(J, i, j, k, m, m, -b * Y[k])


@njit(**BORROWS, **INNER)
def _factorise(M: Array) -> None:
    """Replace M by its L and U, the diagonal of U inverted.

    No pivoting: 1/(h GAMMA) - J has a positive diagonal, and by conservation of nucleons its columns, weighted with
    the nucleon numbers, are diagonally dominant but for the catalytic terms.
    """
    for k in range(_NUCLEI):
        M[k, k] = 1.0 / M[k, k]
        for i in range(k + 1, _NUCLEI):
            if M[i, k] != 0.0:
                factor = M[i, k] * M[k, k]
                M[i, k] = factor
                for j in range(k + 1, _NUCLEI):
                    M[i, j] -= factor * M[k, j]


@njit(**BORROWS, **INNER)
def _solve(M: Array, b: Array, x: Array) -> None:
    """Write the solution of M x = b with the factors of _factorise."""
    for i in range(_NUCLEI):
        total = b[i]
        for j in range(i):
            total -= M[i, j] * x[j]
        x[i] = total
    for i in range(_NUCLEI - 1, -1, -1):
        total = x[i]
        for j in range(i + 1, _NUCLEI):
            total -= M[i, j] * x[j]
        x[i] = total * M[i, i]


@njit(**BORROWS)
def equilibrium(network: Network, R: Array, Y: Array) -> None:
    """Write the abundances of nuclei in statistical equilibrium with n and p: every forward equals its reverse flux."""
    for i in range(2, _NUCLEI):
        Y[i] = -1.0
    # Each pass finds the nuclei one reaction further away; He4, Li7 and Be7 are within three.
    for _ in range(4):
        for r in range(network.beta.size):
            i, j, k, m = network.partners[r, 0], network.partners[r, 1], network.partners[r, 2], network.partners[r, 3]
            if Y[i] < 0.0 or Y[j] < 0.0:
                continue
            product = R[0, r] / R[1, r] * Y[i] * Y[j] * (0.5 if i == j else 1.0)
            if m == PHOTON and Y[k] < 0.0:
                Y[k] = product
            elif m != PHOTON and Y[k] >= 0.0 and Y[m] < 0.0:
                Y[m] = product / Y[k]


@njit(**BORROWS, **INNER)
def _begin(p: Problem, x: float, active: int, Y: Array, w: Work) -> None:
    """Rates and Jacobian at the start of a step and, in slope, the explicit derivative d(dY/dx)/dx."""
    fill_rates(p, x, active, w.R)
    jacobian(p.network, w.R, active, Y, w.J)
    fluxes(p.network, w.R[2], w.R[3], active, Y, w.slope)
    fluxes(p.network, w.R[0], w.R[1], active, Y, w.start)


@njit(**BORROWS, **INNER)
def _step(p: Problem, x: float, h: float, active: int, Y: Array, w: Work) -> float:
    """Write the state at x + h to w.state and return the norm of its error (module rosenbrock)."""
    for i in range(_NUCLEI):
        for j in range(_NUCLEI):
            w.M[i, j] = -w.J[i, j]
        w.M[i, i] += 1.0 / (h * GAMMA)
        w.right[i] = w.start[i]
    _factorise(w.M)
    for s in range(STAGES):
        for i in range(_NUCLEI):
            w.state[i] = Y[i]
            for q in range(s):
                w.state[i] += A[s, q] * w.K[q, i]
        # Stages 4 and 5 are both at x + h.
        if 0 < s < 5:
            fill_rates(p, x + ALPHA[s] * h, active, w.R)
        if s > 0:
            fluxes(p.network, w.R[0], w.R[1], active, w.state, w.right)
        for i in range(_NUCLEI):
            w.right[i] += h * D[s] * w.slope[i]
            for q in range(s):
                w.right[i] += C[s, q] * w.K[q, i] / h
        _solve(w.M, w.right, w.K[s])
    for i in range(_NUCLEI):
        w.state[i] += w.K[5, i]
    return error_norm(w.K[5], Y, w.state, p.rtol, p.atol)


@njit(**KERNEL)
def integrate(
    p: Problem, x: float, x_end: float, active: int, Y: Array, trajectory: Array, row: int
) -> tuple[int, int, float]:
    """Advance Y from x to x_end; return the status, the number of rows of trajectory (x, Y) used, and the x reached.

    RODAS4 (module rosenbrock). On failure Y is the last accepted state. active: reactions in use (0: only n <-> p).
    """
    n = _NUCLEI
    R, J, M, K = np.zeros((4, p.network.beta.size + 1)), np.empty((n, n)), np.empty((n, n)), np.empty((STAGES, n))
    w = Work(R, J, M, K, np.empty(n), np.empty(n), np.empty(n), np.empty(n))
    h, previous, fresh = FIRST_STEP, 0.0, True
    for _ in range(MAX_STEPS):
        if fresh:
            _begin(p, x, active, Y, w)
        h = min(h, x_end - x)
        norm = _step(p, x, h, active, Y, w)
        factor = step_factor(norm, previous)
        fresh = norm <= 1.0
        previous = norm if fresh else 0.0
        if fresh:
            x += h
            for i in range(n):
                Y[i] = w.state[i]
            if row < trajectory.shape[0]:
                trajectory[row, 0] = x
                for i in range(n):
                    trajectory[row, 1 + i] = Y[i]
                row += 1
            if x_end - x < SMALLEST_STEP:
                return OK, row, x
        h *= factor
        if h < SMALLEST_STEP:
            return STEP_UNDERFLOW, row, x
    return TOO_MANY_STEPS, row, x
