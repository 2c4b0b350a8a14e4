"""A profiled likelihood, a toy and a limit: beside scipy.optimize, and beside pyhf and iminuit where installed."""

import importlib.util
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from math import inf
from typing import Any

import numpy as np
from benchmarks.minuit import minuit_limit_muB2, minuit_profile, minuit_toy
from benchmarks.record import Effort, Record, compare
from numpy.typing import NDArray
from scipy import optimize

from nudipole.likelihood.cls import cls_limits
from nudipole.likelihood.scan import Nuisances, Observation, SignalScan
from nudipole.likelihood.toys import toy_statistics

Array = NDArray[np.float64]

X_MUB2 = 1e-22
"""mu^2 of the nominal signal."""
WIDTH = 0.1
N_OURS = 2000
"""Toys of one call of ours."""
LEVEL, RISE = 0.9, 2.7055


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


def profile_records(bins: int, parameters: int, effort: Effort) -> list[Record]:
    """A profile at one mu^2, always from the same start."""
    scan, case = example(bins, parameters), f"{bins} bins, {parameters} nuisances, one profile"
    x = np.array([X_MUB2])
    timed = partial(compare, "profile likelihood", case, lambda: scan.fits(x), effort=effort)
    exact = scan.chi2(X_MUB2)
    found = scipy_profile(scan, X_MUB2)
    theirs = partial(scipy_profile, scan, X_MUB2)
    records = [timed("scipy L-BFGS-B, analytic gradient", theirs, abs(found / exact - 1.0))]
    if importlib.util.find_spec("iminuit"):
        found, theirs = minuit_profile(scan, X_MUB2), partial(minuit_profile, scan, X_MUB2)
        records.append(timed("iminuit, Migrad", theirs, abs(found / exact - 1.0)))
    if importlib.util.find_spec("pyhf"):
        model = pyhf_model(scan)
        data = np.array([*scan.observation.counts, *model.config.auxdata])
        rise = pyhf_profile(model, data, 1.0) - pyhf_profile(model, data, 0.0)
        error, theirs = abs(rise / (exact - scan.null_chi2) - 1.0), partial(pyhf_profile, model, data, 1.0)
        records.append(timed("pyhf, NumPy and SLSQP (difference to mu = 0)", theirs, error))
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


def toy_records(bins: int, parameters: int, effort: Effort) -> list[Record]:
    """A toy with its two fits; the error compares medians of q, known to 17 % from 200 of the alternative."""
    scan, case = example(bins, parameters), f"{bins} bins, {parameters} nuisances, one profiled toy"
    truth, rng = scan.nuisances.start, np.random.default_rng(2)
    expected = scan.expected(X_MUB2, truth)
    q, most = toy_statistics(1, 20 * N_OURS, X_MUB2, truth, scan), 20 if effort.is_quick else 200
    alternatives = [("scipy L-BFGS-B, analytic gradient", partial(scipy_toy, scan, expected, rng))]
    if importlib.util.find_spec("iminuit"):
        alternatives.append(("iminuit, Migrad", partial(minuit_toy, scan, X_MUB2, rng)))
    if importlib.util.find_spec("pyhf"):
        alternatives.append(("pyhf, NumPy and SLSQP", partial(pyhf_toy, pyhf_model(scan), rng)))
    records = []
    for name, toy in alternatives:
        error = abs(float(np.median([toy() for _ in range(most)]) / np.median(q)) - 1.0)
        ours = partial(toy_statistics, 1, N_OURS, X_MUB2, truth, scan)
        record = compare("toy experiment", case, ours, name, partial(_several, toy), error, effort, units=(N_OURS, 5))
        records.append(record)
    return records


def _several(toy: Callable[[], float]) -> None:
    for _ in range(5):
        toy()


def limit_records(bins: int, parameters: int, effort: Effort) -> list[Record]:
    """The upper limit on mu^2 from one observation, anew at every call: ours keeps its best fit else."""
    scan, case = example(bins, parameters), f"{bins} bins, {parameters} nuisances, one limit at 90 %"
    records = []
    if importlib.util.find_spec("iminuit"):
        error = abs(minuit_limit_muB2(scan, X_MUB2, RISE) / our_limit_muB2(scan) - 1.0)
        ours, theirs = partial(our_limit_muB2, scan), partial(minuit_limit_muB2, scan, X_MUB2, RISE)
        records.append(compare("upper limit", case, ours, "iminuit, Migrad and Minos", theirs, error, effort))
    if importlib.util.find_spec("pyhf") and not effort.is_quick:
        theirs = partial(pyhf_cls_limit_muB2, scan)
        error = abs(theirs() / cls_limits(scan, LEVEL).observed_muB2 - 1.0)
        name, ours = "pyhf, CLs with toms748, NumPy and SLSQP", lambda: cls_limits(replace(scan), LEVEL)
        words = case.replace("one limit", "one CLs limit with its band")
        records.append(compare("upper limit", words, ours, name, theirs, error, effort, is_slow=True))
    return records


def our_limit_muB2(scan: SignalScan) -> float:
    """Upper end of the interval of the profile likelihood, without anything kept from before."""
    fresh = replace(scan)
    return fresh.upper_crossing_muB2(fresh.best_fit.chi2 + RISE)


def pyhf_cls_limit_muB2(scan: SignalScan) -> float:
    """Observed CLs limit of pyhf, with the expected ones on the way as in ours."""
    import pyhf

    model = pyhf_model(scan)
    data = [*scan.observation.counts, *model.config.auxdata]
    search = pyhf.infer.intervals.upper_limits.toms748_scan
    observed, _ = search(data, model, 0.0, 10.0, level=1.0 - LEVEL, rtol=1e-4)
    return float(observed) * X_MUB2


def run(effort: Effort) -> list[Record]:
    """Compare at the size of a xenon experiment, and the profile at that of Borexino as well."""
    records = profile_records(30, 10, effort)
    if not effort.is_quick:
        records += profile_records(791, 17, effort)
    return [*records, *toy_records(30, 10, effort), *limit_records(30, 10, effort)]
