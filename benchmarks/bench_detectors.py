"""Templates of the electron-recoil detectors, for all sources and flavours, beside scipy.quad.

The alternative to a template is the fold a notebook does: scipy.quad over the neutrino energy at each recoil (see
bench_rate), on the nodes of our own recoil rule.
"""

from dataclasses import replace
from itertools import count
from pathlib import Path

import numpy as np
from benchmarks.bench_rate import FEW_KEV, by_moments, by_quad
from benchmarks.record import Effort, Record, compare

from nudipole.cli.project import build_detector
from nudipole.config.load import load_config
from nudipole.constraints.detector import DetectorConstraint

ROOT = Path(__file__).resolve().parents[1]
M_N_MEV = 0.1


def _nodes(constraint: DetectorConstraint) -> int:
    """Recoil energies at which a fold by quad needs the rate."""
    return sum(panels.T_keV.size for part in constraint.model.parts for panels in part.templates._panels)


def run(effort: Effort) -> list[Record]:
    """Compare one template, at ever new masses since templates are kept; quad is timed at a few nodes."""
    config, records, masses = load_config(ROOT), [], count()
    chosen = [name for name in config["detectors"]["experiments"] if name not in ("xenon1t_nr", "borexino")]
    error = float(np.max(np.abs(by_quad(FEW_KEV, M_N_MEV) / by_moments(FEW_KEV, M_N_MEV) - 1.0)))
    for name in chosen[:1] if effort.is_quick else chosen:
        constraint = build_detector(name, ROOT, config)
        record = compare(
            "detector template",
            f"{name}, M_N = {M_N_MEV:g} MeV, all sources and flavours",
            lambda model=constraint.model, masses=masses: model.signal(M_N_MEV * (1.0 + 1e-9 * next(masses))),
            "scipy quad at every node",
            lambda: by_quad(FEW_KEV, M_N_MEV),
            error,
            effort,
        )
        records.append(replace(record, alternative_s=record.alternative_s / len(FEW_KEV) * _nodes(constraint)))
    return records
