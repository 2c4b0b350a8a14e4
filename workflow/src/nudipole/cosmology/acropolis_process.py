"""ACROPOLIS (arXiv:2011.06518, GPL-3) as another process: the package exchanges numbers with it and never imports it.

Only the standard library is imported here, because the workflow looks for the interpreter before it starts.
"""

import json
import logging
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from nudipole.errors import ConfigError, ConvergenceError

log = logging.getLogger("nudipole")

VERSION = "1.3.1"
"""The history is handed over by private attributes: another version would silently ignore it."""
RUNNER = Path("workflow/scripts/acropolis_run.py")
ENVIRONMENT = Path(".venv-acropolis/bin/python")
"""What `make env-acropolis` builds in the checkout."""
ASK_VERSION = "from importlib.metadata import version; print(version('acropolis'))"
HOW_TO = (
    "run `make env-acropolis`, name a Python that has it with photodisintegration.python, or let Snakemake build the "
    "environment of the rule with --software-deployment-method conda"
)


def installed_version(python: str | Path) -> str | None:
    """Return the version of ACROPOLIS that an interpreter has; None without it, or if it cannot be run."""
    try:
        asked = subprocess.run([str(python), "-I", "-c", ASK_VERSION], capture_output=True, text=True, check=False)
    except OSError:
        return None
    return asked.stdout.strip() if asked.returncode == 0 else None


def interpreter(named: str | None, root: Path) -> str:
    """Return a Python with ACROPOLIS: the one named, or this one (conda), or that of `make env-acropolis`.

    named: relative to the checkout `root`. ConfigError, which says how to install it, if there is none.
    """
    candidates = [sys.executable, str(root / ENVIRONMENT)] if named is None else [str(root / named)]
    found = {candidate: installed_version(candidate) for candidate in candidates}
    for candidate, version in found.items():
        if version == VERSION:
            return candidate
    described = "; ".join(f"{path} has {version or 'none'}" for path, version in found.items())
    raise ConfigError(
        f"photodisintegration.enabled = true needs ACROPOLIS {VERSION}, but {described}; {HOW_TO}, or set it to false"
    )


def ask(python: str, runner: Path, requests: Sequence[Mapping[str, object]]) -> list[dict[str, Any]]:
    """Return nuclei and status for each request; ConvergenceError with the end of its output if the process fails."""
    if not requests:
        return []
    with tempfile.TemporaryDirectory() as folder:
        request, answer = Path(folder) / "request.json", Path(folder) / "answer.json"
        request.write_text(json.dumps(list(requests)), encoding="utf-8")
        # -I: nothing of this package beside it
        command = [python, "-I", str(runner), str(request), str(answer)]
        outcome = subprocess.run(command, capture_output=True, text=True, check=False)
        for line in outcome.stdout.splitlines():
            log.info("ACROPOLIS: %s", line)
        if outcome.returncode or not answer.exists():
            raise ConvergenceError(f"ACROPOLIS ended with code {outcome.returncode}: {outcome.stderr[-500:]}")
        found: list[dict[str, Any]] = json.loads(answer.read_text(encoding="utf-8"))
        return found
