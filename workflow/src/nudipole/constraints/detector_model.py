"""The likelihood of an experiment at any mass: its parts side by side, with shared fluxes."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from nudipole.constraints.detector_parts import Part
from nudipole.constraints.fluxes import Fluxes
from nudipole.detectors.components import Component
from nudipole.errors import DataError
from nudipole.flavours import ALL_MODES
from nudipole.likelihood.cost import Cost
from nudipole.likelihood.model import Nuisances, Observation
from nudipole.likelihood.scan import SignalScan

Array = NDArray[np.float64]


@dataclass(frozen=True)
class DetectorModel:
    """One experiment in one variant; parts are the records it combines, with the bins of one after the other."""

    parts: tuple[Part, ...]
    fluxes: Fluxes
    quantile_parameters: int = 1
    """Number of parameters of the chi^2 quantile at which limits are read."""

    @property
    def is_generative(self) -> bool:
        """Whether the likelihood says what other outcomes there could have been: toys and Asimov data."""
        return not any(
            part.observation.kind is Cost.TABULATED or part.templates.detector.bins.rest for part in self.parts
        )

    @property
    def own_threshold(self) -> tuple[Array, Array] | None:
        """The collaboration's threshold on -2 ln L against expected events, if it comes with one."""
        return self.parts[0].threshold if len(self.parts) == 1 else None

    @cached_property
    def observation(self) -> Observation:
        """The observations of all parts as one."""
        observations = [part.observation for part in self.parts]
        if len(observations) == 1:
            return observations[0]
        kinds = {observation.kind for observation in observations}
        if kinds != {observations[0].kind} or len(observations[0].table):
            raise DataError("combine: only records whose likelihoods are all Poisson, or all Gaussian, can be combined")
        return replace(
            observations[0],
            counts=np.concatenate([observation.counts for observation in observations]),
            variance=np.concatenate([observation.variance for observation in observations]),
        )

    @cached_property
    def components(self) -> tuple[Component, ...]:
        """Backgrounds and nuisances of shape of all parts over all bins, with the name of the part in front."""
        found, total, first = [], len(self.observation), 0
        for part in self.parts:
            bins = len(part.observation)
            prefix = f"{part.record.name}_" if len(self.parts) > 1 else ""
            for component in part.components:
                events = np.zeros(total)
                events[first : first + bins] = component.events
                found.append(replace(component, name=prefix + component.name, events=events))
            first += bins
        return tuple(found)

    @cached_property
    def nuisances(self) -> Nuisances:
        """Backgrounds, shapes, then fluxes."""
        columns = {
            name: np.array([getattr(component, name) for component in self.components], dtype=float)
            for name in ("center", "width", "lower", "start")
        }
        names = tuple(component.name for component in self.components)
        return self.fluxes.prior_of(Nuisances.independent(names, **columns))

    @cached_property
    def _constant(self) -> Array:
        """Events without a dipole moment (k, bins)."""
        standard = np.hstack([part.standard for part in self.parts])
        backgrounds = [component.events for component in self.components]
        return np.vstack([*backgrounds, self.fluxes.members @ standard])

    def signal(self, M_N_MeV: float) -> Array:
        """Return the signal by source, (sources, modes, bins), at mu = 1 mu_B."""
        return np.concatenate([part.templates.by_source(M_N_MeV) for part in self.parts], axis=2)

    def scan(self, M_N_MeV: float, flavour: str) -> SignalScan:
        """Return the profile likelihood in mu^2 at one mass."""
        signal = self.fluxes.members @ self.signal(M_N_MeV)[:, ALL_MODES.index(flavour)]
        slope = np.zeros_like(self._constant)
        slope[len(self.components) :] = signal
        return SignalScan(self.observation, self._only_what_matters(slope), self._constant, slope)

    def _only_what_matters(self, slope: Array) -> Nuisances:
        """Return the nuisances with those fixed that change nothing: no events, and no correlation with others."""
        n = self.nuisances
        idle = (np.abs(self._constant).sum(axis=1) == 0.0) & (np.abs(slope).sum(axis=1) == 0.0)
        coupled = np.abs(n.precision).sum(axis=1) > np.abs(np.diag(n.precision))
        return replace(n, fixed=n.fixed | (idle & ~coupled))


Models = Mapping[str, DetectorModel]
