"""Upper limit on the moment from stellar cooling, mu(M_N) = mu_0 sqrt(Q(0)/Q(M_N)) at equal mu.

mu_0 bounds the energy loss for a massless N; a massive N may carry away as much, hence a larger moment. The
limit is on sqrt(sum_a |mu_a|^2): the same number for any single flavour.
"""

from math import isfinite, log, log10

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nudipole.errors import DomainError
from nudipole.stellar.emission import Emission, ln_q_over_mu2_eV7
from nudipole.stellar.quadrature import DEFAULT_NODES, Nodes
from nudipole.stellar.star import Star


def massless_reference(emission: Emission) -> Emission:
    """Return the model that gives Q(0): the model itself, and BRAATEN_SEGEL for DAMPED.

    mu_0 comes from stellar models, which emit from plasmons on their mass shell: that emission, transverse
    and longitudinal, is what normalises the tail. DAMPED at M_N = 0 adds its tail to it, so its limit starts
    0.2 % below mu_0 (red giant). With NARROW in its place, which is the Breit-Wigner's own Q(0) to 1e-4,
    every limit of the tail is smaller by sqrt(1.177).
    """
    return Emission.BRAATEN_SEGEL if emission == Emission.DAMPED else Emission(emission)


def log10_limit_muB(
    star: Star,
    M_N_keV: ArrayLike,
    emission: Emission = Emission.FINITE_WIDTH,
    *,
    mu_0_muB: float | None = None,
    reference: Emission | None = None,
    nodes: Nodes = DEFAULT_NODES,
) -> NDArray[np.float64]:
    """Return log10 of the limit [mu_B] (module docstring), finite wherever there is emission, else +inf.

    ``mu_0_muB``: the star's own by default; see star.MOMENT_BOUNDS. ``reference``: the model for Q(0), by
    default massless_reference(emission).
    """
    mu_0 = star.mu_0_muB if mu_0_muB is None else mu_0_muB
    if not (isfinite(mu_0) and mu_0 > 0.0):
        raise DomainError(f"mu_0_muB = {mu_0} must be positive and finite")
    model = massless_reference(emission) if reference is None else Emission(reference)
    ln_q_0 = ln_q_over_mu2_eV7(star, 0.0, model, nodes=nodes)
    ln_q = ln_q_over_mu2_eV7(star, M_N_keV, emission, nodes=nodes)
    return log10(mu_0) + 0.5 * (ln_q_0 - ln_q) / log(10.0)


def limit_muB(
    star: Star,
    M_N_keV: ArrayLike,
    emission: Emission = Emission.FINITE_WIDTH,
    *,
    mu_0_muB: float | None = None,
    reference: Emission | None = None,
    nodes: Nodes = DEFAULT_NODES,
) -> NDArray[np.float64]:
    """Return the upper limit on mu_nu [mu_B], 10^log10_limit_muB with the same arguments.

    inf where there is no emission (NARROW and BRAATEN_SEGEL above threshold), which the caller has to flag,
    and where the limit exceeds the largest double, which takes M_N > 1400 T.
    """
    exponent = log10_limit_muB(star, M_N_keV, emission, mu_0_muB=mu_0_muB, reference=reference, nodes=nodes)
    with np.errstate(over="ignore"):
        return np.power(10.0, exponent)
