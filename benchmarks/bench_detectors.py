"""Templates and likelihood surfaces of every detector: all flavours, 200 masses, 81 moments, beside scipy.quad.

The alternative to a template is the fold a notebook does: scipy.quad over the neutrino energy at each recoil (see
bench_rate), on the nodes of our own recoil rule, for the electron-recoil detectors.
"""

import time
from pathlib import Path

import numpy as np
from benchmarks.bench_rate import FEW_KEV, by_moments, by_quad
from benchmarks.record import Record, median_seconds

from nudipole.cli.project import build_detector
from nudipole.config.load import load_config
from nudipole.constraints.detector import DetectorConstraint
from nudipole.flavours import ALL_MODES

ROOT = Path(__file__).resolve().parents[1]
MASSES_MEV = np.geomspace(1e-2, 4.0, 200)
MOMENTS_MUB = np.geomspace(1e-14, 1e-6, 81)


def _all_masses(constraint: DetectorConstraint) -> tuple[float, float]:
    """Seconds for templates, and for the surfaces made of them."""
    start = time.perf_counter()
    for M in MASSES_MEV:
        constraint.model.signal(float(M))
    middle = time.perf_counter()
    for M in MASSES_MEV:
        for flavour in ALL_MODES:
            constraint.scan(float(M), flavour).fits(MOMENTS_MUB**2)
    return middle - start, time.perf_counter() - middle


def _by_quad_seconds(constraint: DetectorConstraint, M_N_MeV: float) -> float:
    """Time of one template with quad at every node of the recoil rule, from its time at a few."""
    nodes = sum(panels.T_keV.size for part in constraint.model.parts for panels in part.templates._panels)
    return median_seconds(lambda: by_quad(FEW_KEV, M_N_MeV), 3) / len(FEW_KEV) * nodes


def run() -> list[Record]:
    """Time each detector of the default configuration once compiled; the ratio is for one template."""
    config = load_config(ROOT)
    records, total = [], 0.0
    for name in config["detectors"]["experiments"]:
        constraint = build_detector(name, ROOT, config)
        constraint.scan(0.1, "mu").fits(MOMENTS_MUB[:2] ** 2)
        templates_s, surfaces_s = _all_masses(constraint)
        total += templates_s + surfaces_s
        print(f"  {name}: templates {templates_s:.2f} s, surfaces {surfaces_s:.2f} s", flush=True)
        if name not in ("xenon1t_nr", "borexino"):
            case = f"{name}, M_N = 0.1 MeV, all sources and flavours"
            theirs_s = _by_quad_seconds(constraint, 0.1)
            ours_s = templates_s / len(MASSES_MEV)
            error = float(np.max(np.abs(by_quad(FEW_KEV, 0.1) / by_moments(FEW_KEV, 0.1) - 1.0)))
            records.append(Record("detector template", case, ours_s, "scipy quad at every node", theirs_s, error))
    print(f"  all detectors, 200 masses, 4 flavours, 81 moments: {total:.1f} s on one core")
    return records
