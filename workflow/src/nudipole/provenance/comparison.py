"""What differs between two manifests, in words."""

from collections.abc import Iterator, Mapping
from typing import Any

from nudipole.config.load import leaves

TITLES = {
    "results_sha256": "result",
    "inputs_sha256": "input",
    "code_sha256": "code",
    "locks_sha256": "lock",
    "packages": "package",
    "config": "configuration",
}
"""Parts of a manifest by what an entry of them is called."""
REASONS = tuple(TITLES)[1:]


def differences(old: Mapping[str, Any], new: Mapping[str, Any], part: str) -> Iterator[str]:
    """Yield what differs in one part of two manifests, an entry a line."""
    before, after = _entries(old, part), _entries(new, part)
    for name in sorted({*before, *after}):
        if name not in after:
            yield f"{TITLES[part]} {name}: only in the first"
        elif name not in before:
            yield f"{TITLES[part]} {name}: only in the second"
        elif before[name] != after[name]:
            digests = part.endswith("_sha256")
            yield f"{TITLES[part]} {name}: " + ("differs" if digests else f"{before[name]}, then {after[name]}")


def _entries(manifest: Mapping[str, Any], part: str) -> dict[str, Any]:
    content = manifest.get(part, {})
    return dict(leaves(content)) if part == "config" else dict(content)


def comparison(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[bool, str]:
    """Return whether all results of two runs are the same bytes, and the differences with what may be their reason."""
    results = list(differences(old, new, "results_sha256"))
    reasons: list[str] = []
    for part in REASONS:
        reasons += differences(old, new, part)
    count = len(old["results_sha256"])
    lines = [f"{len(results)} of {count} results differ"] if results else [f"all {count} results are the same bytes"]
    lines += [f"  {line}" for line in results]
    if reasons:
        lines += ["what they were made from differs:", *(f"  {line}" for line in reasons)]
    elif results:
        lines.append("inputs, configuration, code, locks and packages are the same")
    return not results, "\n".join(lines)
