"""Which datasets each constraint reads. Names only: the workflow asks before anything heavy is imported."""

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

XENON1T = (
    "xenon1t_sr1_er_counts",
    "xenon1t_sr1_er_background",
    "xenon1t_sr1_efficiency",
    "xenon_subshells",
    "solar_fluxes",
)

COSMOLOGY = (
    "nuclear_reactions",
    "nuclear_rates_primat2023",
    "nuclear_rates_recommended",
    "neutron_proton_rates",
    "plasma_corrections",
    "effective_degrees_of_freedom",
)

PUBLISHED_LIMITS = ("published_curves_brdar2020", "published_dipole_limits", "published_limit_sources")


def solar_datasets(solar_model: str) -> tuple[str, ...]:
    """Return the datasets that the flux moments of a solar model need."""
    return (*SOLAR, PRODUCTION_REGION[solar_model])
