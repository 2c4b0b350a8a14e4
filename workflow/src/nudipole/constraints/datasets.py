"""Which datasets each constraint reads. Names only: the workflow asks before anything heavy is imported."""

from collections.abc import Iterable, Mapping
from typing import Any

from nudipole.detectors.record import Experiment

SOLAR = ("solar_fluxes", "solar_lines", "b8_spectrum_winter2006", "oscillation_parameters")

PRODUCTION_REGION = {
    "BS05-OP": "production_bs05_op",
    "BS05-AGS-OP": "production_bs05_ags_op",
    "B16-GS98": "production_b16_gs98",
    "B16-AGSS09met": "production_b16_agss09met",
    # no table of a production region is known to us: those of the closest composition
    "B23-GS98": "production_b16_gs98",
    "Borexino-fit": "production_bs05_ags_op",
}
"""Dataset with the production region that goes with each solar model."""

COSMOLOGY = (
    "nuclear_reactions",
    "nuclear_rates_primat2023",
    "nuclear_rates_recommended",
    "neutron_proton_rates",
    "plasma_corrections",
    "effective_degrees_of_freedom",
)

PUBLISHED_CURVES = ("published_curves_brdar2020",)


def solar_datasets(solar_model: str) -> tuple[str, ...]:
    """Return the datasets that the flux moments of a solar model need."""
    return (*SOLAR, PRODUCTION_REGION[solar_model])


def detector_datasets(
    variants: tuple[Experiment, ...], statistics: Mapping[str, Any], solar_spread: Iterable[str]
) -> tuple[str, ...]:
    """Return the datasets of an experiment in all its variants, with those of flux priors and other solar models."""
    names = ["solar_fluxes", *(name for variant in variants for name in variant.datasets)]
    names += ["luminosity_constraint"] if statistics["luminosity_constraint"] else []
    names += [statistics["flux_correlations"]] if statistics["flux_correlations"] else []
    if any(part.neutrinos for variant in variants for part in variant.parts):
        names.append("oscillation_parameters")
    models = {part.solar_model for variant in variants for part in variant.parts if part.solar_model}
    for model in sorted(models.union(solar_spread)):
        names += solar_datasets(model)
    return tuple(dict.fromkeys(names))
