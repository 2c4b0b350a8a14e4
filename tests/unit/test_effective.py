"""Effective moments beside the published ones: which rows, which ratio, and the page."""

import numpy as np
import pytest

from nudipole.limits.effective import UNITS, effective_frame, effective_page
from nudipole.limits.table import Curve, Edge, Label, Status, curves_frame


def curve(constraint: str, flavour: str, mu: float, lightest_MeV: float = 0.01) -> Curve:
    label = Label(constraint, "v", True, flavour, 0.9, "words", "computed", "")
    return Curve(label, Edge.FLOOR, 0, np.array([lightest_MeV, 1.0]), np.array([mu, 9.0 * mu]), (Status.OK,) * 2)


def test_only_detectors_at_the_lightest_mass_and_for_the_effective_moment() -> None:
    limits = curves_frame(
        [curve("lz", "effective", 1e-11), curve("lz", "mu", 3e-11), curve("xenonnt", "effective", 7e-12),
         curve("stellar", "effective", 2e-12), curve("pub_digitised", "effective", 2e-10, 0.00999)]
    )  # fmt: skip
    frame = effective_frame(limits, {"lz": None, "xenonnt": 6.4e-12})
    assert list(frame.columns) == list(UNITS)
    assert frame["constraint"].tolist() == ["lz", "xenonnt"]
    assert frame["M_N_MeV"].tolist() == [0.01, 0.01]
    assert np.isnan(frame["ratio"][0])
    assert frame["ratio"][1] == pytest.approx(7.0 / 6.4, rel=1e-12, abs=0)
    page = effective_page(frame)
    assert "| lz | v | 1 |  |  | words |" in page
    assert "| xenonnt | v | 0.7 | 0.64 | 1.09 | words |" in page
