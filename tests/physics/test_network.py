"""The nuclear network: detailed balance, conservation, scipy as a second integrator, and the standard model."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import constants
from scipy.integrate import solve_ivp
from scipy.interpolate import CubicSpline
from sm_history import n_eff, sm_history, table

from nudipole.constants import K_B_MEV_PER_K, M_E_MEV, N_AVOGADRO_PER_MOL, T_CMB_MEV
from nudipole.cosmology import network_kernels, rosenbrock
from nudipole.cosmology.network import (
    FLOOR,
    Status,
    abundance_steps,
    background,
    baryon_density_mol_per_cm3,
    primordial_abundances,
)
from nudipole.cosmology.nuclear import NUCLEONS, PHOTON, RATE_SUFFIX, SPECIES, nuclear_rates, rates_per_s
from nudipole.cosmology.weak_rates import weak_rates
from nudipole.errors import DataError, DomainError

PLANCK = {"Omega_b_h2": 0.02237, "tau_n_s": 879.4}
U_MEV = constants.value("atomic mass constant energy equivalent in MeV")
MASS_MEV = {
    **{
        species: constants.value(f"{name} mass energy equivalent in MeV")
        for species, name in zip(
            ("n", "p", "d", "t", "He3", "He4"), ("neutron", "proton", "deuteron", "triton", "helion", "alpha particle")
        )
    },
    # atomic masses of AME2020 less the electrons; their binding energies, 0.2 and 0.4 keV, are left out
    "Li7": 7.0160034342 * U_MEV - 3 * M_E_MEV,
    "Be7": 7.0169287196 * U_MEV - 4 * M_E_MEV,
}
STATES = {"n": 2, "p": 2, "d": 3, "t": 2, "He3": 2, "He4": 1, "Li7": 4, "Be7": 4}


@pytest.fixture(scope="module")
def weak():
    return weak_rates(table("neutron_proton_rates"))


@pytest.fixture(scope="module")
def nuclear():
    return nuclear_rates(table("nuclear_reactions"), table("nuclear_rates_primat2023"))


@pytest.fixture(scope="module")
def standard(nuclear, weak):
    return primordial_abundances(sm_history(), nuclear, weak, **PLANCK)


@pytest.mark.parametrize(("qed", "exchange", "expected", "error"), [(0, 0, 3.0, 2e-4), (1, 0, 3.0096, 5e-4)])
def test_history_without_exchange(qed, exchange, expected, error):
    # the errors are those of 4-cosmology, section 7
    assert n_eff(sm_history(bool(qed), bool(exchange))) == pytest.approx(expected, abs=error)


def test_history_of_the_standard_model():
    # 3.045(1): NUDEC_BSM
    assert n_eff(sm_history()) == pytest.approx(3.045, abs=1e-3)


def _steps(rates, jacobian, slope, y, x_end, steps):
    """RODAS4 with fixed steps and numpy.linalg."""
    h = x_end / steps
    for number in range(steps):
        x = number * h
        matrix = np.eye(y.size) / (h * rosenbrock.GAMMA) - jacobian(x, y)
        K = np.zeros((rosenbrock.STAGES, y.size))
        for s in range(rosenbrock.STAGES):
            state = y + rosenbrock.A[s, :s] @ K[:s]
            right = rates(x + rosenbrock.ALPHA[s] * h, state) + rosenbrock.C[s, :s] @ K[:s] / h
            K[s] = np.linalg.solve(matrix, right + h * rosenbrock.D[s] * slope(x, y))
        y = state + K[-1]
    return y


def test_rodas4_has_order_four():
    """A nonlinear system with explicit x, against DOP853 at 1e-13."""

    def rates(x, y):
        return np.array([-y[0] * y[1] + np.cos(x), y[0] ** 2 - y[1] + x * y[1] * np.sin(x)])

    def jacobian(x, y):
        return np.array([[-y[1], -y[0]], [2.0 * y[0], -1.0 + x * np.sin(x)]])

    def slope(x, y):
        return np.array([-np.sin(x), y[1] * (np.sin(x) + x * np.cos(x))])

    start = np.array([1.0, 0.5])
    exact = solve_ivp(rates, (0.0, 2.0), start, method="DOP853", rtol=1e-13, atol=1e-14).y[:, -1]
    errors = [np.abs(_steps(rates, jacobian, slope, start, 2.0, n) - exact).max() for n in (40, 80)]
    # 4.2 at these steps, 4.0 in the limit
    assert 3.8 < np.log2(errors[0] / errors[1]) < 4.5


def test_rodas4_follows_a_stiff_solution():
    """Prothero and Robinson, y' = -L (y - cos x) - sin x with L = 1e6: a stiffly accurate method has error h^2/L."""

    def rates(x, y):
        return -1e6 * (y - np.cos(x)) - np.sin(x)

    y = _steps(rates, lambda x, y: np.array([[-1e6]]), lambda x, y: np.array([-1e6 * np.sin(x) - np.cos(x)]),
               np.array([1.0]), 2.0, 20)  # fmt: skip
    # h^2/L = 1e-8
    assert y[0] == pytest.approx(np.cos(2.0), abs=1e-8)


