"""The differential rate in xenon per recoil energy: flux moments beside quadrature over the neutrino energy."""

import warnings
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
from benchmarks.record import Effort, Record, compare
from numba import njit
from numpy.typing import NDArray
from scipy import integrate

from nudipole.cli.project import bundled_tables, catalog_of
from nudipole.config.load import load_config
from nudipole.config.model import SolarConfig
from nudipole.constants import M_E_MEV, SECONDS_PER_YEAR
from nudipole.constraints.solar_inputs import solar_flux_moments
from nudipole.cross_sections import dsigma_dEr_cm2_per_keV
from nudipole.detectors.templates import rate_per_particle
from nudipole.kinematics import E_nu_min_MeV, recoil_limits_MeV
from nudipole.sources.beta_spectra import BETA_DECAYS, beta_shape
from nudipole.sources.moments import MODES
from nudipole.sources.solar import WinterSpectrum

ROOT = Path(__file__).resolve().parents[1]
MODEL = "B16-GS98"
TABLES = bundled_tables(ROOT, catalog_of(ROOT, load_config(ROOT)))
MOMENTS = solar_flux_moments(TABLES, SolarConfig(MODEL, "nufit60", {}), 400)
FLUX = TABLES("solar_fluxes").query("model == @MODEL").set_index("source")["flux_per_cm2_s"].to_dict()
LINES = TABLES("solar_lines")
RECOILS_KEV = np.geomspace(0.5, 40.0, 2000)
FEW_KEV = RECOILS_KEV[[0, 700, 1300, 1999]]
"""Those at which the slow alternatives are timed."""
Shape = Callable[[NDArray[np.float64]], NDArray[np.float64]]


def spectra() -> dict[str, tuple[Shape, float, float]]:
    """(shape, end point, flux over norm) of each continuous source, without the machinery of the moments."""
    table = TABLES("b8_spectrum_winter2006")
    winter = WinterSpectrum(table["E_nu_MeV"].to_numpy(), table["dN_dE_per_MeV"].to_numpy())
    shapes: dict[str, tuple[Shape, float]] = {"8B": (winter, winter.E_max_MeV)}
    for decay in BETA_DECAYS:
        shapes[decay.source] = (lambda E, d=decay: beta_shape(E, d), decay.E_max_MeV)
    found = {}
    for source, (shape, E_max) in shapes.items():
        # softens the square root at the end point, which a plain rule would feel
        y = np.linspace(0.0, 1.0, 20001)
        norm = float(integrate.simpson(shape(E_max * (1 - (1 - y) ** 2)) * E_max * 2 * (1 - y), x=y))
        found[source] = (shape, E_max, FLUX[source] / norm)
    return found


SPECTRA = spectra()


@njit(cache=True)
def _batch(T_keV, M, is_line, offset, E, Phi, dPhi_dE, low_keV, high_keV, out):  # type: ignore[no-untyped-def]
    moments, rate = np.empty((MODES, 3)), np.empty(MODES)
    for t in range(len(T_keV)):
        out[t] = 0.0
        for c in range(len(is_line)):
            if low_keV[c] < T_keV[t] < high_keV[c]:
                a, b = offset[c], offset[c + 1]
                rate_per_particle(
                    1e-3 * T_keV[t], M, M_E_MEV, False, is_line[c], E[a:b], Phi[a:b], dPhi_dE[a:b], moments, rate
                )
                out[t] += rate[MODES - 1]


def by_moments(T_keV: NDArray[np.float64], M_N_MeV: float) -> NDArray[np.float64]:
    """Rate per electron, year and keV at 1 mu_B, mode `effective`; all modes are computed on the way."""
    m = MOMENTS
    limits = 1e3 * np.array([recoil_limits_MeV(E, M_N_MeV) for E in m.E_max_MeV])
    out = np.empty(len(T_keV))
    columns = (np.ascontiguousarray(limits[:, 0]), np.ascontiguousarray(limits[:, 1]))
    _batch(T_keV, M_N_MeV, m.is_line, m.offset, m.E_nu_MeV, m.Phi, m.dPhi_dE, *columns, out)
    return out


def _lines(T_keV: float, M_N_MeV: float) -> float:
    return sum(
        FLUX[source] * share * float(dsigma_dEr_cm2_per_keV(E, T_keV, M_N_MeV, 1.0))
        for source, E, share in zip(LINES["source"], LINES["E_nu_MeV"], LINES["branching"], strict=True)
    )


