"""One mass in one star: sources and opacities on shells, and what of it leaves."""

from dataclasses import dataclass
from enum import StrEnum
from math import log, pi

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline

from nudipole.constants import ERG_PER_MEV, HBAR_MEV_S, HBARC_MEV_CM, MU_B_PER_MEV
from nudipole.quadrature import unit_rule
from nudipole.supernova.layers import DEFAULT_RESOLUTION, Layers, Resolution
from nudipole.supernova.profile import CM_PER_KM
from nudipole.supernova.rates import Channel, Microphysics, Rates, rates
from nudipole.supernova.transport import luminosity_radial, luminosity_rays

Array = NDArray[np.float64]
ERG_PER_CM3_S_PER_MEV5 = ERG_PER_MEV / (HBARC_MEV_CM**3 * HBAR_MEV_S)
"""1 MeV^5 = 3.168e47 erg/cm^3/s."""
DEPTH = 25.0
"""Energies more than this many T above mass and chemical potential are left out: e^-25."""
SMALLEST = 1e-290
"""Stands for a rate that underflows when its logarithm is interpolated."""
STEEPEST = 20.0
"""Largest slope of ln Gamma a zone that is averaged over a shell: beyond it the rate vanishes anyway."""


class Helicity(StrEnum):
    """Which opacity of scattering N meets."""

    EXACT = "exact"
    """Each helicity has its own source and opacity."""
    INTERPOLATED = "interpolated"
    """(1 + v^2) times the mean over helicities: of helicity fractions (1 +- v)/2."""
    UNPOLARISED = "unpolarised"
    """The mean over helicities: the smallest opacity."""
    ACTIVE = "active"
    """The sum over helicities, as if all N had the one that scatters: the largest."""


@dataclass(frozen=True)
class Propagation:
    """How N moves through the star."""

    helicity: Helicity = Helicity.EXACT
    radial: bool = False
    redshift: bool = True
    """N loses energy on its way out, E lapse = const; else it keeps its energy, the lapse^2 of the luminosity apart."""
    inverse_blocking: bool = True
    """Opacity Gamma_loss + Gamma_gain, as the occupation of N itself, a fermion, makes it; else Gamma_loss alone."""


@dataclass(frozen=True, eq=False)
class Emitter:
    """Sources and opacities of one mass for mu = 1 mu_B; rows are (state, energy), columns shells.

    E_MeV and weight_MeV: energies at infinity and their quadrature weights; N with E < M stay bound to the star.
    source_erg_per_cm3_s_MeV is lapse dQ/dE per MeV at infinity.
    """

    M_N_MeV: float
    layers: Layers
    how: Propagation
    rays: int
    E_MeV: Array
    weight_MeV: Array
    source: Array
    opacity_per_cm: Array

    def spectrum(self, mu_nu_muB: Array, R_out_km: float | None = None) -> Array:
        """Return dL/dE at infinity [erg/s/MeV], shape (mu, energies), of N that come out of R_out (default R_far)."""
        edges = self.layers.edges_to_km(R_out_km)
        inside = edges.size - 1
        emitting = min(self.layers.emitting_shells, inside)
        cm = edges * CM_PER_KM
        source, opacity = (np.ascontiguousarray(a[:, :inside]) for a in (self.source, self.opacity_per_cm))
        mu2 = np.asarray(mu_nu_muB, dtype=np.float64) ** 2
        if self.how.radial:
            rows = luminosity_radial(cm, source, opacity, mu2, emitting)
        else:
            rows = luminosity_rays(cm, *self._impact_parameters(edges[-1]), source, opacity, mu2, emitting)
        return np.asarray(rows.reshape(mu2.size, -1, self.E_MeV.size).sum(axis=1))

    def luminosity_erg_s(self, mu_nu_muB: Array) -> Array:
        """Return L(mu) at infinity."""
        return np.asarray(self.spectrum(mu_nu_muB) @ self.weight_MeV)

    def _impact_parameters(self, R_out_km: float) -> tuple[Array, Array]:
        """Return b and 2 pi b db in core and mantle, dense on both sides of R_core, where emission peaks.

        b = R sin(pi x/2) makes chords sqrt(R^2 - b^2) smooth in x; b = R e^{c x^2} the steep fall outside.
        """
        x, w = unit_rule(self.rays)
        core = self.layers.R_core_km * CM_PER_KM
        outside = log(min(self.layers.R_nu_km, R_out_km) * CM_PER_KM / core)
        mantle = core * np.exp(outside * x * x)
        b = np.concatenate([core * np.sin(0.5 * pi * x), mantle])
        db = np.concatenate([0.5 * pi * core * np.cos(0.5 * pi * x) * w, mantle * outside * 2.0 * x * w])
        return b, 2.0 * pi * b * db


def energy_grid(M_N_MeV: float, shape: Layers, energies: int) -> tuple[Array, Array]:
    """Return energies at infinity above M_N and weights, dense at low kinetic energy."""
    top = DEPTH * float(shape.state.T_MeV.max()) + float(np.abs(shape.state.mu_nu_MeV).max())
    x, w = unit_rule(energies)
    return M_N_MeV + top * x**2.5, 2.5 * top * w * x**1.5


def _mean_of_exponential(slope: Array | float, width: Array | float) -> Array:
    """Return the mean of e^{slope x} over -width/2 < x < width/2."""
    half = 0.5 * np.asarray(slope) * width
    return np.asarray(
        np.where(np.abs(half) < 1e-4, 1.0 + half**2 / 6.0, np.sinh(half) / np.where(half == 0.0, 1.0, half))
    )


