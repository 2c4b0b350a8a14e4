"""Scattering on nuclei: spin 0 against its trace, the form factor against a transform, targets per tonne."""

import numpy as np
import pytest
from scipy import integrate
from test_cross_sections import by_traces, random_points, scalar_current

from nudipole.constants import ALPHA, HBARC_MEV_CM, HBARC_MEV_FM, M_E_MEV, MU_B_PER_MEV, N_AVOGADRO_PER_MOL
from nudipole.cross_sections import bracket_coefficients, bracket_coefficients_spin0
from nudipole.detectors.nuclei import (
    SERIES_BELOW,
    SKIN_FM,
    Nucleus,
    average_nucleus,
    coherent_targets_per_t,
    helm_form_factor,
    helm_radius_fm,
    nuclei,
)
from nudipole.errors import DataError

ATOMIC_MASS_MEV = 931.49410
"""Of one atomic mass unit, CODATA."""
XENON_MEV = 131.293 * ATOMIC_MASS_MEV
ISOTOPES = (
    Nucleus(124, 54, 123.9058920, 0.000952, 0.0),
    Nucleus(126, 54, 125.9042974, 0.000890, 0.0),
    Nucleus(128, 54, 127.9035310, 0.019102, 0.0),
    Nucleus(129, 54, 128.9047809, 0.264006, 0.5),
    Nucleus(130, 54, 129.9035094, 0.040710, 0.0),
    Nucleus(131, 54, 130.9050840, 0.212324, 1.5),
    Nucleus(132, 54, 131.9041551, 0.269086, 0.0),
    Nucleus(134, 54, 133.905393, 0.104357, 0.0),
    Nucleus(136, 54, 135.9072145, 0.088573, 0.0),
)
"""Xenon: AME2020 masses and IUPAC abundances, rounded."""


def bracket(coefficients, E, T, M, m):
    """Coefficients summed up to the bracket, for arrays of points."""
    b_0, b_1, b_2 = np.array([coefficients(t, x, m) for t, x in zip(T, M, strict=True)]).T
    return b_0 + (b_1 + b_2 / E) / E


# ---- the cross section for spin 0


@pytest.mark.parametrize(
    ("m", "E_max", "tolerance"), [(M_E_MEV, 30.0, 1e-9), (938.0, 1000.0, 1e-7), (XENON_MEV, 1000.0, 1e-5)]
)
def test_spin_zero_is_the_trace_with_a_scalar_current(m, E_max, tolerance):
    # The trace of matrices of size m loses a digit for every one that m has over E: hence the tolerances; at m = m_e
    # every term of the formula counts, at the mass of xenon those without 1/m do.
    E, T, M = random_points(60, 11, m=m, E_max=E_max)
    scale = ALPHA * (2e-11 * MU_B_PER_MEV * HBARC_MEV_CM) ** 2
    ours = scale * bracket(bracket_coefficients_spin0, E, T, M, m)
    traces = [by_traces(e, t, x, 2e-11, scalar_current, m) for e, t, x in zip(E, T, M, strict=True)]
    np.testing.assert_allclose(ours, traces, rtol=tolerance)


@pytest.mark.parametrize("m", [M_E_MEV, XENON_MEV])
def test_spin_zero_is_positive_inside_the_limits(m):
    # 2e4 points, up to a part in 1e9 of the limits.
    E, T, M = random_points(20_000, 12, edge=1e-9, m=m, E_max=1000.0)
    assert (bracket(bracket_coefficients_spin0, E, T, M, m) > 0.0).all()


@pytest.mark.parametrize(("m", "E_max"), [(M_E_MEV, 30.0), (XENON_MEV, 1000.0)])
def test_the_spins_differ_by_the_recoil_over_the_mass(m, E_max):
    # By algebra (M^2 - m T)(M^2 + 2 m T)/(8 T m^2 E^2), which between the limits is at most T/m of the leading 1/T:
    # 1e-6 of it for xenon. Rounding is that of the largest term.
    E, T, M = random_points(2000, 13, m=m, E_max=E_max)
    half, zero = (bracket(f, E, T, M, m) for f in (bracket_coefficients, bracket_coefficients_spin0))
    difference = (M**2 - m * T) * (M**2 + 2 * m * T) / (8 * T * m**2 * E**2)
    size = 1 / T + M**2 / (E * T * m) + M**4 / (E**2 * T**2 * m)
    assert np.max(np.abs(half - zero - difference) / size) < 1e-14
    assert np.max(np.abs(difference) * m / (1 + T / m)) < 1


# ---- the form factor


def test_form_factor_is_the_transform_of_a_smeared_sphere():
    # Sphere of radius R folded with a Gaussian of width s: int rho sin(qr)/(qr) 4 pi r^2 dr, to the accuracy of quad.
    A = 131.293
    c = 1.23 * A ** (1 / 3) - 0.60
    R = np.sqrt(c**2 + 7 / 3 * np.pi**2 * 0.52**2 - 5 * 0.9**2)
    assert helm_radius_fm(A) == pytest.approx(R, rel=1e-14, abs=0)
    for q_MeV in (0.01, 1.0, 30.0, 130.0, 250.0):
        q = q_MeV / HBARC_MEV_FM
        sphere, _ = integrate.quad(lambda r, q=q: 3 * r**2 / R**3 * np.sinc(q * r / np.pi), 0, R, epsrel=1e-12)
        smeared = sphere * np.exp(-0.5 * (q * 0.9) ** 2)
        assert helm_form_factor(q_MeV, A) == pytest.approx(smeared, rel=1e-9, abs=1e-14)


