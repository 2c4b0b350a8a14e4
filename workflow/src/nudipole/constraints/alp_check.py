"""The solver's own check: an axion-like particle in place of N, against the published limits of arXiv:2002.08370.

The edge is the largest g that is excluded, i.e. the shortest excluded lifetime, of a particle that was thermal. Each
criterion excludes what lies more than two sigma further off than the standard model does: chi^2 > chi^2_SM + 4.

Which criterion the published edge has could not be read up. On it N_eff of the standard cosmology is between 0.9 and
2.4 and D/H is (1.98 +- 0.10)e-5, so that N_eff or D/H as observed exclude much more. What reproduces it is `robust`:
dark radiation and a neutrino asymmetry may work against the limit, as the title of that paper says. A point is
excluded if D/H is too low when both do their best: dark radiation raises N_eff to its upper bound, and with it Y_p and
D/H; the asymmetry xi lowers Y_p to its upper bound, d ln Y_p = -0.96 xi and d ln(D/H) = -0.53 xi (Pitrou et al.,
arXiv:1801.08023). This has no free number and agrees below 40 MeV. Above, particles decay before deuterium is made and
nothing stays excluded; the published edge is there N_eff = 1.00 +- 0.06 without dark radiation, as if that paper had
looked at no more than 1.65 of it. `robust, limited` excludes this as well, one number fitted to the curve.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline

from nudipole.constraints.base import TableSource
from nudipole.constraints.cosmology_inputs import CosmologyConfig
from nudipole.constraints.cosmology_universe import universe
from nudipole.cosmology.alp import AlpUniverse, coupling_per_GeV
from nudipole.cosmology.assumptions import PRESETS, Equations, Initial
from nudipole.cosmology.likelihood import Observations, chi2_abundances, chi2_helium, chi2_N_eff, covariance
from nudipole.cosmology.point import Point
from nudipole.cosmology.scenario import Scenario

Array = NDArray[np.float64]

PUBLISHED_CURVE = "thermal_upper_edge"
MASSES_MEV = np.geomspace(1.0, 300.0, 12)
LIFETIMES_S = np.geomspace(0.03, 1e3, 18)
"""The published edge lies between 0.6 and 200 s."""
ROBUST_LIFETIMES_S = np.geomspace(20.0, 400.0, 7)
SIGMAS = 2.0
DARK_N_EFF_MAX = 1.65
"""Largest dark radiation of `robust, limited`, fitted to the published edge above 40 MeV."""
ASYMMETRY = 0.53 / 0.96
"""d ln(D/H)/d ln Y_p along a neutrino asymmetry."""

HELIUM, BOTH, NEUTRINOS, STANDARD = "Y_p", "Y_p and D/H", "N_eff", "Y_p, D/H and N_eff"
ROBUST, LIMITED = "robust", "robust, limited"
DILUTED, UNDILUTED = "diluted", "undiluted"

UNITS = {
    "criterion": "",
    "initial": "",
    "m_a_MeV": "MeV",
    "g_agammagamma_per_GeV": "GeV^-1",
    "tau_s": "s",
    "published_g_agammagamma_per_GeV": "GeV^-1",
    "log10_ratio": "1",
}
"""Columns with units; an edge that is not within LIFETIMES_S is NaN."""


@dataclass(frozen=True)
class Outcome:
    """Y_p, D/H and N_eff of points, NaN where unsolved."""

    Y_p: Array
    D_H: Array
    N_eff: Array


def outcome(points: list[Point], network: str) -> Outcome:
    """Return the observables of points as arrays."""
    rows = [
        (p.abundances[network].Y_p, p.abundances[network].D_H, p.background.N_eff) if p.status.solved else (np.nan,) * 3
        for p in points
    ]
    return Outcome(*np.array(rows, dtype=np.float64).T)


def excesses(found: Outcome, standard: Outcome, observed: Observations) -> dict[str, Array]:
    """Return sqrt(chi^2) - sqrt(chi^2_SM + 4) of each criterion without dark radiation: positive where excluded.

    LIMITED is here what no allowed dark radiation can make up for.
    """

    def chi2(of: Outcome) -> dict[str, Array]:
        return {
            HELIUM: chi2_helium(of.Y_p, observed),
            BOTH: chi2_abundances(of.Y_p, of.D_H, observed),
            NEUTRINOS: chi2_N_eff(of.N_eff, observed),
        }

    without = chi2(standard)
    over: dict[str, Array] = {
        name: np.sqrt(value) - np.sqrt(SIGMAS**2 + without[name]) for name, value in chi2(found).items()
    }
    lowest = bounds(standard, observed).N_eff_low - DARK_N_EFF_MAX
    return over | {STANDARD: np.maximum(over[BOTH], over[NEUTRINOS]), LIMITED: np.log(lowest / found.N_eff)}


@dataclass(frozen=True)
class Bounds:
    """The highest Y_p, the lowest D/H, and the highest and lowest N_eff that are allowed."""

    Y_p: float
    D_H: float
    N_eff: float
    N_eff_low: float


def bounds(standard: Outcome, observed: Observations) -> Bounds:
    """Return where chi^2 of one observable alone is chi^2_SM + 4."""
    YY, DD, _ = (float(element[0]) for element in covariance(observed, standard.D_H))

    def width(value: float, middle: float, variance: float) -> float:
        return float(np.sqrt(SIGMAS**2 * variance + (value - middle) ** 2))

    N_eff_width = width(float(standard.N_eff[0]), observed.N_eff, observed.N_eff_sigma**2)
    return Bounds(
        Y_p=observed.Y_p + width(float(standard.Y_p[0]), observed.Y_p, YY),
        D_H=observed.D_H - width(float(standard.D_H[0]), observed.D_H, DD),
        N_eff=observed.N_eff + N_eff_width,
        N_eff_low=observed.N_eff - N_eff_width,
    )


def robust_excess(found: Outcome, allowed: Bounds) -> Array:
    """Return ln(bound/(D/H)) after the asymmetry has brought Y_p down to its bound."""
    lowered = np.minimum(allowed.Y_p / found.Y_p, 1.0)
    excess: Array = np.log(allowed.D_H / (found.D_H * lowered**ASYMMETRY))
    return excess


def shortest_excluded_s(tau_s: Array, excess: Array) -> float:
    """Return the first crossing to excess > 0; NaN if the shortest lifetime is excluded or none is."""
    ln_tau = np.log(tau_s)
    fine = np.linspace(ln_tau[0], ln_tau[-1], 4001)
    excluded = CubicSpline(ln_tau, excess)(fine) > 0.0 if np.isfinite(excess).all() else np.zeros(1, dtype=bool)
    if excluded[0] or not excluded.any():
        return float("nan")
    return float(np.exp(fine[int(np.argmax(excluded))]))


def alp_universe(config: CosmologyConfig, tables: TableSource, *, diluted: bool, robust: bool = False) -> AlpUniverse:
    """Return the universe of a configuration for the particle, with momenta resolved.

    robust: without nu-e exchange, and then without muons and hadrons, whose entropy neutrinos would not get.
    """
    kinetics = replace(config.kinetics, resolved=True, states=PRESETS[Equations.MOMENTUM].states)
    if robust:
        kinetics = replace(kinetics, weak_exchange=False)
    chosen = replace(config, kinetics=kinetics, heavy_species=config.heavy_species and not robust)
    of = universe(chosen, Scenario(Initial.DECOUPLED if diluted else Initial.THERMAL), tables)
    rates = {config.network: of.nucleosynthesis.networks[config.network]}
    nucleosynthesis = replace(of.nucleosynthesis, networks=rates)
    return AlpUniverse(
        of.kinetics, of.medium, of.surroundings, nucleosynthesis, of.accuracy, of.T_start_MeV, diluted=diluted
    )


def standard_outcome(config: CosmologyConfig, tables: TableSource) -> Outcome:
    """Return the observables without the particle, as arrays of one element."""
    return outcome([universe(config, Scenario(Initial.DECOUPLED), tables).standard()], config.network)


def standard_edges_s(
    config: CosmologyConfig, tables: TableSource, standard: Outcome, m_a_MeV: Array, *, diluted: bool
) -> dict[str, Array]:
    """Return the shortest excluded lifetime at each mass by criterion."""
    of = alp_universe(config, tables, diluted=diluted)
    edges: dict[str, list[float]] = {}
    for m in m_a_MeV:
        g = coupling_per_GeV(m, LIFETIMES_S)
        found = outcome([of.point(float(m), float(value)) for value in g], config.network)
        for name, excess in excesses(found, standard, config.observed).items():
            edges.setdefault(name, []).append(shortest_excluded_s(LIFETIMES_S, excess))
    return {name: np.array(values) for name, values in edges.items()}


def robust_edge_s(config: CosmologyConfig, tables: TableSource, standard: Outcome, m_a_MeV: Array) -> Array:
    """Return the shortest lifetime at each mass that is excluded whatever dark radiation and asymmetry there is."""
    of = alp_universe(config, tables, diluted=True, robust=True)
    allowed = bounds(standard, config.observed)
    edge = []
    for m in m_a_MeV:
        g = coupling_per_GeV(m, ROBUST_LIFETIMES_S)
        found = outcome([of.point(float(m), float(value), allowed.N_eff) for value in g], config.network)
        edge.append(shortest_excluded_s(ROBUST_LIFETIMES_S, robust_excess(found, allowed)))
    return np.array(edge)


def alp_edges_s(config: CosmologyConfig, tables: TableSource) -> dict[str, dict[str, Array]]:
    """Return the shortest excluded lifetimes by initial state and criterion."""
    standard = standard_outcome(config, tables)
    diluted = standard_edges_s(config, tables, standard, MASSES_MEV, diluted=True)
    diluted[ROBUST] = robust_edge_s(config, tables, standard, MASSES_MEV)
    diluted[LIMITED] = np.fmin(diluted[ROBUST], diluted[LIMITED])
    undiluted = standard_edges_s(config, tables, standard, MASSES_MEV, diluted=False)
    del undiluted[LIMITED]
    return {DILUTED: diluted, UNDILUTED: undiluted}


def published_edge_per_GeV(published: pd.DataFrame, m_a_MeV: Array) -> Array:
    """Return the published edge, interpolated in log-log; NaN beyond its ends."""
    curve = published[published["curve"] == PUBLISHED_CURVE].sort_values("m_a_MeV")
    ln_m, ln_g = (np.log(curve[name].to_numpy(np.float64)) for name in ("m_a_MeV", "g_agammagamma_per_GeV"))
    edge: Array = np.exp(np.interp(np.log(m_a_MeV), ln_m, ln_g, left=np.nan, right=np.nan))
    return edge


def alp_frame(edges: Mapping[str, Mapping[str, Array]], published: pd.DataFrame) -> pd.DataFrame:
    """Return the table; edges are lifetimes at MASSES_MEV by initial state and criterion."""
    reference = published_edge_per_GeV(published, MASSES_MEV)
    parts = []
    for initial, of_it in edges.items():
        for name, tau in of_it.items():
            g = coupling_per_GeV(MASSES_MEV, tau)
            values = (name, initial, MASSES_MEV, g, tau, reference, np.log10(g / reference))
            parts.append(pd.DataFrame(dict(zip(UNITS, values, strict=True))))
    return pd.concat(parts, ignore_index=True)


def scores(frame: pd.DataFrame) -> pd.DataFrame:
    """Return median and largest |log10 ratio| and the number of masses with an edge, by initial state and criterion."""
    ratio = frame.assign(size=frame["log10_ratio"].abs()).groupby(["initial", "criterion"], sort=False)["size"]
    return ratio.agg(median="median", largest="max", masses="count").reset_index()
