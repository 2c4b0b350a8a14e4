"""YAML without objects, read in C where PyYAML was built with it: every job reads the catalogue and all records."""

from itertools import islice
from typing import Any

import yaml

LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
DEEPEST, MOST_VALUES = 60, 1_000_000


def load_yaml(text: str) -> Any:
    """Return the content of a YAML text: mappings, lists and scalars only; yaml.YAMLError if it is not valid.

    Anchors may not lead back to themselves, nor make much out of little.
    """
    try:
        content = yaml.load(text, Loader=LOADER)  # noqa: S506 - a safe loader
    except (RecursionError, ValueError) as error:
        # too deep; a number with too many digits, a date that is none
        raise yaml.YAMLError(str(error)) from None
    check_extent(content)
    return content


def check_extent(content: Any) -> None:
    """Raise yaml.YAMLError if a structure is deeper or larger, with its aliases written out, than any of ours."""
    level, seen = [content], 0
    for _ in range(DEEPEST):
        values = (value for node in level for value in _children(node))
        level = list(islice(values, MOST_VALUES + 1))
        seen += len(level)
        if not level:
            return
        if seen > MOST_VALUES:
            raise yaml.YAMLError(f"more than {MOST_VALUES} values; an alias may repeat others many times")
    raise yaml.YAMLError(f"nested more than {DEEPEST} deep; an alias may lead back to itself")


def _children(node: Any) -> list[Any]:
    if isinstance(node, dict):
        return list(node.values())
    return node if isinstance(node, list) else []
