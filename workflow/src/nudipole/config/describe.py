"""Write config/README.md from the schema and the default values: `python -m nudipole.config.describe [PROJECT]`."""

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from nudipole.config.load import DEFAULT_PATH, SCHEMA_PATH, choices, read_yaml, type_words

README_PATH = Path("config/README.md")

HEADER = """# Configuration

`config.yaml` is the analysis as we recommend it, `minimal.yaml` the same graph on coarse grids, `reference.yaml` the
choices of arXiv:2007.15563 (run by the default target into `results/reference/` for the scorecard).

Every file given with `--configfile` (Snakemake) or `--config` (`nudipole`) is laid over `config.yaml`, and so are
single keys: `snakemake --config solar='{model: BS05-OP}'`, `nudipole ... --set solar.model=BS05-OP`. Unknown keys and
values out of range stop the run before any job starts; `python -m nudipole.config.load my.yaml` checks a file alone.

`statistics` applies to the detectors, its confidence level also to cosmology unless `cosmology.limits` names another;
the confidence level of stellar cooling is that of `stellar.mu_0_muB`.

This page is made from `workflow/schemas/config.schema.yaml` by `python -m nudipole.config.describe`.
"""


def _rows(schema: Mapping[str, Any], defaults: Any, path: str) -> Iterator[str]:
    for key, rule in schema["properties"].items():
        full = f"{path}.{key}" if path else key
        value = defaults.get(key) if isinstance(defaults, Mapping) else None
        if rule.get("type") == "object" and rule["properties"]:
            yield from _rows(rule, value, full)
        else:
            yield f"| `{full}` | {_shown(value)} | {allowed(rule)} | {rule.get('unit', '')} | {rule['description']} |"


def _shown(value: Any) -> str:
    if isinstance(value, float) and (value >= 1e3 or value < 1e-2):
        return f"`{value:g}`"
    return "(not set)" if value is None else f"`{str(value).lower() if isinstance(value, bool) else value}`"


def allowed(rule: Mapping[str, Any]) -> str:
    """Return what a rule of a schema allows, in words."""
    if "items" in rule and rule["items"].get("enum"):
        return "list of " + ", ".join(rule["items"]["enum"])
    if "enum" in rule:
        return choices(rule["enum"])
    signs = {"minimum": ">=", "exclusiveMinimum": ">", "maximum": "<=", "exclusiveMaximum": "<"}
    inner = rule.get("items", rule)
    bounds = " and ".join(f"{sign} {inner[key]:g}" for key, sign in signs.items() if key in inner)
    return f"{type_words(rule['type'])}{' of numbers' if inner is not rule and bounds else ''} {bounds}".strip()


def configuration_page(schema: Mapping[str, Any], defaults: Mapping[str, Any]) -> str:
    """Return the page: one table a section, one row a key."""
    parts = [HEADER]
    for section, rule in schema["properties"].items():
        table = {"properties": {section: rule}}
        parts.append(f"\n## {section}\n\n{rule['description']}.\n\n| key | default | allowed | unit | meaning |")
        parts.append("|---|---|---|---|---|")
        parts += list(_rows(table, defaults, ""))
    return "\n".join(parts) + "\n"


def page_of_project(root: Path) -> str:
    """Return the page for the schema and defaults of a project folder."""
    return configuration_page(read_yaml(root / SCHEMA_PATH), read_yaml(root / DEFAULT_PATH))


if __name__ == "__main__":
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path()
    (folder / README_PATH).write_text(page_of_project(folder), encoding="utf-8")
