"""Adaptive integration of one solve in ln a, from its initial state until N is gone."""

from math import exp, isfinite, log
from typing import NamedTuple

import numpy as np
from numba import njit

from nudipole.compilation import BORROWS, INNER, KERNEL
from nudipole.cosmology.arrow import SIZE, Arrow, factorise, new_arrow, solve
from nudipole.cosmology.heads import plasma_state
from nudipole.cosmology.integrated import integrated_rates
from nudipole.cosmology.momentum import momentum_rates, momentum_slopes, scattering_scale
from nudipole.cosmology.plasma import DRHO
from nudipole.cosmology.rosenbrock import GAMMA, STAGES, A, C
from nudipole.cosmology.splines import column
from nudipole.cosmology.system import COUPLED, HEADS, LN_A, LN_RHO, LN_TIME, U_EM, U_NU, Array, System

DONE, TOO_MANY_STEPS, STEP_TOO_SMALL, VANISHED = range(4)
"""How an integration ended."""

COLUMNS = 11
R_LN_A, R_TIME, R_LN_T_GAMMA, R_DLN_T_GAMMA, R_LN_T_NU, R_DLN_T_NU, R_RHO, R_DLN_RHO, R_RHO_N = range(COLUMNS - 2)
R_DRIFT, R_STIFFNESS = COLUMNS - 2, COLUMNS - 1
"""Columns of a record: one row a step, densities in MeV^4, derivatives with respect to ln a."""

DIFFERENCE = 1e-5
"""Step of the central differences in the heads: curvature and rounding errors of the Jacobian are below 1e-9. One-sided
differences are not enough: they cost four digits of energy conservation where nu-e exchange is stiff."""
FIRST_STEP, SMALLEST_STEP = 1e-4, 1e-15
FREE_GROWTH = 1e-3
"""In ln a: an N that starts far from an equilibrium with rates of 1e8 H needs steps of 1e-10."""


class Controls(NamedTuple):
    """When to stop and how exact to be.

    floor: part of rho_tot below which the energy of one bin is not resolved relatively. The solve ends when T_gamma
    is below T_end and N has lived decay_times lifetimes, or weighs less than negligible for good, or at t_end. N is
    dropped once it has lived that long and is heavier than decay_times temperatures.
    """

    inverse_planck: float
    rtol: float
    floor: float
    T_end: float
    decay_times: float
    negligible: float
    t_end: float
    largest_step: float


@njit(**KERNEL)
def derivative(s: System, inverse_planck: float, y: Array, rates: Array) -> None:
    """Write dy/d ln a in the chosen form of the equations."""
    if s.resolved:
        momentum_rates(s, inverse_planck, y, rates)
    else:
        integrated_rates(s, inverse_planck, y, rates)


@njit(**BORROWS, **INNER)
def total_density(inverse_planck: float, y: Array, rates: Array) -> float:
    """Return rho [MeV^4] from H = 1/(t d ln t/d ln a)."""
    bins = y.shape[0] - HEADS
    return float((rates[bins + LN_TIME] * exp(y[bins + LN_TIME]) * inverse_planck) ** -2)


@njit(**KERNEL)
def jacobian(
    s: System, inverse_planck: float, y: Array, rates: Array, arrow: Arrow, above: Array, below: Array
) -> None:
    """Write the arrow of dy/d ln a: heads by differences, bins analytically (the one fluid by differences).

    above and below are work space.
    """
    bins = arrow.diagonal.shape[0]
    for k in range(bins if s.resolved else 0, bins + COUPLED):
        kept = y[k]
        delta = DIFFERENCE if k == bins + LN_A else DIFFERENCE * max(abs(kept), 1e-12)
        y[k] = kept + delta
        derivative(s, inverse_planck, y, above)
        y[k] = kept - delta
        derivative(s, inverse_planck, y, below)
        y[k] = kept
        for j in range(bins + HEADS):
            slope = 0.5 * (above[j] - below[j]) / delta
            if j < bins and k < bins:
                arrow.diagonal[j] = slope
            elif j < bins:
                arrow.columns[j, k - bins] = slope
            elif k < bins:
                arrow.rows[j - bins, k] = slope
            else:
                arrow.corner[j - bins, k - bins] = slope
    arrow.corner[LN_TIME, LN_TIME] = -rates[bins + LN_TIME]
    if s.resolved:
        momentum_slopes(s, inverse_planck, y, rates, arrow)


