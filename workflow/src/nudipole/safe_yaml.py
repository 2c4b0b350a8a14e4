"""YAML without objects, read in C where PyYAML was built with it: every job reads the catalogue and all records."""

from typing import Any

import yaml

LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def load_yaml(text: str) -> Any:
    """Return the content of a YAML text: mappings, lists and scalars only; yaml.YAMLError if it is not valid."""
    return yaml.load(text, Loader=LOADER)
