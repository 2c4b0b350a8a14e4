"""The stiffly accurate Rosenbrock method RODAS4: coefficients, and the choice of the next step.

Hairer and Wanner, Solving Ordinary Differential Equations II (1996), Section IV.7, in the form of their code
RODAS (E. Hairer, University of Geneva, coefficient set METH = 1), order 4 with an embedded solution of order 3.
For y' = f(x, y) with Jacobian J = df/dy, one step of length h solves for i = 1..6

    (1/(h GAMMA) - J) k_i = f(x + ALPHA_i h, y + sum_{j<i} A_ij k_j) + (1/h) sum_{j<i} C_ij k_j + h D_i df/dx

The argument of f at stage 6 plus k_6 is the new y (stiffly accurate), and k_6 is the estimate of its error.
An autonomous system needs neither ALPHA nor D. ALPHA, A, C, D are arrays over stages counted from 0.
"""

from math import isfinite, sqrt

import numpy as np
from numba import njit
from numpy.typing import NDArray

from nudipole.compilation import BORROWS, INNER

Array = NDArray[np.float64]

STAGES = 6
GAMMA = 0.25
"""Diagonal of the method: one LU factorisation of 1/(h GAMMA) - J serves all stages."""

ALPHA: Array = np.array([0.0, 0.386, 0.21, 0.63, 1.0, 1.0])
"""Abscissae of the stages in units of the step."""

D: Array = np.array([0.25, -0.1043, 0.1035, -0.0362, 0.0, 0.0])
"""Weights of the explicit derivative df/dx (gamma_i in the book)."""

A: Array = np.array(
    [
        [0.0, 0.0, 0.0, 0.0, 0.0],
        [1.544, 0.0, 0.0, 0.0, 0.0],
        [0.9466785280815826, 0.2557011698983284, 0.0, 0.0, 0.0],
        [3.314825187068521, 2.896124015972201, 0.9986419139977817, 0.0, 0.0],
        [1.221224509226641, 6.019134481288629, 12.53708332932087, -0.6878860361058950, 0.0],
        [1.221224509226641, 6.019134481288629, 12.53708332932087, -0.6878860361058950, 1.0],
    ]
)
"""Weights of the earlier stages in the argument of f."""

C: Array = np.array(
    [
        [0.0, 0.0, 0.0, 0.0, 0.0],
        [-5.6688, 0.0, 0.0, 0.0, 0.0],
        [-2.430093356833875, -0.2063599157091915, 0.0, 0.0, 0.0],
        [-0.1073529058151375, -9.594562251023355, -20.47028614809616, 0.0, 0.0],
        [7.496443313967647, -10.24680431464352, -33.99990352819905, 11.70890893206160, 0.0],
        [8.083246795921522, -7.981132988064893, -31.52159432874371, 16.31930543123136, -6.058818238834054],
    ]
)
"""Weights of the earlier stages on the right-hand side, in units of 1/h."""

ORDER = 4

SAFETY = 0.9
SHRINK = 0.2
GROW = 6.0
"""The step changes by at least SHRINK and at most GROW, and aims at SAFETY of the tolerance (RODAS defaults)."""


@njit(**BORROWS, **INNER)
def error_norm(error: Array, old: Array, new: Array, rtol: float, atol: Array) -> float:
    """Largest |error|/(atol + rtol max(|old|, |new|)): a step with 1 or less is accepted; inf in place of NaN."""
    norm = 0.0
    for i in range(error.size):
        ratio = abs(error[i]) / (atol[i] + rtol * max(abs(old[i]), abs(new[i])))
        if not isfinite(ratio):
            return np.inf
        norm = max(norm, ratio)
    return norm


@njit(**BORROWS, **INNER)
def step_factor(norm: float, previous: float) -> float:
    """Return the factor to the next step from the error norms of this step and of the last accepted one.

    The elementary controller SAFETY norm^{-1/4}; after an accepted step (norm <= 1) with a predecessor
    (previous > 0) also Gustafsson's predictive one, SAFETY previous^{1/4} norm^{-1/2}, the smaller of the two
    (Hairer and Wanner, Section IV.8, without the ratio of the steps). After a rejection pass previous = 0.
    """
    if norm <= 0.0:
        return GROW
    factor = SAFETY / norm**0.25
    if norm <= 1.0 and previous > 0.0:
        factor = min(factor, SAFETY * max(previous, 1e-2) ** 0.25 / sqrt(norm))
    return float(max(SHRINK, min(GROW, factor)))
