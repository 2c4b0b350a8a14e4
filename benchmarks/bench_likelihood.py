"""A profiled likelihood and a profiled toy experiment: beside scipy.optimize, and beside pyhf where it is installed."""

import importlib.util
from functools import partial
from math import inf
from typing import Any

import numpy as np
from benchmarks.record import Record, median_seconds
from numpy.typing import NDArray
from scipy import optimize

from nudipole.likelihood.scan import Nuisances, Observation, SignalScan
from nudipole.likelihood.toys import toy_statistics

Array = NDArray[np.float64]

X_MUB2 = 1e-22
"""mu^2 of the nominal signal."""
WIDTH = 0.1
N_OURS, N_THEIRS = 2000, 20
"""Profiles and toys over which times are averaged: ours, and the slow alternatives'."""


def example(bins: int, parameters: int) -> SignalScan:
    """Backgrounds, a derivative template, and one floating flux that carries the signal; all with priors of WIDTH."""
    E, backgrounds = np.linspace(0.0, 1.0, bins), parameters - 2
    peaks = [1.0 + 25.0 * np.exp(-0.5 * ((E - j / backgrounds) / 0.2) ** 2) for j in range(backgrounds)]
    shape, signal = 2.0 * np.gradient(np.sum(peaks, axis=0)), 20.0 * np.exp(-4.0 * E)
    constant = np.vstack([*peaks, shape, 0.0 * E])
    slope = np.zeros_like(constant)
    slope[-1] = signal / X_MUB2
    center = np.append(np.ones(backgrounds), [0.0, 1.0])
    width = np.where(center == 0.0, 1.0, WIDTH)
    names = tuple(f"n{j}" for j in range(parameters))
    nuisances = Nuisances.independent(names, center, width, np.full(parameters, -inf), center)
    counts = np.random.default_rng(1).poisson(center @ constant).astype(float)
    return SignalScan(Observation.poisson(counts), nuisances, constant, slope)


def scipy_profile(scan: SignalScan, x_muB2: float) -> float:
    """-2 ln L profiled by L-BFGS-B with the analytic gradient."""
    columns, d, n = scan.constant + x_muB2 * scan.slope, scan.observation.counts, scan.nuisances
    seen = d > 0.0

    def value_and_gradient(theta: Array) -> tuple[float, Array]:
        m, shift = np.maximum(theta @ columns, 1e-9), theta - n.center
        value = 2.0 * (m.sum() - d.sum() + (d[seen] * np.log(d[seen] / m[seen])).sum()) + shift @ n.precision @ shift
        return value, 2.0 * columns @ (1.0 - d / m) + 2.0 * n.precision @ shift

    options = {"ftol": 1e-14, "gtol": 1e-7}
    found = optimize.minimize(value_and_gradient, n.start, jac=True, method="L-BFGS-B", options=options)
    return float(found.fun)


def pyhf_model(scan: SignalScan) -> Any:
    """The same likelihood: symmetric histosys are linear in their parameter."""
    import pyhf

    def floating(name: str, events: Array, shift: Array) -> dict[str, Any]:
        return {
            "name": name,
            "type": "histosys",
            "data": {"hi_data": list(events + shift), "lo_data": list(events - shift)},
        }

    peaks, shape, signal = scan.constant[:-2], scan.constant[-2], X_MUB2 * scan.slope[-1]
    samples = [
        {"name": f"b{j}", "data": list(b), "modifiers": [floating(f"n{j}", b, WIDTH * b)]} for j, b in enumerate(peaks)
    ]
    samples[0]["modifiers"].append(floating("shape", peaks[0], shape))
    strength = {"name": "mu", "type": "normfactor", "data": None}
    samples.append(
        {"name": "s", "data": list(signal), "modifiers": [strength, floating("flux", signal, WIDTH * signal)]}
    )
    return pyhf.Model({"channels": [{"name": "bins", "samples": samples}]}, poi_name="mu")


def pyhf_profile(model: Any, data: Array, strength: float) -> float:
    """-2 ln L of pyhf at a fixed signal strength; its constants differ from ours."""
    import pyhf

    return float(pyhf.infer.mle.fixed_poi_fit(strength, data, model, return_fitted_val=True)[1])


