"""What every workflow script does around its work: a log, provenance, and a clear end on an error."""

import ctypes
import logging
import signal
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from nudipole import __version__
from nudipole.errors import NudipoleError
from nudipole.provenance.compiled import compile_once
from nudipole.provenance.digest import config_digest, file_sha256
from nudipole.provenance.tables import TableInfo, check_table, read_info

if TYPE_CHECKING:
    from snakemake.iocontainers import Snakemake

log = logging.getLogger("nudipole")

PROJECT = Path(__file__).resolve().parents[4]
"""The folder with Snakefile and resources that this package stands in."""


def input_digests(snakemake: "Snakemake") -> dict[str, str]:
    """Return the sha256 of every input file of a job, by its path in the working directory or in the project."""
    digests = {_place_of(path): file_sha256(Path(path)) for path in map(str, snakemake.input)}
    return dict(sorted(digests.items()))


def _place_of(path: str) -> str:
    """Return the path of a file; that of a project's own from its folder, wherever the working directory is."""
    resolved = Path(path).resolve()
    own = resolved.is_relative_to(PROJECT) and not resolved.is_relative_to(Path.cwd().resolve())
    return resolved.relative_to(PROJECT).as_posix() if own else path


def check_inputs(snakemake: "Snakemake") -> None:
    """Raise DataError if a table the job reads is not as it was written: the job would give other numbers."""
    for path in sorted({str(path) for path in snakemake.input}):
        if path.endswith(".parquet"):
            check_table(Path(path))


def table_info(snakemake: "Snakemake", title: str, units: dict[str, str], citations: tuple[str, ...] = ()) -> TableInfo:
    """Return the provenance of a table a job writes: its citations are its own and those of its inputs."""
    config = dict(snakemake.params.config)
    tables = (Path(path) for path in sorted({str(p) for p in snakemake.input}) if path.endswith(".parquet"))
    inherited = (citation for path in tables for citation in read_info(path)["citations"])
    all_citations = tuple(dict.fromkeys([*citations, *inherited]))
    return TableInfo(title, units, all_citations, input_digests(snakemake), config, config_digest(config))


def end_with_snakemake() -> None:
    """Let Linux kill this job when Snakemake is killed: left alone, it would write beside the run that resumes."""
    set_parent_death_signal = 1
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGKILL, 0, 0, 0)


def run_job(snakemake: "Snakemake", work: Callable[["Snakemake"], None]) -> None:
    """Run a script's work with its log file; an error ends the job with its message in log and on screen."""
    end_with_snakemake()
    # a log that the disk has no room for must not hide what the job itself has to say
    logging.raiseExceptions = False
    handler = logging.FileHandler(str(snakemake.log[0]), mode="w", encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    log.setLevel(logging.INFO)
    log.addHandler(handler)
    log.info("nudipole %s, rule %s, configuration %s", __version__, snakemake.rule, dict(snakemake.params.config))
    start = time.perf_counter()
    try:
        check_inputs(snakemake)
        if kernels := getattr(snakemake.input, "kernels", None):
            compile_once(Path(kernels).stem)
        work(snakemake)
    except NudipoleError as error:
        log.error("%s", error)
        sys.exit(f"nudipole: rule {snakemake.rule}: {error}")
    except MemoryError as error:
        log.error("%s", traceback.format_exc())
        sys.exit(
            f"nudipole: rule {snakemake.rule}: out of memory ({error or 'no more is given'}); let it have more, or run "
            f"fewer jobs at a time (--cores 1), and run again"
        )
    except KeyboardInterrupt:
        sys.exit(f"nudipole: rule {snakemake.rule}: interrupted")
    except Exception:
        log.error("%s", traceback.format_exc())
        raise
    log.info("done in %.2f s", time.perf_counter() - start)
