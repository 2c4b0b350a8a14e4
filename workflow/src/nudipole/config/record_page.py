"""The keys of a kind of record as a table: one row a key of its schema."""

from collections.abc import Iterator, Mapping
from typing import Any

from nudipole.config.describe import allowed

TABLE_HEAD = """| key | allowed | unit | meaning |
|---|---|---|---|
"""


def key_table(schema: Mapping[str, Any]) -> str:
    """Return the table of all keys in Markdown."""
    return TABLE_HEAD + "\n".join(_rows(schema, "")) + "\n"


def _rows(schema: Mapping[str, Any], path: str) -> Iterator[str]:
    for key, rule in schema.get("properties", {}).items():
        full = f"{path}.{key}" if path else key
        by_name, entries = rule.get("additionalProperties"), rule.get("items", {})
        if isinstance(by_name, Mapping) and by_name.get("properties"):
            yield f"| `{full}` | a section by name | | {rule['description']} |"
            yield from _rows(by_name, f"{full}.<name>")
        elif entries.get("properties"):
            yield f"| `{full}` | a list of sections | | {rule['description']} |"
            yield from _rows(entries, f"{full}[]")
        else:
            if not rule.get("properties") or rule["type"] != "object":
                yield f"| `{full}` | {allowed(rule)} | {rule.get('unit', '')} | {rule['description']} |"
            yield from _rows(rule, full)
