"""Production of N in a supernova: our fixed rules with analytic inner integrals beside scipy's adaptive quadrature."""

from math import cos, exp, expm1, pi, sqrt

from benchmarks.record import Effort, Record, compare, interleaved_seconds
from scipy import integrate

from nudipole.constants import ALPHA, M_E_MEV
from nudipole.quadrature import unit_rule
from nudipole.supernova.photon_kernels import photon_rates
from nudipole.supernova.rates import DEFAULT_NODES
from nudipole.supernova.scattering_kernels import FermiGas, Screening, fermi_gas_loss

T, MU_E, K_S2, M_T2 = 30.0, 218.2, 41.748**2, 15.329**2
E, M = 150.0, 60.0


def fermi(energy: float, mu: float) -> float:
    """Occupation at the one-zone temperature."""
    x = (energy - mu) / T
    return 1.0 / (exp(x) + 1.0) if x < 600.0 else 0.0


def amplitude(s: float, t: float) -> float:
    """|M|^2 for mu = 1/MeV as printed, with the screened propagator."""
    m = M_E_MEV
    bracket = (2 * M**4 * m**2 + M**4 * t - 2 * M**2 * s * t - M**2 * t**2 + 2 * m**4 * t - 4 * m**2 * s * t
               - 2 * m**2 * t**2 + 2 * s**2 * t + 2 * s * t**2)  # fmt: skip
    return -8.0 * pi * ALPHA * bracket / (t * (t - K_S2))


def integrand(phi: float, above: float, q: float, E_1: float) -> float:
    """f_nu f_e (1 - f_e) |M|^2, over azimuth, electron energy above its threshold, |q| and neutrino energy."""
    p, q_0, m = sqrt(E * E - M * M), E_1 - E, M_E_MEV
    tau = q * q - q_0 * q_0
    if tau <= 1e-9:
        return 0.0
    E_2 = -0.5 * q_0 + 0.5 * q * sqrt(1.0 + 4.0 * m * m / tau) + above
    p_2 = sqrt(E_2 * E_2 - m * m)
    c_1 = (E_1 * E_1 + q * q - p * p) / (2.0 * E_1 * q)
    c_2 = ((E_2 + q_0) ** 2 - E_2 * E_2 - q * q) / (2.0 * p_2 * q)
    across = sqrt(max((1.0 - c_1 * c_1) * (1.0 - c_2 * c_2), 0.0))
    s = m * m + 2.0 * E_1 * (E_2 - p_2 * (c_1 * c_2 + across * cos(phi)))
    occupied = fermi(E_1, 0.0) * fermi(E_2, MU_E) * (1.0 - fermi(E_2 + q_0, MU_E))
    return occupied * amplitude(s, -tau) / pi


def by_nquad() -> float:
    """Production rate of one state from electrons by four nested adaptive quadratures, to a percent."""
    p = sqrt(E * E - M * M)
    options = {"epsrel": 1e-2, "epsabs": 0.0, "limit": 20}
    value, _ = integrate.nquad(
        integrand,
        [(0.0, pi), (0.0, 900.0), lambda E_1: (max(abs(E_1 - p), abs(E_1 - E)), E_1 + p), (1.0, E + 15.0 * T)],
        opts=[options] * 4,
    )
    return 2.0 * value / (256.0 * pi**5) * 2.0 * pi**2 / (p * E)


def ours() -> float:
    """The same by `fermi_gas_loss` and detailed balance."""
    gas = FermiGas(M_E_MEV, MU_E, T, 0.0)
    rule = unit_rule(DEFAULT_NODES.scattering)
    return sum(fermi_gas_loss(E, M, 0.0, gas, Screening(K_S2, False), *rule)) * exp(-E / T)


def inverse_decay_by_quad() -> float:
    """Rate of inverse decay by quad over the neutrino energy."""
    p, x = sqrt(E * E - M * M), M_T2 / M**2
    low, high = 0.5 * (E - p) * (1.0 - x), 0.5 * (E + p) * (1.0 - x)
    mean = integrate.quad(lambda k: fermi(k, 0.0) / expm1((E - k) / T), low, high)[0] / (high - low)
    return 2.0 * M**3 / (16.0 * pi) * (1.0 - x) ** 2 * (1.0 + 0.5 * x) * M / E * mean


def inverse_decay_ours() -> float:
    """The same, with its helicities apart."""
    a, b, _, _ = photon_rates(E, M, T, 0.0, M_T2, False, *unit_rule(DEFAULT_NODES.line))
    return a + b


def run(effort: Effort) -> list[Record]:
    """Time both; four nested quadratures once, because they take most of a minute."""
    exact = inverse_decay_by_quad()
    records = [
        compare(
            "supernova, inverse decay",
            "one energy, M_N = 60 MeV, E = 150 MeV",
            inverse_decay_ours,
            "scipy quad",
            inverse_decay_by_quad,
            abs(exact / inverse_decay_ours() - 1.0),
            effort,
        )
    ]
    if not effort.is_quick:
        found: list[float] = []
        ours_s, theirs_s = interleaved_seconds(ours, lambda: found.append(by_nquad()), 1, is_slow=True)
        name, case = "supernova, scattering on degenerate electrons", "one energy, M_N = 60 MeV, E = 150 MeV, to 1 %"
        error = abs(found[0] / ours() - 1.0)
        records.append(Record(name, case, ours_s, "scipy nquad, four dimensions", theirs_s, error))
    return records
