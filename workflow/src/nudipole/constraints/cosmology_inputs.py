"""The cosmology section of the configuration as types."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from nudipole.cosmology.assumptions import (
    PRESETS,
    DecayBalance,
    Equations,
    Kinetics,
    Nature,
    ScatteringBalance,
    Upscattering,
)
from nudipole.cosmology.background import Accuracy
from nudipole.cosmology.likelihood import Observations
from nudipole.cosmology.scenario import Decoupling, Scenario, scenarios_of


@dataclass(frozen=True)
class CosmologyConfig:
    """Everything the configuration says about the early universe but the grids."""

    kinetics: Kinetics
    scenarios: tuple[Scenario, ...]
    decoupling: Decoupling
    heavy_species: bool
    T_0_MeV: float
    network: str
    tau_n_s: float
    Omega_b_h2: float
    accuracy: Accuracy
    observed: Observations
    criterion: str
    confidence_level: float
    delta_N_eff: tuple[float, ...]


def kinetics_of(section: Mapping[str, Any]) -> Kinetics:
    """Return the preset of `equations` with the single choices that are not null on top."""
    kinds: dict[str, Any] = {"decay_balance": DecayBalance, "scattering_balance": ScatteringBalance}
    chosen: dict[str, Any] = {
        key: kinds.get(key, bool)(section[key])
        for key in ("decay_balance", "scattering_balance", "weak_exchange", "qed", "time_dilation")
        if section[key] is not None
    }
    if section["helicities"] is not None:
        chosen["states"] = int(section["helicities"])
    return replace(
        PRESETS[Equations(section["equations"])],
        upscattering=Upscattering(section["upscattering"]),
        upscattering_c=float(section["upscattering_c"]),
        nature=Nature(section["nature"]),
        **chosen,
    )


def cosmology_config(config: Mapping[str, Any]) -> CosmologyConfig:
    """Return the typed cosmology section of a validated configuration."""
    section = config["cosmology"]
    level = section["limits"]["confidence_level"]
    return CosmologyConfig(
        kinetics=kinetics_of(section),
        scenarios=scenarios_of(section),
        decoupling=Decoupling(section["decoupling"]),
        heavy_species=bool(section["heavy_species"]),
        T_0_MeV=float(section["T_0_MeV"]),
        network=section["network"],
        tau_n_s=float(section["tau_n_s"]),
        Omega_b_h2=float(section["Omega_b_h2"]),
        accuracy=Accuracy(rtol=float(section["rtol"]), momenta=section["momenta"]),
        observed=Observations(**{key: float(value) for key, value in section["observed"].items()}),
        criterion=section["limits"]["criterion"],
        confidence_level=float(config["statistics"]["confidence_level"] if level is None else level),
        delta_N_eff=tuple(float(value) for value in section["limits"]["delta_N_eff"]),
    )
