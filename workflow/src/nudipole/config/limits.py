"""The published limits of a project: the records of `resources/limits` and those that the configuration adds."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema

from nudipole.config.limit_checks import limit_problems
from nudipole.config.load import canonical, read_yaml
from nudipole.config.records import schema_problems, stop_at
from nudipole.errors import ConfigError
from nudipole.limits.points import mu_nu_muB, read_columns

FOLDER = Path("resources/limits")
LIMIT_SCHEMA_PATH = Path("workflow/schemas/limit.schema.yaml")
PAGE_PATH = FOLDER / "README.md"

RESERVED = "brdar2020"
"""Keys that begin so are the curves of arXiv:2007.15563, a dataset because the scorecard compares with it."""

LIGHT_N_EDGES = ("floor", "preferred_high")
"""What an experiment's limit on the moment of a massless N is: an upper limit, or the upper end of an interval."""


@dataclass(frozen=True)
class LimitFile:
    """A checked record and where it is; points are the files beside it that it names."""

    path: Path
    content: Mapping[str, Any]
    points: tuple[Path, ...]

    @property
    def files(self) -> tuple[Path, ...]:
        """The record and its points."""
        return (self.path, *self.points)


Limits = Mapping[str, LimitFile]


def load_limits(root: Path, config: Mapping[str, Any]) -> dict[str, LimitFile]:
    """Return all records by key, sorted; ConfigError names file, key and what is allowed."""
    validator = jsonschema.Draft202012Validator(read_yaml(root / LIMIT_SCHEMA_PATH))
    limits = {path.stem: _checked(path, root, validator) for path in _paths(root, config["limits"]["records"])}
    for key in config["limits"]["without"]:
        if key not in limits:
            raise ConfigError(f"limits.without: {key!r} has no record; there are {', '.join(sorted(limits))}")
    return {key: limits[key] for key in sorted(limits)}


def chosen_limits(limits: Limits, config: Mapping[str, Any]) -> dict[str, LimitFile]:
    """Return the records that enter the results: all but those of `limits.without`."""
    return {key: limit for key, limit in limits.items() if key not in config["limits"]["without"]}


def _paths(root: Path, more: list[str]) -> list[Path]:
    """Return the files of all records; every key is there once."""
    paths = sorted((root / FOLDER).glob("*.yaml"))
    for text in more:
        path = root / text
        if not path.is_file():
            raise ConfigError(f"limits.records: {text!r} is no file; paths begin at the project folder")
        if path.stem in {known.stem for known in paths}:
            raise ConfigError(
                f"limits.records: {text!r} has the key {path.stem!r} of another record; give it another name"
            )
        paths.append(path)
    return paths


def _checked(path: Path, root: Path, validator: jsonschema.Draft202012Validator) -> LimitFile:
    shown = path.relative_to(root) if path.is_relative_to(root) else path
    if not re.fullmatch(r"[a-z][a-z0-9_]*", path.stem) or path.stem.startswith(RESERVED):
        raise ConfigError(
            f"{shown}: {path.stem!r} is no key of a published limit: lower-case letters, digits and _, a letter "
            f"first, and not beginning with {RESERVED}; rename the file"
        )
    content = _valid(canonical(read_yaml(path)), path, shown, validator)
    files = (curve["points"] for curve in content["curves"] if isinstance(curve["points"], str))
    return LimitFile(path, content, tuple(path.parent / name for name in dict.fromkeys(files)))


def check_limit(path: Path, content: Mapping[str, Any], root: Path, schema: Mapping[str, Any]) -> None:
    """Raise ConfigError if this would be no valid content of a record at a path."""
    _valid(canonical(content), path, path.relative_to(root), jsonschema.Draft202012Validator(schema))


def _valid(
    content: Mapping[str, Any], path: Path, shown: Path, validator: jsonschema.Draft202012Validator
) -> Mapping[str, Any]:
    problems = schema_problems(content, validator) or [*limit_problems(content, path.parent)]
    stop_at(problems, "limit", shown, PAGE_PATH)
    return content


def published_moments_muB(records: Mapping[str, Mapping[str, Any]], limits: Limits) -> dict[str, float | None]:
    """Return what each experiment published on the effective moment of a massless N, None where its record has none.

    records: those of the detectors, whose `published_limit` names a record here; ConfigError if it has no such number.
    """
    return {name: _moment_muB(name, record.get("published_limit"), limits) for name, record in records.items()}


def _moment_muB(detector: str, key: str | None, limits: Limits) -> float | None:
    if key is None:
        return None
    wanted = f"the detector record of {detector} has published_limit = {key!r}"
    if key not in limits:
        raise ConfigError(f"{wanted}, which is no published limit; there are {', '.join(limits)}")
    limit = limits[key]
    curves = [
        curve
        for curve in limit.content["curves"]
        if curve["edge"] in LIGHT_N_EDGES and "effective" in curve["flavours"]
    ]
    if len(curves) != 1:
        raise ConfigError(
            f"{wanted}, but {limit.path.name} has {len(curves)} curves of flavour effective that bound the moment "
            f"from above ({' or '.join(LIGHT_N_EDGES)}); it must have one"
        )
    return mu_nu_muB(read_columns(curves[0]["points"], limit.path.parent))[0]
