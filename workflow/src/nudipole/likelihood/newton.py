"""The Newton step of a bounded minimisation: an active set and a scaled Cholesky decomposition."""

from math import sqrt

from numba import njit

from nudipole.compilation import INNER, KERNEL

RIDGE = 1e-15
"""Smallest pivot of the Hessian scaled to a unit diagonal."""
INDEFINITE = -1e-9
"""A pivot below this is no rounding: the Hessian is not positive definite."""
GRADIENT, STEP, SCALE, CROSS = 0, 1, 3, 4
"""Rows of the vectors, as in nudipole.likelihood.profile."""
FREE, INDEX = 0, 1
"""Rows of the flags: which parameters move, and the list of them."""


@njit(**KERNEL, **INNER)
def _factor(matrices, vectors, flags, k, count, with_cross):  # type: ignore[no-untyped-def]
    """Write the Cholesky factor of the scaled Hessian of the listed parameters; return the smallest pivot.

    Without the scaling the ridge of a column that expects 1e10 events would drown one that expects ten.
    """
    lowest = 1.0
    for a in range(count):
        row = flags[INDEX, a]
        for b in range(a + 1):
            column = flags[INDEX, b]
            total = matrices[0, row, column]
            if with_cross and row == k and column < k:
                total += vectors[CROSS, column]
            total *= vectors[SCALE, a] * vectors[SCALE, b]
            for c in range(b):
                total -= matrices[1, a, c] * matrices[1, b, c]
            if a == b:
                lowest = min(lowest, total)
                # columns that no datum tells apart have no curvature: the ridge keeps their step finite
                matrices[1, a, a] = sqrt(max(total, RIDGE))
                matrices[2, 0, a] = 1.0 / matrices[1, a, a]
            else:
                matrices[1, a, b] = total * matrices[2, 0, b]
    return lowest


@njit(**KERNEL, **INNER)
def solve_free(matrices, vectors, flags, size, k):  # type: ignore[no-untyped-def]
    """Write -H^-1 g on the free parameters (zero elsewhere) to the step."""
    count = 0
    for j in range(size):
        vectors[STEP, j] = 0.0
        if flags[FREE, j]:
            flags[INDEX, count] = j
            diagonal = matrices[0, j, j]
            vectors[SCALE, count] = 1.0 / sqrt(diagonal) if diagonal > 0.0 else 1.0
            count += 1
    joint = count > 0 and flags[INDEX, count - 1] == k
    if _factor(matrices, vectors, flags, k, count, joint) < INDEFINITE and joint:
        _factor(matrices, vectors, flags, k, count, False)
    for a in range(count):
        total = -vectors[GRADIENT, flags[INDEX, a]] * vectors[SCALE, a]
        for c in range(a):
            total -= matrices[1, a, c] * matrices[2, 1, c]
        matrices[2, 1, a] = total * matrices[2, 0, a]
    for a in range(count - 1, -1, -1):
        total = matrices[2, 1, a]
        for c in range(a + 1, count):
            total -= matrices[1, c, a] * matrices[2, 1, c]
        matrices[2, 1, a] = total * matrices[2, 0, a]
        vectors[STEP, flags[INDEX, a]] = matrices[2, 1, a] * vectors[SCALE, a]


@njit(**KERNEL, **INNER)
def _decrement(vectors, size):  # type: ignore[no-untyped-def]
    total = 0.0
    for j in range(size):
        total -= vectors[GRADIENT, j] * vectors[STEP, j]
    return total


@njit(**KERNEL, **INNER)
def _move_best_alone(fixed, size, matrices, vectors, flags, decrement):  # type: ignore[no-untyped-def]
    """Replace the step by that of the held parameter that gains most, if any gains more; return the decrement."""
    best = -1
    for j in range(size):
        held = fixed[j] if j < len(fixed) else False
        if not held and not flags[FREE, j] and vectors[GRADIENT, j] < 0.0:
            alone = vectors[GRADIENT, j] ** 2 / max(matrices[0, j, j], 1e-300)
            if alone > decrement:
                best, decrement = j, alone
    if best >= 0:
        for j in range(size):
            vectors[STEP, j] = 0.0
        vectors[STEP, best] = -decrement / vectors[GRADIENT, best]
    return decrement


@njit(**KERNEL, **INNER)
def choose_direction(p, joint, lower, fixed, matrices, vectors, flags, tolerance):  # type: ignore[no-untyped-def]
    """Write the Newton step that leaves no bound it sits on; return its decrement -g.step.

    A parameter at its bound is let go if -2 ln L falls inwards. Where the step of the others would push it back out
    it stays, unless that leaves nothing to gain: then the one that gains most is moved alone.
    """
    k = len(lower)
    size = k + 1 if joint else k
    for j in range(size):
        bound = lower[j] if j < k else 0.0
        held = fixed[j] if j < k else False
        flags[FREE, j] = not held and (p[j] > bound or vectors[GRADIENT, j] < 0.0)
    blocked = True
    while blocked:
        solve_free(matrices, vectors, flags, size, k)
        blocked = False
        for j in range(size):
            if flags[FREE, j] and p[j] <= (lower[j] if j < k else 0.0) and vectors[STEP, j] < 0.0:
                flags[FREE, j] = False
                blocked = True
    decrement = _decrement(vectors, size)
    return decrement if decrement >= tolerance else _move_best_alone(fixed, size, matrices, vectors, flags, decrement)
