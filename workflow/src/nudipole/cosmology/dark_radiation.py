"""Free dark radiation beside the neutrinos, for a particle that gives nothing to neutrinos.

Without nu-e exchange the neutrinos only redshift, and so does dark radiation: the solver carries both as one density
rho_nu (1 + dark), and T_nu of the history is afterwards that of the neutrinos alone. N_eff counts both.
"""

from dataclasses import replace
from math import log

from nudipole.cosmology.assumptions import Kinetics
from nudipole.cosmology.background import Accuracy, Background, InitialState, solve_background
from nudipole.cosmology.plasma import Medium
from nudipole.cosmology.relic import Relic
from nudipole.errors import DomainError

ROUNDS = 8
"""Of the fixed point for a wanted N_eff, which needs four to 1e-3."""


def solve_with_dark_radiation(
    relic: Relic, kinetics: Kinetics, medium: Medium, initial: InitialState, accuracy: Accuracy, dark: float
) -> Background:
    """Return the history with dark radiation of `dark` times the neutrinos' energy density."""
    if relic.photon_share != 1.0 or kinetics.weak_exchange or not kinetics.resolved:
        raise DomainError("dark radiation needs resolved momenta, decays to photons only, and no nu-e exchange")
    start = replace(initial, dark_radiation=dark)
    found = solve_background(relic, kinetics, medium, start, accuracy=accuracy)
    if found.history is None:
        return found
    neutrinos = found.history.ln_T_nu_MeV - 0.25 * log(1.0 + dark)
    return replace(found, history=replace(found.history, ln_T_nu_MeV=neutrinos))


def with_N_eff(
    relic: Relic, kinetics: Kinetics, medium: Medium, initial: InitialState, accuracy: Accuracy, N_eff: float
) -> Background:
    """Return the history with as much dark radiation as brings N_eff to the wanted value, none where it is above."""
    dark = 0.0
    found = solve_with_dark_radiation(relic, kinetics, medium, initial, accuracy, dark)
    for _ in range(ROUNDS):
        # N_eff is proportional to 1 + dark but for the change of H, which shifts the decays
        needed = max((1.0 + dark) * N_eff / found.N_eff - 1.0, 0.0) if found.status.solved else dark
        if abs(needed - dark) < 1e-3 * (1.0 + dark):
            break
        dark = needed
        found = solve_with_dark_radiation(relic, kinetics, medium, initial, accuracy, dark)
    return found
