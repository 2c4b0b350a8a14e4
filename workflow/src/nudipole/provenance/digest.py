"""Digests that identify inputs, configuration and code."""

import ast
import hashlib
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from nudipole.kernel_cache import PACKAGE_ROOT

SHORT = 16


def file_sha256(path: Path) -> str:
    """Return the sha256 of a file as a hexadecimal string."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def files_of(path: Path) -> tuple[Path, ...]:
    """Return the files of a result: itself, or all in a folder, sorted, without those of Snakemake (a leading dot)."""
    if not path.is_dir():
        return (path,)
    return tuple(sorted(file for file in path.rglob("*") if file.is_file() and not file.name.startswith(".")))


def config_digest(sections: Mapping[str, Any]) -> str:
    """Return a digest of configuration sections, independent of the order of keys and of 1 against 1.0."""
    return hashlib.sha256(json.dumps(_canonical(sections), sort_keys=True).encode()).hexdigest()[:SHORT]


def _canonical(node: Any) -> Any:
    if isinstance(node, Mapping):
        return {str(key): _canonical(value) for key, value in node.items()}
    if isinstance(node, list | tuple):
        return [_canonical(value) for value in node]
    if isinstance(node, int | float) and not isinstance(node, bool):
        return float(node)
    return node


def _module_file(name: str) -> Path | None:
    """Return the file of a dotted `nudipole...` module, or None if the name is not a module."""
    base = PACKAGE_ROOT.joinpath(*name.split(".")[1:])
    for candidate in (base.with_suffix(".py"), base / "__init__.py"):
        if candidate.is_file():
            return candidate
    return None


@cache
def _imported_modules(path: Path) -> frozenset[str]:
    """Return the nudipole modules a file imports, with the packages that importing them runs."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    own = {name for name in names if name.split(".")[0] == "nudipole"}
    parents = {".".join(name.split(".")[:i]) for name in own for i in range(1, name.count(".") + 1)}
    return frozenset(name for name in own | parents if _module_file(name))


def code_files(script: Path) -> tuple[Path, ...]:
    """Return the files of this package that a script reaches by imports, sorted."""
    seen: set[Path] = set()
    waiting = [script]
    while waiting:
        for name in _imported_modules(waiting.pop()):
            file = _module_file(name)
            if file is not None and file not in seen:
                seen.add(file)
                waiting.append(file)
    return tuple(sorted(seen))


def code_digest(script: Path) -> str:
    """Return a digest of all package code a script uses: an edit elsewhere does not change it."""
    digest = hashlib.sha256()
    for file in code_files(script):
        digest.update(file.relative_to(PACKAGE_ROOT).as_posix().encode() + b"\0")
        digest.update(file.read_bytes())
    return digest.hexdigest()[:SHORT]