def test_reverse_rates_are_in_detailed_balance():
    """Reverse/forward = (prod g_in/prod g_out) (prod m_in/prod m_out)^{3/2} (sym_out/sym_in) e^{-Q/T}.

    A capture has (T/2 pi)^{3/2}/N_A in addition; sym = 2 for two equal partners.
    """
    per_T9 = 1e9 * K_B_MEV_PER_K
    hbarc_MeV_cm = 1e-4 * constants.hbar * constants.c / constants.e
    for row in table("nuclear_reactions").itertuples():
        pair_in = [row.reactant_1, row.reactant_2]
        pair_out = [row.product_1] + [row.product_2] * (row.product_2 != "")
        g = np.prod([STATES[s] for s in pair_in]) / np.prod([STATES[s] for s in pair_out])
        m = np.prod([MASS_MEV[s] for s in pair_in]) / np.prod([MASS_MEV[s] for s in pair_out])
        alpha = g * m**1.5 * (0.5 if pair_in[0] == pair_in[1] else 1.0)
        if len(pair_out) == 1:
            alpha *= (per_T9 / (2.0 * np.pi)) ** 1.5 / hbarc_MeV_cm**3 / N_AVOGADRO_PER_MOL
        elif pair_out[0] == pair_out[1]:
            alpha *= 2.0
        Q = sum(MASS_MEV[s] for s in pair_in) - sum(MASS_MEV[s] for s in pair_out)
        # coefficients of LINX with older constants: 5e-7; masses of AME2016 and bound electrons: 0.2 keV
        assert row.reverse_alpha == pytest.approx(alpha, rel=1e-6, abs=0), row.reaction
        assert -row.reverse_gamma_T9 * per_T9 == pytest.approx(Q, abs=3e-4), row.reaction
        assert row.reverse_beta == (1.5 if len(pair_out) == 1 else 0.0)


def test_rates_at_a_node_are_those_of_the_table(nuclear):
    rates = table("nuclear_rates_primat2023")
    node = rates.iloc[200]
    forward, reverse = rates_per_s(nuclear, node["T9"], 1e-5)
    for place, row in enumerate(table("nuclear_reactions").itertuples()):
        expected = 1e-5 * node[row.reaction + RATE_SUFFIX]
        ratio = row.reverse_alpha * node["T9"] ** row.reverse_beta * np.exp(row.reverse_gamma_T9 / node["T9"])
        density = 1.0 if row.product_2 else 1e-5
        # the temperatures have 8 digits, so the uniform grid is off by 1e-8; d ln(rate)/d ln T9 is up to 20 here
        assert forward[place] == pytest.approx(expected, rel=1e-6, abs=0)
        assert reverse[place] / forward[place] == pytest.approx(ratio / density, rel=1e-11, abs=0)


@pytest.mark.parametrize("name", ["nuclear_rates_primat2023", "nuclear_rates_recommended"])
def test_interpolation_of_the_nuclear_rates(name):
    """Every second node left out: the error there bounds the one between the nodes of the full table."""
    rates = table(name)
    T9 = rates["T9"].to_numpy()
    burning = (T9 > 0.2) & (T9 < 1.5)
    for row in table("nuclear_reactions").itertuples():
        ln_rate = np.log(rates[row.reaction + RATE_SUFFIX].to_numpy())
        error = np.abs(CubicSpline(np.log(T9[::2]), ln_rate[::2])(np.log(T9)) - ln_rate)[burning]
        # roughness of the tables: kinks at their original nodes. It is largest for the two that only make 7Li and 7Be
        # from 4He and for the burning of 3He + d and 7Li + p, which their Coulomb barriers make steepest
        steep = {"tHe4_Li7", "He3d_pHe4", "He3He4_Be7", "Li7p_He4He4"}
        assert error.max() < (0.02 if row.reaction in steep else 1e-3), row.reaction


