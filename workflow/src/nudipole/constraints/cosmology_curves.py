"""Nucleosynthesis and the CMB over the whole plane: contours of the stored surfaces for every assumption."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import sqrt

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nudipole.constraints.cosmology import BBN, CMB, limit_threshold
from nudipole.constraints.cosmology_inputs import CosmologyConfig
from nudipole.constraints.cosmology_universe import NETWORKS
from nudipole.cosmology.assumptions import Nature
from nudipole.cosmology.background import T_RECOMBINATION_S
from nudipole.cosmology.background import Status as Solved
from nudipole.cosmology.likelihood import chi2_abundances, chi2_helium, chi2_N_eff
from nudipole.cosmology.point import Point
from nudipole.cosmology.surface import on_grid
from nudipole.limits.contours import Rim, contour_pieces, rims
from nudipole.limits.table import Curve, Edge, Label, Status
from nudipole.units import lifetime_s

Array = NDArray[np.float64]

WEAKER = "weaker"
REFERENCE = (
    "computed; arXiv:2007.15563 (constraint), arXiv:2408.14538 (nuclear and weak rates of LINX), "
    "arXiv:2001.04466 (nu-e exchange, QED), arXiv:1606.07494 (g_*)"
)
HELIUM, DEUTERIUM = "Y_p", "Y_p and D/H"


def curves(
    config: CosmologyConfig, surfaces: pd.DataFrame, standard: dict[str, Point], flavours: tuple[str, ...]
) -> list[Curve]:
    """Return every contour of every initial state; standard has the point without N of each.

    Variants, default first: `decoupled;primat2023` (Y_p alone), `...;D_H` (Y_p and D/H), `decoupled;weaker;D_H` (what
    both sets of nuclear rates exclude); `decoupled;planck`, `decoupled;delta_0.3` for the CMB. Branches with a status
    other than ok, or that follow the longest lifetimes, are rims of what was computed and no contours.
    """
    found = []
    for scenario in config.scenarios:
        rows = surfaces[surfaces["initial"] == scenario.label]
        first = scenario is config.scenarios[0]
        point = standard[scenario.label]
        for constraint, variant, statistic, level, excess in _surfaces(config, rows, point):
            is_default = first and variant in (config.network, "planck")
            parts = _parts(excess, majorana=config.kinetics.nature is Nature.MAJORANA)
            for flavour in flavours:
                name = f"{scenario.label};{variant}"
                label = Label(constraint, name, is_default, flavour, level, statistic, "computed", REFERENCE)
                found += [Curve(label, part[0], number, *part[1:]) for number, part in enumerate(parts)]
    return found


Surface = tuple[Array, Array, Array]


@dataclass(frozen=True)
class Excess:
    """What is excluded: where any of the sides, each of shape (masses, moments), is positive.

    A quantity that is excluded both above and below what is observed has two sides: each is as smooth as the quantity,
    which its absolute deviation is not.
    """

    M_N_MeV: Array
    mu_nu_muB: Array
    sides: tuple[Array, ...]


Part = tuple[Edge, Array, Array, tuple[Status, ...]]


def _parts(excess: Excess, *, majorana: bool) -> list[Part]:
    """Return contours of every side, and the rims where everything to the end of what was computed is excluded.

    A lower rim is where N outlives recombination, so it follows a line of equal lifetime and not the nodes.
    """
    masses, moments = excess.M_N_MeV, excess.mu_nu_muB
    pieces = [piece for side in excess.sides for piece in contour_pieces(masses, moments, side, 0.0)]
    parts: list[Part] = [(p.edge, p.M_N_MeV, p.mu_nu_muB, (Status.OK,) * len(p.M_N_MeV)) for p in pieces]
    either = np.maximum.reduce(excess.sides)
    outlived = np.sqrt(lifetime_s(masses, 1.0, majorana=majorana) / T_RECOMBINATION_S)
    return parts + [
        (r.edge, r.M_N_MeV, _on_line(r, moments, np.interp(r.M_N_MeV, masses, outlived)), r.status)
        for r in rims(masses, moments, either)
    ]


def _on_line(rim: Rim, moments: Array, line: Array) -> Array:
    """Return the moments of a lower rim, moved to a line where that runs within the step below its node."""
    if rim.edge is not Edge.FLOOR:
        return rim.mu_nu_muB
    step = moments[1] / moments[0]
    within = (line <= rim.mu_nu_muB) & (rim.mu_nu_muB < line * step * (1.0 + 1e-9))
    return np.where(within, line, rim.mu_nu_muB)


def _surfaces(
    config: CosmologyConfig, rows: pd.DataFrame, standard: Point
) -> Iterator[tuple[str, str, str, float, Excess]]:
    """Yield (constraint, variant, statistic, level, excess)."""
    level = config.confidence_level
    deuterium = {}
    for network in sorted(NETWORKS, key=lambda name: name != config.network):
        of_it = rows[rows["network"] == network]
        yield BBN, network, _statistic(config, HELIUM), level, _helium(config, of_it, standard, network)
        deuterium[network] = _deuterium(config, of_it, standard, network)
        yield BBN, f"{network};D_H", _statistic(config, DEUTERIUM), level, deuterium[network]
    one = deuterium[config.network]
    both = np.minimum.reduce([excess.sides[0] for excess in deuterium.values()])
    weaker = _statistic(config, DEUTERIUM) + ", excluded with both sets of nuclear rates"
    yield BBN, f"{WEAKER};D_H", weaker, level, replace(one, sides=(both,))
    masses, moments, N_eff = _limited(rows[rows["network"] == config.network], "N_eff")
    without = standard.background.N_eff
    baseline = float(chi2_N_eff(np.array(without), config.observed))
    deviation = np.copysign(np.sqrt(chi2_N_eff(N_eff, config.observed)), N_eff - config.observed.N_eff)
    planck = Excess(masses, moments, _two_sided(config, deviation, baseline))
    yield CMB, "planck", _statistic(config, "N_eff"), level, planck
    for delta in config.delta_N_eff:
        words = f"N_eff more than {delta:g} above its value without N"
        yield CMB, f"delta_{delta:g}", words, level, Excess(masses, moments, (N_eff - without - delta,))


def _statistic(config: CosmologyConfig, what: str) -> str:
    test = "chi^2 over that without N" if config.criterion == "delta_chi2" else "chi^2"
    return f"{test} of {what}, one degree of freedom, two-sided"


def _limited(rows: pd.DataFrame, column: str) -> Surface:
    """Return a column on the grid, NaN where N outlives recombination (flagged, not limited) or nothing was solved."""
    return on_grid(rows.assign(**{column: rows[column].where(rows["status"] == str(Solved.OK))}), column)


def _helium(config: CosmologyConfig, rows: pd.DataFrame, standard: Point, network: str) -> Excess:
    masses, moments, Y_p = _limited(rows, "Y_p")
    baseline = float(chi2_helium(np.array(standard.abundances[network].Y_p), config.observed))
    deviation = np.copysign(np.sqrt(chi2_helium(Y_p, config.observed)), Y_p - config.observed.Y_p)
    return Excess(masses, moments, _two_sided(config, deviation, baseline))


def _deuterium(config: CosmologyConfig, rows: pd.DataFrame, standard: Point, network: str) -> Excess:
    """Y_p and D/H, NaN also where late decays would photodisintegrate deuterium."""
    masses, moments, Y_p = _limited(rows, "Y_p")
    _, _, D_H = _limited(rows.assign(D_H=rows["D_H"].where(~rows["photodisintegration"])), "D_H")
    without = standard.abundances[network]
    baseline = float(chi2_abundances(np.array(without.Y_p), np.array(without.D_H), config.observed))
    sigmas = np.sqrt(chi2_abundances(Y_p, D_H, config.observed))
    return Excess(masses, moments, (sigmas - _limit_in_sigmas(config, baseline),))


def _two_sided(config: CosmologyConfig, deviation: Array, baseline: float) -> tuple[Array, Array]:
    """Return by how much a deviation in sigmas, with its sign, is too high and too low."""
    limit = _limit_in_sigmas(config, baseline)
    return deviation - limit, -deviation - limit


def _limit_in_sigmas(config: CosmologyConfig, baseline: float) -> float:
    """Return sqrt(chi^2) at the edge; baseline is chi^2 without N, which the criterion may ask to exceed."""
    offset = baseline if config.criterion == "delta_chi2" else 0.0
    return sqrt(limit_threshold(config.confidence_level) + offset)
