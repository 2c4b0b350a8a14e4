"""A detector record and its tables put together: response, observation, and background components."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nudipole.constraints.base import TableSource
from nudipole.constraints.fluxes import reference_scale
from nudipole.detectors.columns import numbers
from nudipole.detectors.components import Component, absorbed, component_events, match_factors, shape_template
from nudipole.detectors.electrons import ElectronModel, electron_target
from nudipole.detectors.nuclei import Nucleus, average_nucleus, nuclei
from nudipole.detectors.record import STANDARD, DataRecord, Record, Target
from nudipole.detectors.response import Bins, Detector, Efficiency, GaussianResponse, Migration
from nudipole.detectors.targets import Scatterer, electrons, free_electrons
from nudipole.detectors.templates import TemplateMaker
from nudipole.errors import DataError
from nudipole.likelihood.cost import Cost
from nudipole.likelihood.model import Observation
from nudipole.sources.moments import FluxMoments

Array = NDArray[np.float64]

EVENT_WIDTH = 1e-6
"""Width of the bin around each event of an unbinned likelihood, in units of the estimator: the limit of small bins."""


ISOTOPE_COLUMNS = ("A", "mass_u", "abundance", "spin")
MIGRATION_COLUMNS = ("true_low_keV", "true_high_keV", "bin", "probability")


@dataclass(frozen=True)
class Part:
    """One record ready for the likelihood; standard: weak scattering (sources, bins) at the fluxes of the model."""

    record: Record
    templates: TemplateMaker
    observation: Observation
    components: tuple[Component, ...]
    standard: Array
    threshold: tuple[Array, Array] | None = None
    """Thresholds on -2 ln L against expected events that come with the data."""


def scatterers_of(target: Target, tables: TableSource, model: ElectronModel) -> tuple[Scatterer, ...]:
    """Return what there is to hit."""
    if target.Z is not None:
        if target.isotopes is None:
            if target.A_g_per_mol is None:
                raise DataError("target: nuclei need `isotopes` or `A_g_per_mol`")
            return nuclei([average_nucleus(target.A_g_per_mol, target.Z)])
        table = tables(target.isotopes)
        columns = (numbers(table, name, f"target.isotopes, dataset {target.isotopes}") for name in ISOTOPE_COLUMNS)
        rows = zip(*columns, strict=True)
        return nuclei(Nucleus(A, target.Z, mass_u, abundance, spin) for A, mass_u, abundance, spin in rows)
    if target.electrons_per_t is not None:
        return (free_electrons(target.electrons_per_t),)
    if target.shells is None or target.A_g_per_mol is None:
        raise DataError("target: name `shells` with `A_g_per_mol`, `electrons_per_t`, or `Z`")
    shells = tables(target.shells)
    where = f"target.shells, dataset {target.shells}"
    binding_keV, count = (numbers(shells, name, where) for name in ("binding_energy_keV", "electrons"))
    return (electrons(electron_target(model, binding_keV, count.astype(np.int64), target.A_g_per_mol)),)


def detector_of(record: Record, tables: TableSource, model: ElectronModel) -> Detector:
    """Return the detector of a record."""
    efficiency = None
    if record.efficiency:
        table = tables(record.efficiency.dataset)
        where = f"efficiency.dataset {record.efficiency.dataset}"
        E_keV, share = (numbers(table, name, where) for name in ("E_keV", "efficiency"))
        of_estimator = record.efficiency.energy == "estimator"
        efficiency = Efficiency(E_keV, share, of_estimator, record.efficiency.constant_above_keV)
    r = record.response
    bins = bins_of(record, tables(record.data.dataset))
    gaussian = GaussianResponse(r.mean_per_MeV, r.sigma, r.valid_to)
    response = (
        _migration(tables(r.migration), bins, f"response.migration, dataset {r.migration}") if r.migration else gaussian
    )
    return Detector(
        record.name,
        record.exposure_t_yr,
        scatterers_of(record.target, tables, model),
        response,
        efficiency,
        bins,
    )


def _migration(table: pd.DataFrame, bins: Bins, where: str) -> Migration:
    """Return the matrix; energies that the table leaves out reach no bin, bins beyond the region are left out."""
    if bins.low[0] != 0.0:
        raise DataError(f"{where}: its bins are counted from zero, where bins.range must begin")
    low, high, column, share = (numbers(table, name, where) for name in MIGRATION_COLUMNS)
    edges = np.unique(np.concatenate([low, high]))
    probability, kept = np.zeros((len(edges) - 1, len(bins))), column < len(bins)
    probability[np.searchsorted(edges, low[kept]), column[kept].astype(int)] = share[kept]
    return Migration(edges, probability)


def _edges(data: DataRecord, table: pd.DataFrame) -> tuple[Array, Array]:
    if data.high is None:
        raise DataError(f"data of dataset {data.dataset}: name the column `high` with the upper edges of the bins")
    where = f"data, dataset {data.dataset}"
    high = numbers(table, data.high, where)
    if data.low is not None:
        low = numbers(table, data.low, where)
    elif data.width is not None:
        low = high - data.width
    else:
        raise DataError(f"{where}: name the column `low`, or the `width` of the bins")
    if not (low < high).all():
        raise DataError(f"{where}: a bin of the columns `low` and `high` does not end above its beginning")
    return low, high


def bins_of(record: Record, table: pd.DataFrame) -> Bins:
    """Return the bins inside the region of interest."""
    lowest, highest = record.bins.range
    if record.data.events and record.bins.width is None:
        E = _events(record, table)
        low, high = np.append(E - 0.5 * EVENT_WIDTH, lowest), np.append(E + 0.5 * EVENT_WIDTH, highest)
        return Bins(low, high, rest=True)
    if record.bins.width is not None:
        count = round((highest - lowest) / record.bins.width)
        edges = np.linspace(lowest, highest, count + 1)
        return Bins(edges[:-1], edges[1:])
    low, high = _edges(record.data, table)
    kept = (low >= lowest) & (high <= highest)
    if not kept.any():
        raise DataError(
            f"{record.name}: no bin of dataset {record.data.dataset} lies in bins.range {lowest:g}, {highest:g}"
        )
    return Bins(low[kept], high[kept])


def _events(record: Record, table: pd.DataFrame) -> Array:
    E = numbers(table, str(record.data.events), f"data.events, dataset {record.data.dataset}")
    lowest, highest = record.bins.range
    return np.asarray(np.sort(E[(lowest <= E) & (highest > E)]))


def part_of(
    record: Record, tables: TableSource, model: ElectronModel, moments: FluxMoments, order: int, solar_model: str
) -> Part:
    """Return a record with its tables, in a given flux, that of a solar model."""
    detector = detector_of(record, tables, model)
    templates = TemplateMaker(detector, moments, order)
    bins = detector.bins
    events = {b.name: component_events(b, tables(b.dataset), bins, record.data.low) for b in record.backgrounds}
    standard = np.zeros((len(templates.sources), len(bins)))
    if record.standard_neutrinos:
        standard = record.standard_scale * templates.standard
    scale = reference_scale(templates.sources, record.flux_priors, tables, solar_model)
    if record.matched:
        fit = record.data.fit_scale * _in_bins(record, tables, record.data.fit, bins)
        factor = match_factors(sum(events.values()) + scale @ standard, events, fit, record.matched, bins)
        events, standard = {name: factor * own for name, own in events.items()}, factor * standard
        others = sum(own for name, own in events.items() if name != record.matched.absorber) + scale @ standard
        inside, absorber = absorbed(record.matched, bins), record.matched.absorber
        events[absorber] = np.where(inside, np.maximum(fit - others, 0.0), events[absorber])
    components = (*_scales(record, events), *_shapes(record, events, scale @ standard, bins))
    observation = _observation(record, tables, events, bins)
    _require_expectation(record.name, observation, components, standard, bins)
    return Part(record, templates, observation, components, standard, _threshold(record, tables))


def _threshold(record: Record, tables: TableSource) -> tuple[Array, Array] | None:
    if record.data.threshold is None:
        return None
    table, where = tables(record.data.threshold), f"data.threshold, dataset {record.data.threshold}"
    return numbers(table, "signal_events", where), numbers(table, "threshold", where)


def _require_expectation(
    name: str, observation: Observation, components: tuple[Component, ...], standard: Array, bins: Bins
) -> None:
    """Raise DataError where events were seen and no background expects any: the likelihood would be zero there."""
    if observation.kind is not Cost.POISSON:
        return
    expected = standard.sum(axis=0) + sum(component.start * component.events for component in components)
    bad = np.flatnonzero((observation.counts > 0.0) & ~(expected > 0.0))
    if len(bad):
        raise DataError(
            f"{name}: {observation.counts[bad[0]]:g} events were seen between {bins.low[bad[0]]:g} and "
            f"{bins.high[bad[0]]:g}, where no background expects any; add one, or leave the bin out by bins.range"
        )


def _scales(record: Record, events: Mapping[str, Array]) -> tuple[Component, ...]:
    return tuple(
        Component(b.name, events[b.name], 0.0, b.prior_relative, -inf, 0.0)
        if b.around_zero
        else Component(b.name, events[b.name], 1.0, b.prior_relative, 0.0, b.start)
        for b in record.backgrounds
    )


def _shapes(record: Record, events: Mapping[str, Array], standard: Array, bins: Bins) -> tuple[Component, ...]:
    moving = {**events, STANDARD: standard}
    return tuple(
        Component(
            shape.name,
            shape_template(
                shape, sum((own for name, own in moving.items() if shape.acts_on(name)), 0.0 * standard), bins
            ),
            *(0.0, 1.0, -inf, 0.0),
        )
        for shape in record.shapes
    )


def _in_bins(record: Record, tables: TableSource, column: str | None, bins: Bins) -> Array:
    """Return a column of the dataset of the data in the kept bins, as events; gaps are interpolated."""
    table = tables(record.data.dataset)
    low, _ = _edges(record.data, table)
    values = numbers(table, str(column), f"data, dataset {record.data.dataset}")
    known = np.isfinite(values)
    return np.asarray(np.interp(bins.low, low[known], values[known]))


def _observation(record: Record, tables: TableSource, events: Mapping[str, Array], bins: Bins) -> Observation:
    data = record.data
    table = tables(data.dataset)
    if data.background:
        return Observation.poisson(np.asarray(sum(events[name] for name in data.background)))
    if data.events:
        if bins.rest:
            return Observation.poisson(np.append(np.ones(len(bins) - 1), 0.0))
        edges = np.append(bins.low, bins.high[-1])
        return Observation.poisson(np.histogram(_events(record, table), edges)[0].astype(float))
    if data.table:
        return _tabulated(record, table, bins)
    counts = data.scale * _in_bins(record, tables, data.counts, bins)
    if data.error:
        return Observation.gaussian(counts, (data.error_scale * _in_bins(record, tables, data.error, bins)) ** 2)
    return Observation.poisson(counts)


def _tabulated(record: Record, table: pd.DataFrame, bins: Bins) -> Observation:
    """Return the tabulated -2 ln of the likelihood ratio on its grid of signal events; bins without rows are flat."""
    where = f"{record.name}: dataset {record.data.dataset}"
    grid = np.unique(numbers(table, "signal_events", where))
    low, _ = _edges(record.data, table)
    numbers(table, str(record.data.table), where)
    rows = table[(low >= bins.low[0]) & (low < bins.high[-1])].pivot(
        index=record.data.low, columns="signal_events", values=record.data.table
    )
    place = np.argmin(np.abs(rows.index.to_numpy(dtype=float)[:, None] - bins.low), axis=1)
    good = np.allclose(bins.low[place], rows.index) and np.allclose(np.diff(grid), grid[-1] / (len(grid) - 1))
    if not good or grid[0] != 0.0 or rows.isna().any(axis=None):
        raise DataError(f"{where} needs the bins that bins.range and bins.width make, and events 0, step, 2 step ...")
    values = np.zeros((len(bins), len(grid)))
    values[place] = rows.to_numpy()
    return Observation.tabulated(values, float(grid[1]))
