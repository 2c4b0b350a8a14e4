"""Ranges mass by mass become floors and ceilings of connected regions."""

import numpy as np
import pytest

from nudipole.limits.branches import connected, range_curves
from nudipole.limits.crossings import Excess
from nudipole.limits.table import Edge, Label, Status, curves_frame

LABEL = Label("supernova", "luminosity", True, "mu", 0.9, "words", "computed", "me")


def one(low, high, first=False, last=False):
    return Excess(low, high, first, last)


def test_one_region_has_a_floor_and_a_ceiling():
    ranges = [(one(1e-12, 1e-9),), (one(2e-12, 5e-10),), (one(5e-12, 1e-11),), ()]
    floor, ceiling = range_curves(LABEL, np.array([1.0, 10.0, 100.0, 200.0]), ranges)
    assert (floor.edge, ceiling.edge, floor.branch, ceiling.branch) == (Edge.FLOOR, Edge.CEILING, 0, 0)
    assert floor.mu_nu_muB.tolist() == [1e-12, 2e-12, 5e-12]
    assert ceiling.mu_nu_muB.tolist() == [1e-9, 5e-10, 1e-11]
    assert floor.M_N_MeV.tolist() == [1.0, 10.0, 100.0]


def test_edges_beyond_the_grid_have_a_status_and_no_number():
    floor, ceiling = range_curves(LABEL, np.array([1.0]), [(one(1e-14, 1e-6, True, True),)])
    assert (floor.status, ceiling.status) == ((Status.OFF_GRID_LOW,), (Status.OFF_GRID_HIGH,))
    assert np.isnan([*floor.mu_nu_muB, *ceiling.mu_nu_muB]).all()
    # the contract of the limits table
    assert len(curves_frame([floor, ceiling])) == 2


def test_a_gap_in_mass_or_in_mu_makes_another_region():
    a, far = one(1e-12, 1e-11), one(1e-9, 1e-8)
    assert len(connected([(a,), (), (a,)])) == 2
    assert len(connected([(a,), (far,)])) == 2
    assert len(connected([(a, far), (a, far)])) == 2


def test_where_two_join_the_smaller_overlap_ends():
    large, small, both = one(1e-12, 1e-10), one(1e-9, 2e-9), one(1e-12, 2e-9)
    regions = connected([(large, small), (both,)])
    assert [[i for i, _ in region] for region in regions] == [[0, 1], [0]]
    assert regions[0][1][1] == both
    # and where one splits, the larger goes on
    regions = connected([(both,), (large, small)])
    assert [region[-1][1] for region in regions] == [large, small]
    assert [len(region) for region in regions] == [2, 1]


@pytest.mark.parametrize("touching", [1e-11, 1e-10])
def test_touching_is_not_overlapping(touching):
    assert len(connected([(one(1e-12, touching),), (one(touching, 1e-9),)])) == 2


def test_nothing():
    assert connected([(), ()]) == []
    assert range_curves(LABEL, np.array([1.0, 2.0]), [(), ()]) == []
