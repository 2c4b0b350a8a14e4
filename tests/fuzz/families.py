"""What is fuzzed: one function a family, which takes a random number generator and handles one input.

Each may raise NudipoleError, whose message is then looked at; anything else that it raises is a finding.
"""

import io
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import yaml
from mutations import NASTY, damaged, mutated

from nudipole.cli.main import main
from nudipole.config import detectors, limits
from nudipole.config.figure_style import load_style
from nudipole.config.load import DEFAULT_PATH, SCHEMA_PATH, canonical, leaves, merge, parse_assignment, read_yaml
from nudipole.config.load import validate as validate_config
from nudipole.config.model import grid_config, solar_config, statistics_config
from nudipole.constraints.cosmology_inputs import cosmology_config
from nudipole.constraints.datasets import detector_datasets, solar_datasets
from nudipole.constraints.supernova_inputs import supernova_config
from nudipole.cosmology.scenario import scenarios_of
from nudipole.data.bundled import read_table as read_bundled
from nudipole.data.catalog import load_catalog
from nudipole.data.contract import check_contract
from nudipole.data.parsers import PARSERS
from nudipole.data.profile import read_profile
from nudipole.errors import NudipoleError
from nudipole.limits.points import column_problems, read_columns
from nudipole.plotting.own_curves import curve_from_csv
from nudipole.provenance.tables import read_info, read_table

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "tests/samples"


class Usage(NudipoleError):
    """The command line refused its arguments, with its usage; its message is argparse's."""


@cache
def schema(name: str) -> Any:
    """Return a schema of the project."""
    return read_yaml(ROOT / f"workflow/schemas/{name}.schema.yaml")


@cache
def files(pattern: str) -> tuple[Path, ...]:
    """Return files of the project, sorted."""
    return tuple(sorted(ROOT.glob(pattern)))


@cache
def content(path: Path) -> Any:
    """Return what a YAML file holds."""
    return read_yaml(path)


@cache
def folder() -> Path:
    """Return a folder for files that must exist to be read; in memory where there is such a place."""
    memory = Path("/dev/shm")
    return Path(tempfile.mkdtemp(prefix="nudipole-fuzz-", dir=memory if memory.is_dir() else None))


def written(name: str, data: bytes) -> Path:
    """Return the path of a file with these bytes."""
    path = folder() / name
    path.write_bytes(data)
    return path


def configuration(random: Random) -> None:
    """An overlay: a shipped one or all of the default, changed as a structure or as text; or `--set` words."""
    default, kind = content(ROOT / DEFAULT_PATH), random.random()
    if kind < 0.15:
        key = random.choice([path for path, _ in leaves(default)])
        value = random.choice(
            [str(random.choice(NASTY)), "[", "{a: b", "!!python/object:os.system x", "&a [*a]", "1e-3"]
        )
        overlay = parse_assignment(
            random.choice((f"{key}={value}", key, f"={value}", f"{key}.x={value}", f"a..b={value}"))
        )
    else:
        source = random.choice([*files("config/*.yaml"), ROOT / DEFAULT_PATH])
        data = source.read_bytes()
        if kind < 0.35:
            overlay = read_yaml(written("overlay.yaml", damaged(data, random)))
        else:
            overlay = mutated(content(source), random)
            if not isinstance(overlay, Mapping):
                overlay = {"grid": overlay}
    whole = validate_config(merge(default, overlay), read_yaml_once(SCHEMA_PATH))
    built_from(whole, default)


@cache
def read_yaml_once(path: Path) -> Any:
    """Return a YAML file of the project."""
    return read_yaml(ROOT / path)


@cache
def catalog() -> Any:
    """Return the catalogue of the project."""
    return load_catalog(ROOT / "resources/catalog.yaml")


def built_from(config: Mapping[str, Any], default: Mapping[str, Any]) -> None:
    """Make what the Snakefile and the jobs make from a valid configuration before they compute."""
    grid_config(config)
    solar_config(config)
    statistics_config(config)
    scenarios_of(config["cosmology"])
    cosmology_config(config)
    supernova_config(config)
    load_style(ROOT, config["figures"]["style"])
    for dataset in solar_datasets(config["solar"]["model"]):
        catalog().dataset(dataset)
    if config["detectors"] != default["detectors"] or config["statistics"] != default["statistics"]:
        records = detectors.load_records(ROOT, config)
        for name in config["detectors"]["experiments"]:
            variants = detectors.experiments(name, records)
            for dataset in detector_datasets(variants, config["statistics"], config["detectors"]["solar_spread"]):
                catalog().dataset(dataset)
    if config["limits"] != default["limits"]:
        limits.chosen_limits(limits.load_limits(ROOT, config), config)


def tables(random: Random) -> None:
    """A table in any of the forms that users and providers give: originals, CSV, Parquet, stars, curves."""
    random.choice((_original, _bundled, _parquet, _profile, _points, _curve))(random)


def _original(random: Random) -> None:
    samples = {
        "bahcall_pp_table": "pp_table.txt",
        "bahcall_two_columns": "two_columns.dat",
        "winter_b8": "b8_table.dat",
        "xenon1t_courtesy_counts": "counts.txt",
        "xenon1t_courtesy_efficiency": "efficiency.txt",
    }
    name = random.choice(sorted(samples))
    text = damaged((SAMPLES / samples[name]).read_bytes(), random).decode("utf-8", errors="replace")
    PARSERS[name](text)


def _bundled(random: Random) -> None:
    small = [dataset for dataset in catalog().datasets if (ROOT / dataset.path).stat().st_size < 20_000]
    dataset = random.choice(small)
    path = written("table.csv", damaged((ROOT / dataset.path).read_bytes(), random))
    check_contract(read_bundled(path, dataset), dataset)


