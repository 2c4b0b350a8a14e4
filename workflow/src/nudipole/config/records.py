"""What YAML records of every kind share: their schema, and a clear end where one is not valid."""

import math
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import jsonschema

from nudipole.config.load import leaves, problem_text
from nudipole.errors import ConfigError

Describe = Callable[[jsonschema.ValidationError], str]


def record_text(error: jsonschema.ValidationError) -> str:
    """Return what is wrong at the place of an error in a record."""
    return problem_text(error, "record")


def schema_problems(
    content: Mapping[str, Any], validator: jsonschema.Draft202012Validator, describe: Describe = record_text
) -> list[str]:
    """Return what the schema does not allow in a record, in words."""
    # sorted by path as text: keys of lists are numbers
    return [describe(error) for error in sorted(validator.iter_errors(content), key=lambda e: str(e.path))]


def not_finite(content: Mapping[str, Any]) -> Iterator[str]:
    """Yield the numbers that are none, which a JSON schema lets pass."""
    for path, value in leaves(content):
        if isinstance(value, float) and not math.isfinite(value):
            yield f"{path} = {value} is not allowed: must be a finite number"


def stop_at(problems: list[str], kind: str, path: Path, page: Path, aside: str = "") -> None:
    """Raise ConfigError that lists the problems of a record, if there are any.

    kind: what the record describes, in a word. page: where its keys are described. aside: what lies on top of the file.
    """
    if problems:
        listing = "\n  - ".join(problems)
        raise ConfigError(
            f"the {kind} record {path} is not valid{aside}:\n  - {listing}\n{page.as_posix()} describes every key."
        )
