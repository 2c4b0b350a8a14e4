"""Which way the edges of the cooling bound move when an assumption changes, and by how much at least."""

from math import sqrt
from pathlib import Path

import numpy as np
import pytest

from nudipole.config.load import load_config, with_variant
from nudipole.constraints.supernova_inputs import supernova_config
from nudipole.constraints.supernova_model import Bound, Model
from nudipole.limits.crossings import Excess, excesses

CONFIG = load_config(Path(__file__).resolve().parents[2])
MOMENTS = np.logspace(-14.0, -6.0, 81)


def edges(variant: str, M: float = 30.0) -> Excess:
    """Return the only excluded range of the muon flavour."""
    model = Model(supernova_config(with_variant(CONFIG, variant)))
    value = model.values((Bound.COOLING,), M, MOMENTS, False)[Bound.COOLING]
    (only,) = excesses(MOMENTS, value / model.limit_of(Bound.COOLING))
    return only


@pytest.fixture(scope="module")
def default() -> Excess:
    return edges("")


def test_pauli_blocking_weakens_the_lower_edge(default):
    # 18 % of the protons' three quarters, half of it in mu: 6 %
    assert edges("protons=fermi_gas").low_muB / default.low_muB == pytest.approx(1.05, abs=0.02)


def test_the_opacity_by_helicity_is_ordered(default):
    assert edges("helicity=active").high_muB < default.high_muB < edges("helicity=unpolarised").high_muB


def test_radial_n_escape_more_easily(default):
    assert edges("rays=radial").high_muB > 1.1 * default.high_muB


def test_the_lower_edge_goes_as_the_root_of_the_luminosity(default):
    # free streaming but for the absorption of a few percent
    assert edges("L_nu_erg_s=1e53").low_muB == pytest.approx(default.low_muB * sqrt(10.0 / 3.0), rel=0.01, abs=0.0)


def test_the_suppressed_helicity_escapes_where_the_other_is_trapped():
    """With its own source and opacity the upper edge at 10 MeV is five times higher."""
    assert edges("helicity=exact", 10.0).high_muB > 3.0 * edges("", 10.0).high_muB


def test_a_far_end_cuts_heavy_n(default):
    assert edges("R_far_km=1000").high_muB < 0.7 * default.high_muB
