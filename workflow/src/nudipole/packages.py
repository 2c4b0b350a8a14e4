"""The libraries that jobs import: asked for before any starts, with the standard library alone."""

from importlib.util import find_spec

REQUIRED = {
    "bokeh": "bokeh",
    "contourpy": "contourpy",
    "hepdata-lib": "hepdata_lib",
    "hepdata-validator": "hepdata_validator",
    "jsonschema": "jsonschema",
    "matplotlib": "matplotlib",
    "numba": "numba",
    "numpy": "numpy",
    "pandas": "pandas",
    "pyarrow": "pyarrow",
    "pybtex": "pybtex",
    "pyyaml": "yaml",
    "requests": "requests",
    "scipy": "scipy",
    "shtab": "shtab",
}
"""Names in the package index, and what is imported."""


def missing_packages() -> tuple[str, ...]:
    """Return the names of the libraries that this Python does not have."""
    return tuple(name for name, module in REQUIRED.items() if find_spec(module) is None)
