"""pyhf (Heinrich, Feickert, Stark, JOSS 6 (2021) 2823) and iminuit (Dembinski et al.) on the same likelihoods."""

from math import inf, sqrt

import numpy as np
import pytest

from nudipole.likelihood.cls import cls_limits
from nudipole.likelihood.scan import Nuisances, Observation, SignalScan

AGREEMENT = 5e-3
"""On limits; MINOS ends within about 1e-3 of the rise, pyhf's minimiser within 1e-4 of its signal strength."""
X_MUB2 = 1e-22
"""mu^2 of the nominal signal: one unit of pyhf's signal strength."""


def case(name):
    """Counts, background, signal at X_MUB2, and relative widths: of the background, of a tilt of it, of the flux."""
    E = np.linspace(0.0, 1.0, 12)
    background, signal = 8.0 + 30.0 * E**2, 12.0 * np.exp(-4.0 * E)
    counts = {
        "as expected": np.round(background),
        "excess": np.round(background + 0.8 * signal),
        "large excess": np.round(background + 2.0 * signal),
        "deficit": np.round(np.maximum(background - 0.35 * signal, 0.0)),
    }[name]
    return counts, background, signal, 0.08, 5.0 * (E - 0.5), 0.1


def our_scan(counts, background, signal, width, tilt, flux_width):
    nuisances = Nuisances.independent(
        ("background", "tilt", "flux"),
        center=np.array([1.0, 0.0, 1.0]),
        width=np.array([width, 1.0, flux_width]),
        lower=np.full(3, -inf),
        start=np.array([1.0, 0.0, 1.0]),
    )
    nothing = np.zeros_like(signal)
    constant, slope = np.stack([background, tilt, nothing]), np.stack([nothing, nothing, signal / X_MUB2])
    return SignalScan(Observation.poisson(counts), nuisances, constant, slope)


def histosys(name, nominal, shift):
    return {
        "name": name,
        "type": "histosys",
        "data": {"hi_data": list(nominal + shift), "lo_data": list(nominal - shift)},
    }


def pyhf_model(pyhf, background, signal, width, tilt, flux_width):
    """The same in pyhf: symmetric histosys are linear in their parameter, as our nuisances are."""
    samples = [
        {
            "name": "signal",
            "data": list(signal),
            "modifiers": [
                {"name": "mu", "type": "normfactor", "data": None},
                histosys("flux", signal, flux_width * signal),
            ],
        },
        {
            "name": "background",
            "data": list(background),
            "modifiers": [histosys("scale", background, width * background), histosys("tilt", background, tilt)],
        },
    ]
    specification = {"channels": [{"name": "bins", "samples": samples}]}
    return pyhf.Model(specification, poi_name="mu")


@pytest.mark.parametrize("name", ["as expected", "excess", "deficit"])
@pytest.mark.parametrize("level", [0.9, 0.95])
def test_cls_limits_are_those_of_pyhf(name, level):
    pyhf = pytest.importorskip("pyhf", reason="pyhf is not installed here: make test-peers")
    counts, *rest = case(name)
    model = pyhf_model(pyhf, *rest)
    data = [*counts, *model.config.auxdata]
    # not upper_limit(), which forgets the level (pyhf issue 2563, seen in 0.7.6)
    scan = pyhf.infer.intervals.upper_limits.toms748_scan
    observed, expected = scan(data, model, 0.0, 10.0, level=1.0 - level, rtol=1e-5)
    ours = cls_limits(our_scan(counts, *rest), level)
    assert ours.observed_muB2 / X_MUB2 == pytest.approx(float(observed), rel=AGREEMENT, abs=0)
    np.testing.assert_allclose(ours.expected_muB2 / X_MUB2, np.array(expected, float), rtol=AGREEMENT)


@pytest.mark.parametrize("name", ["as expected", "excess", "deficit"])
def test_profile_is_that_of_pyhf(name):
    # SLSQP and its tolerance of 1e-6 on -2 ln L; constants that differ drop out against the fit without signal.
    pyhf = pytest.importorskip("pyhf", reason="pyhf is not installed here: make test-peers")
    counts, *rest = case(name)
    model, scan = pyhf_model(pyhf, *rest), our_scan(counts, *rest)
    data = [*counts, *model.config.auxdata]
    strengths = [0.0, 0.5, 2.0]
    theirs = np.array(
        [float(pyhf.infer.mle.fixed_poi_fit(mu, data, model, return_fitted_val=True)[1]) for mu in strengths]
    )
    ours = scan.fits(X_MUB2 * np.array(strengths)).chi2
    np.testing.assert_allclose(ours - ours[0], theirs - theirs[0], atol=1e-3)


@pytest.mark.parametrize("name", ["excess", "large excess"])
@pytest.mark.parametrize("rise", [1.0, 2.7055])
def test_interval_is_that_of_minos(name, rise):
    iminuit = pytest.importorskip("iminuit", reason="iminuit is not installed here: make test-peers")
    counts, background, signal, width, tilt, flux_width = case(name)

    def minus_2_ln_l(x, scale, shape, flux):
        model = scale * background + shape * tilt + x * flux * signal
        if (model <= 0.0).any():
            return 1e10
        poisson = 2.0 * (model - counts + counts * np.log(counts / model)).sum()
        return poisson + ((scale - 1) / width) ** 2 + shape**2 + ((flux - 1) / flux_width) ** 2

    minuit = iminuit.Minuit(minus_2_ln_l, x=0.5, scale=1.0, shape=0.0, flux=1.0)
    minuit.errordef, minuit.strategy, minuit.tol = rise, 2, 1e-4
    minuit.migrad()
    minuit.minos("x")
    scan = our_scan(counts, background, signal, width, tilt, flux_width)
    best = scan.best_fit
    assert minuit.values["x"] > 0.05
    assert best.chi2 == pytest.approx(minuit.fval, abs=1e-5)
    assert best.x_muB2 / X_MUB2 == pytest.approx(minuit.values["x"], rel=AGREEMENT, abs=0)
    upper = minuit.values["x"] + minuit.merrors["x"].upper
    assert scan.upper_crossing_muB2(best.chi2 + rise) / X_MUB2 == pytest.approx(upper, rel=AGREEMENT, abs=0)
    lower = minuit.values["x"] + minuit.merrors["x"].lower
    if name == "large excess":
        assert scan.lower_crossing_muB2(best.chi2 + rise) / X_MUB2 == pytest.approx(lower, rel=AGREEMENT, abs=0)
    # the nuisances and their errors are those of Hesse, which takes the observed and not the expected curvature: 3 %
    covariance = scan.covariance(best.x_muB2, best.nuisances, with_signal=True)
    minuit.errordef = 1.0
    minuit.hesse()
    np.testing.assert_allclose(best.nuisances, np.array(minuit.values)[1:], atol=5e-3)
    np.testing.assert_allclose(np.sqrt(np.diag(covariance))[1:], np.array(minuit.errors)[1:], rtol=0.03)
    assert sqrt(covariance[0, 0]) / X_MUB2 == pytest.approx(minuit.errors["x"], rel=0.05, abs=0)