def test_abundances_hardly_depend_on_the_nodes(nuclear, weak):
    """Every second node left out."""
    coarse = nuclear_rates(table("nuclear_reactions"), table("nuclear_rates_primat2023").iloc[::2])
    fine, rough = (primordial_abundances(sm_history(), n, weak, **PLANCK, rtol=1e-8) for n in (nuclear, coarse))
    # a tenth of what rtol 1e-5 allows; a hundredth of the theory error for D/H, and less for 7Li
    assert rough.Y_p == pytest.approx(fine.Y_p, abs=5e-8)
    deuterium = rough.D_H
    assert deuterium == pytest.approx(fine.D_H, rel=1e-4, abs=0)
    assert rough.Li7_H == pytest.approx(fine.Li7_H, rel=1e-3, abs=0)


def test_fluxes_jacobian_and_explicit_derivative(nuclear, weak):
    """Against central differences, at a time when every reaction runs."""
    problem = network_kernels.Problem(
        background(sm_history(), weak, 879.4),
        nuclear.network,
        np.log(baryon_density_mol_per_cm3(0.02237)),
        1e-5,
        1e-5 * FLOOR,
    )
    history = sm_history()
    x = float(np.interp(-np.log(0.06), -history.ln_T_gamma_MeV, history.ln_a))
    Y = np.array([0.1, 0.7, 2e-3, 1e-3, 1e-3, 0.04, 1e-3, 1e-3])
    R = np.zeros((4, 13))

    def slope(x, Y, first=0):
        out = np.empty(8)
        network_kernels.fill_rates(problem, x, 12, R)
        network_kernels.fluxes(problem.network, R[first], R[first + 1], 12, Y, out)
        return out

    exact, J = slope(x, Y, 2), np.empty((8, 8))
    network_kernels.jacobian(problem.network, R, 12, Y, J)
    # fluxes are quadratic in Y: central differences are exact but for rounding
    for column in range(8):
        step = np.zeros(8)
        step[column] = 1e-3 * Y[column]
        numeric = (slope(x, Y + step) - slope(x, Y - step)) / (2.0 * step[column])
        assert J[:, column] == pytest.approx(numeric, rel=1e-8, abs=1e-8 * np.abs(J).max())
    # h^2 with h = 1e-5 in x, times (d ln rate/dx)^2 of up to 1e5 for photodissociation of 4He
    numeric = (slope(x + 1e-5, Y) - slope(x - 1e-5, Y)) / 2e-5
    assert exact == pytest.approx(numeric, rel=1e-6, abs=1e-7 * np.abs(exact).max())
    # every nucleon that leaves a nucleus enters another; 1e-14 is rounding
    assert abs(slope(x, Y) @ NUCLEONS) < 1e-13 * np.abs(slope(x, Y)).max()


def test_statistical_equilibrium_stops_every_flux(nuclear, weak):
    history = sm_history()
    problem = network_kernels.Problem(
        background(history, weak, 879.4), nuclear.network, np.log(baryon_density_mol_per_cm3(0.02237)), 1e-5, FLOOR
    )
    R = np.zeros((4, 13))
    x = float(np.interp(-np.log(0.9), -history.ln_T_gamma_MeV, history.ln_a))
    network_kernels.fill_rates(problem, x, 12, R)
    Y = np.array([0.2, 0.8, *[0.0] * 6])
    network_kernels.equilibrium(nuclear.network, R, Y)
    assert np.all(Y[2:] > 0.0)
    assert np.all(Y[2:] < 1e-8)
    for r, (i, j, k, m) in enumerate(nuclear.network.partners):
        forward = R[0, r] * Y[i] * Y[j] * (0.5 if i == j else 1.0)
        reverse = R[1, r] * Y[k] * (1.0 if m == PHOTON else (0.5 if m == k else 1.0) * Y[m])
        # Q values of the 12 reactions close to 0.2 keV: 3e-4 at 0.9 MeV
        assert forward == pytest.approx(reverse, rel=3e-4, abs=0)


