"""Neutron-proton conversion n <-> p by the weak interaction, with photons and neutrinos at two temperatures.

Born rates, Bernstein, Brown and Feinberg, Rev. Mod. Phys. 61 (1989) 25; Pitrou et al., arXiv:1801.08023, eqs. 78-79:

    tau_n Gamma_np = (1/F) int_{m_e}^inf p E dE {(E-Q)^2 f_nu(E-Q) [1 - f_e(E)] + (E+Q)^2 [1 - f_nu(E+Q)] f_e(E)}
    tau_n Gamma_pn = (1/F) int_{m_e}^inf p E dE {(E+Q)^2 f_nu(E+Q) [1 - f_e(E)] + (E-Q)^2 [1 - f_nu(E-Q)] f_e(E)}

with Q = m_n - m_p, f(E) = 1/(e^{E/T} + 1) at any sign of E (f_e at T_gamma, f_nu at T_nu; with a negative argument it
is the blocking factor of beta decay) and F = int_{m_e}^Q p E (Q-E)^2 dE, so that Gamma_np -> 1/tau_n in the cold.
The bundled rates have Coulomb, radiative and finite-mass corrections; their ratio to Born is a smooth function C of
(T_gamma, T_nu/T_gamma), and Born times C is the rate.
"""

from dataclasses import dataclass
from math import exp, sqrt

import numpy as np
import pandas as pd
from numba import njit
from numpy.typing import NDArray
from scipy.interpolate import RectBivariateSpline

from nudipole.compilation import BORROWS
from nudipole.constants import M_E_MEV, NEUTRON_PROTON_MASS_DIFFERENCE_MEV
from nudipole.cosmology.history import History
from nudipole.errors import DataError, DomainError

Array = NDArray[np.float64]

Q_MEV = NEUTRON_PROTON_MASS_DIFFERENCE_MEV
BELOW_Q, ABOVE_Q = 24, 32
"""Nodes from m_e to Q and above; against 80 + 160 nodes 4e-7 in n -> p, 5e-6 in p -> n for T_gamma > 0.05 MeV."""
DEPTH = 45.0
"""Energies more than 45 T above Q are cut off: e^-45 = 3e-20."""
LOWEST_T_MEV = 2.5e-3
"""e^{-Q/T - 45} underflows at 2 keV."""

COLD_P_TO_N_MEV = 0.06
"""Below, tau_n Gamma_pn < 1e-10 and the bundled rates lose their digits: C of p -> n keeps its value from here."""

FREEZE_OUT_MEV = (0.05, 3.0)
"""Where Y_p is decided: above, n/p is in equilibrium to 1e-4 at any C; below, only free decay is left."""


@dataclass(frozen=True)
class WeakRates:
    """C(T_nu/T_gamma, ln T_gamma) of n -> p and of p -> n, and the range of their table (T_gamma in MeV)."""

    C_n_to_p: RectBivariateSpline
    C_p_to_n: RectBivariateSpline
    T_MeV: tuple[float, float]
    ratio: tuple[float, float]

    def left_table(self, history: History) -> bool:
        """Whether T_nu/T_gamma leaves the table while T_gamma is in FREEZE_OUT_MEV.

        C is then that of the nearest ratio: exact phase space, corrections of some percent extrapolated as constant.
        """
        cold, hot = FREEZE_OUT_MEV
        deciding = (history.T_gamma_MeV > cold) & (history.T_gamma_MeV < hot)
        ratio = (history.T_nu_MeV / history.T_gamma_MeV)[deciding]
        return bool(np.any((ratio < self.ratio[0]) | (ratio > self.ratio[1])))


@njit(**BORROWS)
def _born(T_gamma: Array, T_nu: Array, rules: Array, out: Array) -> None:
    """Write tau_n Gamma_np and tau_n Gamma_pn (module docstring) to the rows of out.

    Gauss-Legendre from m_e to Q in E = m_e + (Q - m_e) u^2 (no square root at threshold), and above in E = Q + s u^2.
    rules has rows u and w, the nodes below Q first.
    """
    vacuum = 0.0
    for j in range(BELOW_Q):
        E = M_E_MEV + (Q_MEV - M_E_MEV) * rules[0, j] ** 2
        vacuum += 2.0 * rules[0, j] * rules[1, j] * sqrt((E - M_E_MEV) * (E + M_E_MEV)) * E * (Q_MEV - E) ** 2
    vacuum *= Q_MEV - M_E_MEV
    for i in range(T_gamma.size):
        reach = DEPTH * max(T_gamma[i], T_nu[i])
        shift = exp(-Q_MEV / T_nu[i])
        n_to_p = 0.0
        p_to_n = 0.0
        for j in range(rules.shape[1]):
            u = rules[0, j]
            span = Q_MEV - M_E_MEV if j < BELOW_Q else reach
            E = (M_E_MEV if j < BELOW_Q else Q_MEV) + span * u * u
            measure = 2.0 * u * rules[1, j] * span * sqrt((E - M_E_MEV) * (E + M_E_MEV)) * E
            electron = exp(-E / T_gamma[i])
            neutrino = exp(-E / T_nu[i])
            # f(E), with e^{-E/T} first because it cannot overflow; 1 - f(E) has the same denominator.
            below = measure * (E - Q_MEV) ** 2 / ((1.0 + electron) * (shift + neutrino))
            above = measure * (E + Q_MEV) ** 2 / ((1.0 + electron) * (1.0 + neutrino * shift))
            n_to_p += below * neutrino + above * electron
            p_to_n += above * neutrino * shift + below * electron * shift
        out[0, i] = n_to_p / vacuum
        out[1, i] = p_to_n / vacuum