@njit(**KERNEL, **INNER)
def stages(
    s: System,
    inverse_planck: float,
    y: Array,
    rates: Array,
    h: float,
    arrow: Arrow,
    k: Array,
    trial: Array,
    work: Array,
) -> None:
    """Write the six increments k and the new state (trial); the last increment is the error estimate."""
    size = y.shape[0]
    heads = np.empty(SIZE)
    for i in range(STAGES):
        if i == 0:
            for m in range(size):
                k[0, m] = rates[m]
        else:
            for m in range(size):
                trial[m] = y[m]
                for j in range(i):
                    trial[m] += A[i, j] * k[j, m]
            derivative(s, inverse_planck, trial, work)
            for m in range(size):
                k[i, m] = work[m]
                for j in range(i):
                    k[i, m] += C[i, j] / h * k[j, m]
        solve(arrow, k[i], heads)
    for m in range(size):
        trial[m] += k[STAGES - 1, m]


@njit(**BORROWS)
def error_norm(s: System, controls: Controls, y: Array, rates: Array, error: Array) -> float:
    """Return the largest error of a head, or the mean one of the bins, over what is allowed.

    The energy of a bin may be wrong by rtol of itself plus rtol floor of the total density.
    """
    bins = y.shape[0] - HEADS
    largest, total, everything = 0.0, 0.0, 0.0
    for i in range(HEADS):
        scaled = abs(error[bins + i]) / (abs(y[bins + i]) if i <= U_NU else 1.0)
        largest = max(largest, scaled)
        everything += scaled
    rho = total_density(controls.inverse_planck, y, rates)
    absolute = controls.floor * rho * exp(4.0 * y[bins + LN_A]) / s.rho_unit
    for j in range(bins):
        total += (error[j] / (abs(y[j]) + absolute)) ** 2
    # max() may pass over a NaN, a sum cannot
    if not isfinite(everything + total):
        return np.inf
    return float(max(largest, (total / max(bins, 1)) ** 0.5) / controls.rtol)


@njit(**BORROWS, **INNER)
def write_record(s: System, controls: Controls, y: Array, rates: Array, record: Array) -> None:
    """Write one row of the history; the drift is ln of the integrated over the actual density."""
    bins = y.shape[0] - HEADS
    plasma = plasma_state(s, y)
    record[R_LN_A], record[R_TIME] = y[bins + LN_A], exp(y[bins + LN_TIME])
    record[R_LN_T_GAMMA], record[R_LN_T_NU] = plasma.ln_T_gamma, log(plasma.T_nu)
    inertia = plasma.T_gamma**4 * column(s.plasma, plasma.cell, plasma.offset, DRHO)
    record[R_DLN_T_GAMMA] = (rates[bins + U_EM] / y[bins + U_EM] - 4.0) * plasma.rho_em / inertia
    record[R_DLN_T_NU] = 0.25 * rates[bins + U_NU] / y[bins + U_NU] - 1.0
    record[R_RHO] = total_density(controls.inverse_planck, y, rates)
    record[R_DLN_RHO] = rates[bins + LN_RHO]
    record[R_RHO_N] = record[R_RHO] - plasma.rho_em - plasma.rho_nu
    record[R_STIFFNESS] = (s.width + scattering_scale(s, plasma)) * rates[bins + LN_TIME] * record[R_TIME] * (bins > 0)
    record[R_DRIFT] = y[bins + LN_RHO] - log(record[R_RHO])


@njit(**BORROWS, **INNER)
def has_vanished(s: System, controls: Controls, record: Array) -> bool:
    """Return whether N is gone for good: it has decayed and its equilibrium is below e^-40.

    What is left of it is rounding, which decays much faster than H would amplify in the rates of change.
    """
    hottest = exp(max(record[R_LN_T_GAMMA], record[R_LN_T_NU]))
    return record[R_TIME] * s.width > controls.decay_times and s.M / hottest > controls.decay_times


