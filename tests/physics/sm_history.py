"""An independent thermal history of the standard model: scipy instead of the package's solver.

The equations of the module docstrings of nudipole.cosmology for q_N = 0, in ln a, with the bundled QED pressure and
nu-e exchange and integrals of ideal gases by adaptive quadrature on a grid of its own.
"""

from functools import lru_cache
from pathlib import Path

import numpy as np
from scipy.integrate import quad, solve_ivp
from scipy.interpolate import CubicSpline

from nudipole.constants import G_F_PER_MEV2, HBAR_MEV_S, M_E_MEV, M_PLANCK_MEV, T_CMB_MEV
from nudipole.cosmology.history import History
from nudipole.data.bundled import read_bundled
from nudipole.data.catalog import load_catalog

ROOT = Path(__file__).resolve().parents[2]


def table(name):
    """A bundled table."""
    return read_bundled(load_catalog(ROOT / "resources" / "catalog.yaml").dataset(name), ROOT)


@lru_cache
def electrons():
    """rho/T^4, P/T^4 and (drho/dT)/T^3 of e+- as splines in ln T."""

    def moments(T):
        x = M_E_MEV / T

        def integral(weight):
            def integrand(q):
                E = np.hypot(q, x)
                return q * q * weight(q, E) / (np.exp(E) + 1.0)

            return 4.0 / (2.0 * np.pi**2) * quad(integrand, 0.0, 60.0 + 8.0 * np.sqrt(x), epsrel=1e-11, limit=200)[0]

        rho = integral(lambda q, E: E)
        P = integral(lambda q, E: q * q / (3.0 * E))
        K = integral(lambda q, E: E * E / (1.0 + np.exp(-E)))
        return rho, P, K

    ln_T = np.linspace(np.log(M_E_MEV / 60.0), np.log(50.0), 500)
    return CubicSpline(ln_T, np.array([moments(T) for T in np.exp(ln_T)]))


@lru_cache
def corrections():
    """QED pressure with two derivatives, and the four factors of the exchange, as splines in ln T."""
    frame = table("plasma_corrections")
    return CubicSpline(np.log(frame["T_gamma_MeV"]), frame.iloc[:, 1:].to_numpy())


def plasma(ln_T, qed):
    """rho, P and drho/dln T of photons, e+- and QED [MeV^4]."""
    T4 = np.exp(4.0 * ln_T)
    rho, P, K = np.pi**2 / 15.0, np.pi**2 / 45.0, 4.0 * np.pi**2 / 15.0
    if ln_T > np.log(M_E_MEV / 60.0):
        e_rho, e_P, e_K = electrons()(ln_T)
        rho, P, K = rho + e_rho, P + e_P, K + e_K
    if qed and np.log(0.01) < ln_T:
        p, dp, d2p = corrections()(min(ln_T, np.log(39.48)))[:3]
        rho, P, K = rho + dp - p, P + p, K + d2p
    return T4 * rho, T4 * P, T4 * K


def exchange(T, T_nu):
    """Energy from e+- to neutrinos [MeV^5]."""
    if T < 0.01:
        return 0.0
    ann_e, sc_e, ann_mu, sc_mu = corrections()(np.log(min(T, 39.48)))[3:]

    def flavour(annihilation, scattering):
        return 32.0 * 0.884 * annihilation * (T**9 - T_nu**9) + 56.0 * 0.829 * scattering * T**4 * T_nu**4 * (T - T_nu)

    e, mu = 0.727**2 + 0.233**2, 0.273**2 + 0.233**2
    return G_F_PER_MEV2**2 / np.pi**5 * (4.0 * e * flavour(ann_e, sc_e) + 8.0 * mu * flavour(ann_mu, sc_mu))


def equations(ln_T, ln_T_nu, qed=True, weak=True):
    """(dln T_gamma/dln a, dln T_nu/dln a, H [s^-1], dln H/dln a)."""
    T, T_nu = np.exp(ln_T), np.exp(ln_T_nu)
    rho, P, K = plasma(ln_T, qed)
    rho_nu = 3.0 * 7.0 / 8.0 * np.pi**2 / 15.0 * T_nu**4
    H = np.sqrt(8.0 * np.pi / 3.0 * (rho + rho_nu)) / M_PLANCK_MEV
    C = exchange(T, T_nu) if weak else 0.0
    slope_H = -1.5 * (rho + P + 4.0 / 3.0 * rho_nu) / (rho + rho_nu)
    return (-3.0 * (rho + P) - C / H) / K, -1.0 + C / (4.0 * H * rho_nu), H / HBAR_MEV_S, slope_H


@lru_cache
def sm_history(qed=True, weak=True, nodes=400, T_start_MeV=20.0, T_end_MeV=0.9e-3):
    """The history of the standard model on equidistant nodes, for N_eff = 3.0000 (neither), 3.0096 (QED), 3.045."""
    start = np.log(T_start_MeV)
    span = 1.02 * np.log(T_start_MeV / T_end_MeV) + 0.5

    def rates(_, y):
        d_gamma, d_nu, H, _ = equations(y[0], y[1], qed, weak)
        return [d_gamma, d_nu, 1.0 / H]

    x = np.linspace(0.0, span, nodes)
    y = solve_ivp(rates, (0.0, span), [start, start, 0.0], method="LSODA", t_eval=x, rtol=1e-10, atol=1e-12).y
    columns = np.array([equations(*row, qed, weak) for row in y[:2].T]).T
    ln_a = x + np.log(T_CMB_MEV) - y[0, -1] - x[-1]
    rho = 3.0 / (8.0 * np.pi) * (columns[2] * HBAR_MEV_S * M_PLANCK_MEV) ** 2
    nothing = np.zeros(nodes)
    return History(ln_a, y[2], y[0], columns[0], y[1], columns[1], np.log(columns[2]), columns[3], rho, nothing)


def n_eff(history):
    """(8/7) (11/4)^{4/3} rho_nu/rho_gamma at the end."""
    return 3.0 * (11.0 / 4.0) ** (4.0 / 3.0) * np.exp(4.0 * (history.ln_T_nu_MeV - history.ln_T_gamma_MeV))[-1]