def profile_records(bins: int, parameters: int) -> list[Record]:
    """A profile at one mu^2, always from the same start."""
    scan, case = example(bins, parameters), f"{bins} bins, {parameters} nuisances, one profile"
    x = np.array([X_MUB2])
    ours_s = median_seconds(lambda: [scan.fits(x) for _ in range(N_OURS)]) / N_OURS
    theirs_s = median_seconds(lambda: [scipy_profile(scan, X_MUB2) for _ in range(N_THEIRS)]) / N_THEIRS
    error = abs(scipy_profile(scan, X_MUB2) / scan.chi2(X_MUB2) - 1.0)
    records = [Record("profile likelihood", case, ours_s, "scipy L-BFGS-B, analytic gradient", theirs_s, error)]
    if importlib.util.find_spec("pyhf"):
        model = pyhf_model(scan)
        data = np.array([*scan.observation.counts, *model.config.auxdata])
        theirs_s = median_seconds(lambda: pyhf_profile(model, data, 1.0), 3)
        rise = pyhf_profile(model, data, 1.0) - pyhf_profile(model, data, 0.0)
        error = abs(rise / (scan.chi2(X_MUB2) - scan.null_chi2) - 1.0)
        records.append(
            Record("profile likelihood", case, ours_s, "pyhf, NumPy and SLSQP (difference to mu = 0)", theirs_s, error)
        )
    return records


def scipy_toy(scan: SignalScan, expected: Array, rng: np.random.Generator) -> float:
    """One toy by scipy: counts and centres, a profile at fixed mu^2, and one more over mu^2 >= 0 with the nuisances."""
    n = scan.nuisances
    d, center = rng.poisson(expected).astype(float), n.start + n.spread @ rng.standard_normal(len(n.start))
    seen, k = d > 0.0, len(n.start)

    def value_and_gradient(p: Array) -> tuple[float, Array]:
        theta, u = p[:k], p[k]
        columns = scan.constant + u * X_MUB2 * scan.slope
        m, shift = np.maximum(theta @ columns, 1e-9), theta - center
        value = 2.0 * (m.sum() - d.sum() + (d[seen] * np.log(d[seen] / m[seen])).sum()) + shift @ n.precision @ shift
        slack = 1.0 - d / m
        by_u = 2.0 * slack @ (theta @ (X_MUB2 * scan.slope))
        return value, np.append(2.0 * columns @ slack + 2.0 * n.precision @ shift, by_u)

    minimise = partial(optimize.minimize, value_and_gradient, np.append(n.start, 1.0), jac=True, method="L-BFGS-B")
    free = [(None, None)] * k
    return float(minimise(bounds=[*free, (1.0, 1.0)]).fun - minimise(bounds=[*free, (0.0, None)]).fun)


def pyhf_toy(model: Any, rng: np.random.Generator) -> float:
    """One toy by pyhf."""
    import pyhf

    truth = np.array(model.config.suggested_init())
    data = np.append(rng.poisson(model.expected_actualdata(truth)), rng.standard_normal(len(model.config.auxdata)))
    fixed, best = pyhf_profile(model, data, 1.0), pyhf.infer.mle.fit(data, model, return_fitted_val=True)[1]
    return fixed - float(best)


def _ratio_of_medians(ours: Array, theirs: list[float]) -> float:
    return abs(float(np.median(theirs) / np.median(ours)) - 1.0)


def toy_records(bins: int, parameters: int) -> list[Record]:
    """A toy with its two fits; the error compares medians of q, known to 17 % from 200 of the alternative."""
    scan, case = example(bins, parameters), f"{bins} bins, {parameters} nuisances, one profiled toy"
    truth, rng = scan.nuisances.start, np.random.default_rng(2)
    expected = scan.expected(X_MUB2, truth)
    q = toy_statistics(1, 20 * N_OURS, X_MUB2, truth, scan)
    ours_s = median_seconds(lambda: toy_statistics(1, N_OURS, X_MUB2, truth, scan)) / N_OURS
    alternatives = [("scipy L-BFGS-B, analytic gradient", partial(scipy_toy, scan, expected, rng))]
    if importlib.util.find_spec("pyhf"):
        alternatives.append(("pyhf, NumPy and SLSQP", partial(pyhf_toy, pyhf_model(scan), rng)))
    records = []
    for name, toy in alternatives:
        theirs_s = median_seconds(toy, 21)
        error = _ratio_of_medians(q, [toy() for _ in range(200)])
        records.append(Record("toy experiment", case, ours_s, name, theirs_s, error))
    return records


def run() -> list[Record]:
    """Compare at the size of a xenon experiment, and the profile at that of Borexino as well."""
    return [*profile_records(30, 10), *profile_records(791, 17), *toy_records(30, 10)]
