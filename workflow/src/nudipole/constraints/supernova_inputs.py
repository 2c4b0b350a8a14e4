"""The supernova section of the configuration as types, and its variants."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import pandas as pd

from nudipole.supernova.decays import EnergeticNeutrinos, Envelope, GammaRays
from nudipole.supernova.emission import Helicity, Propagation
from nudipole.supernova.layers import Resolution
from nudipole.supernova.profile import Chang, Lapse, NeutrinoDegeneracy, Star, analytic_star, table_star
from nudipole.supernova.rates import Microphysics, Protons

SECTION = "supernova"
CITATIONS = (
    "arXiv:2402.01624 (integrated luminosity, low-energy supernovae)",
    "arXiv:1611.03864 (profile)",
    "arXiv:1803.03262 (emissivity of one zone)",
    "arXiv:2201.09890 (energy in the envelope)",
    "arXiv:1702.02964 and Phys. Rev. Lett. 62 (1989) 505 (gamma rays)",
    "arXiv:2209.11773 (energetic neutrinos)",
    "astro-ph/0302055 (inverse beta decay)",
)


class Criterion(StrEnum):
    """What is compared with the neutrinos' luminosity."""

    LUMINOSITY = "luminosity"
    EMISSIVITY = "emissivity"


@dataclass(frozen=True)
class Decays:
    """Bounds from decays outside the star."""

    duration_s: float
    R_in_km: float
    low_energy: Envelope
    explosion: Envelope
    gamma: GammaRays
    neutrinos: EnergeticNeutrinos


@dataclass(frozen=True)
class SupernovaConfig:
    """Everything the configuration says about the supernova but the grid of the plane."""

    criterion: Criterion
    L_nu_erg_s: float
    Q_max_erg_g_s: float
    R_far_km: float
    T_nu_sphere_MeV: float
    lapse: Lapse
    degeneracy: NeutrinoDegeneracy
    analytic: Chang
    profile_table: str | None
    physics: Microphysics
    propagation: Propagation
    resolution: Resolution
    masses: int
    decays: Decays

    def star(self, table: pd.DataFrame | None) -> Star:
        """Return the profile; table: that of `profile_table`, if the configuration names one."""
        if table is not None:
            return table_star(table, self.lapse)
        return analytic_star(self.analytic, self.degeneracy, self.lapse, self.R_far_km)


def supernova_config(config: Mapping[str, Any]) -> SupernovaConfig:
    """Return the typed supernova section of a validated configuration."""
    section = config[SECTION]
    profile, decays = dict(section["profile"]), section["decays"]
    kind, table = profile.pop("kind"), profile.pop("table")
    distance = {"distance_kpc": float(decays["distance_kpc"])}
    return SupernovaConfig(
        criterion=Criterion(section["criterion"]),
        L_nu_erg_s=float(section["L_nu_erg_s"]),
        Q_max_erg_g_s=float(section["Q_max_erg_g_s"]),
        R_far_km=float(section["R_far_km"]),
        T_nu_sphere_MeV=float(section["T_nu_sphere_MeV"]),
        lapse=Lapse(section["lapse"]),
        degeneracy=NeutrinoDegeneracy(float(section["mu_nue_centre_MeV"]), float(section["mu_nue_radius_km"])),
        analytic=Chang(**{key: float(value) for key, value in profile.items()}),
        profile_table=table if kind == "table" else None,
        physics=Microphysics(
            Protons(section["protons"]), section["screening"] == "squared", section["plasmons"] == "transverse"
        ),
        propagation=Propagation(
            Helicity(section["helicity"]),
            section["rays"] == "radial",
            bool(section["redshift"]),
            bool(section["inverse_blocking"]),
        ),
        resolution=Resolution().finer(float(section["resolution"])),
        masses=int(section["M_N_points"]),
        decays=Decays(
            duration_s=float(decays["duration_s"]),
            R_in_km=float(decays["R_in_km"]),
            low_energy=Envelope(**_floats(decays["low_energy"])),
            explosion=Envelope(**_floats(decays["explosion"])),
            gamma=GammaRays(**_floats(decays["gamma"]), **distance),
            neutrinos=EnergeticNeutrinos(**_floats(decays["neutrinos"]), **distance),
        ),
    )


def _floats(section: Mapping[str, Any]) -> dict[str, float]:
    return {key: float(value) for key, value in section.items()}
