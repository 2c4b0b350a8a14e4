"""Detectors by their records: templates against a folding written out again, reference limits, and what shares fluxes.

The folding here takes the equations of the cross sections and of each response, the beta spectra of the package (which
are compared with published tables elsewhere) and nothing of moments, panels or rows.
"""

from copy import deepcopy
from dataclasses import replace
from functools import cache
from itertools import pairwise
from math import pi, sqrt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from scipy import optimize, stats

from nudipole.cli.project import bundled_tables, catalog_of
from nudipole.config.detectors import experiments, load_records
from nudipole.config.load import load_config
from nudipole.config.model import solar_config, statistics_config
from nudipole.constraints import detector
from nudipole.constraints.datasets import detector_datasets
from nudipole.constraints.detector_fits import fits_frame
from nudipole.constraints.fluxes import LUMINOSITY_WIDTH, fluxes_of
from nudipole.detectors import response as response_module
from nudipole.detectors.components import shape_template
from nudipole.detectors.record import FluxGroup, FluxPriors, ShapeRecord
from nudipole.detectors.response import Bins
from nudipole.errors import ConfigError, DomainError
from nudipole.flavours import ALL_MODES
from nudipole.likelihood.model import Observation
from nudipole.provenance.digest import file_sha256
from nudipole.sources.beta_spectra import BETA_DECAYS, beta_shape
from nudipole.sources.solar import SOURCES, WinterSpectrum

ROOT = Path(__file__).resolve().parents[2]
TABLES = bundled_tables(ROOT, catalog_of(ROOT, load_config(ROOT)))
REFERENCE = ("solar.model=BS05-AGS-OP", "solar.oscillation=nufit41", "statistics.flux_nuisances=false")
NUFIT41 = "solar.oscillation=nufit41"
FIXED = "statistics.flux_nuisances=false"
MASSLESS = 1e-5
"""MeV."""


@cache
def constraint(name, *assignments, tables=TABLES):
    config = load_config(ROOT, [], assignments)
    return detector.build(experiments(name, load_records(ROOT, config)), config, tables)


def upper(c, M, flavour="effective", variant=None):
    """Upper edge in 1e-11 mu_B."""
    return 1e11 * c.edges_muB(c.scan(float(M), flavour, variant), variant)[1]


# ---- the folding, written out again

ALPHA, M_E = 1 / 137.035999, 0.51099895
HBARC_MEV_CM, N_A, YEAR_S = 1.973269804e-11, 6.02214076e23, 365.25 * 86400.0
ALPHA_MU_B2 = pi * ALPHA**2 / M_E**2 * HBARC_MEV_CM**2
G_F_PER_MEV2, SIN2 = 1.1663788e-11, 0.23857
LINES = (("7Be", 0.8618, 0.897), ("7Be", 0.3843, 0.103), ("pep", 1.442, 1.0))
CONTINUA = ("pp", "hep", "8B", "13N", "15O", "17F")
COMPONENTS = [*LINES, *((source, None, 1.0) for source in CONTINUA)]
DECAY = {decay.source: decay for decay in BETA_DECAYS}


def dipole(E, T, M):
    """dsigma/dT [cm^2/MeV] at 1 mu_B."""
    bracket = 1 / T - 1 / E + M**2 * (T - 2 * E - M_E) / (4 * E**2 * T * M_E)
    return ALPHA_MU_B2 * (bracket + M**4 * (T - M_E) / (8 * E**2 * T**2 * M_E**2))


def weak(E, T, g_L, g_R):
    """dsigma/dT [cm^2/MeV] at tree level."""
    scale = 2 * G_F_PER_MEV2**2 * M_E / pi * HBARC_MEV_CM**2
    return scale * (g_L**2 + g_R**2 * (1 - T / E) ** 2 - g_L * g_R * M_E * T / E**2)


def recoils_MeV(E, M):
    """Smallest and largest recoil, or an empty range below threshold."""
    root = (2 * M_E * E - M**2) ** 2 - 4 * M_E**2 * M**2
    if E < M + M**2 / (2 * M_E) or root < 0:
        return 0.0, 0.0
    high = (2 * M_E * E**2 - M**2 * (E + M_E) + E * sqrt(root)) / (2 * M_E * (M_E + 2 * E))
    return M**4 / (4 * M_E * (M_E + 2 * E) * high), high


@cache
def spectrum(source):
    """dN/dE, its end, and its integral."""
    if source == "8B":
        table = TABLES("b8_spectrum_winter2006")
        shape = WinterSpectrum(table["E_nu_MeV"].to_numpy(), table["dN_dE_per_MeV"].to_numpy())
        E_max = shape.E_max_MeV
    else:
        E_max = DECAY[source].E_max_MeV

        def shape(E, decay=DECAY[source]):
            return beta_shape(np.asarray(E), decay)

    x, w = np.polynomial.legendre.leggauss(40)
    edges = E_max * np.sin(0.5 * np.pi * np.linspace(0, 1, 60)) ** 2
    norm = sum(0.5 * (b - a) * np.sum(w * shape(0.5 * (a + b) + 0.5 * (b - a) * x)) for a, b in pairwise(edges))
    return shape, E_max, norm


def fluxes(model):
    table = TABLES("solar_fluxes").query("model == @model").set_index("source")["flux_per_cm2_s"]
    return {source: float(table.loc[source]) for source in SOURCES}


def rates(M, flux, cross_section, window_keV, step_keV):
    """Yield (source, T, width) [keV] of midpoints between the limits of each component, and events/(particle yr)."""
    x, w = np.polynomial.legendre.leggauss(48)
    x, w = 0.5 * (x + 1), 0.5 * w
    for source, E_line, share in COMPONENTS:
        shape, E_max, norm = (None, E_line, 1.0) if E_line else spectrum(source)
        low, high = (1e3 * t for t in recoils_MeV(E_max, M))
        low, high = max(low, window_keV[0]), min(high, window_keV[1])
        if not low < high:
            continue
        edges = np.linspace(low, high, int((high - low) / step_keV) + 200)
        T = 0.5e-3 * (edges[1:] + edges[:-1])
        if E_line:
            folded = cross_section(E_line, T)
        else:
            E_min = (M_E * T + 0.5 * M**2) / (np.sqrt(T**2 + 2 * T * M_E) - T)
            # E = E_min + (E_max - E_min)(1 - (1 - x)^2) softens the square root at the end point
            span = (E_max - E_min)[:, None]
            E = E_min[:, None] + span * (1 - (1 - x) ** 2)
            inside = shape(E.ravel()).reshape(E.shape) * cross_section(E, T[:, None])
            folded = (inside * 2 * (1 - x) * w * span).sum(axis=1) / norm
        yield source, 1e3 * T, flux[source] * share * YEAR_S * 1e-3 * np.diff(edges) * folded


