"""What later experiments leave of a region: areas in the logarithms, by hand."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from nudipole.limits.excess import UNITS, excess_frame
from nudipole.limits.table import Curve, Edge, Label, Status, curves_frame
from nudipole.plotting.excess import draw_excess

MASSES = np.array([0.01, 0.1])
LABEL = Label("xenon1t", "no_tritium;region", False, "mu", 0.9545, "", "computed", "")


def curve(label: Label, edge: Edge, mu: float) -> Curve:
    return Curve(label, edge, 0, MASSES, np.full(2, mu), (Status.OK,) * 2)


def limits(limit_muB: float) -> pd.DataFrame:
    other = replace(LABEL, constraint="xenonnt", variant="binned", is_default=True, confidence_level=0.9)
    return curves_frame(
        [
            curve(LABEL, Edge.PREFERRED_LOW, 1e-11),
            curve(LABEL, Edge.PREFERRED_HIGH, 1e-10),
            curve(other, Edge.FLOOR, limit_muB),
        ]
    )


@pytest.mark.parametrize(("limit_muB", "left"), [(1e-12, 0.0), (1e-9, 1.0), (10**-10.5, 0.5), (10**-10.9, 0.1)])
def test_shares_are_those_of_the_area_in_logarithms(limit_muB: float, left: float) -> None:
    frame = excess_frame(limits(limit_muB))
    assert list(frame.columns) == list(UNITS)
    (row,) = frame.itertuples()
    assert row.share_left == pytest.approx(left, abs=1e-12)
    assert (row.experiment, row.mu_nu_low_muB, row.mu_nu_high_muB) == ("xenonnt", 1e-11, 1e-10)
    texts = [text.get_text() for text in draw_excess(limits(limit_muB), frame, ("mu",)).axes[0].texts]
    assert any(f"XENONnT: {100 * left:.0f} %" in text for text in texts)


def test_no_region_is_said() -> None:
    none = limits(1e-11)
    none = none[none["constraint"] == "xenonnt"].reset_index(drop=True)
    frame = excess_frame(none)
    assert frame.empty
    assert "no region" in draw_excess(none, frame, ("mu",)).axes[0].texts[0].get_text()
