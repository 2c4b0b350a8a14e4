"""Archives: the same bytes twice, nothing stale in them, nothing out of their folder, and a description that fits."""

import json
import shutil
import tarfile
from pathlib import Path

import pytest

from nudipole.archive.content import CONFIG, NAME, content_of
from nudipole.archive.crate import METADATA
from nudipole.archive.tar import unpack
from nudipole.archive.verify import check_sums
from nudipole.archive.verify import main as verify
from nudipole.archive.write import write_archive
from nudipole.cli.main import main as nudipole
from nudipole.config.load import load_config
from nudipole.errors import DataError, StorageError
from nudipole.provenance.comparison import comparison
from nudipole.provenance.manifest import MANIFEST, manifest_of, project_digest

ROOT = Path(__file__).resolve().parents[2]
TABLE = "results/limits.parquet"


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project with the real configuration and two results of a run."""
    root = tmp_path / "project"
    for part in ("config", "workflow", "envs"):
        shutil.copytree(ROOT / part, root / part, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
    (root / "resources").mkdir()
    (root / "resources/table.csv").write_text("a\n1\n")
    for name in ("Snakefile", "README.md", "LICENSE", "CITATION.cff"):
        shutil.copy(ROOT / name, root / name)
    (root / "results/figures").mkdir(parents=True)
    (root / TABLE).write_bytes(b"a table")
    (root / "results/figures/mu.pdf").write_bytes(b"a figure")
    monkeypatch.chdir(root)
    write_manifest(root)
    return root


def write_manifest(root):
    config = {"analysis": load_config(root, [], [])}
    results = [Path(TABLE), Path("results/figures")]
    content = manifest_of(root, config, {"dataset": "0" * 64}, results)
    (root / MANIFEST).write_text(json.dumps(content))


def archived(root, target):
    write_archive(root, [], target)
    return target


def test_the_same_run_gives_the_same_bytes(project, tmp_path):
    one, two = (archived(project, tmp_path / name).read_bytes() for name in ("one.tar.gz", "two.tar.gz"))
    assert one == two


def test_an_archive_unpacks_to_what_was_packed(project, tmp_path):
    folder = unpack(archived(project, tmp_path / "a.tar.gz"), tmp_path / "new")
    assert folder.name == NAME
    assert (folder / TABLE).read_bytes() == b"a table"
    assert check_sums(folder) > 10
    assert load_config(folder, [folder / CONFIG], []) == load_config(project, [], [])


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda root: (root / TABLE).write_bytes(b"another"), "was changed"),
        (lambda root: (root / TABLE).unlink(), "is missing"),
        (lambda root: (root / "workflow/rules/data.smk").write_text(""), "rules/data.smk was edited"),
        (lambda root: (root / "Snakefile").write_text("rule all:"), "Snakefile was edited"),
        (lambda root: (root / MANIFEST).unlink(), "does not exist"),
        (lambda root: (root / MANIFEST).write_text("{"), "is no manifest"),
    ],
)
def test_what_does_not_belong_together_is_not_packed(project, tmp_path, damage, words):
    damage(project)
    with pytest.raises(DataError, match=words):
        archived(project, tmp_path / "a.tar.gz")
    assert not (tmp_path / "a.tar.gz").exists()


def test_another_configuration_is_named(project):
    config = load_config(project, [], ["grid.M_N_points=7"])
    with pytest.raises(DataError, match=r"grid\.M_N_points = 161, not 7|grid\.M_N_points = \d+, not 7"):
        content_of(project, config)


def test_a_result_that_names_its_folder(project, tmp_path):
    (project / TABLE).write_text(f"made in {project}")
    write_manifest(project)
    with pytest.raises(DataError, match="names the folder"):
        archived(project, tmp_path / "a.tar.gz")


@pytest.mark.parametrize("name", ["../outside", "/tmp/nudipole-outside", f"{NAME}/../../outside"])
def test_a_path_that_leads_out(tmp_path, name):
    archive = tmp_path / "bad.tar.gz"
    with tarfile.open(archive, "w:gz") as tar:
        tar.addfile(tarfile.TarInfo(name))
    with pytest.raises(DataError, match="leads out of its folder"):
        unpack(archive, tmp_path / "new")
    assert not (tmp_path / "outside").exists()


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE])
def test_a_link_or_a_device(tmp_path, kind):
    archive = tmp_path / "bad.tar.gz"
    with tarfile.open(archive, "w:gz") as tar:
        entry = tarfile.TarInfo(f"{NAME}/x")
        entry.type, entry.linkname = kind, "/etc/passwd"
        tar.addfile(entry)
    with pytest.raises(DataError, match="link or a device"):
        unpack(archive, tmp_path / "new")


def test_what_is_no_archive(tmp_path, capsys):
    (tmp_path / "text.tar.gz").write_text("text")
    assert verify([str(tmp_path / "text.tar.gz"), "--quick"]) == 1
    assert "cannot be unpacked" in capsys.readouterr().err
    (tmp_path / "full").mkdir()
    (tmp_path / "full/file").touch()
    with pytest.raises(StorageError, match="not empty"):
        unpack(tmp_path / "text.tar.gz", tmp_path / "full")


def test_an_altered_archive(project, tmp_path, capsys):
    folder = unpack(archived(project, tmp_path / "a.tar.gz"), tmp_path / "new")
    (folder / TABLE).write_bytes(b"another")
    altered = tmp_path / "b.tar.gz"
    with tarfile.open(altered, "w:gz") as tar:
        tar.add(folder, arcname=NAME)
    assert verify([str(altered), "--quick", "--directory", str(tmp_path / "c")]) == 1
    assert f"{TABLE} is not the file" in capsys.readouterr().err


def test_the_description(project, tmp_path):
    folder = unpack(archived(project, tmp_path / "a.tar.gz"), tmp_path / "new")
    graph = {node["@id"]: node for node in json.loads((folder / METADATA).read_text())["@graph"]}
    root, run = graph["./"], graph["#run"]
    parts = {part["@id"] for part in root["hasPart"]}
    present = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert parts == present - {METADATA}
    assert graph["Snakefile"]["@type"] == ["File", "SoftwareSourceCode", "ComputationalWorkflow"]
    assert {node["@id"] for node in run["result"]} == {name for name in present if name.startswith("results/")}
    assert {"@id": "resources/table.csv"} in run["object"]
    assert graph[TABLE]["sha256"] == json.loads((project / MANIFEST).read_text())["results_sha256"][TABLE]
    linked = {json.dumps(graph[name]["license"]) for name in (TABLE, "resources/table.csv")}
    assert linked == {'{"@id": "https://creativecommons.org/licenses/by/4.0/"}'}
    zenodo = json.loads((folder / ".zenodo.json").read_text())
    assert zenodo["creators"]
    assert zenodo["license"] == "BSD-3-Clause"


def test_the_comparison_of_runs(project, capsys):
    old = json.loads((project / MANIFEST).read_text())
    assert comparison(old, old) == (True, "all 2 results are the same bytes")
    new = json.loads(json.dumps(old))
    new["results_sha256"][TABLE] = "0" * 64
    new["packages"]["numpy"] = "1.0"
    new["config"]["analysis"]["grid"]["M_N_points"] = 7
    same, text = comparison(old, new)
    assert not same
    assert f"1 of 2 results differ\n  result {TABLE}: differs" in text
    assert f"package numpy: {old['packages']['numpy']}, then 1.0" in text
    assert "configuration analysis.grid.M_N_points: " in text
    assert nudipole(["compare", str(project), str(project / "results"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["same"] is True
    assert nudipole(["compare", str(project), str(project / "config")]) == 1


def test_the_digest_of_a_project_follows_its_files(project):
    before = project_digest(project)
    (project / "workflow/rules/__pycache__").mkdir()
    (project / "workflow/rules/__pycache__/x.pyc").write_bytes(b"compiled")
    assert project_digest(project) == before
    (project / "resources/table.csv").write_text("a\n2\n")
    assert project_digest(project) != before
