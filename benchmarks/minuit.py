"""The likelihood of `bench_likelihood` through iminuit, from the lock envs/requirements-peers.txt.

iminuit is not imported before it is asked for.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nudipole.likelihood.scan import SignalScan

Array = NDArray[np.float64]


def minuit_of(scan: SignalScan, unit_muB2: float, counts: Array, center: Array) -> Any:
    """Return a Minuit of -2 ln L over mu^2 in the given unit and all nuisances, with its analytic gradient."""
    from iminuit import Minuit

    n, seen = scan.nuisances, counts > 0.0

    def value(p: Array) -> float:
        theta = p[1:]
        m, shift = np.maximum(theta @ (scan.constant + p[0] * unit_muB2 * scan.slope), 1e-9), theta - center
        data = m.sum() - counts.sum() + (counts[seen] * np.log(counts[seen] / m[seen])).sum()
        return float(2.0 * data + shift @ n.precision @ shift)

    def gradient(p: Array) -> Array:
        theta, signal = p[1:], unit_muB2 * scan.slope
        columns = scan.constant + p[0] * signal
        slack = 1.0 - counts / np.maximum(theta @ columns, 1e-9)
        nuisances = 2.0 * columns @ slack + 2.0 * n.precision @ (theta - center)
        return np.append(2.0 * slack @ (theta @ signal), nuisances)

    found = Minuit(value, np.append(1.0, n.start), grad=gradient)
    found.errordef, found.strategy = Minuit.LEAST_SQUARES, 1
    found.errors = np.append(0.5, np.where(np.isfinite(n.width), n.width, 0.1))
    return found


def minuit_profile(scan: SignalScan, x_muB2: float) -> float:
    """-2 ln L profiled by Migrad."""
    found = minuit_of(scan, x_muB2, scan.observation.counts, scan.nuisances.center)
    found.fixed[0] = True
    found.migrad()
    return float(found.fval)


def minuit_limit_muB2(scan: SignalScan, unit_muB2: float, rise: float) -> float:
    """Upper end of the interval by Minos."""
    found = minuit_of(scan, unit_muB2, scan.observation.counts, scan.nuisances.center)
    found.migrad()
    found.errordef = rise
    found.minos(0)
    return float(found.values[0] + found.merrors[0].upper) * unit_muB2


def minuit_toy(scan: SignalScan, x_muB2: float, rng: np.random.Generator) -> float:
    """One toy: counts and centres, a profile at fixed mu^2, and one more over mu^2 >= 0 with the nuisances."""
    n = scan.nuisances
    counts = rng.poisson(scan.expected(x_muB2, n.start)).astype(float)
    center = n.start + n.spread @ rng.standard_normal(len(n.start))
    chi2 = []
    for is_fixed in (True, False):
        found = minuit_of(scan, x_muB2, counts, center)
        found.fixed[0], found.limits[0] = is_fixed, (0.0, None)
        found.migrad()
        chi2.append(found.fval)
    return float(chi2[0] - chi2[1])
