"""The style of the parameter-space figures: the project's file with the user's laid over it, checked."""

from pathlib import Path
from typing import Any

import jsonschema

from nudipole.config.load import merge, problem_text, read_yaml
from nudipole.errors import ConfigError

STYLE_PATH = Path("config/style.yaml")
STYLE_SCHEMA_PATH = Path("workflow/schemas/style.schema.yaml")


def load_style(root: Path, overlay: str | Path | None = None) -> dict[str, Any]:
    """Return config/style.yaml with a file on top; ConfigError names file, key and what is allowed.

    The order of keys is kept, since it is the order in which constraints are drawn. A relative path of the overlay
    counts from the project folder.
    """
    layers = [read_yaml(root / STYLE_PATH)]
    if overlay is not None:
        layers.append(read_yaml(root / overlay))
    style = merge(*layers)
    validator = jsonschema.Draft202012Validator(read_yaml(root / STYLE_SCHEMA_PATH))
    problems = [
        problem_text(error, "style") for error in sorted(validator.iter_errors(style), key=lambda e: str(e.path))
    ]
    if problems:
        listing = "\n  - ".join(problems)
        where = STYLE_PATH if overlay is None else f"{overlay}, laid over {STYLE_PATH},"
        raise ConfigError(f"the style {where} is not valid:\n  - {listing}\n{STYLE_SCHEMA_PATH} describes every key.")
    return style