@njit(**BORROWS, **INNER)
def is_over(s: System, controls: Controls, record: Array) -> bool:
    """Return whether nucleosynthesis is over and N cannot change the plasma any more, or recombination is reached."""
    if exp(record[R_LN_T_GAMMA]) > controls.T_end:
        return False
    t = record[R_TIME]
    if t >= controls.t_end or t * s.width > controls.decay_times:
        return True
    # until it decays, matter gains on radiation at most as sqrt(t)
    growth = max(1.0, 1.0 / (s.width * t)) ** 0.5 if s.width > 0.0 else 1.0
    return bool(record[R_RHO_N] / record[R_RHO] * growth < controls.negligible)


@njit(**KERNEL)
def advance(
    s: System, controls: Controls, y: Array, records: Array, count: int, h: float, until_vanished: bool
) -> tuple[int, int, float]:
    """Advance y until the end, or until N has vanished; one record a step (count 0: from the start of the history).

    Return (how it ended, records, next step).
    """
    size = y.shape[0]
    bins = size - HEADS
    rates, work, trial = np.zeros(size), np.empty(size), np.empty(size)
    k, arrow = np.empty((STAGES, size)), new_arrow(bins)
    derivative(s, controls.inverse_planck, y, rates)
    if count == 0:
        # t = 1/(2 H) as in radiation domination
        y[bins + LN_TIME] = log(0.5 * rates[bins + LN_TIME])
        derivative(s, controls.inverse_planck, y, rates)
        y[bins + LN_RHO] = log(total_density(controls.inverse_planck, y, rates))
        write_record(s, controls, y, rates, records[0])
        count = 1
    fresh, rejected = True, False
    while count < records.shape[0]:
        if fresh:
            jacobian(s, controls.inverse_planck, y, rates, arrow, work, trial)
        factorise(1.0 / (h * GAMMA), arrow)
        stages(s, controls.inverse_planck, y, rates, h, arrow, k, trial, work)
        error = error_norm(s, controls, y, rates, k[STAGES - 1])
        fresh = error <= 1.0
        if fresh:
            for m in range(size):
                y[m] = trial[m]
            derivative(s, controls.inverse_planck, y, rates)
            write_record(s, controls, y, rates, records[count])
            count += 1
            # no growth right after a rejected step, and little at a time: an error estimate may vanish by accident
            growth = 1.0 if rejected else (4.0 if h < FREE_GROWTH else 1.5)
            h *= min(growth, max(0.2, 0.9 * max(error, 1e-8) ** -0.25))
            # land on t_end: d ln t/d ln a is nearly constant there
            left = log(controls.t_end / records[count - 1, R_TIME]) / rates[bins + LN_TIME]
            h = min(h, controls.largest_step, max(left, 1e-4))
            if is_over(s, controls, records[count - 1]):
                return DONE, count, h
            if until_vanished and has_vanished(s, controls, records[count - 1]):
                return VANISHED, count, h
        else:
            h *= max(0.1, 0.9 * error**-0.25) if error < 1e12 else 0.1
            if h < SMALLEST_STEP:
                return STEP_TOO_SMALL, count, h
        rejected = not fresh
    return TOO_MANY_STEPS, count, h


def integrate(s: System, without: System, controls: Controls, start: Array, records: Array) -> tuple[int, int, Array]:
    """Integrate from start (bins, U_EM, U_NU), with the system without N once it is gone; one record a step.

    Return (how it ended, number of records, last state; the bins are those of N if it was still there).
    """
    bins = len(start) - 2
    y = np.concatenate([start, np.zeros(HEADS - 2)])
    ended, count, h = advance(s, controls, y, records, 0, FIRST_STEP, True)
    if ended == VANISHED:
        heads = y[bins:].copy()
        ended, count, h = advance(without, controls, heads, records, count, h, False)
        y = np.concatenate([np.zeros(bins), heads])
    return ended, count, y
