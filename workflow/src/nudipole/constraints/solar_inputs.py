"""Flux moments and flux uncertainties from the solar tables and the configuration."""

import numpy as np
from numpy.typing import NDArray

from nudipole.config.model import SolarConfig
from nudipole.constraints.base import TableSource
from nudipole.constraints.datasets import PRODUCTION_REGION
from nudipole.detectors.record import OTHER_NEUTRINOS
from nudipole.sources.moments import FluxMoments, flux_moments
from nudipole.sources.msw import ConversionTable, Oscillation
from nudipole.sources.other_neutrinos import fluxes_by_mode, moments_of_table
from nudipole.sources.solar import (
    SOURCES,
    Line,
    ProductionRegion,
    continua,
    solar_components,
)


def oscillation(tables: TableSource, solar: SolarConfig) -> Oscillation:
    """Return the mixing parameters of the configured fit with the overrides on top."""
    table = tables("oscillation_parameters").set_index("set")
    values = {name: float(table[name].loc[solar.oscillation]) for name in table.columns}
    chosen = {name: float(value) for name, value in solar.oscillation_overrides.items() if value is not None}
    return Oscillation(**(values | chosen))


def production_region(tables: TableSource, model: str) -> ProductionRegion:
    """Return the production region that goes with a solar model."""
    table = tables(PRODUCTION_REGION[model])
    n_e = 10.0 ** table["log10_n_e_NA_per_cm3"].to_numpy()
    return ProductionRegion(n_e, {source: table[source].to_numpy() for source in SOURCES})


def solar_flux_moments(tables: TableSource, solar: SolarConfig, flux_nodes: int) -> FluxMoments:
    """Return the moments of all components for the configured model and mixing."""
    fluxes = tables("solar_fluxes").query("model == @solar.model").set_index("source")["flux_per_cm2_s"]
    lines: dict[str, tuple[Line, ...]] = {}
    table = tables("solar_lines")
    for source, E_nu_MeV, branching in zip(table["source"], table["E_nu_MeV"], table["branching"], strict=True):
        lines[source] = (*lines.get(source, ()), Line(E_nu_MeV, branching))
    b8 = tables("b8_spectrum_winter2006")
    spectra = continua(b8["E_nu_MeV"].to_numpy(), b8["dN_dE_per_MeV"].to_numpy(), flux_nodes)
    components = solar_components({source: float(fluxes.loc[source]) for source in SOURCES}, lines, spectra)
    conversion = ConversionTable(oscillation(tables, solar))
    return flux_moments(components, production_region(tables, solar.model), conversion)


def flux_widths(tables: TableSource, model: str) -> NDArray[np.float64]:
    """Return the relative uncertainty of each source in the order of SOURCES (mean of up and down)."""
    table = tables("solar_fluxes").query("model == @model").set_index("source").loc[list(SOURCES)]
    return 0.5 * (table["rel_unc_up"] + table["rel_unc_down"]).to_numpy()


def other_flux_moments(source: str, tables: TableSource, solar: SolarConfig) -> FluxMoments:
    """Return the moments of atmospheric neutrinos or of the diffuse supernova background (DSNB).

    DSNB: the mean of the lower and upper model for nu_e and its antineutrino; that nu_mu, nu_tau and their
    antineutrinos have the flux of the electron antineutrino each is an assumption.
    """
    table = tables(OTHER_NEUTRINOS[source])

    def column(name: str) -> NDArray[np.float64]:
        return table[f"{name}_per_cm2_s_MeV"].to_numpy(dtype=float)

    if source == "atmospheric":
        flux = {"e": column("nu_e") + column("nubar_e"), "mu": column("nu_mu") + column("nubar_mu")}
        flux["tau"] = np.zeros_like(flux["e"])
    else:
        nu_e, nubar_e = (0.5 * (column(f"{name}_lower") + column(f"{name}_upper")) for name in ("nu_e", "nubar_e"))
        flux = {"e": nu_e + nubar_e, "mu": 2.0 * nubar_e, "tau": 2.0 * nubar_e}
    return moments_of_table(source, table["E_nu_MeV"].to_numpy(), fluxes_by_mode(flux, oscillation(tables, solar)))
