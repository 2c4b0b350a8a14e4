"""Surfaces over (M_N, mu): what each bound limits, over its limit; no limit is read off here."""

from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nudipole.config.model import Grid
from nudipole.constraints.supernova_model import Bound, Model
from nudipole.errors import ConvergenceError
from nudipole.limits.crossings import largest_ln_ratio

Array = NDArray[np.float64]
UNITS = {
    "variant": "",
    "constraint": "",
    "criterion": "",
    "flavour": "",
    "M_N_MeV": "MeV",
    "mu_nu_muB": "mu_B",
    "quantity": "",
    "unit": "",
    "value": "unit",
    "over_limit": "1",
}
HEAVIEST = 20.0
"""In units of the largest temperature: e^-20."""
PER_DECADE = 10
"""Moments a decade: edges interpolated between them are good to 1e-3 (tests)."""
TIP_STEPS = 8
"""Bisections of the mass at which a range of mu closes: to 1/256 of the distance of two masses."""
NEAR = 8
"""Moments on either side of the largest value that are looked at while the tip is searched."""
TIP_FRACTIONS = (0.5, 0.75, 0.9, 0.97, 0.995)
"""Further masses between the last one with a range and the tip."""


def masses_MeV(grid: Grid, points: int, T_MeV: float) -> Array:
    """Return masses uniform in 3 ln M + M/T: in ln M below the temperature, in M above it, where emission falls off.

    They end at HEAVIEST T, beyond which nothing is emitted that could be excluded, or with the grid.
    """
    heaviest = min(grid.M_N_max_MeV, max(HEAVIEST * T_MeV, 2.0 * grid.M_N_min_MeV))
    dense = np.geomspace(grid.M_N_min_MeV, heaviest, 20001)
    spacing = 3.0 * np.log(dense) + dense / T_MeV
    masses = np.interp(np.linspace(spacing[0], spacing[-1], points), spacing, dense)
    masses[0], masses[-1] = grid.M_N_min_MeV, heaviest
    return np.asarray(masses)


def moments_muB(grid: Grid) -> Array:
    """Return the moments of the surface, PER_DECADE a decade over the grid of the plane."""
    low, high = np.log10(grid.mu_nu_min_muB), np.log10(grid.mu_nu_max_muB)
    moments = np.logspace(low, high, int(np.ceil((high - low) * PER_DECADE)) + 1)
    moments[0], moments[-1] = grid.mu_nu_min_muB, grid.mu_nu_max_muB
    return moments


def tip_masses_MeV(model: Model, masses: Array, moments: Array, ratio: Array, bound: Bound, degenerate: bool) -> Array:
    """Return masses towards each place where the range of mu closes; ratio: over the limit, (masses, moments)."""
    added: list[float] = []
    inside = np.array([largest_ln_ratio(moments, row) > 0.0 for row in ratio])
    for i in np.flatnonzero(inside[1:] != inside[:-1]):
        within, without = (masses[i], masses[i + 1]) if inside[i] else (masses[i + 1], masses[i])
        start, peak = within, int(ratio[i if inside[i] else i + 1].argmax())
        near = moments[max(0, peak - NEAR) : peak + NEAR + 1]
        for _ in range(TIP_STEPS):
            middle = 0.5 * (within + without)
            value = model.values((bound,), middle, near, degenerate)[bound]
            if largest_ln_ratio(near, value / model.limit_of(bound)) > 0.0:
                within = middle
            else:
                without = middle
        added += [start + fraction * (within - start) for fraction in TIP_FRACTIONS] + [within]
    return np.array(added)


def surface_frame(
    model: Model,
    variant: str,
    bounds: tuple[Bound, ...],
    grid: Grid,
    flavours: tuple[str, ...],
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> pd.DataFrame:
    """Return all bounds on the grid of one variant; couplings with the same neutrinos have the same numbers."""
    frames = []
    for degenerate in sorted({model.is_degenerate(flavour) for flavour in flavours}):
        same = [flavour for flavour in flavours if model.is_degenerate(flavour) == degenerate]
        rows = _rows(model, bounds, grid, degenerate, progress)
        for flavour in same:
            frames.append(rows.assign(flavour=flavour))
    frame = pd.concat(frames, ignore_index=True).assign(variant=variant, criterion="")
    cooling = frame["constraint"] == str(Bound.COOLING)
    frame.loc[cooling, "criterion"] = str(model.config.criterion)
    return frame[list(UNITS)].sort_values(["constraint", "flavour", "M_N_MeV", "mu_nu_muB"], ignore_index=True)


def _rows(
    model: Model,
    bounds: tuple[Bound, ...],
    grid: Grid,
    degenerate: bool,
    progress: Callable[[int, int], None],
) -> pd.DataFrame:
    masses = masses_MeV(grid, model.config.masses, model.star.hottest_MeV)
    moments = moments_muB(grid)
    found = []
    for done, mass in enumerate(masses):
        found.append(model.values(bounds, float(mass), moments, degenerate))
        progress(done + 1, masses.size)
    frames = []
    for bound in bounds:
        ratio = np.array([values[bound] for values in found]) / model.limit_of(bound)
        if masses[-1] < grid.M_N_max_MeV and largest_ln_ratio(moments, ratio[-1]) > 0.0:
            raise ConvergenceError(
                f"{bound} still excludes moments at {masses[-1]:g} MeV, {HEAVIEST:g} times the largest temperature"
            )
        tips = tip_masses_MeV(model, masses, moments, ratio, bound, degenerate)
        extra = [model.values((bound,), float(mass), moments, degenerate)[bound] for mass in tips]
        table = np.array([values[bound] for values in found] + extra)
        frames.append(_frame(model, bound, np.concatenate([masses, tips]), moments, table))
    return pd.concat(frames, ignore_index=True)


def _frame(model: Model, bound: Bound, masses: Array, moments: Array, values: Array) -> pd.DataFrame:
    name, unit = model.quantity(bound)
    columns = {
        "constraint": str(bound),
        "M_N_MeV": np.repeat(masses, moments.size),
        "mu_nu_muB": np.tile(moments, masses.size),
        "quantity": name,
        "unit": unit,
        "value": values.ravel(),
        "over_limit": values.ravel() / model.limit_of(bound),
    }
    return pd.DataFrame(columns)
