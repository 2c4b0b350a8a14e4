"""The providers' originals, downloaded from a server on 127.0.0.1, end in the same tables as the bundled ones."""

import hashlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import yaml
from workflow_runs import MINIMAL, ROOT, Project, half_written

from nudipole.data.catalog import Dataset, load_catalog
from nudipole.data.parsers import XENON1T_SR1_EXPOSURE_T_YR

pytestmark = pytest.mark.slow

RAW = ROOT.parent / "shared/data/raw"
CATALOG = load_catalog(ROOT / "resources/catalog.yaml")
REMOTE = [dataset for dataset in CATALOG.datasets if dataset.remote]


def rows_of(dataset: Dataset) -> list[list[str]]:
    lines = [line for line in (ROOT / dataset.path).read_text().splitlines() if not line.startswith("#")]
    return [line.split(",") for line in lines[1:]]


def built_original(dataset: Dataset) -> str:
    """Return the bundled numbers in the provider's format."""
    assert dataset.remote is not None
    rows = rows_of(dataset)
    match dataset.remote.parser:
        case "bahcall_two_columns":
            filler = [["0", "0"]] * (dataset.remote.every - 1)
            table = [row for kept in rows for row in (*filler, kept)]
        case "bahcall_pp_table":
            quarter = len(rows) // 4
            table = [[cell for k in range(4) for cell in rows[i + k * quarter]] for i in range(quarter)]
        case "winter_b8":
            table = [[row[0], *(str(Decimal(cell) * 1000) for cell in row[1:])] for row in rows]
        case "xenon1t_courtesy_counts":
            rates = [repr(int(row[2]) / XENON1T_SR1_EXPOSURE_T_YR) for row in rows]
            table = [[repr(float(row[0]) + 0.5), rate, "0"] for row, rate in zip(rows, rates, strict=True)]
        case "xenon1t_courtesy_efficiency":
            table = [[row[0], "0", "0", row[1], "0", "0"] for row in rows]
        case parser:
            raise AssertionError(f"no way back from {parser}")
    separator = "," if dataset.remote.parser.startswith("xenon1t") else " "
    return "\n".join(separator.join(row) for row in table) + "\n"


def originals() -> dict[str, bytes]:
    """Return the providers' files where we have them, the same numbers in their format where not."""
    files = (path.read_bytes() for path in RAW.rglob("*") if path.is_file()) if RAW.is_dir() else ()
    known = {hashlib.sha256(content).hexdigest(): content for content in files}
    return {d.name: known.get(d.remote.sha256) or built_original(d).encode() for d in REMOTE if d.remote}


@dataclass
class Provider:
    """The server, what it serves by dataset, and what was asked for."""

    address: str
    served: dict[str, bytes]
    asked: list[str]

    def catalogue(self, path: Path) -> Path:
        """Write a catalogue that points here."""
        content = yaml.safe_load((ROOT / "resources/catalog.yaml").read_text())
        files = originals()
        for entry in content["datasets"]:
            if entry["remote"]:
                digest = hashlib.sha256(files[entry["name"]]).hexdigest()
                entry["remote"].update(url=f"{self.address}/{entry['name']}", sha256=digest)
        path.write_text(yaml.safe_dump(content, sort_keys=False))
        return path


@pytest.fixture
def provider() -> Iterator[Provider]:
    served, asked = originals(), []

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            pass

        def do_GET(self) -> None:
            name = self.path.strip("/")
            asked.append(name)
            self.send_response(200 if name in served else 404)
            self.send_header("Content-Length", str(len(served.get(name, b""))))
            self.end_headers()
            self.wfile.write(served.get(name, b""))

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield Provider(f"http://127.0.0.1:{server.server_port}", served, asked)
        server.shutdown()


TABLES = [f"results/data/{dataset.name}.parquet" for dataset in CATALOG.datasets]


def overlay(folder: Path, catalogue: Path, **data: object) -> Path:
    path = folder / "remote.yaml"
    path.write_text(yaml.safe_dump({"data": {"source": "remote", "catalog": str(catalogue), **data}}))
    return path


def test_downloads_end_in_the_bundled_tables(finished: Project, provider: Provider, tmp_path: Path) -> None:
    catalogue = provider.catalogue(tmp_path / "catalog.yaml")
    work = tmp_path / "work"
    config = (MINIMAL, overlay(tmp_path, catalogue))
    here = ("--directory", str(work))
    outcome = finished.run(*here, *used_tables(finished), config=config)
    assert outcome.code == 0, outcome.text
    assert sorted(provider.asked) == sorted(dataset.name for dataset in REMOTE)
    for name in used_tables(finished):
        assert (work / name).read_bytes() == (finished.root / name).read_bytes(), name

    patient = (MINIMAL, overlay(tmp_path, catalogue, timeout_s=5.0, retries=7))
    again = finished.run(*here, *used_tables(finished), config=patient)
    assert "Nothing to be done" in again.text


def used_tables(finished: Project) -> list[str]:
    return [name for name in TABLES if (finished.root / name).is_file()]


def test_a_missing_original_stops_its_branch_only(finished: Project, provider: Provider, tmp_path: Path) -> None:
    name = "b8_spectrum_winter2006"
    del provider.served[name]
    catalogue = provider.catalogue(tmp_path / "catalog.yaml")
    work = tmp_path / "work"
    outcome = finished.run(
        "--directory", str(work), *used_tables(finished), config=(MINIMAL, overlay(tmp_path, catalogue))
    )
    assert outcome.code != 0
    told = f"dataset '{name}': {provider.address}/{name} could not be fetched: the server answers 404 Not Found"
    assert told in outcome.text
    assert "Use data.source: bundled" in outcome.text
    assert not (work / f"results/originals/{name}").exists()
    assert not half_written(work)
    assert (work / "results/data/xenon1t_sr1_efficiency.parquet").is_file()
    assert (work / "results/data/published_points_brdar2020.parquet").is_file()
    assert not (work / "results/data/solar_fluxes.parquet").exists()