def test_standard_model(standard):
    """The numbers and errors of 4-cosmology, section 7."""
    assert standard.status is Status.OK
    assert standard.Y_p == pytest.approx(0.24712, abs=3e-5)
    deuterium = standard.D_H
    assert deuterium == pytest.approx(2.444e-5, abs=5e-8)
    # given to 4 and 3 digits
    assert standard.He3_H == pytest.approx(1.0375e-5, rel=1e-4, abs=0)
    assert standard.Li7_H == pytest.approx(5.67e-10, rel=1e-3, abs=0)


def test_lifetime_of_the_neutron(standard, nuclear, weak):
    shorter = primordial_abundances(sm_history(), nuclear, weak, Omega_b_h2=0.02237, tau_n_s=878.4)
    # 1e-6: the digits given
    assert shorter.Y_p == pytest.approx(0.246916, abs=1e-6)
    assert standard.Y_p - shorter.Y_p == pytest.approx(2.06e-4, abs=1e-6)


def test_baryon_density(standard, nuclear, weak):
    more = primordial_abundances(sm_history(), nuclear, weak, Omega_b_h2=0.02252, tau_n_s=879.4)
    # the digits of 4-cosmology, section 6
    assert more.Y_p - standard.Y_p == pytest.approx(6.4e-5, abs=1e-6)
    assert np.log(more.D_H / standard.D_H) == pytest.approx(-0.0109, abs=1e-4)
    # photons of 2.7255 K: 2 zeta(3)/pi^2 T^3; LINX gives 6.1375e-10 in five digits
    hbarc_MeV_cm = 1e-4 * constants.hbar * constants.c / constants.e
    photons_per_cm3 = 2.0 * 1.2020569031595942 / np.pi**2 * (T_CMB_MEV / hbarc_MeV_cm) ** 3
    eta = baryon_density_mol_per_cm3(0.02242) * N_AVOGADRO_PER_MOL / photons_per_cm3
    assert eta == pytest.approx(6.1375e-10, rel=1e-5, abs=0)


def test_recommended_rates(standard, nuclear, weak):
    """The other set as bundled: D/H = 2.442e-5.

    Within 1 % of primat2023 where deuterium burns (T9 = 0.2 to 1), with opposite signs in the two d + d reactions.
    With d ln(D/H)/d ln(rate) = -0.20 (n p), -0.34 (d p), -0.54 (dd n), -0.45 (dd p) that is -0.06 %.
    """
    others = nuclear_rates(table("nuclear_reactions"), table("nuclear_rates_recommended"))
    result = primordial_abundances(sm_history(), others, weak, **PLANCK)
    deuterium = result.D_H
    assert deuterium == pytest.approx(2.4424e-5, rel=1e-4, abs=0)
    # four reactions of deuterium move Y_p by less than 1e-4
    assert result.Y_p == pytest.approx(standard.Y_p, abs=1e-4)


def test_convergence(standard, nuclear, weak):
    tight = primordial_abundances(sm_history(), nuclear, weak, **PLANCK, rtol=1e-7)
    # the target of 4-cosmology, section 7; D/H to 1e-5, a thousandth of its theory error
    assert standard.Y_p == pytest.approx(tight.Y_p, abs=5e-7)
    deuterium = standard.D_H
    assert deuterium == pytest.approx(tight.D_H, rel=1e-5, abs=0)
    assert standard.Li7_H == pytest.approx(tight.Li7_H, rel=1e-4, abs=0)
    sparse = primordial_abundances(sm_history(nodes=120), nuclear, weak, **PLANCK)
    # Hermite interpolation over steps of 0.1 in ln a
    assert sparse.Y_p == pytest.approx(standard.Y_p, abs=1e-6)


def test_a_history_may_start_at_three_MeV(standard, nuclear, weak):
    history = sm_history()
    warm = history.T_gamma_MeV >= 3.0
    late = replace(history, **{name: values[warm.sum() - 1 :] for name, values in vars(history).items()})
    # n/p at 3 MeV is 1e-4 off equilibrium, forgotten by freeze-out
    assert primordial_abundances(late, nuclear, weak, **PLANCK).Y_p == pytest.approx(standard.Y_p, abs=1e-6)


def test_nucleons_are_conserved(standard, nuclear, weak):
    steps = abundance_steps(sm_history(), nuclear, weak, **PLANCK)
    assert steps.status is Status.OK
    # a Rosenbrock method keeps linear invariants: rounding of the solves, 400 steps
    nucleons = steps.Y @ NUCLEONS
    assert nucleons == pytest.approx(np.ones(steps.ln_a.size), rel=0, abs=1e-10)
    assert 4.0 * steps.Y[-1, SPECIES.index("He4")] == pytest.approx(standard.Y_p, rel=1e-12, abs=0)
    assert np.all(np.diff(steps.T_gamma_MeV) < 0.0)
    # the network ends at 1 keV
    assert steps.T_gamma_MeV[-1] == pytest.approx(1e-3, rel=1e-3, abs=0)


