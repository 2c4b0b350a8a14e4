"""The star of a configuration: what leaves it, for every mass, moment and neutrino, over each limit."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property, lru_cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nudipole.constraints.supernova_inputs import Criterion, SupernovaConfig
from nudipole.supernova.decays import deposited_erg, gamma_fluence_per_cm2, outflow, positron_events
from nudipole.supernova.emission import Emitter, emitter
from nudipole.supernova.layers import Layers, layers
from nudipole.supernova.medium import Medium, medium
from nudipole.supernova.one_zone import ZoneEmission, zone_emission
from nudipole.supernova.profile import Star

Array = NDArray[np.float64]


class Bound(StrEnum):
    """The limits from a supernova, by the name of their constraint."""

    COOLING = "supernova"
    LOW_ENERGY = "sn_low_energy"
    EXPLOSION = "sn_explosion"
    GAMMA = "sn_gamma"
    NEUTRINOS = "sn_neutrinos"


DECAY_BOUNDS = tuple(bound for bound in Bound if bound is not Bound.COOLING)
STAR_KEYS = ("profile.", "decays.", "mu_nue", "lapse")
"""Variants of these keys change the decay bounds as well; of the others only the cooling is drawn."""
QUANTITIES = {
    Bound.LOW_ENERGY: ("E_deposited_erg", "erg"),
    Bound.EXPLOSION: ("E_deposited_erg", "erg"),
    Bound.GAMMA: ("fluence_per_cm2", "1/cm^2"),
    Bound.NEUTRINOS: ("positron_events", "1"),
}
COOLING_QUANTITIES = {
    Criterion.LUMINOSITY: ("L_erg_s", "erg/s"),
    Criterion.EMISSIVITY: ("Q_erg_per_g_s", "erg/g/s"),
}


@dataclass(frozen=True, eq=False)
class Model:
    """One configuration of the star. `degenerate` stands for nu_e with their chemical potential, else mu_nu = 0."""

    config: SupernovaConfig
    table: pd.DataFrame | None = None

    @cached_property
    def star(self) -> Star:
        """Return the profile."""
        return self.config.star(self.table)

    def is_degenerate(self, flavour: str) -> bool:
        """Return whether the neutrinos of a coupling have a chemical potential anywhere."""
        return flavour == "e" and bool(self.star.mu_nue_MeV.any())

    def layers(self, degenerate: bool) -> Layers:
        """Return the star cut into zones and shells."""
        config = self.config
        return _layers(self.star, degenerate, config)

    def emitter(self, M_N_MeV: float, degenerate: bool) -> Emitter:
        """Return sources and opacities of one mass."""
        config = self.config
        return emitter(M_N_MeV, self.layers(degenerate), config.physics, config.propagation, config.resolution)

    def zone_medium(self, degenerate: bool) -> Medium:
        """Return the zone of the emissivity criterion: T_c, rho_c, Y_e of the analytic profile, mu_nue (centre)."""
        profile = self.config.analytic
        mu_nu = self.config.degeneracy.centre_MeV if degenerate else 0.0
        rho, T, Y_e = (np.array([value]) for value in (profile.rho_c_g_cm3, profile.T_c_MeV, profile.Y_e))
        return medium(rho, T, Y_e, np.array([mu_nu]))

    def zone(self, M_N_MeV: float, degenerate: bool) -> ZoneEmission:
        """Return the emission of that zone."""
        return zone_emission(M_N_MeV, self.zone_medium(degenerate), self.config.physics, self.config.propagation)

    def limit_of(self, bound: Bound) -> float:
        """Return the largest allowed value of a bound's quantity."""
        config, decays = self.config, self.config.decays
        cooling = config.L_nu_erg_s if config.criterion is Criterion.LUMINOSITY else config.Q_max_erg_g_s
        return {
            Bound.COOLING: cooling,
            Bound.LOW_ENERGY: decays.low_energy.E_max_erg,
            Bound.EXPLOSION: decays.explosion.E_max_erg,
            Bound.GAMMA: decays.gamma.fluence_max_per_cm2,
            Bound.NEUTRINOS: decays.neutrinos.events_max,
        }[bound]

    def quantity(self, bound: Bound) -> tuple[str, str]:
        """Return name and unit of what a bound limits."""
        return COOLING_QUANTITIES[self.config.criterion] if bound is Bound.COOLING else QUANTITIES[bound]

    def values(
        self, bounds: tuple[Bound, ...], M_N_MeV: float, mu_nu_muB: Array, degenerate: bool
    ) -> dict[Bound, Array]:
        """Return the quantity of each bound at one mass, arrays of the shape of mu."""
        found: dict[Bound, Array] = {}
        if Bound.COOLING in bounds and self.config.criterion is Criterion.EMISSIVITY:
            zone = self.zone(M_N_MeV, degenerate)
            found[Bound.COOLING] = zone.emissivity_erg_g_s(mu_nu_muB, self.config.analytic.R_c_km)
            bounds = tuple(bound for bound in bounds if bound is not Bound.COOLING)
        if not bounds:
            return found
        source = self.emitter(M_N_MeV, degenerate)
        if Bound.COOLING in bounds:
            found[Bound.COOLING] = source.luminosity_erg_s(mu_nu_muB)
        decays = self.config.decays
        if set(bounds) & set(DECAY_BOUNDS):
            flow = outflow(source, mu_nu_muB, decays.R_in_km, decays.duration_s)
            outside = {
                Bound.LOW_ENERGY: lambda: deposited_erg(flow, decays.low_energy),
                Bound.EXPLOSION: lambda: deposited_erg(flow, decays.explosion),
                Bound.GAMMA: lambda: gamma_fluence_per_cm2(flow, decays.gamma),
                Bound.NEUTRINOS: lambda: positron_events(flow, decays.neutrinos),
            }
            found |= {bound: outside[bound]() for bound in bounds if bound in outside}
        return found


def bounds_of(variant: str) -> tuple[Bound, ...]:
    """Return the bounds that are computed for a variant, by its name: all for the default."""
    everything = variant == "default" or any(part.startswith(STAR_KEYS) for part in variant.split(","))
    return tuple(Bound) if everything else (Bound.COOLING,)


@lru_cache(maxsize=4)
def _layers(star: Star, degenerate: bool, config: SupernovaConfig) -> Layers:
    """Return the layers of a star, which is compared by identity."""
    return layers(star, degenerate, config.T_nu_sphere_MeV, config.R_far_km, config.resolution)
