"""How the fluxes of neutrinos float: groups of sources, their priors, correlations, and the solar luminosity."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nudipole.config.model import SolarConfig, StatisticsConfig
from nudipole.constraints.base import TableSource
from nudipole.constraints.solar_inputs import flux_widths
from nudipole.detectors.record import FluxPriors
from nudipole.errors import ConfigError
from nudipole.likelihood.model import Nuisances
from nudipole.sources.solar import SOURCES

Array = NDArray[np.float64]

OTHER_WIDTHS = {"atmospheric": 0.2, "DSNB": 0.5}
"""Relative uncertainties: atmospheric below 100 MeV, Battistoni et al., Astropart. Phys. 23 (2005) 526 (20-25 %); DSNB,
about the spread of the models in Moller et al., arXiv:1804.03157."""

LUMINOSITY_MEV_PER_CM2_S = 8.4984e11
"""L_sun/(4 pi AU^2) as in arXiv:2311.16226, whose Table 1 has the energies of the dataset `luminosity_constraint`."""
LUMINOSITY_WIDTH = 0.0034
"""Relative width of the constraint in arXiv:2311.16226, the spread of measured luminosities (number unverified)."""

CORRELATION_COLUMNS = ("source_1", "source_2", "correlation")


@dataclass(frozen=True)
class Fluxes:
    """Nuisances of the fluxes; members (groups, sources) is 1 where a source belongs to a group."""

    names: tuple[str, ...]
    members: Array
    center: Array
    width: Array
    correlation: Array | None = None
    luminosity: Array | None = None

    def prior_of(self, others: Nuisances) -> Nuisances:
        """Return the nuisances of a likelihood, backgrounds first and fluxes last, with all priors."""
        groups = len(self.names)
        own = Nuisances.independent(self.names, self.center, self.width, np.zeros(groups), self.center)
        nuisances = others.joined(own)
        if self.correlation is not None:
            nuisances = nuisances.correlated(self.names, self.correlation)
        if self.luminosity is not None:
            coefficients = np.concatenate([np.zeros(len(others.names)), self.luminosity])
            nuisances = nuisances.conditioned(coefficients, 1.0, LUMINOSITY_WIDTH)
        return nuisances


def fluxes_of(
    sources: tuple[str, ...],
    priors: FluxPriors | None,
    tables: TableSource,
    solar: SolarConfig,
    statistics: StatisticsConfig,
) -> Fluxes:
    """Return how the fluxes of these sources float: as the record says, or each within the error of its solar model."""
    widths = dict(zip(SOURCES, flux_widths(tables, solar.model), strict=True)) | OTHER_WIDTHS
    if priors is None:
        groups: list[tuple[tuple[str, ...], float, float]] = [
            ((source,), 1.0, float(widths[source])) for source in sources
        ]
        names = list(sources)
    else:
        ratios = _group_ratios(priors, tables, solar.model)
        groups = [(g.sources, g.mean * r, g.width * r) for g, r in zip(priors.groups, ratios, strict=True)]
        names = [group.name for group in priors.groups]
        covered = {source for group in priors.groups for source in group.sources}
        for source in sources:
            if source not in covered:
                names.append(source)
                groups.append(((source,), 1.0, float(widths[source])))
    width = np.array([group[2] for group in groups])
    return Fluxes(
        names=tuple(f"flux_{name}" for name in names),
        members=np.array([[float(source in group[0]) for source in sources] for group in groups]),
        # without nuisances the fluxes are those of the configured model
        center=np.array([group[1] if statistics.flux_nuisances else 1.0 for group in groups]),
        width=width if statistics.flux_nuisances else np.zeros_like(width),
        correlation=_correlation(names, tables, statistics),
        luminosity=_luminosity([group[0] for group in groups], tables, solar)
        if statistics.luminosity_constraint
        else None,
    )


def _model_fluxes(tables: TableSource, model: str) -> dict[str, float]:
    table = tables("solar_fluxes").query("model == @model").set_index("source")["flux_per_cm2_s"]
    return {source: float(table.loc[source]) for source in SOURCES}


def _group_ratios(priors: FluxPriors, tables: TableSource, model: str) -> list[float]:
    """Return for each group the flux to which its prior is relative, over that of the configured model.

    The sources of a group keep the proportions of the configured model.
    """
    above, below = _model_fluxes(tables, priors.model), _model_fluxes(tables, model)
    return [sum(above[s] for s in g.sources) / sum(below[s] for s in g.sources) for g in priors.groups]


def reference_scale(sources: tuple[str, ...], priors: FluxPriors | None, tables: TableSource, model: str) -> Array:
    """Return by source the flux of the solar model to which a record's priors are relative, over that of `model`.

    What is matched to a published fit is matched at these fluxes, whatever the configured model. One without priors.
    """
    if priors is None:
        return np.ones(len(sources))
    above, below = _model_fluxes(tables, priors.model), _model_fluxes(tables, model)
    return np.array([above[source] / below[source] if source in below else 1.0 for source in sources])


def _correlation(names: list[str], tables: TableSource, statistics: StatisticsConfig) -> Array | None:
    """Return the correlation matrix of the groups from the configured dataset; what it leaves out is independent."""
    if statistics.flux_correlations is None:
        return None
    table = tables(statistics.flux_correlations)
    missing = [column for column in CORRELATION_COLUMNS if column not in table]
    if missing:
        raise ConfigError(
            f"statistics.flux_correlations: dataset {statistics.flux_correlations} has no column {', '.join(missing)}; "
            f"it needs {', '.join(CORRELATION_COLUMNS)}"
        )
    matrix = np.eye(len(names))
    for first, second, value in zip(table["source_1"], table["source_2"], table["correlation"], strict=True):
        for name in (first, second):
            if name not in SOURCES:
                raise ConfigError(
                    f"statistics.flux_correlations: dataset {statistics.flux_correlations} names the source {name!r}; "
                    f"known are {', '.join(SOURCES)}"
                )
        if first in names and second in names:
            i, j = names.index(first), names.index(second)
            matrix[i, j] = matrix[j, i] = value
    return matrix


def _luminosity(groups: list[tuple[str, ...]], tables: TableSource, solar: SolarConfig) -> Array:
    """Return each group's share of the luminosity at the configured fluxes, alpha_i Phi_i over L_sun/(4 pi AU^2)."""
    energy = tables("luminosity_constraint").set_index("source")["alpha_MeV"]
    flux = _model_fluxes(tables, solar.model)
    shares = {source: float(energy.loc[source]) * flux[source] / LUMINOSITY_MEV_PER_CM2_S for source in SOURCES}
    return np.array([sum(shares.get(source, 0.0) for source in group) for group in groups])