def test_scipy_finds_the_same(standard, nuclear, weak):
    """Radau on the same right-hand side at rtol 1e-9, from 0.9 MeV on."""
    history = sm_history()
    grid = background(history, weak, 879.4)
    problem = network_kernels.Problem(
        grid, nuclear.network, np.log(baryon_density_mol_per_cm3(0.02237)), 1e-9, 1e-9 * FLOOR
    )
    steps = abundance_steps(history, nuclear, weak, **PLANCK, rtol=1e-9)
    first = int(np.argmax(steps.Y[:, 2] > 0.0))
    R, J = np.zeros((4, 13)), np.empty((8, 8))

    def slope(x, Y):
        out = np.empty(8)
        network_kernels.fill_rates(problem, x, 12, R)
        network_kernels.fluxes(problem.network, R[0], R[1], 12, Y, out)
        return out

    def jacobian(x, Y):
        network_kernels.fill_rates(problem, x, 12, R)
        network_kernels.jacobian(problem.network, R, 12, Y, J)
        return J.copy()

    span = (steps.ln_a[first], steps.ln_a[-1])
    Y = solve_ivp(slope, span, steps.Y[first], method="Radau", jac=jacobian, rtol=1e-9, atol=1e-9 * FLOOR).y[:, -1]
    # both at 1e-9 per step, some hundred steps
    assert Y[5] == pytest.approx(steps.Y[-1, 5], rel=1e-7, abs=0)
    assert Y[[2, 4, 7]] == pytest.approx(steps.Y[-1, [2, 4, 7]], rel=1e-5, abs=0)


def test_failure_is_a_status(nuclear, weak):
    """At rtol 1e-12 the network needs more than its 20000 steps."""
    result = primordial_abundances(sm_history(), nuclear, weak, **PLANCK, rtol=1e-12)
    assert result.status is not Status.OK
    assert "network" in result.status.reason
    assert np.isfinite([result.Y_p, result.D_H, result.He3_H, result.Li7_H]).all()


@pytest.mark.parametrize(
    "options", [{"Omega_b_h2": -0.02}, {"Omega_b_h2": np.nan}, {"tau_n_s": 0.0}, {"tau_n_s": np.inf}, {"rtol": 0.5}]
)
def test_bad_options_are_refused(nuclear, weak, options):
    with pytest.raises(DomainError, match=next(iter(options))):
        primordial_abundances(sm_history(), nuclear, weak, **(PLANCK | options))


def test_bad_histories_are_refused(nuclear, weak):
    history = sm_history()
    nan = replace(history, ln_H_per_s=np.where(history.t_s > 1.0, np.nan, history.ln_H_per_s))
    for bad in (nan, replace(history, ln_a=-history.ln_a)):
        with pytest.raises(DomainError, match="finite"):
            primordial_abundances(bad, nuclear, weak, **PLANCK)
    steep = replace(history, dln_H=1e6 * np.ones(history.ln_a.size))
    with pytest.raises(DomainError, match="steep"):
        primordial_abundances(steep, nuclear, weak, **PLANCK)
    cold = replace(history, ln_T_gamma_MeV=history.ln_T_gamma_MeV - 3.0)
    with pytest.raises(DomainError, match="start at 3 MeV"):
        primordial_abundances(cold, nuclear, weak, **PLANCK)


def test_bad_tables_are_refused():
    reactions, rates = table("nuclear_reactions"), table("nuclear_rates_primat2023")
    with pytest.raises(DataError, match="no column for np_d"):
        nuclear_rates(reactions, rates.drop(columns="np_d" + RATE_SUFFIX))
    with pytest.raises(DataError, match="uniform"):
        nuclear_rates(reactions, rates.drop(index=100))
    with pytest.raises(DataError, match="positive"):
        nuclear_rates(reactions, rates * -1.0)
    with pytest.raises(DataError, match="none of"):
        nuclear_rates(reactions.replace("Be7", "B8"), rates)
    with pytest.raises(DataError, match="not conserved"):
        nuclear_rates(reactions.assign(product_1="d"), rates)