def _on_shells(values: Array, shape: Layers, power: int) -> Array:
    """Return rates at zone centres as means over shells, weighted with r^(power - 1) dr: 3 for sources, 1 for opacity.

    ln Gamma is a spline in the number of the zone, one for the core and one for the rest: the profile has a kink in
    between. Within a shell Gamma and the weight are exponentials in it.
    """
    core, width, parts = shape.zones_core, 1.0 / shape.per_zone, []
    weight = np.gradient(np.log(np.diff(shape.shell_edges_km**power))) / width
    for part, first in ((values[..., :core], 0), (values[..., core:], core)):
        zones = part.shape[-1]
        position = (np.arange(zones * shape.per_zone) + 0.5) * width - 0.5
        curve = CubicSpline(np.arange(zones), np.log(np.maximum(part, SMALLEST)), axis=-1)
        tilt = weight[first * shape.per_zone :][: position.size]
        slope = np.clip(curve(position, 1), -STEEPEST, STEEPEST)
        mean = _mean_of_exponential(slope + tilt, width) / _mean_of_exponential(tilt, width)
        parts.append(np.exp(curve(position)) * mean)
    return np.concatenate(parts, axis=-1)


def opacity_MeV3(found: Rates, v: Array, how: Propagation) -> Array:
    """Return the inverse mean free path for mu = 1/MeV, shape (species, helicity, radius, energy)."""
    total = found.loss_MeV3 + found.gain_MeV3 if how.inverse_blocking else found.loss_MeV3
    if how.helicity is Helicity.EXACT:
        return np.asarray(total.sum(axis=0) / v)
    mean = total.mean(axis=2, keepdims=True)
    factor = {Helicity.INTERPOLATED: 1.0 + v * v, Helicity.UNPOLARISED: 1.0, Helicity.ACTIVE: 2.0}[how.helicity]
    scattering = (mean[Channel.PROTON] + mean[Channel.ELECTRON]) * factor
    return np.asarray(np.broadcast_to(scattering + mean[Channel.PHOTON], total.shape[1:]) / v)


def emitter(
    M_N_MeV: float, shape: Layers, physics: Microphysics, how: Propagation, grid: Resolution = DEFAULT_RESOLUTION
) -> Emitter:
    """Return sources and opacities of one mass."""
    E_inf, weight = energy_grid(M_N_MeV, shape, grid.energies)
    E = E_inf[None, :] / (shape.lapse[:, None] if how.redshift else np.ones_like(shape.lapse)[:, None])
    found = rates(M_N_MeV, E, shape.state, physics, grid.nodes)
    p = np.sqrt((E - M_N_MeV) * (E + M_N_MeV))
    # p E/(2 pi^2) Gamma N of each helicity a volume, energy and time, each with energy E; lapse^2 dE = lapse dE_inf
    lapse = shape.lapse[:, None] if how.redshift else shape.lapse[:, None] ** 2
    source = found.gain_MeV3.sum(axis=0) * p * E * E / (2.0 * pi**2) * lapse
    opacity = opacity_MeV3(found, p / E, how)
    if not shape.state.mu_nu_MeV.any():
        source, opacity = 2.0 * source[:1], opacity[:1]
    if how.helicity is not Helicity.EXACT:
        source, opacity = source.sum(axis=1, keepdims=True), opacity[:, :1]

    def rows(values: Array, power: int) -> Array:
        by_shell = _on_shells(np.moveaxis(values, 2, -1), shape, power)
        return np.ascontiguousarray(by_shell.reshape(-1, by_shell.shape[-1]))

    emission = rows(source, 3)
    if not how.redshift:
        bound = E_inf[:, None] * shape.shell_lapse[None, :] <= M_N_MeV
        emission[np.tile(bound, (emission.shape[0] // E_inf.size, 1))] = 0.0
    unit = MU_B_PER_MEV**2
    return Emitter(
        M_N_MeV,
        shape,
        how,
        grid.rays,
        E_inf,
        weight,
        emission * (unit * ERG_PER_CM3_S_PER_MEV5),
        rows(opacity, 1) * (unit / HBARC_MEV_CM),
    )


def luminosity_by_channel(
    M_N_MeV: float, shape: Layers, physics: Microphysics, grid: Resolution = DEFAULT_RESOLUTION
) -> Array:
    """Return what N of each channel carry to infinity without absorption [erg/s], mu = 1 mu_B, shape (channels,)."""
    E_inf, weight = energy_grid(M_N_MeV, shape, grid.energies)
    E = E_inf[None, :] / shape.lapse[:, None]
    found = rates(M_N_MeV, E, shape.state, physics, grid.nodes)
    p = np.sqrt((E - M_N_MeV) * (E + M_N_MeV))
    density = (found.gain_MeV3.sum(axis=(1, 2)) * (p * E * E / (2.0 * pi**2)) @ weight) * shape.lapse
    volumes = np.diff(4.0 * pi / 3.0 * (shape.shell_edges_km * CM_PER_KM) ** 3)[: shape.emitting_shells]
    by_shell = _on_shells(density, shape, 3)[:, : shape.emitting_shells]
    return np.asarray(by_shell @ volumes * (MU_B_PER_MEV**2 * ERG_PER_CM3_S_PER_MEV5))