def _rules() -> Array:
    """Return both Gauss-Legendre rules on [0, 1], nodes in row 0 and weights in row 1."""
    pairs = [np.polynomial.legendre.leggauss(nodes) for nodes in (BELOW_Q, ABOVE_Q)]
    return np.array([np.concatenate([0.5 * (x + 1.0) for x, _ in pairs]), np.concatenate([0.5 * w for _, w in pairs])])


_RULES = _rules()


def born_rates(T_gamma_MeV: Array, T_nu_MeV: Array) -> Array:
    """Return tau_n Gamma_np and tau_n Gamma_pn in Born approximation (module docstring), shape (2, n)."""
    T_gamma, T_nu = (np.array(T, dtype=np.float64, order="C") for T in (T_gamma_MeV, T_nu_MeV))
    if T_gamma.ndim != 1 or T_gamma.shape != T_nu.shape:
        raise DomainError("both temperatures must be arrays of one dimension and of equal length")
    if not (np.isfinite(T_gamma) & np.isfinite(T_nu) & (np.minimum(T_gamma, T_nu) >= LOWEST_T_MEV)).all():
        raise DomainError(f"temperatures must be finite and at least {LOWEST_T_MEV:g} MeV")
    out = np.empty((2, T_gamma.size))
    _born(T_gamma, T_nu, _RULES, out)
    return out


def weak_rates(table: pd.DataFrame) -> WeakRates:
    """Return C from the bundled table neutron_proton_rates; DataError if its rows are not a full grid."""
    T = np.unique(table["T_gamma_MeV"])
    ratio = np.unique(table["T_nu_over_T_gamma"])
    grid = table.sort_values(["T_nu_over_T_gamma", "T_gamma_MeV"])
    full_T, full_ratio = np.tile(T, ratio.size), np.repeat(ratio, T.size)
    if len(grid) != full_T.size or not (
        np.array_equal(grid["T_gamma_MeV"], full_T) and np.array_equal(grid["T_nu_over_T_gamma"], full_ratio)
    ):
        raise DataError("the table of n <-> p rates must hold every T_gamma at every T_nu/T_gamma, once")
    born = born_rates(full_T, full_T * full_ratio)
    rates = np.array([grid["n_to_p_times_tau_n"], grid["p_to_n_times_tau_n"]], dtype=np.float64)
    # Where p -> n underflows, C = 1; the spline of p -> n starts at COLD_P_TO_N_MEV.
    C = np.divide(rates, born, out=np.ones_like(rates), where=(rates > 0.0) & (born > 0.0))
    C = C.reshape(2, ratio.size, T.size)
    warm = T > COLD_P_TO_N_MEV
    return WeakRates(
        C_n_to_p=RectBivariateSpline(ratio, np.log(T), C[0]),
        C_p_to_n=RectBivariateSpline(ratio, np.log(T[warm]), C[1][:, warm]),
        T_MeV=(float(T[0]), float(T[-1])),
        ratio=(float(ratio[0]), float(ratio[-1])),
    )


def conversion_rates(weak: WeakRates, T_gamma_MeV: Array, T_nu_MeV: Array) -> Array:
    """Return tau_n Gamma_np and tau_n Gamma_pn with all corrections, shape (2, n).

    Outside the table: above 12 MeV Born times C at 12 MeV (n/p is in equilibrium there, and detailed balance at equal
    temperatures is broken by no more than at 12 MeV); at a ratio outside 0.3..2 Born times C at the nearest ratio
    (see WeakRates.left_table); below 0.01 MeV both temperatures are raised to keep T_gamma there, as n -> p is free
    decay and p -> n below 1e-50.
    """
    raised = np.maximum(T_gamma_MeV, weak.T_MeV[0])
    ratio = np.asarray(T_nu_MeV) / T_gamma_MeV
    # The lower bound keeps e^{-Q/T_nu} from underflowing in what is free decay anyway.
    born = born_rates(raised, np.maximum(raised * ratio, LOWEST_T_MEV))
    held = np.clip(ratio, *weak.ratio)
    # RectBivariateSpline holds its end values outside its grid.
    ln_T = np.log(raised)
    C: Array = np.array([weak.C_n_to_p.ev(held, ln_T), weak.C_p_to_n.ev(held, ln_T)])
    return born * C
