"""The page on detector records is the one made from the schema, and its worked examples work as they stand."""

import json
import re
import shutil
from pathlib import Path

import pytest

from nudipole.cli.main import main
from nudipole.config.detector_page import PAGE_PATH, page
from nudipole.config.detectors import DETECTOR_SCHEMA_PATH
from nudipole.config.load import read_yaml
from nudipole.data import register

ROOT = Path(__file__).resolve().parents[2]


def blocks() -> dict[str, str]:
    """Return the examples of the page by the file they belong to."""
    found = re.findall(r"```(?:yaml|csv)\n# (\S+)\n(.*?)```", (ROOT / PAGE_PATH).read_text(encoding="utf-8"), re.DOTALL)
    return dict(found)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name in ("config", "resources", "workflow/schemas"):
        shutil.copytree(ROOT / name, tmp_path / name)
    return tmp_path


def limit(capsys: pytest.CaptureFixture[str], project: Path, name: str, *more: str) -> float:
    words = ["limit", name, "--mass-MeV", "0.01", "--flavour", "effective", "--project", str(project), "--json", *more]
    assert main(words) == 0, capsys.readouterr().err
    return float(json.loads(capsys.readouterr().out)["excluded"][0]["low"])


def test_the_page_is_the_one_made_from_the_schema() -> None:
    assert (ROOT / PAGE_PATH).read_text(encoding="utf-8") == page(ROOT)
    for key in read_yaml(ROOT / DETECTOR_SCHEMA_PATH)["properties"]:
        assert f"| `{key}" in page(ROOT), key


def test_the_projection_of_the_page(capsys: pytest.CaptureFixture[str], project: Path) -> None:
    (project / "resources/detectors/xlzd.yaml").write_text(blocks()["xlzd.yaml"], encoding="utf-8")
    first = limit(capsys, project, "xlzd")
    # between DARWIN's 4.3e-12 and nothing; dominated by its background, the limit falls as exposure^(-1/4)
    assert 1e-12 < first < 6e-12
    more = [f"detectors.overrides.xlzd.{key}" for key in ("exposure_t_yr=9600", "backgrounds.background.scale=2908.8")]
    prior = "detectors.overrides.xlzd.backgrounds.background.prior_relative=null"
    fewer = limit(capsys, project, "xlzd", "--set", prior)
    longer = limit(capsys, project, "xlzd", "--set", prior, *(word for key in more for word in ("--set", key)))
    # exact where counts are Gaussian and the background is free: 16 times the exposure halves mu; 0.5 % for Poisson
    assert longer == pytest.approx(0.5 * fewer, rel=5e-3, abs=0)


def test_the_experiment_of_the_page(capsys: pytest.CaptureFixture[str], project: Path) -> None:
    (project / "resources/mine.csv").write_text(blocks()["mine.csv"], encoding="utf-8")
    catalog = project / "resources/catalog.yaml"
    catalog.write_text(
        catalog.read_text(encoding="utf-8").rstrip("\n") + "\n\n" + blocks()["catalog.yaml"], encoding="utf-8"
    )
    assert register.main([str(catalog), "mine"]) == 0
    capsys.readouterr()
    (project / "resources/detectors/mine.yaml").write_text(blocks()["mine.yaml"], encoding="utf-8")
    assert 1e-11 < limit(capsys, project, "mine") < 1e-9
