"""What N -> nu gamma outside the star would have shown: heated envelopes, gamma rays, energetic neutrinos.

N of energy E lives gamma tau_0 with tau_0 = 16 pi/(mu^2 M^3); photon and neutrino each have a flat spectrum between
(E - p)/2 and (E + p)/2. The spectrum of N is that which comes out of R_in, and decays are counted from there.
A photon or neutrino of energy E_g is late by t = t_d M^2/(2 E E_g), t_d the flight time of N: within Delta t it must
have decayed before t_d = 2 E E_g Delta t/M^2, that is e^{-2 E_g Delta t/(M tau_0)} of N have not (arXiv:1702.02964).
"""

from dataclasses import dataclass
from math import pi

import numpy as np
from numpy.typing import NDArray

from nudipole.constants import (
    CM_PER_KPC,
    ERG_PER_MEV,
    M_E_MEV,
    NEUTRON_PROTON_MASS_DIFFERENCE_MEV,
    PROTONS_PER_KT_WATER,
    SPEED_OF_LIGHT_CM_PER_S,
)
from nudipole.quadrature import unit_rule
from nudipole.supernova.emission import Emitter
from nudipole.supernova.profile import CM_PER_KM
from nudipole.units import lifetime_s

Array = NDArray[np.float64]
NODES = 16
"""Energies of the decay product."""


@dataclass(frozen=True)
class Envelope:
    """Energy that decays may put between R_in and the surface of the progenitor."""

    R_envelope_cm: float
    E_max_erg: float
    fraction: float = 0.5
    """Of the energy of N: its photon's."""


@dataclass(frozen=True)
class GammaRays:
    """Fluence of gamma rays that a satellite would have seen."""

    R_envelope_cm: float
    E_min_MeV: float
    E_max_MeV: float
    window_s: float
    fluence_max_per_cm2: float
    distance_kpc: float


@dataclass(frozen=True)
class EnergeticNeutrinos:
    """Positrons above every observed one in water Cherenkov detectors."""

    exposure_kt: float
    E_min_MeV: float
    E_max_MeV: float
    window_s: float
    events_max: float
    antineutrino_e_fraction: float
    distance_kpc: float


@dataclass(frozen=True, eq=False)
class Outflow:
    """N that leave R_in during the cooling: number a MeV, shape (mu, energies), and their kinematics."""

    M_N_MeV: float
    mu_nu_muB: Array
    E_MeV: Array
    weight_MeV: Array
    dN_dE_per_MeV: Array
    R_in_cm: float

    @property
    def momentum_MeV(self) -> Array:
        """Return p at infinity."""
        return np.sqrt((self.E_MeV - self.M_N_MeV) * (self.E_MeV + self.M_N_MeV))

    @property
    def tau_0_s(self) -> Array:
        """Return the lifetime at rest for each mu."""
        return np.array([lifetime_s(self.M_N_MeV, float(mu)) for mu in self.mu_nu_muB])

    def decay_lengths(self, R_cm: float) -> Array:
        """Return the distance from R_in to R in decay lengths, shape (mu, energies)."""
        travel = (R_cm - self.R_in_cm) * self.M_N_MeV / (self.momentum_MeV * SPEED_OF_LIGHT_CM_PER_S)
        return np.asarray(travel[None, :] / self.tau_0_s[:, None])


def outflow(emitter: Emitter, mu_nu_muB: Array, R_in_km: float, duration_s: float) -> Outflow:
    """Return what leaves R_in at a constant luminosity during the duration."""
    spectrum = emitter.spectrum(mu_nu_muB, R_out_km=R_in_km) * duration_s
    number = spectrum / (emitter.E_MeV * ERG_PER_MEV)
    return Outflow(emitter.M_N_MeV, mu_nu_muB, emitter.E_MeV, emitter.weight_MeV, number, R_in_km * CM_PER_KM)


