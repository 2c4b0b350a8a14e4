"""The cache of compiled kernels belongs to the sources it was compiled from."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from nudipole import kernel_cache as module
from nudipole.kernel_cache import PACKAGE_ROOT, kernel_cache, kernels_digest, processor_digest, use_own_cache

CHI2_OF_ONE_BIN = """
import numpy as np
from nudipole.likelihood.scan import Nuisances, Observation, SignalScan
one = np.ones(1)
pinned = Nuisances.independent(("b",), one, 1e-6 * one, 0.0 * one, one)
print(SignalScan(Observation.poisson(5.0 * one), pinned, np.ones((1, 1)), np.zeros((1, 1))).chi2(0.0))
"""


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A copy of the package that a test may edit."""
    target = tmp_path / "src" / "nudipole"
    shutil.copytree(PACKAGE_ROOT, target, ignore=shutil.ignore_patterns("__pycache__"))
    return target


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{path.name} has changed: choose another line to edit"
    path.write_text(text.replace(old, new), encoding="utf-8")


def chi2_with(package: Path, cache: Path) -> float:
    environment = {name: value for name, value in os.environ.items() if name != "NUMBA_CACHE_DIR"}
    environment |= {"PYTHONPATH": str(package.parent), "XDG_CACHE_HOME": str(cache)}
    command = [sys.executable, "-c", CHI2_OF_ONE_BIN]
    return float(subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout)


@pytest.mark.slow
def test_an_edit_of_an_inner_kernel_reaches_the_results(package: Path, tmp_path: Path) -> None:
    """numba alone keeps the outer kernel's old machine code: the value would not move."""
    before = chi2_with(package, tmp_path / "cache")
    edit(package / "likelihood" / "cost.py", "return 2.0 * total", "return 4.0 * total")
    after = chi2_with(package, tmp_path / "cache")
    # the prior (1e-6) pins the background at 1, so -2 ln L is the Poisson term alone to 1e-5
    assert after == pytest.approx(2.0 * before, rel=1e-4, abs=0)


def test_digest_follows_kernels_only(package: Path) -> None:
    untouched = kernels_digest(package)
    assert untouched == kernels_digest()
    (package / "plotting" / "save.py").write_text("# edited\n", encoding="utf-8")
    assert kernels_digest(package) == untouched
    (package / "kinematics.py").write_text("# numba\n", encoding="utf-8")
    assert kernels_digest(package) != untouched


def test_a_chosen_cache_is_respected(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("NUMBA_CACHE_DIR", "chosen")
    use_own_cache()
    assert os.environ["NUMBA_CACHE_DIR"] == "chosen"
    monkeypatch.delenv("NUMBA_CACHE_DIR")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    use_own_cache()
    assert os.environ["NUMBA_CACHE_DIR"] == kernel_cache(tmp_path / "nudipole")


def processor(flags: str, mhz: str = "2600") -> str:
    core = f"model name : X\ncpu MHz : {mhz}\nflags : {flags}\n"
    return core + core.replace(mhz, "1200")


def test_a_type_of_processor_has_its_own_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("NUMBA_CPU_NAME", raising=False)
    monkeypatch.setattr(module, "DESCRIPTION", tmp_path / "cpuinfo")
    digests = []
    for text in (processor("avx2 fma"), processor("fma avx2", "800"), processor("avx2 avx512f fma")):
        (tmp_path / "cpuinfo").write_text(text)
        digests.append(processor_digest())
    assert digests[0] == digests[1], "the clock and the order of instructions are not the type"
    assert digests[2] != digests[0]
    monkeypatch.setenv("NUMBA_CPU_NAME", "generic")
    assumed = processor_digest()
    (tmp_path / "cpuinfo").write_text(processor("avx2"))
    assert processor_digest() == assumed, "machine code for an assumed processor serves all"


def test_a_job_on_another_node_stays_beside_the_cache_it_inherits(tmp_path: Path) -> None:
    elsewhere = tmp_path / "kernels-0123456789ab-000000"
    assert kernel_cache(elsewhere) == kernel_cache(tmp_path)
    assert Path(kernel_cache(tmp_path)).parent == tmp_path


COMPILE = "from nudipole.provenance.compiled import compile_once; print(compile_once('sources'))"


@pytest.mark.slow
def test_jobs_that_start_together_compile_once(tmp_path: Path) -> None:
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)}
    command = [sys.executable, "-c", COMPILE]
    jobs = [subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    compiled = [job.communicate()[0].strip() for job in jobs]
    # without the lock all of them find nothing compiled
    assert sorted(compiled) == ["False", "False", "True"]
