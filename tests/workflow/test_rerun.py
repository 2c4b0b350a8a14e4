"""An edit reruns what it touches, and nothing else."""

import re
from pathlib import Path

import pytest
from workflow_runs import MINIMAL, Project

from nudipole.cosmology.acropolis_process import VERSION

pytestmark = pytest.mark.slow

AFTER_LIMITS = {
    "merge_limits",
    "parameter_space",
    "excess",
    "effective_moments",
    "report_pages",
    "pictures",
    "leptoquark",
    "explorer",
    "export_curves",
    "export_hepdata",
    "export_references",
    "manifest",
    "default",
}
OF_THE_REFERENCE = {"scorecard", "reproduced"}
FIGURES = {
    "parameter_space",
    "reproduced",
    "leptoquark",
    "excess",
    "pictures",
    "cosmology_pictures",
    "coverage",
    "detector_pictures",
    "supernova_pictures",
    "export_hepdata",
    "manifest",
    "default",
}
"""What draws, and the submission that has small copies of the figures."""
SOURCE = Path("workflow/src/nudipole")


def planned(project: Project, overlay: str = "") -> set[str]:
    """Return the rules a run would execute now, with a configuration on top."""
    extra = project.root / "overlay.yaml"
    extra.write_text(overlay)
    outcome = project.run("--dry-run", config=(MINIMAL, extra) if overlay else (MINIMAL,))
    assert outcome.code == 0, outcome.text
    assert outcome.planned or "Nothing to be done" in outcome.text
    return outcome.planned


def append(path: Path, line: str) -> None:
    path.write_text(path.read_text() + line + "\n")


def test_an_edit_of_stellar_cooling(rerun: Project) -> None:
    append(rerun.root / SOURCE / "stellar/emission.py", "# edited")
    assert planned(rerun) == {"kernels", "stellar_cooling", *OF_THE_REFERENCE, *AFTER_LIMITS}


def test_an_edit_of_the_likelihood(rerun: Project) -> None:
    append(rerun.root / SOURCE / "likelihood/scan.py", "# edited")
    rules = planned(rerun)
    assert {
        "kernels",
        "detector",
        "detector_pictures",
        "coverage",
        "merge_limits",
        "parameter_space",
        "manifest",
    } <= rules
    assert not {rule for rule in rules if rule.startswith(("stellar", "tables", "solar"))}


def test_an_edit_of_the_plotting(rerun: Project) -> None:
    append(rerun.root / SOURCE / "plotting/save.py", "# edited")
    assert planned(rerun) == FIGURES


def test_a_change_of_one_stellar_number(rerun: Project) -> None:
    assert planned(rerun, "stellar: {mu_0_muB: 3.0e-12}") == {"stellar_cooling", *AFTER_LIMITS}


def test_a_new_published_limit(rerun: Project) -> None:
    folder = rerun.root / "resources/limits"
    text = (folder / "lep.yaml").read_text()
    (folder / "mine.yaml").write_text(text)
    # the reference set-up has it as well, and the scorecard is made from all its limits
    assert planned(rerun) == {"published_limits", *OF_THE_REFERENCE, *AFTER_LIMITS}
    (folder / "mine.yaml").unlink()
    assert planned(rerun) == set()
    append(folder / "lep.csv", "# edited")
    assert "lep.csv was altered" in rerun.run("--dry-run").text
    lines = [line for line in text.splitlines() if "sha256" not in line]
    (folder / "lep.yaml").write_text("\n".join(lines))
    assert planned(rerun) == {"published_limits", *OF_THE_REFERENCE, *AFTER_LIMITS}


@pytest.mark.parametrize(
    "overlay",
    [
        "data: {timeout_s: 5.0, retries: 7}",
        "# a comment\ngrid: {}",
        "# the value it has, named in a file that is read first\nstellar: {mu_0_muB: null}",
    ],
)
def test_what_cannot_change_a_result_reruns_nothing(rerun: Project, overlay: str) -> None:
    append(rerun.root / MINIMAL, "# a comment")
    assert planned(rerun, overlay) == set()


ACROPOLIS = {"photodisintegration_kernels", "photodisintegration_part", "photodisintegration"}


def with_acropolis(folder: Path) -> Path:
    """Return an interpreter that says it has ACROPOLIS: a dry run needs no more."""
    path = folder / "python"
    path.write_text(f"#!/bin/sh\necho {VERSION}\n")
    path.chmod(0o755)
    return path


def test_photodisintegration_reruns_nothing_else(rerun: Project, tmp_path: Path) -> None:
    python = with_acropolis(tmp_path)
    assert planned(rerun) == set()
    assert planned(rerun, "photodisintegration: {jobs: 3, He3_D_max: 1.0}") <= {
        "scorecard",
        "report_pages",
        "manifest",
        "default",
    }
    # the manifest lists the new files
    overlay = f"photodisintegration: {{enabled: true, python: {python}}}"
    assert planned(rerun, overlay) == ACROPOLIS | {"manifest", "default"}


def test_an_initial_state_has_its_own_parts(rerun: Project, tmp_path: Path) -> None:
    overlay = rerun.root / "overlay.yaml"
    target = "results/cosmology/photodisintegration.parquet"
    python = with_acropolis(tmp_path)
    overlay.write_text(f"photodisintegration: {{enabled: true, python: {python}, initial: [thermal], jobs: 3}}")
    outcome = rerun.run("--dry-run", "--directory", str(rerun.root), target, config=(MINIMAL, overlay))
    assert outcome.code == 0, outcome.text
    assert outcome.planned == ACROPOLIS
    assert sorted(re.findall(r"Photodisintegration: (\S+), part (\d)", outcome.text)) == [
        ("thermal", str(part)) for part in range(3)
    ]


def test_the_number_of_jobs_changes_no_byte(rerun: Project) -> None:
    table = "results/cosmology/bbn.parquet"
    before = (rerun.root / table).read_bytes()
    overlay = rerun.root / "overlay.yaml"
    overlay.write_text("cosmology: {jobs: 3}")
    outcome = rerun.run("--directory", str(rerun.root), table, config=(MINIMAL, overlay))
    assert outcome.code == 0, outcome.text
    assert (rerun.root / table).read_bytes() == before
    assert len(list((rerun.root / "results/cosmology/parts").glob("decoupled_*.parquet"))) == 3


def test_one_more_variant_of_the_supernova(rerun: Project) -> None:
    """The surfaces of the other variants stay; that of the new one, the edges and what follows are made."""
    overlay = "supernova: {variants: [criterion=emissivity, profile.T_c_MeV=40, R_far_km=1000]}"
    rules = planned(rerun, overlay)
    # the comparison with the paper is of the reference set-up, which pins its variants
    assert {"supernova_surface", "supernova_limits", *AFTER_LIMITS} - {"pictures"} <= rules
    assert not {rule for rule in rules if rule.startswith(("cosmology_s", "stellar", "detector", "kernels"))}


def test_an_edit_of_the_supernova(rerun: Project) -> None:
    append(rerun.root / SOURCE / "supernova/decays.py", "# edited")
    rules = planned(rerun)
    assert {"supernova_surface", "supernova_limits", "supernova_details", *AFTER_LIMITS} <= rules
    assert not {rule for rule in rules if rule.startswith(("cosmology_s", "stellar", "detector"))}
