"""The scorecard: ratios by interpolation, its three verdicts, what it leaves out, and its words."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from nudipole.errors import DataError
from nudipole.limits import scorecard
from nudipole.limits.scorecard import COMPARISONS, SCORE_UNITS, Comparison, log10_ratios, score, scorecard_page, verdict
from nudipole.limits.table import Curve, Edge, Label, Status, curves_frame

TOY = Comparison("toy_curve", "toy", "default", Edge.FLOOR, (0.01, 1.0), ((0.3, 0.4),), ((0.8, 0.9),), 0.1, 0.2, "why")
LABEL = Label("toy", "default", True, "mu", 0.90, "by hand", "computed", "nobody")


def computed(mu, mass=(0.001, 0.1, 10.0), **changes):
    status = tuple(Status.OK if np.isfinite(m) else Status.OFF_GRID_HIGH for m in mu)
    label = replace(LABEL, **changes)
    return curves_frame([Curve(label, Edge.FLOOR, 0, np.array(mass), np.array(mu, float), status)])


def published(mass, mu):
    return pd.DataFrame({"curve": "toy_curve", "M_N_MeV": mass, "mu_nu_muB": mu})


def test_ratio_is_interpolated_in_log_log():
    # mu = 1e-10 M is a straight line there: exact up to rounding. Points outside the range and in the gap are left out.
    mass = np.array([0.005, 0.0099999, 0.05, 0.35, 0.5, 2.0])
    points = published(mass, 2e-10 * mass)
    compared, ratio = log10_ratios(TOY, computed(1e-10 * np.array([0.001, 0.1, 10.0])), points)
    np.testing.assert_array_equal(compared, [0.0099999, 0.05, 0.5])
    np.testing.assert_allclose(ratio, -np.log10(2.0), atol=1e-12)


def test_only_the_right_rows_count():
    mass = np.array([0.05, 0.5])
    others = [computed([1.0, 1.0, 1.0], constraint="x"), computed([1.0, 1.0, 1.0], flavour="e")]
    others.append(computed([1.0, 1.0, 1.0], variant="another"))
    frame = pd.concat([*others, computed([1e-10, 1e-10, 1e-10])], ignore_index=True)
    _, ratio = log10_ratios(TOY, frame, published(mass, [1e-10, 1e-10]))
    np.testing.assert_allclose(ratio, 0.0, atol=1e-12)
    # the computed curve ends where its status is no longer ok
    _, ratio = log10_ratios(TOY, computed([1e-10, 1e-10, np.nan]), published([0.05, 0.5], [1e-10, 1e-10]))
    assert len(ratio) == 1


@pytest.mark.parametrize(
    ("limits", "points"),
    [
        (computed([1e-10] * 3, constraint="x"), published([0.05], [1e-10])),
        (computed([1e-10] * 3), published([], [])),
    ],
)
def test_missing_curves_are_an_error(limits, points):
    with pytest.raises(DataError, match=r"no points for toy_curve against toy \(default\)"):
        log10_ratios(TOY, limits, points)


@pytest.mark.parametrize(
    ("ratio", "expected"),
    [
        ([0.0, 0.05, -0.05, 0.0], "pass"),
        ([0.0, 0.0, 0.0, 0.19], "pass"),
        ([0.0, 0.0, 0.0, -0.3], "explained"),
        ([0.0, 0.0, -0.3, 0.0], "fail"),
        ([0.0, 0.0, -0.3, 0.3], "fail"),
        ([0.11, 0.11, 0.11, 0.0], "fail"),
        ([0.11, 0.11, 0.11, 0.3], "fail"),
    ],
)
def test_verdicts(ratio, expected):
    # Tolerances 0.1 (median) and 0.2 (maximum); only the last mass lies where a difference is understood.
    assert verdict(TOY, np.array([0.01, 0.1, 0.7, 0.85]), np.array(ratio)) == expected


def test_table_and_page(monkeypatch):
    monkeypatch.setattr(scorecard, "COMPARISONS", (TOY,))
    monkeypatch.setattr(scorecard, "CONTOUR_COMPARISONS", ())
    frame = score(computed([1e-10] * 3), published([0.05, 0.5, 0.85], [1e-10, 1.1e-10, 2e-10]))
    assert list(frame.columns) == list(SCORE_UNITS)
    page = "curve constraint flavour n_points median_abs_log10_ratio max_abs_log10_ratio tolerance verdict note"
    assert list(SCORE_UNITS) == page.split()
    row = frame.iloc[0]
    assert (row["n_points"], row["verdict"], row["note"], row["tolerance"]) == (3, "explained", "why", 0.2)
    assert row["median_abs_log10_ratio"] == pytest.approx(np.log10(1.1), abs=1e-9)
    assert row["max_abs_log10_ratio"] == pytest.approx(np.log10(2.0), abs=1e-9)
    markdown = scorecard_page(frame)
    assert "| toy_curve | toy | 3 | 0.041 | 0.301 | 0.20 | explained | why |" in markdown


def test_comparisons_make_sense():
    # A tolerance of 0.2 dex is a factor 1.6: more would not be a comparison; every exception has its reason.
    for c in COMPARISONS:
        assert 0 < c.tolerance_median <= c.tolerance_max <= 0.2
        assert len(c.note) > 40
        for low, high in (c.mass_range_MeV, *c.skip_MeV, *c.explained_MeV):
            assert c.mass_range_MeV[0] <= low < high <= c.mass_range_MeV[1]
        skipped = sum(np.log(high / low) for low, high in (*c.skip_MeV, *c.explained_MeV))
        # the band of the supernova belongs to other neutrinos than the flavour it is drawn for, and the published
        # nuclear recoils to another treatment of the data
        allowed = 1.01 if c.curve in {"SN1987A", "XENON1T_NR_90CL"} else 0.15
        assert skipped < allowed * np.log(c.mass_range_MeV[1] / c.mass_range_MeV[0])
    assert len({(c.curve, c.edge) for c in COMPARISONS}) == len(COMPARISONS)
