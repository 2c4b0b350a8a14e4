"""The three lists of dependencies (pyproject.toml, the hash locks, the conda environment) say the same."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from nudipole.cosmology.acropolis_process import VERSION

ROOT = Path(__file__).resolve().parents[2]
ENVS = ROOT / "envs"
ADDED_LOCKS = [f"requirements-{name}.txt" for name in ("dev", "peers", "acropolis", "archive", "audit")]
"""Installed on top of the run-time lock."""
LOCKS = ["requirements.txt", *ADDED_LOCKS]
PEERS = ("acropolis", "linx-bbn", "primat")
"""Codes with which the tests compare, some of them under the GPL."""
CONDA_TO_PYPI = {"snakemake-minimal": "snakemake", "matplotlib-base": "matplotlib"}
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")
INDEX_OPTION = re.compile(r"^\s*(-i|-f|--(extra-)?index-url|--find-links|--trusted-host)\b", re.MULTILINE)


def blocks(name: str) -> list[str]:
    """Requirements of a pip file, continuation lines joined, comments and constraints dropped."""
    text = (ENVS / name).read_text(encoding="utf-8").replace("\\\n", " ")
    lines = (line.split("#")[0].strip() for line in text.splitlines())
    return [line for line in lines if line and not line.startswith("-c ")]


def requirements(name: str) -> list[Requirement]:
    """Parsed requirements of a pip file, without their hashes."""
    return [Requirement(HASH.sub("", block).strip()) for block in blocks(name)]


def versions(name: str) -> dict[str, set[str]]:
    """Versions by package; a package has several when they depend on the Python version."""
    found: dict[str, set[str]] = {}
    for requirement in requirements(name):
        found.setdefault(canonicalize_name(requirement.name), set()).update(
            specifier.version for specifier in requirement.specifier
        )
    return found


def conda_versions() -> dict[str, str]:
    """Version by PyPI name in environment.yaml; Python itself is left out."""
    environment = yaml.safe_load((ENVS / "environment.yaml").read_text(encoding="utf-8"))
    pins = (entry.split(" =") for entry in environment["dependencies"] if not entry.startswith("python "))
    return {CONDA_TO_PYPI.get(name, name): version for name, version in pins}


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_requirement_is_pinned_and_hashed(lock: str) -> None:
    for block in blocks(lock):
        assert re.match(r"[A-Za-z0-9._-]+==\S+ ", block), block
        assert HASH.search(block), block


@pytest.mark.parametrize("path", sorted(ENVS.iterdir()), ids=lambda path: path.name)
def test_no_index_or_address_is_named(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert "://" not in text
    assert not re.search(r"^\s*(-i|-f|--(extra-)?index-url|--find-links|--trusted-host)\b", text, re.MULTILINE)


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_satisfies_its_input(lock: str) -> None:
    locked = versions(lock)
    for requirement in requirements(lock.replace(".txt", ".in")):
        for version in locked[canonicalize_name(requirement.name)]:
            assert requirement.specifier.contains(version), requirement


@pytest.mark.parametrize("lock", ADDED_LOCKS)
def test_added_lock_agrees_with_the_run_time_lock(lock: str) -> None:
    run_time, added = versions("requirements.txt"), versions(lock)
    for name in run_time.keys() & added.keys():
        assert added[name] == run_time[name], name


def test_peer_lock_agrees_with_the_development_lock() -> None:
    development, peers = versions("requirements-dev.txt"), versions("requirements-peers.txt")
    for name in development.keys() & peers.keys():
        assert peers[name] == development[name], name


def test_peers_are_pinned_and_no_dependency_of_the_package() -> None:
    peers = {canonicalize_name(r.name): r for r in requirements("requirements-peers.in")}
    for name in PEERS:
        assert str(peers[name].specifier).startswith("=="), name
        assert name not in versions("requirements.txt")
    imported = re.compile(r"^\s*(from|import) (acropolis|linx|primat)\b", re.MULTILINE)
    for path in (ROOT / "workflow" / "src").rglob("*.py"):
        assert not imported.search(path.read_text(encoding="utf-8")), path


def test_conda_environment_has_the_locked_versions() -> None:
    locked = versions("requirements.txt")
    direct = {canonicalize_name(requirement.name) for requirement in requirements("requirements.in")}
    conda = conda_versions()
    assert conda.keys() == direct
    assert {name: {version} for name, version in conda.items()} == {name: locked[name] for name in direct}


def test_acropolis_is_the_same_everywhere_and_its_conda_environment_has_the_package_too() -> None:
    for lock in ("requirements-acropolis.txt", "requirements-peers.txt"):
        assert versions(lock)["acropolis"] == {VERSION}, lock
    run_time, added = (
        yaml.safe_load((ENVS / name).read_text(encoding="utf-8"))["dependencies"]
        for name in ("environment.yaml", "acropolis.yaml")
    )
    assert added == [*run_time, "pip", {"pip": [f"acropolis=={VERSION}"]}]


def test_package_dependencies_are_direct_requirements() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    direct = {canonicalize_name(requirement.name) for requirement in requirements("requirements.in")}
    assert {canonicalize_name(Requirement(entry).name) for entry in project["dependencies"]} <= direct


def test_python_versions_agree() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    environment = yaml.safe_load((ENVS / "environment.yaml").read_text(encoding="utf-8"))
    assert f"python {project['requires-python']}" in environment["dependencies"]
