"""Backgrounds of a detector in its bins: integrated or interpolated tables, matched to a fit, with shape nuisances."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from nudipole.detectors.columns import numbers
from nudipole.detectors.record import BackgroundRecord, Matched, ShapeRecord
from nudipole.detectors.response import Bins
from nudipole.errors import DataError

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Component:
    """Expected events of one scale (bins,), with its Gaussian prior, lowest value and start.

    A nuisance of shape is a derivative template around 0 with width 1 and no lowest value.
    """

    name: str
    events: Array
    center: float
    width: float
    lower: float
    start: float


def component_events(background: BackgroundRecord, table: pd.DataFrame, bins: Bins, low: str | None) -> Array:
    """Return the events of a component in the bins.

    low: column with the lower bin edges in the data's own form. Raises DataError if the table has not all bins.
    """
    where = f"backgrounds.{background.name}, dataset {background.dataset}"
    values = background.scale * numbers(table, background.column, where)
    if background.at:
        # what is interpolated may have gaps
        table, values = table[np.isfinite(values)], values[np.isfinite(values)]
    if not (np.isfinite(values).all() and (values >= 0.0).all()):
        raise DataError(f"{where}: column {background.column} has gaps or negative values; name one that has none")
    if background.density:
        events = _integrated(numbers(table, background.density, where), values, bins)
        if bins.rest:
            events[-1] -= events[:-1].sum()
        return events
    if background.at:
        at = numbers(table, background.at, where)
        if not (at[0] <= bins.high[0] and bins.high[-1] <= at[-1]):
            raise DataError(f"{where}: column {background.at} does not reach over all bins; lower bins.range")
        return np.interp(bins.high, at, values)
    edges = table[low].to_numpy(dtype=float) if low in table else np.zeros(0)
    rows = np.searchsorted(edges, bins.low)
    if not (
        len(edges) and (rows < len(edges)).all() and np.allclose(edges[np.minimum(rows, len(edges) - 1)], bins.low)
    ):
        raise DataError(
            f"background {background.name}: dataset {background.dataset} does not have the bins of the data; "
            f"name the column of its bins with `at`, or of its energies with `density`"
        )
    return values[rows]


def _integrated(E: Array, density: Array, bins: Bins) -> Array:
    """Return the integral of a density, linear between its points and constant beyond them, over each bin."""
    nodes = np.unique(np.concatenate([E, bins.low, bins.high]))
    values = np.interp(nodes, E, density)
    integral = np.concatenate([[0.0], np.cumsum(0.5 * (values[1:] + values[:-1]) * np.diff(nodes))])
    return np.asarray(integral[np.searchsorted(nodes, bins.high)] - integral[np.searchsorted(nodes, bins.low)])


def match_factors(total: Array, components: Mapping[str, Array], fit: Array, matched: Matched, bins: Bins) -> Array:
    """Return the factor (bins,) on every component that gives the fit; 1 where the absorber takes the rest."""
    if matched.absorber not in components:
        raise DataError(f"matched.absorber: {matched.absorber!r} is no component; there are {', '.join(components)}")
    factor = np.divide(fit, total, out=np.ones_like(total), where=total > 0.0)
    return np.where(absorbed(matched, bins), 1.0, factor)


def absorbed(matched: Matched, bins: Bins) -> NDArray[np.bool_]:
    """Return the bins in which the absorber takes the difference."""
    low, high = matched.absorber_range
    return (bins.low >= low) & (bins.high <= high)


def shape_template(shape: ShapeRecord, events: Array, bins: Bins) -> Array:
    """Return the change of expected events (bins,) for one standard deviation of a shape nuisance, to first order.

    With the density f(q) of the estimator: shift -> -size f', width -> +size^2 f''/2, scale -> -size (q f)'. It can be
    smoothed by a Gaussian first, since the difference of neighbouring bins is mostly noise where bins are narrow.
    """
    middle, width = 0.5 * (bins.low + bins.high), bins.high - bins.low
    density = events / width

    def slope(values: Array, order: int = 1) -> Array:
        if shape.smoothing_bins == 0.0:
            once = np.gradient(values, middle)
            return once if order == 1 else np.gradient(once, middle)
        return gaussian_filter1d(values, shape.smoothing_bins, order=order, mode="nearest") / width**order

    if shape.kind == "shift":
        change = -shape.size * slope(density)
    elif shape.kind == "width":
        change = 0.5 * shape.size**2 * slope(density, 2)
    else:
        change = -shape.size * slope(middle * density)
    return np.asarray(change * width)
