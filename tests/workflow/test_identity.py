"""The same bytes from another Python; the same numbers, to the rounding of sums, from another kind of processor.

`make test-identity PYTHONS="python3.12 python3.13"` builds an environment for each and runs these tests; without it
they are skipped, because each is a whole run of the minimal analysis. Cores, directories, interruptions and the number
of jobs are in the other files.
"""

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from workflow_runs import Project, results_of

pytestmark = pytest.mark.slow

PYTHONS = os.environ.get("NUDIPOLE_PYTHONS", "").split()
"""The Python of each environment to compare with."""
OLD_PROCESSOR = {
    "NUMBA_CPU_NAME": "x86-64",
    "NUMBA_CPU_FEATURES": "",
    "NPY_DISABLE_CPU_FEATURES": "X86_V3 X86_V4 AVX512_ICL AVX512_SPR",
    "OPENBLAS_CORETYPE": "Prescott",
}
"""What makes numba, NumPy and OpenBLAS use what every 64-bit processor of the family has: SSE, no fused operations."""
PLACE = ("M_N_MeV", "mu_nu_muB")
SAME_DEX, SAME_DEUTERIUM_DEX = 1e-7, 5e-4
"""Largest differences of a curve in log10. Measured: 1e-12 for detectors, 1e-16 for stars, 1e-13 for supernovae, 1e-8
for helium and the CMB. The steps of the network's solver are accepted or not at a tolerance of 1e-5, and D/H can hang
on that in its sixth digit; where deuterium hardly changes over the plane, a contour on a coarse grid moves by 1e-4."""


@pytest.mark.skipif(not PYTHONS, reason="no other Python: make test-identity PYTHONS=python3.12")
@pytest.mark.parametrize("python", PYTHONS)
def test_another_python_makes_the_same_bytes(finished: Project, python: str, tmp_path: Path) -> None:
    other = replace(finished, python=python, numba=tmp_path / "numba")
    outcome = other.run("--directory", str(tmp_path / "run"))
    assert outcome.code == 0, outcome.text
    assert results_of(tmp_path / "run") == results_of(finished.root)


@pytest.mark.skipif(not PYTHONS, reason="runs with the other Pythons: make test-identity")
def test_an_old_processor_gives_the_same_curves(finished: Project, tmp_path: Path) -> None:
    old = replace(finished, numba=tmp_path / "numba", settings=tuple(OLD_PROCESSOR.items()))
    target = "results/limits.parquet"
    outcome = old.run("--directory", str(tmp_path / "run"), target)
    assert outcome.code == 0, outcome.text
    ours, theirs = (pd.read_parquet(folder / target) for folder in (finished.root, tmp_path / "run"))
    pd.testing.assert_frame_equal(ours.drop(columns=list(PLACE)), theirs.drop(columns=list(PLACE)))
    shown = (ours["status"] == "ok").to_numpy()
    deuterium = ours["variant"].str.contains("D_H").to_numpy()[shown]
    for column in PLACE:
        difference = np.abs(np.log10(theirs[column].to_numpy()[shown] / ours[column].to_numpy()[shown]))
        assert difference[~deuterium].max() < SAME_DEX
        assert difference[deuterium].max() < SAME_DEUTERIUM_DEX