def xenon_electrons_per_t(T_keV):
    shells = TABLES("xenon_subshells")
    rows = zip(shells["electrons"], shells["binding_energy_keV"], strict=True)
    return 1e6 / 131.293 * N_A * sum(n * (T_keV >= binding) for n, binding in rows)


def table_efficiency(name, E_keV, constant_above=np.inf):
    table = TABLES(name)
    return np.interp(np.minimum(E_keV, constant_above), table["E_keV"], table["efficiency"])


def gaussian_bins(edges, mean, sigma):
    """Probability (bins, recoils)."""
    return np.diff(stats.norm.cdf((np.asarray(edges)[:, None] - mean) / sigma), axis=0)


def xenonnt(T):
    # the efficiency stands at the reconstructed energy: the density times it, summed in steps of 10 eV
    fine = np.linspace(1.005, 29.995, 2900)
    sigma = 0.310 * np.sqrt(T) + 0.0037 * T
    seen = stats.norm.pdf((fine[:, None] - T) / sigma) / sigma * 0.01
    seen *= table_efficiency("xenonnt_sr0_efficiency", fine, 29.9)[:, None]
    return 1.16 * xenon_electrons_per_t(T) * seen.reshape(29, 100, -1).sum(axis=1)


def lz(name, exposure):
    def fold(T):
        into = gaussian_bins(np.arange(1, 21), T, 0.33 * np.sqrt(T))
        return exposure * xenon_electrons_per_t(T) * table_efficiency(f"{name}_efficiency", T, 10.0) * into

    return fold


def pandax4t(T):
    q = np.minimum(T, 30.0)
    sigma = 0.073 + 0.173 * q - 6.5e-3 * q**2 + 1.1e-4 * q**3
    counts = TABLES("pandax4t_run1_er_counts")
    edges = np.append(counts["E_low_keV"], counts["E_high_keV"].iloc[-1])
    edges = edges[(edges >= 1) & (edges <= 30)]
    into = gaussian_bins(edges, T, sigma)
    return 0.91 * xenon_electrons_per_t(T) * table_efficiency("pandax4t_run1_efficiency", T, 15.0) * into


def borexino(T_keV):
    T = 1e-3 * T_keV
    q = -8.065244 + 493.2560 * T - 64.09629 * T**2 + 4.146102 * T**3
    sigma = 1.21974 + 1.31394 * np.sqrt(np.maximum(q, 0.0)) - 0.0148585 * np.maximum(q, 0.0)
    # 582.326 day 100 t, 3.307e31 electrons in 100 t
    return 582.326 / 365.25 * 3.307e31 * gaussian_bins(np.arange(109, 901), q, sigma)


FOLDED = {
    "xenonnt": (xenonnt, (0.0, 46.0), 0.01),
    "lz_ws2022": (lz("lz_ws2022", 0.9), (0.0, 34.0), 0.01),
    "lz_ws2024": (lz("lz_ws2024", 3.3), (0.0, 34.0), 0.01),
    "pandax4t": (pandax4t, (0.0, 48.0), 0.01),
    "borexino": (borexino, (20.0, 3400.0), 2.0),
}
"""Response, recoils that matter [keV], and a step [keV]."""


