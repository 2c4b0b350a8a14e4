"""The nuclear reactions of nucleosynthesis: 8 species, 12 reactions, forward and reverse rates."""

from dataclasses import dataclass
from math import exp
from typing import NamedTuple

import numpy as np
import pandas as pd
from numba import njit
from numpy.typing import NDArray

from nudipole.compilation import BORROWS
from nudipole.cosmology.splines import SplineTable, locate, spline_table
from nudipole.errors import DataError, DomainError

Array = NDArray[np.float64]
Indices = NDArray[np.int64]

SPECIES = ("n", "p", "d", "t", "He3", "He4", "Li7", "Be7")
NEUTRON, PROTON, DEUTERON, TRITON, HELIUM3, HELIUM4, LITHIUM7, BERYLLIUM7 = range(8)
NUCLEONS: Array = np.array([1.0, 1.0, 2.0, 3.0, 3.0, 4.0, 7.0, 7.0])
PHOTON = -1
"""Stands for the missing second product of a radiative capture."""

UNIFORM = 1e-5
"""Largest relative scatter of the steps in ln T9 of a table: they are uniform to the digits of its temperatures."""

RATE_SUFFIX = "_cm3_per_mol_s"


class Network(NamedTuple):
    """The reactions in the form the kernels take; partners has shape (reactions, 4), a pair in and a pair out.

    forward holds ln(N_A <sigma v>) [cm^3 mol^-1 s^-1] as splines in ln T9; reverse = forward exp(ln_alpha + beta
    ln T9 + gamma_T9/T9), times the molar density [mol cm^-3] only if there are two products.
    """

    partners: Indices
    ln_alpha: Array
    beta: Array
    gamma_T9: Array
    forward: SplineTable


@dataclass(frozen=True)
class NuclearRates:
    """The reactions and the table of their rates, checked and interpolated."""

    reactions: tuple[str, ...]
    T9: Array
    network: Network


def nuclear_rates(reactions: pd.DataFrame, rates: pd.DataFrame) -> NuclearRates:
    """Return the rates of the bundled tables nuclear_reactions and nuclear_rates_*; DataError if they do not fit.

    ln(rate) is a cubic spline in ln T9. Rates of charged nuclei are e^{-c/T9^{1/3}} times a slow factor: a straight
    line in ln-ln has an error of h^2 c/(72 T9^{1/3}), the cubic of order h^4, down to the roughness of the tables:
    kinks at their original nodes, below 1e-3 for the rates that set Y_p and D/H. Leaving out every second node moves
    Y_p by 6e-9, D/H by 1.5e-5 and 7Li/H by 2e-4 relatively. Outside the table the end values hold; above T9 = 10 every
    abundance is in equilibrium, which the reverse rates keep exact.
    """
    names = tuple(str(name) for name in reactions["reaction"])
    missing = [name for name in names if name + RATE_SUFFIX not in rates.columns]
    if missing:
        raise DataError(f"the table of nuclear rates has no column for {', '.join(missing)}; use a matching pair")
    T9 = np.array(rates["T9"], dtype=np.float64)
    values = np.array([rates[name + RATE_SUFFIX] for name in names], dtype=np.float64)
    if T9.size < 4 or not (np.isfinite(values) & (values > 0.0)).all() or not (np.isfinite(T9) & (T9 > 0.0)).all():
        raise DataError("nuclear rates need 4 temperatures or more and positive finite values")
    steps = np.diff(np.log(T9))
    if not np.all(np.abs(steps / steps.mean() - 1.0) < UNIFORM):
        raise DataError("nuclear rates need temperatures that are uniform in ln T9")
    network = Network(
        partners=_partners(reactions),
        ln_alpha=np.log(np.array(reactions["reverse_alpha"], dtype=np.float64)),
        beta=np.array(reactions["reverse_beta"], dtype=np.float64),
        gamma_T9=np.array(reactions["reverse_gamma_T9"], dtype=np.float64),
        forward=spline_table(float(np.log(T9[0])), float(np.log(T9[-1])), np.log(values)),
    )
    return NuclearRates(names, T9, network)


def _partners(reactions: pd.DataFrame) -> Indices:
    """Return the species of every reaction; DataError for an unknown one or if nucleons are not conserved."""
    partners = np.full((len(reactions), 4), PHOTON, dtype=np.int64)
    for place, side in enumerate(("reactant_1", "reactant_2", "product_1", "product_2")):
        for row, species in enumerate(reactions[side]):
            # A missing product is the photon of a capture.
            empty = place == 3 and (pd.isna(species) or species == "")
            if not empty and species not in SPECIES:
                raise DataError(f"column '{side}', row {row + 1}: '{species}' is none of {', '.join(SPECIES)}")
            partners[row, place] = PHOTON if empty else SPECIES.index(species)
    nucleons = np.append(NUCLEONS, 0.0)[partners]
    bad = np.flatnonzero(nucleons[:, :2].sum(1) != nucleons[:, 2:].sum(1))
    if bad.size:
        raise DataError(f"nuclear reactions, row {bad[0] + 1}: nucleons are not conserved")
    return partners


@njit(**BORROWS)
def reaction_rates(network: Network, ln_T9: float, ln_density: float, out: Array) -> None:
    """Write rows forward, reverse, and their logarithmic derivatives by ln T9 at fixed density, shape (4, reactions).

    Rates are per second and for Y_i Y_j or Y_k: ln_density is the logarithm of n_b/N_A [mol cm^-3].
    """
    index, offset = locate(network.forward, ln_T9)
    # The spline holds its end values outside the table, where the slope is zero.
    start, step = network.forward.start, network.forward.step
    inside = 1.0 if start < ln_T9 < start + step * network.forward.coefficients.shape[0] else 0.0
    per_T9 = exp(-ln_T9)
    c = network.forward.coefficients
    for r in range(network.beta.size):
        c3, c2, c1, c0 = c[index, r, 0], c[index, r, 1], c[index, r, 2], c[index, r, 3]
        ln_rate = ((c3 * offset + c2) * offset + c1) * offset + c0 + ln_density
        slope = inside * ((3.0 * c3 * offset + 2.0 * c2) * offset + c1)
        ratio = network.ln_alpha[r] + network.beta[r] * ln_T9 + network.gamma_T9[r] * per_T9
        if network.partners[r, 3] == PHOTON:
            ratio -= ln_density
        out[0, r] = exp(ln_rate)
        out[1, r] = exp(ln_rate + ratio)
        out[2, r] = slope
        out[3, r] = slope + network.beta[r] - network.gamma_T9[r] * per_T9


def rates_per_s(nuclear: NuclearRates, T9: float, density_mol_per_cm3: float) -> tuple[Array, Array]:
    """Return (forward, reverse) rates [s^-1] of all reactions, which multiply Y_i Y_j (or Y_k of a capture)."""
    if not (np.isfinite(T9) and T9 > 0.0 and np.isfinite(density_mol_per_cm3) and density_mol_per_cm3 > 0.0):
        raise DomainError(f"T9 = {T9} and density_mol_per_cm3 = {density_mol_per_cm3} must be positive and finite")
    out = np.empty((4, len(nuclear.reactions)))
    reaction_rates(nuclear.network, float(np.log(T9)), float(np.log(density_mol_per_cm3)), out)
    return out[0], out[1]
