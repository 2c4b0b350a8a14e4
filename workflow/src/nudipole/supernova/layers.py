"""A star cut into zones, in which rates are computed, and shells, through which N moves."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nudipole.errors import DomainError
from nudipole.supernova.medium import Medium
from nudipole.supernova.profile import Star
from nudipole.supernova.rates import DEFAULT_NODES, Nodes

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Resolution:
    """Grids of one star; half or twice the points move no edge by 1 % (tests)."""

    zones_core: int = 10
    zones_mantle: int = 20
    zones_outside: int = 6
    energies: int = 30
    rays: int = 8
    """In each of core and mantle."""
    shells_per_zone: int = 2
    nodes: Nodes = DEFAULT_NODES

    def finer(self, factor: float) -> "Resolution":
        """Return all grids multiplied by a factor."""

        def more(count: int) -> int:
            return max(3, round(factor * count))

        return Resolution(
            more(self.zones_core),
            more(self.zones_mantle),
            more(self.zones_outside),
            more(self.energies),
            more(self.rays),
            self.shells_per_zone,
            Nodes(more(self.nodes.scattering), more(self.nodes.line)),
        )


DEFAULT_RESOLUTION = Resolution()


@dataclass(frozen=True, eq=False)
class Layers:
    """A star cut into zones with their medium, and shells that divide the zones."""

    zones_core: int
    zone_centres_km: Array
    shell_edges_km: Array
    state: Medium
    lapse: Array
    shell_lapse: Array
    R_core_km: float
    R_nu_km: float
    R_far_km: float

    @property
    def emitting_shells(self) -> int:
        """Return the number of shells inside the neutrino sphere: N made further out do not come from the core."""
        return int(np.searchsorted(self.shell_edges_km, self.R_nu_km * (1.0 + 1e-9))) - 1

    def edges_to_km(self, R_out_km: float | None) -> Array:
        """Return the edges of the shells up to R_out, by default all; the last shell is cut there."""
        if R_out_km is None:
            return self.shell_edges_km
        if not self.R_core_km < R_out_km <= self.R_far_km:
            raise DomainError(
                f"{R_out_km:g} km must lie between the core, {self.R_core_km:.4g} km, and R_far, {self.R_far_km:g} km"
            )
        inside = int(np.searchsorted(self.shell_edges_km, R_out_km * (1.0 - 1e-12)))
        return np.append(self.shell_edges_km[:inside], R_out_km)

    @property
    def per_zone(self) -> int:
        """Return the number of shells of a zone."""
        return (self.shell_edges_km.size - 1) // self.zone_centres_km.size


def _radii_km(place: Array, bounds: tuple[float, float, float], counts: tuple[int, int, int]) -> Array:
    """Return r at places counted in zones: dense on both sides of R_core, where the profile has its kink and its peak.

    r = R_core (1 - (1 - u)^1.5) in the core, ln(r/R_core) as u^1.5 from there to R_nu and as u from R_nu to R_far.
    """
    R_core, R_nu, R_far = bounds
    inner, middle, outer = counts
    u = np.clip(place / inner, 0.0, 1.0)
    v = np.clip((place - inner) / middle, 0.0, 1.0)
    w = np.clip((place - inner - middle) / outer, 0.0, 1.0)
    core = R_core * (1.0 - (1.0 - u) ** 1.5)
    return np.asarray(core * (R_nu / R_core) ** (v**1.5) * (R_far / R_nu) ** w, dtype=np.float64)


def layers(
    star: Star, degenerate: bool, T_nu_MeV: float, R_far_km: float, grid: Resolution = DEFAULT_RESOLUTION
) -> Layers:
    """Return core, mantle up to the neutrino sphere (T = T_nu), and the space on to R_far."""
    R_nu, R_core_km = star.radius_at_T_km(T_nu_MeV), star.R_core_km
    if not R_core_km < R_nu < R_far_km:
        raise DomainError(
            f"radii must increase: core {R_core_km:g} km, neutrino sphere (T = {T_nu_MeV:g} MeV) {R_nu:g} km, "
            f"R_far {R_far_km:g} km"
        )

    bounds, counts = (R_core_km, R_nu, R_far_km), (grid.zones_core, grid.zones_mantle, grid.zones_outside)
    zones, per_zone = sum(counts), grid.shells_per_zone
    zone_centres = _radii_km(np.arange(0.5, zones), bounds, counts)
    shell_centres: Array = _radii_km(np.arange(0.5, zones * per_zone) / per_zone, bounds, counts)
    shell_edges = _radii_km(np.arange(zones * per_zone + 1) / per_zone, bounds, counts)
    state, lapse = star.at(zone_centres, degenerate)
    shell_lapse = np.asarray(np.interp(shell_centres, star.r_km, star.lapse))
    return Layers(grid.zones_core, zone_centres, shell_edges, state, lapse, shell_lapse, R_core_km, R_nu, R_far_km)