def expected(name, M, cross_section, flux):
    """Events by source (bins,)."""
    fold, window, step = FOLDED[name]
    total = {}
    for source, T, events in rates(M, flux, cross_section, window, step):
        # blocks keep the matrices small
        for block in np.array_split(np.arange(len(T)), max(len(T) // 500, 1)):
            total[source] = total.get(source, 0.0) + fold(T[block]) @ events[block]
    return total


# 0.25: the 384 keV line ends in the window of xenon; 0.43: that of 862 keV begins to rise out of it; 0.5, 0.54: its
# limits cut panels of Borexino; 0.8: the highest that pep reaches; 2: 8B and hep alone.
MASSES_MEV = (1e-4, 0.25, 0.43, 0.54, 0.8, 2.0)


@pytest.mark.parametrize(
    ("name", "M"), [*((name, M) for name in FOLDED for M in MASSES_MEV), ("borexino", 0.57), ("borexino", 3.3)]
)
def test_templates_against_the_folding_written_out(name, M):
    # Midpoints of 10 eV in xenon (2 keV in Borexino, a tenth of its resolution): 1e-3 where a shell sets in. Bins with
    # less than 1e-5 of the largest are held to that instead.
    flux = fluxes("B16-GS98")
    by_source = expected(name, M, lambda E, T: dipole(E, T, M), flux)
    theirs = sum(by_source.values())
    templates = constraint(name).model.parts[0].templates
    ours = templates.by_source(M)[:, ALL_MODES.index("effective")]
    np.testing.assert_allclose(ours.sum(axis=0), theirs, rtol=1e-3, atol=1e-5 * theirs.max())
    assert ours.sum() == pytest.approx(theirs.sum(), rel=3e-4)
    for source, events in by_source.items():
        own = ours[templates.sources.index(source)]
        np.testing.assert_allclose(own, events, rtol=3e-3, atol=1e-4 * events.max())


@pytest.mark.parametrize(("source", "E"), [("pep", 1.442), ("7Be", None)])
def test_weak_scattering_of_the_lines(source, E):
    # One energy, one P_ee: that of the flux moments, whose last row is the flux itself. 7Be is two lines.
    part = constraint("borexino").model.parts[0]
    m, flux = part.templates.moments, fluxes("B16-GS98")
    fold, window, step = FOLDED["borexino"]
    theirs = 0.0
    for name, energy, share in LINES:
        if name == source:
            row = m.offset[next(i for i in range(len(m.source)) if m.is_line[i] and m.E_max_MeV[i] == energy)]
            electron = m.Phi[row, 0, 0] / m.Phi[row, 3, 0]
            T = np.arange(window[0] + 0.25 * step, 1e3 * recoils_MeV(energy, 0.0)[1], 0.5 * step)
            mixed = electron * weak(energy, 1e-3 * T, SIN2 + 0.5, SIN2)
            mixed = mixed + (1 - electron) * weak(energy, 1e-3 * T, SIN2 - 0.5, SIN2)
            theirs = theirs + fold(T) @ (flux[name] * share * YEAR_S * mixed * 0.5e-3 * step)
            assert 0.5 < electron < 0.56
    ours = part.templates.standard[part.templates.sources.index(source)]
    # a line ends in a step, here at half a step of the sum: 1e-3 of the plateau
    np.testing.assert_allclose(ours, theirs, rtol=5e-3, atol=2e-3 * theirs.max())
    assert ours.sum() == pytest.approx(theirs.sum(), rel=1e-3)


def test_weak_scattering_of_the_continua():
    # P_ee(E) lies between 0.31 (8B) and 0.56 (pp): the rates of nu_e and of nu_mu alone bracket ours, with a share of
    # nu_e that is that of the source (MSW: 0.55 for pp, below 0.5 for 8B).
    part, flux = constraint("borexino").model.parts[0], fluxes("B16-GS98")
    e, mu = (expected("borexino", 0.0, lambda E, T, g=g: weak(E, T, SIN2 + g, SIN2), flux) for g in (0.5, -0.5))
    for source, low, high in (("pp", 0.54, 0.57), ("13N", 0.50, 0.56), ("15O", 0.48, 0.55), ("8B", 0.31, 0.42)):
        ours = part.templates.standard[part.templates.sources.index(source)].sum()
        share = (ours - mu[source].sum()) / (e[source].sum() - mu[source].sum())
        assert low < share < high
    # where components are matched to the fit, weak scattering is scaled as the record says and then bin by bin
    factor = part.standard.sum(axis=1) / part.templates.standard.sum(axis=1)
    assert factor[part.templates.sources.index("7Be")] == pytest.approx(0.968, rel=0.03)


ALL = ("xenon1t", "xenon1t_nr", "borexino", "xenonnt", "lz", "pandax4t", "liquid_xenon", "darwin")


@pytest.mark.parametrize("name", ALL)
def test_flavours_divide_the_effective_signal(name):
    # P_e + P_mu + P_tau = 1, to the accuracy of the spline in A (1e-9); atmospheric neutrinos and the DSNB are a power
    # law between nodes in each flavour, and so is their sum, which costs 4e-6.
    rtol = 1e-5 if name == "xenon1t_nr" else 1e-7
    for M in (1e-3, 0.4, 1.0):
        signal = constraint(name).model.signal(M)
        np.testing.assert_allclose(signal[:, :3].sum(axis=1), signal[:, 3], rtol=rtol, atol=1e-12 * signal.max())
        assert (signal >= 0.0).all()
        assert np.isfinite(signal).all()


@pytest.mark.parametrize("name", ALL)
def test_signal_grows_as_the_square_of_the_moment(name):
    # x times a template with the fluxes where they are: rounding; fluxes that float move with mu, hence fixed.
    c = constraint(name, FIXED)
    one, three = (c.evaluate(0.1, mu, "mu").quantities["signal_events"] for mu in (2e-11, 6e-11))
    assert three == pytest.approx(9.0 * one, rel=1e-12)


@pytest.mark.parametrize("name", ["xenonnt", "liquid_xenon", "borexino", "xenon1t_nr"])
@pytest.mark.parametrize("numerics", [(200, 4), (800, 4), (400, 2), (400, 8)], ids=lambda n: f"{n[0]}-{n[1]}")
def test_limits_are_converged_in_nodes_and_order(name, numerics):
    # Half and twice of either rule: 5e-5, but 3e-4 for Borexino with two points a panel.
    nodes, order = numerics
    other = constraint(name, f"numerics.flux_nodes={nodes}", f"numerics.recoil_nodes_per_panel={order}")
    for M in (1e-3, 0.27, 0.52, 1.1, 2.0):
        assert upper(other, M) == pytest.approx(upper(constraint(name), M), rel=5e-4 if order == 2 else 1e-4)


@pytest.mark.parametrize("name", ["xenonnt", "pandax4t", "borexino"])
@pytest.mark.parametrize("factor", [0.5, 2.0])
def test_limits_are_converged_in_the_panels(name, factor, monkeypatch):
    # Panels of half and of twice a resolution, and the efficiency in reconstructed energy in other steps.
    limits = [upper(constraint(name), M) for M in (1e-3, 0.27, 0.52, 1.1, 2.0)]
    monkeypatch.setattr(response_module, "PANEL_SIGMAS", factor * response_module.PANEL_SIGMAS)
    monkeypatch.setattr(response_module, "SUB_BIN", factor * response_module.SUB_BIN)
    other = constraint.__wrapped__(name)
    assert [upper(other, M) for M in (1e-3, 0.27, 0.52, 1.1, 2.0)] == pytest.approx(limits, rel=2e-4)


# ---- likelihoods


@pytest.mark.parametrize("M", [MASSLESS, 0.1, 0.3, 0.5, 1.0, 2.0])
def test_unbinned_is_binned(M):
    # 5 %: bins of 1 keV are as wide as the resolution at 10 keV, so events move a little.
    c = constraint("xenonnt")
    assert upper(c, M, variant="unbinned") == pytest.approx(upper(c, M, variant="binned"), rel=0.05)
    # the limit of ever narrower bins is that without them: extended likelihood, -2 ln L up to a constant
    assert len(c.models["unbinned"].observation) == TABLES("xenonnt_sr0_events")["E_keV"].between(1, 30).sum() + 1


def test_unbinned_likelihood_written_out():
    # -2 ln L = 2 N - 2 sum ln n(E_i) with the density n of signal and background at the events, for which bins of 1e-6
    # keV stand. 5e-3 of -2 ln L: the efficiency between its points, and 1e-3 of the signal.
    c = constraint("xenonnt", FIXED)
    scan = c.scan(0.1, "effective", "unbinned")
    E = np.sort(TABLES("xenonnt_sr0_events").query("1 <= E_keV < 30")["E_keV"].to_numpy())
    table = TABLES("xenonnt_sr0_background")
    background = 1.16 * np.interp(E, table["E_keV"], table["B0_per_t_yr_keV"])
    flux, T, weight = fluxes("B16-GS98"), [], []
    for _, recoil, events in rates(0.1, flux, lambda e, t: dipole(e, t, 0.1), (0.0, 46.0), 0.01):
        T.append(recoil)
        weight.append(events * xenon_electrons_per_t(recoil) * 1.16)
    T, weight = np.concatenate(T), np.concatenate(weight)
    sigma = 0.310 * np.sqrt(T) + 0.0037 * T
    density = (stats.norm.pdf((E[:, None] - T) / sigma) / sigma) @ weight
    density *= table_efficiency("xenonnt_sr0_efficiency", E, 29.9)
    i = scan.nuisances.names.index("B0")
    signal = scan.slope.sum()

    def minus2(x, theta):
        total = theta * scan.constant[i].sum() + x * signal
        prior = ((theta - 1) / 0.05) ** 2
        return 2 * total - 2 * np.log(theta * background + x * density).sum() + prior

    x = np.array([0.0, 1e-22, 4e-22])
    by_hand = [optimize.minimize_scalar(lambda t, v=v: minus2(v, t), bounds=(0.5, 1.5), method="bounded") for v in x]
    ours = scan.fits(x).chi2
    np.testing.assert_allclose(np.diff(ours), np.diff([b.fun for b in by_hand]), atol=5e-3)
    assert scan.constant[i].sum() == pytest.approx(426.53, rel=2e-3)


@pytest.mark.parametrize("M", [1e-3, 0.3, 1.0])
def test_combination_is_the_product_of_its_parts(M):
    # With fixed fluxes the parts share nothing: -2 ln L adds up, to the 1e-10 of each minimum.
    together = constraint("liquid_xenon", FIXED)
    apart = [constraint(part.record.name, FIXED) for part in together.model.parts]
    x = (1e-11 * upper(together, M)) ** 2 * np.array([0.0, 0.5, 1.0, 3.0])
    total = sum(c.scan(M, "effective").fits(x).chi2 for c in apart)
    np.testing.assert_allclose(together.scan(M, "effective").fits(x).chi2, total, rtol=0, atol=1e-7)


def test_parts_share_their_fluxes():
    # One prior a flux and not one a part, at an M where 7Be decides and with errors ten times as large: by
    # hand and with another minimiser. L-BFGS-B stops at 1e-6 of -2 ln L.
    M, wide = 0.4, 10.0
    together = constraint("lz")
    model = together.model
    model = replace(model, fluxes=replace(model.fluxes, width=wide * model.fluxes.width))
    scan = model.scan(M, "effective")
    x = (1e-11 * upper(together, M)) ** 2
    ours = scan.fits(np.array([x]))
    apart = [constraint(part.record.name).scan(M, "effective") for part in together.model.parts]
    width = wide * together.model.fluxes.width

    def minus2(theta):
        backgrounds, flux = theta[:2], theta[2:]
        total = (((flux - 1) / width) ** 2).sum() + (((backgrounds - 1) / 0.05) ** 2).sum()
        for own, b in zip(apart, backgrounds, strict=True):
            m = np.concatenate([[b], flux]) @ (own.constant + x * own.slope)
            d = own.observation.counts
            total += 2 * (m - d + np.where(d > 0, d * np.log(np.where(d > 0, d, 1) / m), 0)).sum()
        return total

    start = np.ones(2 + len(width))
    found = optimize.minimize(
        minus2, start, method="L-BFGS-B", bounds=[(1e-6, None)] * len(start), options={"ftol": 1e-15}
    )
    assert ours.chi2[0] == pytest.approx(found.fun, abs=1e-4)
    assert ours.chi2[0] == pytest.approx(minus2(ours.nuisances[0]), abs=1e-9)
    # the parts with fluxes of their own would fit better
    separate = sum(
        replace(own, nuisances=replace(model.nuisances, **own_nuisances(own, wide))).chi2(x) for own in apart
    )
    assert separate < ours.chi2[0] - 1e-3


def own_nuisances(scan, factor):
    """Nuisances of one part with wider fluxes: all but the first, which is its background."""
    n = scan.nuisances
    scale = np.append(1.0, np.full(len(n.names) - 1, factor**-2))
    return {k: getattr(n, k) for k in ("names", "center", "lower", "start", "fixed")} | {
        "precision": n.precision * scale[:, None]
    }


# ---- reference limits


@pytest.mark.parametrize(
    ("M", "page"), [(0.01, 7.10e-9), (1, 7.19e-9), (3, 7.88e-9), (6, 1.08e-8), (9, 2.05e-8), (11, 4.19e-8)]
)
def test_nuclear_recoils_of_the_page(M, page):
    # Measured: 1.2 % below the page up to 9 MeV, 0.1 % at 11 MeV; 5 % is asked for.
    c = constraint("xenon1t_nr", *REFERENCE)
    assert 1e-11 * upper(c, M, "mu", "average_nucleus") == pytest.approx(page, rel=0.025)
    # isotopes and other neutrinos change little
    assert upper(c, M, "mu", "isotopes") == pytest.approx(upper(c, M, "mu", "average_nucleus"), rel=0.03)


BOREXINO_MEV = (0.001, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.54, 0.57, 0.6, 0.7, 0.8, 0.9, 1, 1.5, 2, 2.5, 3, 3.3)
BOREXINO = {
    "effective": (
        3.04, 3.15, 3.45, 4.32, 4.19, 2.84, 3.76, 8.21, 23.9, 26.0, 31.0, 24.1, 56.8, 58.2, 68.0, 88.5, 143, 412, 2420,
    ),
    "mu": (
        6.88, 7.10, 7.77, 9.66, 9.38, 6.34, 8.40, 18.3, 53.1, 57.6, 67.6, 52.5, 101, 103, 119, 153, 244, 698, 4110,
    ),
    "expected": (
        3.65, 3.81, 4.27, 4.72, 4.69, 4.47, 4.78, 8.76, 20.3, 20.3, 30.7, 29.4, 51.5, 52.6, 61.1, 78.9, 126, 370, 2150,
    ),
}  # fmt: skip
"""1e-11 mu_B, Delta = 2.706, NuFIT 4.1."""


def allowed(M):
    """Relative difference to the prototype, whose component shapes were others by some per cent."""
    return 0.2 if 0.52 <= M <= 0.57 else 0.1


@pytest.mark.parametrize("flavour", ["effective", "mu"])
@pytest.mark.parametrize("i", range(len(BOREXINO_MEV)), ids=lambda i: str(BOREXINO_MEV[i]))
def test_borexino_limits_of_the_page(i, flavour):
    # Measured: within 2.5 % but for 0.54 (5 %), 0.57 (8 %), 0.6 (5 %), 0.7 (3 %) and 3.3 MeV (7 %).
    M = BOREXINO_MEV[i]
    assert upper(constraint("borexino", NUFIT41), M, flavour) == pytest.approx(BOREXINO[flavour][i], rel=allowed(M))


@cache
def asimov():
    """Expectation of the fit without signal."""
    scan = constraint("borexino", NUFIT41).scan(1e-3, "effective")
    return Observation.poisson(scan.expected(0.0, scan.fits(np.zeros(1)).nuisances[0]))


@pytest.mark.parametrize("i", range(len(BOREXINO_MEV)), ids=lambda i: str(BOREXINO_MEV[i]))
def test_borexino_expected_limits_of_the_page(i):
    # Measured: within 5 % (7 % at 3.3 MeV), all but one below the page; priors stay where they are.
    M, c = BOREXINO_MEV[i], constraint("borexino", NUFIT41)
    scan = replace(c.scan(M, "effective"), observation=asimov())
    assert scan.best_fit.chi2 < 1.0
    assert 1e11 * c.edges_muB(scan)[1] == pytest.approx(BOREXINO["expected"][i], rel=allowed(M))


def test_borexino_fit_without_signal():
    c = replace(constraint("borexino", NUFIT41), fit_M_N_MeV=(1e-3,))
    frame = fits_frame(c, ("effective",)).query("variant == 'recommended' and hypothesis == 'background'")
    frame = frame.set_index("nuisance")
    assert (frame["bins"] == 791).all()
    assert frame["chi2"].iloc[0] == pytest.approx(811, abs=5)
    # published best fit: no signal at M_N -> 0, degenerate with 85Kr
    assert c.scan(1e-3, "effective").best_fit.x_muB2 == 0.0
    assert frame.loc["Kr85", "correlation_with_mu2"] == pytest.approx(-0.92, abs=0.03)
    pulls = frame["pull"].dropna()
    assert len(pulls) >= 10
    assert pulls.abs().max() < 0.75
    # matched to the collaboration's own fit, so every scale comes out near 1
    assert frame.loc[["Bi210", "C11", "Po210", "C14", "Kr85"], "value"].to_numpy() == pytest.approx(1.0, abs=0.1)


def test_what_matters_in_borexino():
    # Page: pp free gives 4.38 at low mass (that the prior breaks the degeneracy with 85Kr). Measured 4.4.
    c = constraint("borexino", NUFIT41)
    priors = c.model.fluxes
    free = replace(priors, width=np.where(np.array(priors.names) == "flux_pp", np.inf, priors.width))
    scan = replace(c.model, fluxes=free).scan(1e-3, "effective")
    assert 1e11 * c.edges_muB(scan)[1] == pytest.approx(4.38, rel=0.1)


@pytest.mark.parametrize("model", ["BS05-OP", "B16-AGSS09met"])
def test_borexino_does_not_depend_on_the_configured_solar_model(model):
    # Its priors are absolute and its components are matched to the fit at their fluxes: what is left are the
    # proportions within the CNO cycle and hep. 0.5 %; with components matched at the configured fluxes it was 9 %.
    for M in (1e-3, 0.3):
        other = constraint("borexino", NUFIT41, f"solar.model={model}")
        assert upper(other, M) == pytest.approx(upper(constraint("borexino", NUFIT41), M), rel=0.01)


def test_xenonnt_effective_moment():
    # Published 6.4e-12 (arXiv:2207.11330), one-sided; the prototype of this analysis has 6.2 and, two-sided, 7.5.
    one, two = constraint("xenonnt", "statistics.interval=one_sided"), constraint("xenonnt")
    assert upper(one, MASSLESS) == pytest.approx(0.64, rel=0.15)
    assert upper(one, MASSLESS) == pytest.approx(0.62, rel=0.03)
    assert upper(two, MASSLESS) == pytest.approx(0.75, rel=0.03)


def test_darwin_projection():
    # 1e-11 mu_B in the reference set-up, massless, nu_mu; half a digit.
    assert upper(constraint("darwin", *REFERENCE), MASSLESS, "mu") == pytest.approx(1.0, abs=0.05)


def test_limits_of_the_other_experiments():
    # Regression, three digits: no number of this analysis was known before.
    assert upper(constraint("lz"), MASSLESS) == pytest.approx(0.995, abs=2e-3)
    assert upper(constraint("pandax4t"), MASSLESS) == pytest.approx(1.70, abs=5e-3)
    assert upper(constraint("liquid_xenon"), MASSLESS) == pytest.approx(0.717, abs=2e-3)


def gaussian(q):
    return 1e3 * np.exp(-0.5 * ((q - 210.0) / 18.0) ** 2)


@pytest.mark.parametrize(
    ("kind", "size", "moved"),
    [
        ("shift", 1.0, lambda q: gaussian(q - 1.0)),
        # 18 and 3 in quadrature
        ("width", 3.0, lambda q: 1e3 * 18.0 / sqrt(333.0) * np.exp(-0.5 * (q - 210.0) ** 2 / 333.0)),
        ("scale", 0.005, lambda q: gaussian(q / 1.005) / 1.005),
    ],
)
def test_shape_templates_are_the_change_of_a_moved_density(kind, size, moved):
    # To first order: the second is size/sigma of it (1/18; 9/324 twice over; 1.05/18), and bins of 1 cost 1e-3.
    edges = np.arange(100.0, 330.0)
    q, bins = 0.5 * (edges[1:] + edges[:-1]), Bins(edges[:-1], edges[1:])
    change = shape_template(ShapeRecord("s", kind, size), gaussian(q), bins)
    exact = moved(q) - gaussian(q)
    assert np.abs(change - exact).max() < 0.06 * np.abs(exact).max()
    assert np.abs(change.sum()) < 1e-3 * np.abs(change).sum()


def test_components_of_borexino_add_up_to_the_fit():
    # All scales 1: the collaboration's fit in each bin, with those that have none interpolated; rounding.
    part = constraint("borexino").model.parts[0]
    spectrum_ = TABLES("borexino_phase2_spectrum").query("110 <= N_h <= 900")
    fit = 582.326 * spectrum_["fit_counts_per_day"].interpolate().to_numpy()
    scales = {c.name: c.events for c in part.components if c.start == 1.0}
    assert set(scales) == {"C14", "pileup", "Po210", "Kr85", "Bi210", "C11", "external"}
    together, clipped = sum(scales.values()) + part.standard.sum(axis=0), scales["Po210"] == 0.0
    np.testing.assert_allclose(together[~clipped], fit[~clipped], rtol=1e-12)
    # four bins on the flank of 210Po where the others exceed the fit, by up to 10 % or one sigma
    within = clipped & (np.arange(110, 901) > 240) & (np.arange(110, 901) <= 260)
    assert within.sum() == 4
    assert ((together - fit)[within] < 1.1 * np.sqrt(fit[within])).all()
    assert (np.array(list(scales.values())) >= 0.0).all()
    # outside the range of 210Po every component keeps its share of the sum of the published ones and the neutrinos
    N_h = spectrum_["N_h"].to_numpy()
    table = TABLES("borexino_phase2_components")
    raw = {name: 582.326 * np.interp(N_h, table["N_h"], table[f"{name}_per_day"]) for name in scales}
    neutrinos = 0.968 * part.templates.standard.sum(axis=0)
    outside = (N_h < 150) | (N_h > 260)
    total = sum(raw.values()) + neutrinos
    np.testing.assert_allclose(together[clipped & ~within], fit[clipped & ~within], rtol=1e-12)
    np.testing.assert_allclose(part.standard.sum(axis=0)[outside], (fit * neutrinos / total)[outside], rtol=1e-12)
    np.testing.assert_allclose(scales["Bi210"][outside], (fit * raw["Bi210"] / total)[outside], rtol=1e-12)
    # and inside all keep their events but 210Po
    np.testing.assert_allclose(scales["Bi210"][~outside], raw["Bi210"][~outside], rtol=1e-12)
    # the neutrinos by themselves, folded and not matched, are the published curve to some per cent
    solar = 582.326 * np.interp(N_h, table["N_h"], table["solar_per_day"])
    plateau = (N_h > 160) & (N_h < 280)
    assert neutrinos[plateau].sum() == pytest.approx(solar[plateau].sum(), rel=0.08)


# ---- fluxes that float


def names_of(c):
    return [name.removeprefix("flux_") for name in c.model.fluxes.names]


@cache
def correlated_tables(value):
    """The tables with a correlation of all pairs of sources in the dataset `corr`."""
    pairs = [(a, b, value) for i, a in enumerate(SOURCES) for b in SOURCES[:i]]
    frame = pd.DataFrame(pairs, columns=["source_1", "source_2", "correlation"])
    return lambda name: frame if name == "corr" else TABLES(name)


@pytest.mark.parametrize(("M", "width"), [(1e-3, 0.15), (0.4, 0.15), (1.0, 0.3)])
def test_fully_correlated_fluxes_are_one_scale_of_the_signal(M, width):
    # -2 ln L(x) = min over theta of [fixed-flux -2 ln L(theta x) + ((theta - 1)/w)^2], here from the scan with fixed
    # fluxes and another minimiser. A correlation of 1 - 1e-7 leaves the scales 1e-3 of w apart: 1e-4.
    c = constraint("xenonnt", "statistics.flux_correlations=corr", tables=correlated_tables(1 - 1e-7))
    same = replace(c.model, fluxes=replace(c.model.fluxes, width=np.full(len(names_of(c)), width)))
    ours = c.edges_muB(same.scan(M, "effective"))[1]
    fixed = constraint("xenonnt", FIXED).scan(M, "effective")

    def minus2(x):
        def at(theta):
            return fixed.chi2(theta * x) + ((theta - 1) / width) ** 2

        return optimize.minimize_scalar(at, bounds=(1e-3, 2.0), method="bounded", options={"xatol": 1e-8}).fun

    level = fixed.best_fit.chi2 + stats.chi2.isf(0.1, 1)
    by_hand = sqrt(optimize.brentq(lambda x: minus2(x) - level, 0.5 * ours**2, 2.0 * ours**2, xtol=1e-34, rtol=1e-9))
    assert ours == pytest.approx(by_hand, rel=2e-4, abs=0)
    assert ours > 1.002 * c.edges_muB(fixed)[1]


def test_correlations_end_up_in_the_prior():
    c = constraint("xenonnt", "statistics.flux_correlations=corr", tables=correlated_tables(0.5))
    n, fluxes_ = c.model.nuisances, c.model.fluxes
    covariance = np.outer(fluxes_.width, fluxes_.width) * (0.5 + 0.5 * np.eye(len(fluxes_.width)))
    block = n.precision[1:, 1:]
    np.testing.assert_allclose(block @ covariance, np.eye(len(block)), atol=1e-9)
    np.testing.assert_allclose(n.width[1:], fluxes_.width, rtol=1e-9)


def test_correlations_from_a_catalogue(tmp_path):
    # A dataset that somebody adds: registered in a catalogue of their own, read and checked as any other.
    content = yaml.safe_load((ROOT / "resources/catalog.yaml").read_text(encoding="utf-8"))
    rows = "source_1,source_2,correlation\npp,7Be,-0.6\npp,pep,0.7\n"
    (tmp_path / "resources").symlink_to(ROOT / "resources")
    (tmp_path / "corr.csv").write_text(f"# Correlations of fluxes, made up\n{rows}", encoding="utf-8")
    entry = deepcopy(next(d for d in content["datasets"] if d["name"] == "luminosity_constraint"))
    columns = [{"name": f"source_{i}", "unit": "", "type": "str"} for i in (1, 2)]
    columns.append({"name": "correlation", "unit": "1", "type": "float"})
    bundled = {"path": "corr.csv", "sha256": file_sha256(tmp_path / "corr.csv")}
    content["datasets"].append(entry | {"name": "corr", "bundled": bundled, "columns": columns, "rows": 2})
    (tmp_path / "catalog.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
    config = load_config(ROOT, [], ("data.catalog=catalog.yaml", "statistics.flux_correlations=corr"))
    variants = experiments("xenonnt", load_records(ROOT, config))
    assert "corr" in detector_datasets(variants, config["statistics"], ())
    c = detector.build(variants, config, bundled_tables(tmp_path, catalog_of(tmp_path, config)))
    names, matrix = names_of(c), c.model.fluxes.correlation
    assert matrix[names.index("pp"), names.index("7Be")] == matrix[names.index("7Be"), names.index("pp")] == -0.6
    assert matrix[names.index("pp"), names.index("pep")] == 0.7
    assert np.count_nonzero(matrix) == len(names) + 4
    # at M_N -> 0 the signal is pp and 7Be: its error shrinks, and with it what it costs the limit (second order)
    costs = [upper(of, MASSLESS) - upper(constraint("xenonnt", FIXED), MASSLESS) for of in (c, constraint("xenonnt"))]
    signal = c.model.signal(MASSLESS)[:, 3].sum(axis=1)
    signal, width = signal / signal.sum(), c.model.fluxes.width
    spread = [signal @ (np.outer(width, width) * m) @ signal for m in (matrix, np.eye(len(names)))]
    assert costs[0] / costs[1] == pytest.approx(spread[0] / spread[1], rel=0.03)


def test_correlations_that_cannot_be():
    config = load_config(ROOT, [], ("statistics.flux_correlations=corr",))
    with pytest.raises(DomainError, match="must be symmetric and positive definite with a unit diagonal"):
        constraint("xenonnt", "statistics.flux_correlations=corr", tables=correlated_tables(-0.5)).model.nuisances  # noqa: B018
    with pytest.raises(ConfigError, match=r"dataset lz_ws2022_efficiency has no column source_1.*it needs source_1"):
        constraint("xenonnt", "statistics.flux_correlations=lz_ws2022_efficiency")
    bad = pd.DataFrame({"source_1": ["pp"], "source_2": ["CNO"], "correlation": [0.1]})
    with pytest.raises(ConfigError, match="names the source 'CNO'; known are pp, pep"):
        fluxes_of(
            SOURCES, None, lambda n: bad if n == "corr" else TABLES(n), solar_config(config), statistics_config(config)
        )


def luminosity_shares(model):
    """alpha_i Phi_i over L_sun/(4 pi AU^2)."""
    energy = TABLES("luminosity_constraint").set_index("source")["alpha_MeV"]
    flux = fluxes(model)
    L_erg_s, AU_cm, erg_MeV = 3.8275e33, 1.495978707e13, 624150.9074
    per_area = L_erg_s * erg_MeV / (4 * pi * AU_cm**2)
    return {source: float(energy.loc[source]) * flux[source] / per_area for source in SOURCES}


def test_luminosity_constraint_in_closed_form():
    # Two Gaussians are one (Sherman-Morrison): center' = 1 + D c (1 - c.1)/(s^2 + c.D c), D' = D - D c c^T D/(...).
    # L_sun of the IAU here against that of arXiv:2311.16226: 1e-3 of the share, and 1e-3/0.34 % of the shift.
    c = constraint("xenonnt", "statistics.luminosity_constraint=true")
    free = constraint("xenonnt")
    shares = luminosity_shares("B16-GS98")
    coefficients = np.array([shares[name] for name in names_of(c)])
    assert coefficients.sum() == pytest.approx(1.004, abs=1.5e-3)
    np.testing.assert_allclose(c.model.fluxes.luminosity, coefficients, rtol=2e-3)
    coefficients = c.model.fluxes.luminosity
    D = np.diag(free.model.fluxes.width**2)
    spread = LUMINOSITY_WIDTH**2 + coefficients @ D @ coefficients
    center = 1 + D @ coefficients * (1 - coefficients.sum()) / spread
    covariance = D - np.outer(D @ coefficients, D @ coefficients) / spread
    np.testing.assert_allclose(c.model.nuisances.center[1:], center, rtol=1e-9)
    np.testing.assert_allclose(c.model.nuisances.width[1:], np.sqrt(np.diag(covariance)), rtol=1e-9)
    # and on a limit: at the limit mu^2 times the flux is what it was; the widths matter to second order (1e-4)
    signal = free.model.signal(MASSLESS)[:, 3].sum(axis=1)
    ratio = sqrt(signal.sum() / (center @ signal))
    assert upper(c, MASSLESS) / upper(free, MASSLESS) == pytest.approx(ratio, abs=1e-4)
    assert 1.0005 < ratio < 1.005


def test_luminosity_constraint_of_fixed_fluxes_changes_nothing():
    on, off = (constraint("xenonnt", FIXED, f"statistics.luminosity_constraint={v}") for v in ("true", "false"))
    for M in (MASSLESS, 1.0):
        assert upper(on, M) == pytest.approx(upper(off, M), rel=1e-12)


PRIORS = FluxPriors(
    "B16-GS98", (FluxGroup("pp", ("pp",), 1.02, 0.01), FluxGroup("CNO", ("13N", "15O", "17F"), 0.9, 0.0))
)


def fluxes_with(*assignments):
    config = load_config(ROOT, [], assignments)
    return fluxes_of(SOURCES, PRIORS, TABLES, solar_config(config), statistics_config(config))


def test_priors_of_a_record():
    found = fluxes_with()
    assert found.names[:2] == ("flux_pp", "flux_CNO")
    # sources that no group names float on their own
    assert set(found.names[2:]) == {f"flux_{s}" for s in SOURCES if s not in ("pp", "13N", "15O", "17F")}
    assert found.members.sum(axis=0).tolist() == [1.0] * len(SOURCES)
    assert (found.center[0], found.width[0]) == (1.02, 0.01)
    # width 0 fixes a group at its mean
    assert (found.center[1], found.width[1]) == (0.9, 0.0)


def test_priors_are_absolute_whatever_the_solar_model():
    above, below = fluxes("B16-GS98"), fluxes("BS05-AGS-OP")
    found = fluxes_with("solar.model=BS05-AGS-OP")
    assert found.center[0] * below["pp"] == pytest.approx(1.02 * above["pp"], rel=1e-12)
    group = ("13N", "15O", "17F")
    total = found.center[1] * sum(below[s] for s in group)
    assert total == pytest.approx(0.9 * sum(above[s] for s in group), rel=1e-12)


def test_without_nuisances_the_fluxes_are_those_of_the_solar_model():
    found = fluxes_with(FIXED)
    assert (found.center == 1.0).all()
    assert (found.width == 0.0).all()
    c = constraint("borexino", FIXED)
    scan = c.scan(0.1, "effective")
    fluxes_ = [i for i, name in enumerate(scan.nuisances.names) if name.startswith("flux_")]
    assert (scan.fits(np.array([1e-21])).nuisances[0, fluxes_] == 1.0).all()


# ---- profiles are as they should be


@pytest.mark.parametrize("name", ALL)
def test_one_minimum_and_no_negative_expectation(name):
    # Dense in mu^2 at nine masses: the profile falls to the best fit and rises beyond, and every bin of a Poisson
    # likelihood expects something (1e-6: the accuracy of -2 ln L at 800 bins and more).
    c = constraint(name)
    for M in (1e-2, 0.05, 0.2, 0.3, 0.45, 0.55, 0.7, 1.2, 2.2):
        for variant in c.models:
            scan = c.scan(M, "mu", variant)
            high = c.edges_muB(scan)[1]
            if not scan.is_sensitive or not np.isfinite(high):
                continue
            fits = scan.fits(high**2 * np.concatenate([[0.0], np.geomspace(1e-4, 100.0, 60)]))
            lowest = int(np.argmin(fits.chi2))
            assert (np.diff(fits.chi2)[lowest:] > -1e-6).all()
            assert (np.diff(fits.chi2)[:lowest] < 1e-6).all()
            assert scan.best_fit.chi2 <= fits.chi2.min() + 1e-6
            if name != "xenon1t_nr":
                for x, theta in zip(fits.x_muB2, fits.nuisances, strict=True):
                    assert (scan.expected(x, theta) > 0.0).all()


def test_each_variant_has_its_own_quantile():
    # The variant that follows the published curve is read at 4.605, the quantile of two parameters, and the recommended
    # one at 2.706, whichever of them is the default.
    for assignments in ((), ("detectors.variants={borexino: published}",)):
        c = constraint("borexino", *assignments)
        for variant, delta in (("recommended", 2.706), ("published", 4.605)):
            scan = c.scan(0.1, "mu", variant)
            high = c.edges_muB(scan, variant)[1]
            assert scan.chi2(high**2) - scan.best_fit.chi2 == pytest.approx(delta, abs=1e-3)
            assert f"={delta}" in c.statistic(variant)
    assert c.experiment.variant == "published"
    assert c.statistic() == c.statistic("published")


def published_curve(M):
    """The curve of arXiv:2007.15563, 1e-11 mu_B."""
    table = TABLES("published_curves_brdar2020").query("curve == 'Borexino_90CL'").sort_values("M_N_MeV")
    return 1e11 * np.exp(np.interp(np.log(M), np.log(table["M_N_MeV"]), np.log(table["mu_nu_muB"])))


@pytest.mark.parametrize("M", [0.01, 0.1, 0.2, 0.4, 0.5, 0.6, 0.7, 0.8, 1, 1.5, 2, 3])
def test_the_published_variant_follows_the_published_curve(M):
    # The page: 12 %, but 30 % at 0.6 MeV. Measured: within 20 % at all digitised points but 0.602 MeV, a peak (-36 %).
    c = constraint("borexino", *REFERENCE)
    ratio = upper(c, M, "mu", "published") / published_curve(M)
    assert (0.6 if M == 0.6 else 0.8) < ratio < 1.25


@pytest.mark.parametrize(("name", "rtol"), [("xenonnt", 0.012), ("lz", 0.012), ("pandax4t", 0.012), ("borexino", 0.1)])
def test_curves_between_their_points(name, rtol):
    # Half-way between neighbours, log-log. In Borexino the limit climbs where the 1442 keV line ends, at 0.806 MeV: 9 %
    # there, and more than 1 % in seven of 300 intervals. With masses evenly over the recoils it was 26 %.
    c = constraint(name)
    masses = c.masses_MeV()
    limits, between = (np.array([upper(c, M, "mu") for M in of]) for of in (masses, np.sqrt(masses[1:] * masses[:-1])))
    on_grid = 1e-11 * np.maximum(between, np.maximum(limits[1:], limits[:-1])) < c.grid.mu_nu_max_muB
    off = np.abs(np.sqrt(limits[1:] * limits[:-1])[on_grid] / between[on_grid] - 1.0)
    assert on_grid.sum() > 250
    assert off.max() < rtol
    assert np.quantile(off, 0.97) < 0.01
