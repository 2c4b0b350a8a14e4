"""What goes into an archive, checked against the manifest of the run: nothing stale, nothing half-made."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from nudipole import __version__
from nudipole.config.load import leaves
from nudipole.errors import DataError
from nudipole.provenance.digest import file_sha256
from nudipole.provenance.manifest import CODE, INPUTS, LOCKS, MANIFEST, project_files, read_manifest

NAME = f"nudipole-{__version__}"
"""The folder that the archive unpacks to."""
PROJECT_PARTS = (
    *("Snakefile", "workflow", "config", "resources", "envs", "benchmarks", "docs", "tests"),
    *("Makefile", "pyproject.toml", "README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md"),
    *("LICENSE", "CITATION.cff", ".ci", ".gitignore"),
)
REPORT = Path("results/report.html")
CONFIG = "config/archived.yaml"
"""The whole configuration of the run, which repeats it: `make CONFIG=config/archived.yaml`."""
BUILT = ("_build/",)
"""Folders of the project that are made from others."""


@dataclass(frozen=True)
class Content:
    """Files of an archive by their path in it, texts that are made for it, and the manifest of the run."""

    files: Mapping[str, Path]
    texts: Mapping[str, str]
    manifest: Mapping[str, Any]

    @property
    def results(self) -> tuple[str, ...]:
        """Paths of the results, the manifest and, if there is one, the report."""
        return tuple(name for name in self.files if name.startswith("results/"))


def content_of(root: Path, config: Mapping[str, Any]) -> Content:
    """Return what an archive of the run in a project's own folder holds, without its description.

    config: the checked configuration of the run. Raises DataError if results are missing or were changed, if the
    project was edited since, or if the run had another configuration.
    """
    manifest = read_manifest(root / MANIFEST)
    _check_results(root, manifest["results_sha256"])
    _check_project(root, manifest)
    _check_config(config, manifest["config"]["analysis"])
    present = (part for part in PROJECT_PARTS if (root / part).exists())
    files = {name: path for name, path in project_files(root, present).items() if not any(b in name for b in BUILT)}
    files |= {name: root / name for name in manifest["results_sha256"]}
    files |= {path.as_posix(): root / path for path in (MANIFEST, REPORT) if (root / path).exists()}
    _check_paths(root, files)
    return Content(dict(sorted(files.items())), {CONFIG: _config_text(config)}, manifest)


def _check_results(root: Path, results_sha256: Mapping[str, str]) -> None:
    for name, digest in results_sha256.items():
        path = root / name
        problem = "is missing" if not path.is_file() else "was changed" if file_sha256(path) != digest else ""
        if problem:
            raise DataError(f"{name} {problem} since the run that made {MANIFEST}; run the workflow again")


def _check_project(root: Path, manifest: Mapping[str, Any]) -> None:
    """Raise DataError if a file of the project is not the one that the results were made with."""
    recorded = {**manifest["inputs_sha256"], **manifest["code_sha256"], **manifest["locks_sha256"]}
    for name, path in project_files(root, (*CODE, *INPUTS, *LOCKS)).items():
        if recorded.get(name) != file_sha256(path):
            raise DataError(f"{name} was edited since the run that made {MANIFEST}; run the workflow again")


def _check_config(config: Mapping[str, Any], recorded: Mapping[str, Any]) -> None:
    """Raise DataError if the results were made with another configuration; keys that change no result do not count."""
    ours = dict(leaves(config))
    for key, value in leaves(recorded):
        if ours.get(key) != value:
            raise DataError(
                f"the results were made with {key} = {value}, not {ours.get(key)}; name the configuration of the run, "
                f"for example CONFIG=config/minimal.yaml, or run the workflow with this one"
            )


def _check_paths(root: Path, files: Mapping[str, Path]) -> None:
    """Raise DataError if a result says where it was made."""
    place = str(root.resolve()).encode()
    for name, path in files.items():
        if name.startswith("results/") and place in path.read_bytes():
            raise DataError(f"{name} names the folder it was made in; remove it, and run again in another folder")


def _config_text(config: Mapping[str, Any]) -> str:
    head = "# The whole configuration of the archived run; it lies over config/config.yaml.\n"
    return head + yaml.safe_dump(dict(config), sort_keys=True, allow_unicode=True)
