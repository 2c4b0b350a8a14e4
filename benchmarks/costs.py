"""What a job pays before and beside its work, measured now: a process, its imports, loading kernels, reading, writing.

Each cost is wall and processor time of a process of its own, so that nothing is warm that is cold in a job.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PREAMBLE = "import sys, pickle; from snakemake.logging import logger; from snakemake.iocontainers import Snakemake"
"""What Snakemake puts before every script."""
NO_WORK = f"""
{PREAMBLE}
import runpy
try:
    import nudipole.provenance.job as job
    job.run_job = lambda snakemake, work: None
except ImportError:
    pass
runpy.run_path(sys.argv[1], init_globals={{"snakemake": None}})
"""
LOAD = """
import sys, time
from importlib import import_module
module = import_module(f"nudipole.warm_up.{sys.argv[1]}")
wall, cpu = time.perf_counter(), time.process_time()
module.compile_kernels()
print(time.perf_counter() - wall, time.process_time() - cpu)
"""
TABLES = """
import json, sys, tempfile, time
from pathlib import Path
import pyarrow.parquet as pq
from nudipole.provenance.tables import METADATA_KEY, TableInfo, read_table, write_table
found = {}
with tempfile.TemporaryDirectory(dir=sys.argv[1]) as folder:
    for path in map(Path, json.load(sys.stdin)):
        info = TableInfo(**json.loads(pq.read_schema(path).metadata[METADATA_KEY]))
        read_table(path)
        start = time.perf_counter()
        frame = read_table(path)
        middle = time.perf_counter()
        write_table(frame, Path(folder) / "table.parquet", info)
        found[str(path)] = middle - start, time.perf_counter() - middle
json.dump(found, sys.stdout)
"""


@dataclass(frozen=True)
class Cost:
    """Wall and processor time of the same thing."""

    wall_s: float
    cpu_s: float

    def beyond(self, other: "Cost") -> "Cost":
        """Return what is left without another cost, at least nothing."""
        return Cost(max(0.0, self.wall_s - other.wall_s), max(0.0, self.cpu_s - other.cpu_s))


def project_of(run: Path) -> Path:
    """Return where the sources of a run are: kernels in the cache belong to the files they were compiled from."""
    return run if (run / "workflow" / "scripts").is_dir() else ROOT


def environment(run: Path) -> dict[str, str]:
    """Return the environment of the jobs of a run: its own package and kernels, one thread."""
    from nudipole.kernel_cache import kernel_cache

    threads = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL", "NUMBA")}
    own = {
        "PYTHONPATH": str(project_of(run) / "workflow" / "src"),
        "NUMBA_CACHE_DIR": kernel_cache(run / ".snakemake" / "numba"),
    }
    return {**os.environ, **threads, **own}


def process_cost(arguments: list[str], variables: Mapping[str, str]) -> Cost:
    """Return the cost of a Python process from start to end."""
    start = time.perf_counter()
    process = subprocess.Popen([sys.executable, *arguments], env=variables, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    wall_s = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, arguments)
    return Cost(wall_s, usage.ru_utime + usage.ru_stime)


def median_cost(costs: Iterable[Cost]) -> Cost:
    """Return the medians of wall and processor time."""
    wall_s, cpu_s = zip(*((cost.wall_s, cost.cpu_s) for cost in costs), strict=True)
    return Cost(statistics.median(wall_s), statistics.median(cpu_s))


def start_cost(variables: Mapping[str, str], repeats: int) -> Cost:
    """Return the cost of a Python process with what Snakemake puts before every script."""
    return median_cost(process_cost(["-c", PREAMBLE], variables) for _ in range(repeats))


def snakemake_start(variables: Mapping[str, str], repeats: int) -> Cost:
    """Return the cost of Snakemake's own start, before its log begins."""
    return median_cost(process_cost(["-m", "snakemake", "--version"], variables) for _ in range(repeats))


def import_costs(scripts: Iterable[str], folder: Path, variables: Mapping[str, str], repeats: int) -> dict[str, Cost]:
    """Return what each script imports at its top, beyond the start of its process: the script is run without work."""
    start = start_cost(variables, repeats)
    return {
        script: median_cost(
            process_cost(["-c", NO_WORK, str(folder / script)], variables) for _ in range(repeats)
        ).beyond(start)
        for script in sorted(set(scripts))
    }


def loading_costs(branches: Iterable[str], variables: Mapping[str, str]) -> dict[str, Cost]:
    """Return the cost of loading all kernels of each branch from the cache: the second of two processes."""
    costs = {}
    for branch in sorted(set(branches)):
        for _ in range(2):
            printed = subprocess.run(
                [sys.executable, "-c", LOAD, branch], env=variables, check=True, capture_output=True, text=True
            ).stdout
        costs[branch] = Cost(*map(float, printed.split()))
    return costs


def table_seconds(tables: Iterable[str], run: Path, variables: Mapping[str, str]) -> dict[str, tuple[float, float]]:
    """Return the seconds to read and to write each Parquet table of a run, on the run's own disk."""
    paths = sorted({path for path in tables if path.endswith(".parquet")})
    with tempfile.TemporaryDirectory(dir=run / "results") as scratch:
        done = subprocess.run(
            [sys.executable, "-c", TABLES, scratch],
            cwd=run,
            env=variables,
            input=json.dumps(paths),
            check=True,
            capture_output=True,
            text=True,
        )
    return {path: (read_s, write_s) for path, (read_s, write_s) in json.loads(done.stdout).items()}
