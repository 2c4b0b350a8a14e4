"""Ranges of mu in which a limit is exceeded, from values on a grid."""

from math import log

import numpy as np
import pytest

from nudipole.errors import ConvergenceError
from nudipole.limits.crossings import excesses, largest_ln_ratio

MU = np.logspace(-13, -7, 61)


def test_a_power_law_crosses_once():
    # ln-ln linear, which the interpolation has exactly: rounding
    (found,) = excesses(MU, (MU / 3.3e-11) ** 2)
    assert found.low_muB == pytest.approx(3.3e-11, rel=1e-12, abs=0)
    assert (found.high_muB, found.from_first, found.to_last) == (pytest.approx(1e-7, rel=1e-12), False, True)
    (found,) = excesses(MU, (3.3e-11 / MU) ** 2)
    assert (found.from_first, found.to_last) == (True, False)
    assert found.high_muB == pytest.approx(3.3e-11, rel=1e-12, abs=0)


@pytest.mark.parametrize("width", [1.0, 1e2, 1e4])
def test_a_trapped_luminosity(width):
    # mu^2 e^{-mu^2/m^2}: edges between ten moments a decade are good to 1e-3 (module supernova_surface); measured 4e-4
    m = 1e-10
    level = 1.0 / (1.0 + width)
    fine = np.logspace(-13, -7, 600001)
    curve = (fine / m) ** 2 * np.exp(-((fine / m) ** 2)) * np.e
    inside = fine[curve > level]
    (found,) = excesses(MU, (MU / m) ** 2 * np.exp(-((MU / m) ** 2)) * np.e / level)
    assert [found.low_muB, found.high_muB] == pytest.approx([inside[0], inside[-1]], rel=1e-2, abs=0)


def test_everything_and_nothing():
    (found,) = excesses(MU, np.full(MU.size, 7.0))
    assert (found.from_first, found.to_last) == (True, True)
    assert excesses(MU, np.full(MU.size, 0.5)) == ()
    assert excesses(MU, np.zeros(MU.size)) == ()


def test_two_ranges_in_order():
    x = np.log10(MU)
    ratio = 10.0 ** (np.cos(np.pi * (x + 10.0) / 1.5 + np.pi) * 1.0)
    found = excesses(MU, ratio)
    assert len(found) >= 2
    edges = [edge for one in found for edge in (one.low_muB, one.high_muB)]
    assert edges == sorted(edges)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_what_is_no_number_is_refused(bad):
    ratio = np.ones(MU.size)
    ratio[7] = bad
    with pytest.raises(ConvergenceError, match="NaN or infinite"):
        excesses(MU, ratio)


def test_the_largest_value_lies_between_the_points():
    # a parabola in ln mu with its top between two moments: measured 3.3e-3 below it, and not below the highest point
    top = log(1.13e-10)
    ratio = np.exp(0.3 - (np.log(MU) - top) ** 2)
    assert largest_ln_ratio(MU, ratio) == pytest.approx(0.3, abs=5e-3, rel=0)
    assert largest_ln_ratio(MU, ratio) >= float(np.log(ratio).max())
