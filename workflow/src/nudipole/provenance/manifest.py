"""What fixes the results of a run, and what they are: the content of `results/manifest.json`.

No Python version, platform, date or path is in it, so that runs of the same project can be compared as a whole.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from nudipole import __version__
from nudipole.errors import DataError
from nudipole.provenance.digest import SHORT, config_digest, file_sha256, files_of

MANIFEST = Path("results/manifest.json")
CODE = ("Snakefile", *(f"workflow/{part}" for part in ("Snakefile", "rules", "schemas", "scripts", "src")))
"""What computes: captions of the report and profiles, which say where jobs run, change no result."""
INPUTS, LOCKS = ("resources",), ("envs",)
"""The configuration is recorded by its values, however it is written and in whichever files."""
GENERATED = ("__pycache__", ".egg-info")
"""Parts of the names of folders that are no part of the project."""
PACKAGES = (
    *("bokeh", "contourpy", "fonttools", "hepdata-lib", "llvmlite", "matplotlib", "numba", "numpy", "pandas"),
    *("pillow", "pyarrow", "pybtex", "pyyaml", "scipy", "snakemake"),
)
"""Whose versions can change the bytes of a result."""


def project_files(root: Path, parts: Iterable[str]) -> dict[str, Path]:
    """Return the files of some folders of a project by their path in it, sorted, without what Python makes there."""
    found = {}
    for path in (file for part in parts for file in files_of(root / part)):
        name = path.relative_to(root)
        if not any(folder.endswith(GENERATED) for folder in name.parts[:-1]):
            found[name.as_posix()] = path
    return dict(sorted(found.items()))


def project_digest(root: Path) -> str:
    """Return a digest of all files of a project that can change a result."""
    digest = hashlib.sha256()
    for name, path in project_files(root, (*CODE, *INPUTS, *LOCKS)).items():
        digest.update(f"{name}\0{file_sha256(path)}\n".encode())
    return digest.hexdigest()[:SHORT]


def manifest_of(
    root: Path, config: Mapping[str, Any], inputs_sha256: Mapping[str, str], results: Iterable[Path]
) -> dict[str, Any]:
    """Return the manifest: versions, configuration, and the sha256 of every input, lock, code file and result.

    root: the folder of the project. inputs_sha256: of the datasets in use, by name. results: files and folders.
    """
    digests = {
        key: {name: file_sha256(path) for name, path in project_files(root, parts).items()}
        for key, parts in (("code_sha256", CODE), ("inputs_sha256", INPUTS), ("locks_sha256", LOCKS))
    }
    digests["inputs_sha256"] |= inputs_sha256
    files = sorted({file for path in results for file in files_of(path)})
    return {
        "package_version": __version__,
        "packages": {name: version(name) for name in PACKAGES},
        "config": config,
        "config_digest": config_digest(config),
        **digests,
        "results_sha256": {file.as_posix(): file_sha256(file) for file in files},
    }


def read_manifest(path: Path) -> dict[str, Any]:
    """Return a manifest; DataError if the file is missing or is none."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise DataError(f"{path} does not exist; a finished run of the workflow makes it") from None
    except (OSError, ValueError) as error:
        raise DataError(f"{path} is no manifest ({error}); run the workflow again to make one") from None
    if not isinstance(content, dict) or not isinstance(content.get("results_sha256"), dict):
        raise DataError(f"{path} is no manifest: it lists no results; name a results/manifest.json")
    return content