@cache
def _parquet_bytes() -> bytes:
    import pandas as pd

    from nudipole.provenance.tables import TableInfo, write_table

    frame = pd.DataFrame({"M_N_MeV": [0.1 * i for i in range(300)], "edge": ["floor", "ceiling"] * 150})
    path = folder() / "whole.parquet"
    write_table(frame, path, TableInfo("a table", {"M_N_MeV": "MeV", "edge": "1"}))
    return path.read_bytes()


def _parquet(random: Random) -> None:
    path = written("table.parquet", damaged(_parquet_bytes(), random))
    read_table(path)
    read_info(path)


STAR = b"# a star\nr_km,T_MeV,rho_g_cm3,Y_e,mu_nue_MeV\n0.0,20.0,4.0e14,0.3,100.0\n10.0,30.0,1.0e14,0.2,50.0\n"


def _profile(random: Random) -> None:
    read_profile(written("star.csv", damaged(STAR, random)))


CURVE = b"# a curve\nM_N_MeV,mu_nu_muB\n0.01,1e-10\n0.1,2e-10\n1,3.5e-10\n"


def _points(random: Random) -> None:
    written("points.csv", damaged(CURVE, random))
    columns = read_columns("points.csv", folder())
    list(column_problems(columns))


def _curve(random: Random) -> None:
    text = damaged(CURVE, random).decode("utf-8", errors="replace")
    curve_from_csv(text, "mine.csv", "mine")


NUMBERS = (
    "1",
    "0",
    "-1",
    "nan",
    "inf",
    "1e400",
    "0.03",
    "1e-320",
    "x",
    "",
    "1e-12",
    "5",
    "1_0",
    "٣",
    "0x10",
    "9" * 5000,
)
WORDS = (
    *("evaluate", "limit", "spectrum", "history", "plot", "combine", "compare", "model", "convert", "info", "cite"),
    *("completion", "stellar", "xenonnt", "supernova", "bbn", "nothing", "all", "leptoquark", "bash", "zsh", "tcsh"),
    *(
        "--mass-MeV",
        "--mu-muB",
        "--json",
        "--help",
        "--version",
        "--project",
        "--flavour",
        "--set",
        "--config",
        "--quiet",
    ),
    *("--results", "--output", "--curve", "--variant", "--confidence-level", "--interval", "--unit", "--from", "--to"),
    *("mu", "e", "tau", "effective", "solar.model=x", "grid.M_N_points=3", "/etc/passwd", "/nonexistent", "..", "--"),
    *("-1", "-", "=", "\x1b[31m", "a\nb", "\udce9", "--mass-MeV=1", "--mu-muB=1e-10", "-h", "--progress", "pub_lep"),
)
STARTS = (
    ("convert",),
    ("info",),
    ("cite", "stellar"),
    ("evaluate", "stellar", "--mass-MeV", "0.03", "--mu-muB", "1e-11"),
    ("model", "leptoquark"),
    ("completion", "bash"),
    ("compare", "results", "results"),
    ("plot", "--results", "/nonexistent"),
    ("combine", "lz", "xenonnt", "--results", "/nonexistent"),
    (),
)
SLOW = ("limit", "all", "bbn", "supernova", "history", "spectrum", "xenonnt", "cosmology")
"""What would compute for seconds; such lines are only parsed."""


def command_line(random: Random) -> None:
    """Words that stand in a random order, or a good line with a few of them changed; kept from computing for long."""
    words = list(random.choice(STARTS))
    for _ in range(random.randrange(5)):
        word = random.choice(WORDS) if random.random() < 0.7 else random.choice(NUMBERS)
        place = random.randrange(len(words) + 1)
        if random.random() < 0.4 and place < len(words):
            words[place] = word
        else:
            words.insert(place, word)
    if "\x00" in "".join(words) or any(word in SLOW for word in words):
        words.append("--no-such-option")
    with _captured() as streams:
        try:
            status = main(words)
        except SystemExit as end:
            if end.code not in (0, 2):
                raise AssertionError(f"exit code {end.code}") from None
            raise Usage(streams[1].getvalue() or streams[0].getvalue()) from None
    if status not in (0, 1):
        raise AssertionError(f"exit code {status}")
    if status == 1:
        raise NudipoleError(streams[1].getvalue())


@contextmanager
def _captured() -> Iterator[tuple[io.StringIO, io.StringIO]]:
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        yield out, err


def records(random: Random) -> None:
    """A detector record or a published limit, changed as a structure or as text."""
    if random.random() < 0.6:
        _detector(random)
    else:
        _limit(random)


def _changed(path: Path, random: Random) -> Mapping[str, Any]:
    if random.random() < 0.2:
        return read_yaml(written("record.yaml", damaged(path.read_bytes(), random)))
    changed = mutated(content(path), random)
    if random.random() < 0.1:
        changed = read_yaml(written("record.yaml", yaml.safe_dump(changed).encode("utf-8", errors="replace")))
    return changed if isinstance(changed, Mapping) else {"label": changed}


@cache
def _detector_records() -> dict[str, Any]:
    return {path.stem: canonical(content(path)) for path in files("resources/detectors/*.yaml")}


def _detector(random: Random) -> None:
    path = random.choice(files("resources/detectors/*.yaml"))
    name = path.stem
    detectors.check_record(name, _changed(path, random), _detector_records(), schema("detector"))


def _limit(random: Random) -> None:
    path = random.choice(files("resources/limits/*.yaml"))
    limits.check_limit(path, _changed(path, random), ROOT, schema("limit"))


FAMILIES: Mapping[str, Callable[[Random], None]] = {
    "configuration": configuration,
    "tables": tables,
    "command_line": command_line,
    "records": records,
}