def deposited_erg(flow: Outflow, bound: Envelope) -> Array:
    """Return the energy put between R_in and the envelope's radius, fraction int dN E (1 - e^{-(R - R_in)/l})."""
    decayed = -np.expm1(-flow.decay_lengths(bound.R_envelope_cm))
    energy = flow.dN_dE_per_MeV * decayed * flow.E_MeV
    return np.asarray(bound.fraction * ERG_PER_MEV * (energy @ flow.weight_MeV))


def _products(flow: Outflow, low_MeV: float, high_MeV: float) -> tuple[Array, Array]:
    """Return energies of the decay product inside a window and weights dE_g/p, shape (energies, NODES)."""
    x, w = unit_rule(NODES)
    p = flow.momentum_MeV
    # E - p without cancellation
    start = np.maximum(0.5 * flow.M_N_MeV**2 / (flow.E_MeV + p), low_MeV)
    width = np.maximum(np.minimum(0.5 * (flow.E_MeV + p), high_MeV) - start, 0.0)
    return start[:, None] + width[:, None] * x, width[:, None] * w / p[:, None]


def gamma_fluence_per_cm2(flow: Outflow, bound: GammaRays) -> Array:
    """Return the fluence of photons in the window of energy and time from decays outside the envelope.

    (1/(4 pi d^2)) int dN int dE_g/p [e^{-(R - R_in)/l} - e^{-2 E_g Delta t/(M tau_0)}]_+.
    """
    E_g, weight = _products(flow, bound.E_min_MeV, bound.E_max_MeV)
    outside = flow.decay_lengths(bound.R_envelope_cm)[:, :, None]
    late = 2.0 * E_g[None] * bound.window_s / (flow.M_N_MeV * flow.tau_0_s[:, None, None])
    # e^-a - e^-b without cancellation for long-lived N
    seen = np.exp(-outside) * -np.expm1(-np.maximum(late - outside, 0.0))
    per_N = (seen * weight).sum(axis=-1)
    fluence = (flow.dN_dE_per_MeV * per_N) @ flow.weight_MeV
    return np.asarray(fluence / (4.0 * pi * (bound.distance_kpc * CM_PER_KPC) ** 2))


def inverse_beta_cm2(E_nu_MeV: Array) -> Array:
    """Return sigma(nubar_e p -> e+ n) = 1e-43 p_e E_e E_nu^{-0.07056 + 0.02018 ln E - 0.001953 ln^3 E} cm^2/MeV^2.

    Strumia and Vissani, astro-ph/0302055, eq. 25: good to 1 % up to 300 MeV; E_e = E_nu - 1.293 MeV.
    """
    E_e = np.maximum(E_nu_MeV - NEUTRON_PROTON_MASS_DIFFERENCE_MEV, M_E_MEV)
    log = np.log(E_nu_MeV)
    exponent = -0.07056 + 0.02018 * log - 0.001953 * log**3
    return np.asarray(1e-43 * np.sqrt(E_e**2 - M_E_MEV**2) * E_e * E_nu_MeV**exponent)


def positron_events(flow: Outflow, bound: EnergeticNeutrinos) -> Array:
    """Return the number of positrons in the window from nubar_e of N decays anywhere outside R_in.

    Half of the N are antiparticles, which give antineutrinos; antineutrino_e_fraction of these arrive as nubar_e.
    """
    E_nu, weight = _products(
        flow, bound.E_min_MeV + NEUTRON_PROTON_MASS_DIFFERENCE_MEV, bound.E_max_MeV + NEUTRON_PROTON_MASS_DIFFERENCE_MEV
    )
    late = 2.0 * E_nu[None] * bound.window_s / (flow.M_N_MeV * flow.tau_0_s[:, None, None])
    per_N = (-np.expm1(-late) * inverse_beta_cm2(E_nu) * weight).sum(axis=-1)
    arriving = 0.5 * bound.antineutrino_e_fraction * (flow.dN_dE_per_MeV * per_N) @ flow.weight_MeV
    targets = bound.exposure_kt * PROTONS_PER_KT_WATER
    return np.asarray(arriving * targets / (4.0 * pi * (bound.distance_kpc * CM_PER_KPC) ** 2))