def by_quad(T_keV: NDArray[np.float64], M_N_MeV: float) -> NDArray[np.float64]:
    """Adaptive quadrature, a relative tolerance only, told where to look near the end points."""
    rates = []
    for T in T_keV:
        total, low = _lines(T, M_N_MeV), E_nu_min_MeV(1e-3 * T, M_N_MeV, M_E_MEV)
        for shape, E_max, scale in SPECTRA.values():
            if low < E_max:

                def integrand(E: float, T: float = T, shape: Shape = shape) -> float:
                    return float(shape(np.asarray(E))) * float(dsigma_dEr_cm2_per_keV(E, T, M_N_MeV, 1.0))

                edges = [low, *(low + x * (E_max - low) for x in (0.5, 0.9, 0.99)), E_max]
                for a, b in pairwise(edges):
                    total += scale * integrate.quad(integrand, a, b, epsabs=0.0, epsrel=1e-6, limit=100)[0]
        rates.append(SECONDS_PER_YEAR * total)
    return np.array(rates)


def by_plain_quad(T_keV: NDArray[np.float64], M_N_MeV: float) -> NDArray[np.float64]:
    """Quad as found in public notebooks: its default tolerance is far above numbers of this size."""
    rates = []
    for T in T_keV:
        total, low = _lines(T, M_N_MeV), E_nu_min_MeV(1e-3 * T, M_N_MeV, M_E_MEV)
        for shape, E_max, scale in SPECTRA.values():
            if low < E_max:

                def integrand(E: float, T: float = T, shape: Shape = shape, scale: float = scale) -> float:
                    return scale * float(shape(np.asarray(E))) * float(dsigma_dEr_cm2_per_keV(E, T, M_N_MeV, 1.0))

                with warnings.catch_warnings():
                    warnings.simplefilter("ignore", integrate.IntegrationWarning)
                    total += integrate.quad(integrand, low, E_max)[0]
        rates.append(SECONDS_PER_YEAR * total)
    return np.array(rates)


X, W = np.polynomial.legendre.leggauss(64)


def by_gauss(T_keV: NDArray[np.float64], M_N_MeV: float) -> NDArray[np.float64]:
    """NumPy: 64 Gauss-Legendre points a source in y, E = low + (E_max - low)(1 - (1 - y)^2)."""
    y, w = 0.5 * (X + 1.0), 0.5 * W
    rates = []
    for T in T_keV:
        total, low = _lines(T, M_N_MeV), E_nu_min_MeV(1e-3 * T, M_N_MeV, M_E_MEV)
        for shape, E_max, scale in SPECTRA.values():
            if low < E_max:
                E = low + (E_max - low) * (1.0 - (1.0 - y) ** 2)
                values = shape(E) * dsigma_dEr_cm2_per_keV(E, T, M_N_MeV, 1.0)
                total += scale * (E_max - low) * float(np.sum(w * 2.0 * (1.0 - y) * values))
        rates.append(SECONDS_PER_YEAR * total)
    return np.array(rates)


ALTERNATIVES: tuple[tuple[str, Callable[[NDArray[np.float64], float], NDArray[np.float64]]], ...] = (
    ("scipy quad over E_nu, relative tolerance 1e-6", by_quad),
    ("scipy quad over E_nu, default tolerances", by_plain_quad),
    ("NumPy, 64 Gauss-Legendre points a source", by_gauss),
)


def run(effort: Effort) -> list[Record]:
    """Compare at a massless N and at masses where some or most sources have closed; times per recoil energy."""
    records = []
    for M in (1e-5,) if effort.is_quick else (1e-5, 0.1, 0.5):
        ours = by_moments(FEW_KEV, M)
        case = f"nine components, M_N = {1e3 * M:g} keV, one recoil energy"
        for name, function in ALTERNATIVES:
            record = compare(
                "differential rate",
                case,
                lambda M=M: by_moments(RECOILS_KEV, M),
                name,
                lambda f=function, M=M: f(FEW_KEV, M),
                float(np.max(np.abs(function(FEW_KEV, M) / ours - 1.0))),
                effort,
                units=(len(RECOILS_KEV), len(FEW_KEV)),
            )
            records.append(record)
    return records
