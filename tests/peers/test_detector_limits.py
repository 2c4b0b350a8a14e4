"""Limits of the detectors through iminuit: the same model and data, another minimiser.

pyhf is compared with the statistics alone in test_statistics_peers.py: it has no components around zero.
"""

from functools import cache
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import brentq

from nudipole.cli.project import build_detector
from nudipole.config.load import load_config
from nudipole.likelihood.cost import Cost

Minuit = pytest.importorskip("iminuit", reason="make test-peers installs iminuit").Minuit

ROOT = Path(__file__).resolve().parents[2]


@cache
def constraint(name: str):
    return build_detector(name, ROOT, load_config(ROOT))


def minus2_ln_l(scan, x_muB2: float, theta: np.ndarray) -> float:
    """Written again from the definition, not from our kernels."""
    n, seen = scan.nuisances, scan.observation
    model = theta @ (scan.constant + x_muB2 * scan.slope)
    if seen.kind is Cost.GAUSSIAN:
        data = np.sum((model - seen.counts) ** 2 / seen.variance)
    else:
        model = np.maximum(model, 1e-300)
        ratio = np.where(seen.counts > 0, np.log(np.where(seen.counts > 0, seen.counts, 1.0) / model), 0.0)
        data = 2.0 * np.sum(model - seen.counts + seen.counts * ratio)
    shift = theta - n.center
    return float(data + shift @ n.precision @ shift)


def profiled(scan, x_muB2: float) -> float:
    """The minimum over the nuisances by Migrad."""
    n = scan.nuisances
    free = np.flatnonzero(~n.fixed)

    def cost(values: np.ndarray) -> float:
        theta = n.start.copy()
        theta[free] = values
        return minus2_ln_l(scan, x_muB2, theta)

    minuit = Minuit(cost, n.start[free])
    minuit.errordef, minuit.strategy = Minuit.LEAST_SQUARES, 1
    minuit.limits = [(None if not np.isfinite(low) else low, None) for low in n.lower[free]]
    # steps of a standard deviation: its own first steps, a tenth of the value, lead it astray
    minuit.errors = np.where(np.isfinite(n.width), n.width, 0.1)[free]
    minuit.tol = 1e-4
    minuit.migrad(ncall=20000)
    return float(minuit.fval)


@pytest.mark.parametrize("name", ["xenon1t", "xenonnt", "lz", "pandax4t", "borexino"])
@pytest.mark.parametrize("M_N_MeV", [1e-3, 0.3, 1.0])
def test_limits_of_another_minimiser(name: str, M_N_MeV: float) -> None:
    # 0.5 % on mu is asked for; Migrad finds -2 ln L to about 1e-3, which is 1e-4 in mu.
    scan = constraint(name).scan(M_N_MeV, "mu")
    ours = constraint(name).edges_muB(scan)[1]
    least = min(profiled(scan, x) for x in (0.0, scan.best_fit.x_muB2))
    theirs = brentq(lambda mu: profiled(scan, mu * mu) - least - 2.7055, 0.8 * ours, 1.25 * ours, xtol=1e-18, rtol=1e-5)
    assert ours == pytest.approx(theirs, rel=5e-3, abs=0)
