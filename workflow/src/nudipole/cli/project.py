"""Where configuration and tables are, and what the constraints need from them."""

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nudipole.config.load import DEFAULT_PATH, load_config
from nudipole.data.catalog import Catalog, load_catalog
from nudipole.errors import ConfigError, DomainError

if TYPE_CHECKING:
    import pandas as pd

    from nudipole.constraints.base import Constraint

CONSTRAINTS = {
    "xenon1t": "XENON1T electron recoils: solar neutrinos up-scatter to N (arXiv:2006.09721)",
    "stellar": "stellar cooling: plasmons decay to nu N in red giants (arXiv:1910.10568)",
    "supernova": "SN 1987A: luminosity or emissivity in N with trapping (arXiv:2402.01624)",
    "sn_low_energy": "underluminous type IIP supernovae: energy from decays of N in the envelope (arXiv:2201.09890)",
    "sn_explosion": "SN 1987A: explosion energy from decays of N in the envelope (arXiv:2201.09890)",
    "sn_gamma": "SN 1987A: gamma rays from decays of N outside the envelope (arXiv:1702.02964)",
    "sn_neutrinos": "SN 1987A: energetic neutrinos from decays of N (arXiv:2209.11773)",
    "bbn": "primordial helium (and deuterium) with N in the early universe (arXiv:2007.15563)",
    "cmb": "effective number of neutrinos N_eff in the CMB with N in the early universe (arXiv:2007.15563)",
}
"""Constraints that can be evaluated at a point."""


def project_root(chosen: Path | None) -> Path:
    """Return the project folder: the chosen one, else the one around the current directory, else this checkout."""
    here = Path.cwd()
    checkout = Path(__file__).resolve().parents[4]
    candidates = [chosen] if chosen else [here, *here.parents, checkout]
    for folder in candidates:
        if (folder / DEFAULT_PATH).is_file():
            return folder
    raise ConfigError(
        f"no nudipole project (a folder with {DEFAULT_PATH}) in {candidates[0]} or above; name one with --project"
    )


def catalog_of(root: Path, config: Mapping[str, Any]) -> Catalog:
    """Return the catalogue a configuration names."""
    return load_catalog(root / config["data"]["catalog"])


def bundled_tables(root: Path, catalog: Catalog) -> Callable[[str], "pd.DataFrame"]:
    """Return a reader of the bundled tables, which the remote originals equal by contract."""
    from nudipole.data.bundled import read_bundled

    return cache(lambda name: read_bundled(catalog.dataset(name), root))


def build_constraint(name: str, root: Path, overlays: list[Path], assignments: list[str]) -> "Constraint":
    """Return a constraint for the configuration with files and assignments on top."""
    if name not in CONSTRAINTS:
        raise DomainError(f"unknown constraint {name!r}; choose one of {', '.join(CONSTRAINTS)}")
    config = load_config(root, overlays, assignments)
    # imported here, so that --help does not wait for numba
    if name == "stellar":
        from nudipole.constraints import stellar

        return stellar.build(config)
    if name == "supernova" or name.startswith("sn_"):
        from nudipole.constraints import supernova
        from nudipole.data.profile import read_profile

        return supernova.build(name, config, lambda path: read_profile(root / path))
    tables = bundled_tables(root, catalog_of(root, config))
    if name in ("bbn", "cmb"):
        from nudipole.constraints import cosmology

        return cosmology.build(name, config, tables)
    from nudipole.constraints import xenon1t

    return xenon1t.build(config, tables)
