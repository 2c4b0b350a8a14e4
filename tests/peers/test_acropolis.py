"""ACROPOLIS (Depta et al., arXiv:2011.06518) reads our history: the same photodisintegration as on its own.

A particle of 6 MeV and 1e5 s decays to two photons, 1e-7 of them a photon at 10 MeV: a third of the deuterons break.
"""

import numpy as np
import pytest

pytest.importorskip("acropolis", reason="ACROPOLIS is not installed here: make test-peers")

from acropolis import flags
from acropolis.input import InputData, InputInterface, input_data_from_file, locate_sm_file
from acropolis.models import DecayModel
from benchmarks.bbn_peers import OMEGA_B_H2
from same_histories import standard

from nudipole.cosmology.export import cosmo_frame, cosmo_text, free_streaming

MASS_MEV, TAU_S, T_MEV, PER_PHOTON = 6.0, 1e5, 10.0, 1e-7
DEUTERON = 2


@pytest.fixture(scope="module")
def theirs():
    return input_data_from_file(locate_sm_file())


@pytest.fixture(scope="module")
def ours(theirs, tmp_path_factory):
    """Our temperatures and expansion with their abundances and baryons."""
    path = tmp_path_factory.mktemp("acropolis") / "cosmo_file.dat"
    frame = cosmo_frame(free_streaming(standard().history, 1e-8), OMEGA_B_H2, points=5000)
    path.write_text(cosmo_text(frame, "standard model"), encoding="utf-8")
    data = np.genfromtxt(path)
    return InputInterface(InputData(data, theirs.get_abund_data(), theirs.get_param_data()), type="raw")


@pytest.fixture(scope="module", autouse=True)
def quiet():
    flags.verbose = False


@pytest.mark.parametrize("T_MeV", [8.0, 1.0, 0.1, 1e-2, 1e-3, 1e-4])
def test_what_it_reads(ours, theirs, T_MeV):
    other = InputInterface(theirs, type="raw")
    # measured 2.7e-3, the time since their start at 1e4 MeV; at 1e-4 MeV matter, which we leave out, is 1 %
    for quantity in ("time", "dTdt", "hubble_rate", "neutrino_temperature"):
        assert getattr(ours, quantity)(T_MeV) == pytest.approx(getattr(other, quantity)(T_MeV), rel=4e-3), quantity
    growth = [data.scale_factor(1e-4) / data.scale_factor(T_MeV) for data in (ours, other)]
    assert growth[0] == pytest.approx(growth[1], rel=4e-3)


@pytest.mark.slow
def test_the_same_nuclei_break(ours, theirs):
    start = theirs.get_abund_data().reshape(9, -1)[:, 0]
    ratios = []
    for data in (ours, InputInterface(theirs, type="raw")):
        model = DecayModel(MASS_MEV, TAU_S, T_MEV, PER_PHOTON, 0.0, 1.0)
        # DecayModel has no argument for its history
        model._sII, model._st0 = data, data.time(T_MEV)
        ratios.append(model.run_disintegration()[DEUTERON, 0] / start[DEUTERON])
    # 0.644: 1.6e-3 apart, as the histories are
    assert ratios[0] == pytest.approx(ratios[1], rel=4e-3)
    assert ratios[0] < 0.7
