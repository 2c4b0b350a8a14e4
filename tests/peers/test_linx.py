"""LINX (Giovanetti et al., arXiv:2408.14538) on its own history of the standard model, and on ours with N."""

import pytest

pytest.importorskip("linx", reason="LINX is not installed here: make test-peers")

import numpy as np
from benchmarks.bbn_peers import linx_input, run_linx
from same_histories import POINTS, assert_equal, assert_same_shift, standard, with_N


@pytest.fixture(scope="module")
def standard_model():
    return run_linx(linx_input(standard().history))


@pytest.mark.slow
def test_standard_model_on_its_own_history():
    import jax.numpy as jnp
    from linx.background import BackgroundModel

    t_s, a, photons, neutrino, rho, P, N_eff = BackgroundModel(n_out=2000)(jnp.asarray(0.0))
    theirs = run_linx((photons, neutrino, rho, P, a, t_s))
    ours = standard()
    assert float(N_eff[-1]) == pytest.approx(3.0453, abs=1e-4)
    ratio = float(np.exp(ours.history.ln_T_nu_MeV[-1] - ours.history.ln_T_gamma_MeV[-1]))
    assert 3.0 * (11.0 / 4.0) ** (4.0 / 3.0) * ratio**4 == pytest.approx(float(N_eff[-1]), abs=2e-4)
    # the value of LINX 0.1.4
    assert theirs.Y_p == pytest.approx(0.247131, abs=2e-6)
    assert ours.abundances.Y_p == pytest.approx(theirs.Y_p, abs=2e-5)
    assert_equal(ours.abundances, theirs, D_H=2e-3)


def test_standard_model_on_our_history(standard_model):
    ours = standard().abundances
    # the same nuclear rates; the weak rates differ by 6e-6 in Y_p
    assert ours.Y_p == pytest.approx(standard_model.Y_p, abs=2e-5)
    assert_equal(ours, standard_model, D_H=1e-3, He3_H=1e-3, Li7_H=1e-3)


@pytest.mark.parametrize(("initial", "M_N_MeV", "mu_nu_muB"), POINTS)
def test_shift_from_the_standard_model(initial, M_N_MeV, mu_nu_muB, standard_model):
    ours = with_N(initial, M_N_MeV, mu_nu_muB)
    assert_same_shift(ours.abundances, run_linx(linx_input(ours.history)), standard_model)
