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
    """Grids of one star; halving or doubling each moves no edge by 1 % (tests)."""

    zones_core: int = 9
    zones_mantle: int = 21
    zones_outside: int = 6
    energies: int = 28
    rays: int = 10
    """In each of core and mantle."""
    shells_per_zone: int = 3
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
    zone_edges_km: Array
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
        if not self.R_nu_km < R_out_km <= self.R_far_km:
            raise DomainError(
                f"{R_out_km:g} km must lie between the neutrino sphere, {self.R_nu_km:.4g} km, and R_far, "
                f"{self.R_far_km:g} km"
            )
        inside = int(np.searchsorted(self.shell_edges_km, R_out_km * (1.0 - 1e-12)))
        return np.append(self.shell_edges_km[:inside], R_out_km)

    @property
    def per_zone(self) -> int:
        """Return the number of shells of a zone."""
        return (self.shell_edges_km.size - 1) // (self.zone_edges_km.size - 1)


def layers(
    star: Star, degenerate: bool, T_nu_MeV: float, R_far_km: float, grid: Resolution = DEFAULT_RESOLUTION
) -> Layers:
    """Return zones uniform in r up to R_core, in ln r to the neutrino sphere (T = T_nu), and on to R_far."""
    R_nu, R_core_km = star.radius_at_T_km(T_nu_MeV), star.R_core_km
    if not R_core_km < R_nu < R_far_km:
        raise DomainError(
            f"radii must increase: core {R_core_km:g} km, neutrino sphere (T = {T_nu_MeV:g} MeV) {R_nu:g} km, "
            f"R_far {R_far_km:g} km"
        )

    def edges(factor: int) -> Array:
        core = np.linspace(0.0, R_core_km, factor * grid.zones_core + 1)
        mantle = np.geomspace(R_core_km, R_nu, factor * grid.zones_mantle + 1)
        outside = np.geomspace(R_nu, R_far_km, factor * grid.zones_outside + 1)
        return np.concatenate([core, mantle[1:], outside[1:]])

    zones, shells = edges(1), edges(grid.shells_per_zone)
    state, lapse = star.at(0.5 * (zones[1:] + zones[:-1]), degenerate)
    shell_lapse = np.interp(0.5 * (shells[1:] + shells[:-1]), star.r_km, star.lapse)
    return Layers(grid.zones_core, zones, shells, state, lapse, shell_lapse, R_core_km, R_nu, R_far_km)