def test_form_factor_of_small_momenta():
    # One minus q^2 <r^2>/6, <r^2> = 3 R^2/5 + 3 s^2; at q R = 1e-3 the next term is 1e-14.
    A, x = 131.293, 1e-3
    q_per_fm = x / helm_radius_fm(A)
    radius2 = 0.6 * helm_radius_fm(A) ** 2 + 3 * SKIN_FM**2
    assert helm_form_factor(0.0, A) == 1.0
    deficit = 1.0 - helm_form_factor(q_per_fm * HBARC_MEV_FM, A)
    assert deficit == pytest.approx(q_per_fm**2 * radius2 / 6, rel=1e-6, abs=0)
    # series and closed form meet to the rounding of the latter
    at = SERIES_BELOW / helm_radius_fm(A) * HBARC_MEV_FM
    below, above = helm_form_factor(np.array([at * (1 - 1e-12), at * (1 + 1e-12)]), A)
    assert below == pytest.approx(above, rel=1e-12, abs=0)


def test_size_and_first_zero_of_xenon():
    # Root mean square radius 4.80 fm (charge radius of 132Xe: 4.7859(52) fm, Angeli and Marinova 2013; 1 %),
    # zero at q R = 4.4934, for xenon a recoil of 95 keV, above the 70 keV to which the likelihood reaches.
    R = helm_radius_fm(132)
    assert np.sqrt(0.6 * R**2 + 3 * SKIN_FM**2) == pytest.approx(4.7859, rel=0.01, abs=0)
    zero_MeV = 4.493409458 / helm_radius_fm(131.293) * HBARC_MEV_FM
    assert abs(helm_form_factor(zero_MeV, 131.293)) < 1e-9
    assert 1e3 * zero_MeV**2 / (2 * XENON_MEV) == pytest.approx(94.7, abs=0.5)


# ---- targets


def test_targets_per_tonne():
    atoms_per_t = 1e6 / 131.293 * N_AVOGADRO_PER_MOL
    (xenon,) = nuclei([average_nucleus(131.293, 54)])
    assert not xenon.spin_zero
    assert xenon.mass_MeV == pytest.approx(XENON_MEV - 54 * M_E_MEV, rel=1e-7, abs=0)
    assert len(xenon.steps_keV) == 0
    # at no recoil Z^2 charges a nucleus
    assert xenon.per_t(np.array([1e-9]))[0] == pytest.approx(54**2 * atoms_per_t, rel=1e-7, abs=0)
    T = np.array([1.0, 10.0, 40.0])
    q = np.sqrt(2 * xenon.mass_MeV * 1e-3 * T)
    np.testing.assert_allclose(xenon.per_t(T), 54**2 * atoms_per_t * helm_form_factor(q, 131.293) ** 2, rtol=1e-14)


def test_isotopes_of_xenon():
    scatterers = nuclei(ISOTOPES)
    assert [s.spin_zero for s in scatterers] == [True, True, True, False, True, False, True, True, True]
    # abundances and masses give the standard atomic weight to its digits
    weight = sum(n.abundance * n.mass_u for n in ISOTOPES) / sum(n.abundance for n in ISOTOPES)
    assert weight == pytest.approx(131.293, abs=6e-3)
    # one average nucleus stands for them to 1e-3 at 5 keV and 3 % at 40 keV, where the form factor is steep
    (average,) = nuclei([average_nucleus(131.293, 54)])
    for T, tolerance in ((5.0, 1e-3), (40.0, 0.03)):
        together = sum(s.per_t(np.array([T]))[0] for s in scatterers)
        assert together == pytest.approx(average.per_t(np.array([T]))[0], rel=tolerance, abs=0)
    # abundances are normalised: percentages do as well
    scaled = nuclei(Nucleus(n.A, n.Z, n.mass_u, 100 * n.abundance, n.spin) for n in ISOTOPES)
    for one, other in zip(scatterers, scaled, strict=True):
        np.testing.assert_allclose(one.per_t(np.array([5.0])), other.per_t(np.array([5.0])), rtol=1e-14)


def test_targets_of_one_nuclide():
    nucleus = ISOTOPES[6]
    T = np.array([3.0, 30.0])
    (scatterer,) = nuclei([nucleus])
    atoms_per_t = 1e6 / nucleus.mass_u * N_AVOGADRO_PER_MOL
    np.testing.assert_allclose(scatterer.per_t(T), coherent_targets_per_t(T, nucleus, atoms_per_t), rtol=1e-14)
    assert scatterer.spin_zero


@pytest.mark.parametrize("change", [{"abundance": 0.0}, {"abundance": -0.1}, {"mass_u": 0.0}])
def test_nuclides_that_cannot_be(change):
    values = {"A": 132, "Z": 54, "mass_u": 131.9, "abundance": 1.0, "spin": 0.0} | change
    with pytest.raises(DataError, match="check the table"):
        nuclei([Nucleus(**values)])
    with pytest.raises(DataError, match="check the table"):
        nuclei([])
