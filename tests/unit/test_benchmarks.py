"""The harness of the benchmarks: what it writes, how it averages, fits and divides. No time is asserted here."""

import json
from base64 import urlsafe_b64encode
from datetime import datetime
from os import utime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from benchmarks import growth, plan, record, run, workflow
from benchmarks.collect import FIELDS, as_markdown, collect, merged
from benchmarks.costs import Cost
from benchmarks.finished_run import NoRunError, covered_s, read_run
from benchmarks.growth import Growth, fitted
from benchmarks.overhead import (
    CAUSES,
    IDLE,
    IMPORTS,
    KERNELS,
    LOADING,
    SNAKEMAKE,
    STARTS,
    TABLES,
    Measured,
    as_table,
    overhead_lines,
)
from benchmarks.record import Effort, Record, interleaved_seconds

from nudipole.provenance.tables import TableInfo, write_table
from nudipole.report.pages import picture_and_tables_page

START = datetime(2026, 1, 2, 3, 4, 5, 250000).astimezone()


def row(name: str = "rate", alternative: str = "quad", ours_s: float = 0.5) -> dict[str, object]:
    values = (name, "one point", ours_s, alternative, 2.0, 2.0 / ours_s, 1e-9)
    return dict(zip(FIELDS, values, strict=True))


def test_the_harness_writes_the_contract(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    efforts: list[Effort] = []

    def measured(name: str, effort: Effort) -> list[Record]:
        efforts.append(effort)
        return [Record(name, "one point", 0.5, "quad", 2.0, 1e-9)]

    monkeypatch.setattr(run, "run_benchmark", measured)
    run.main(["--only", "rate", "plasmon", "--quick", "--output", str(tmp_path)])
    rows = json.loads((tmp_path / "benchmarks.json").read_text())
    assert [found["name"] for found in rows] == ["plasmon", "rate"]
    assert rows[1] == row()
    assert list(rows[0]) == ["name", "case", "ours_s", "alternative", "alternative_s", "ratio", "relative_error"]
    assert efforts == [record.QUICK] * 2
    assert "| rate | one point | 0.5 | quad | 2 | 4 | 1e-09 |" in (tmp_path / "benchmarks.md").read_text()


def test_every_benchmark_can_be_run_by_name() -> None:
    assert {"rate", "plasmon", "likelihood", "bbn", "supernova", "detectors"} <= set(run.benchmark_names())


def test_both_sides_are_timed_in_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(record, "_calls", lambda function: 1)
    called: list[str] = []
    interleaved_seconds(lambda: called.append("ours"), lambda: called.append("theirs"), 3)
    assert called == ["ours", "theirs"] * 4, "one call each that is not counted, then three rounds"
    called.clear()
    interleaved_seconds(lambda: called.append("ours"), lambda: called.append("theirs"), 2, is_slow=True)
    assert called.count("theirs") == 2


def test_times_are_medians_per_unit_of_work(monkeypatch: pytest.MonkeyPatch) -> None:
    seconds = iter([1.0, 40.0, 9.0, 10.0, 1.5, 20.0])
    monkeypatch.setattr(record, "_calls", lambda function: 1)
    monkeypatch.setattr(record, "_seconds", lambda function, calls: next(seconds))
    found = record.compare("n", "c", lambda: 0, "a", lambda: 0, 0.0, Effort(rounds=3), units=(3, 10))
    assert (found.ours_s, found.alternative_s, found.ratio) == (0.5, 2.0, 4.0)


def test_parts_of_two_environments_make_one_table(tmp_path: Path) -> None:
    (tmp_path / "parts").mkdir()
    own, peers = [row(ours_s=0.5)], [row(ours_s=0.25), row("BBN", "primat")]
    (tmp_path / "parts/rate.json").write_text(json.dumps(own))
    (tmp_path / "parts/bbn-peers.json").write_text(json.dumps(peers))
    collect(tmp_path)
    found = json.loads((tmp_path / "benchmarks.json").read_text())
    assert found == [row("BBN", "primat"), row(ours_s=0.5)], "this environment's row wins"
    assert merged([peers, own])[1]["ours_s"] == 0.25
    assert merged([]) == []
    assert as_markdown([]).startswith("| name |")


def test_the_picture_is_made_and_the_same_each_time(tmp_path: Path) -> None:
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts/rate.json").write_text(json.dumps([row(), row(alternative="Gauss")]))
    table = {"branch": "toys", "points": [10, 100], "seconds": [0.1, 1.0], "exponent": 1.0}
    (tmp_path / "scaling.json").write_text(json.dumps([table]))
    text = collect(tmp_path)
    assert "## Scaling" in text
    assert "## The whole workflow" not in text, "it was not measured"
    svg = (tmp_path / "benchmarks.svg").read_bytes()
    assert b"rate: Gauss" in svg
    assert b"toys: exponent 1.00" in svg
    assert (tmp_path / "benchmarks.png").stat().st_size > 1000
    collect(tmp_path)
    assert (tmp_path / "benchmarks.svg").read_bytes() == svg


def test_the_page_holds_picture_and_tables() -> None:
    page = picture_and_tables_page("Speed & more", b"<svg/>", {"a < b": pd.DataFrame([row()])})
    assert 'src="data:image/svg+xml;base64,PHN2Zy8+"' in page
    assert "<h2>a &lt; b</h2>" in page
    assert "<td>one point</td>" in page


@pytest.mark.parametrize("true", [Growth(0.3, 2e-4, 1.3), Growth(0.0, 1e-3, 0.5), Growth(2.0, 1e-5, 1.0)])
def test_the_exponent_of_exact_times_is_found(true: Growth) -> None:
    points = [10, 100, 1000, 10_000, 100_000]
    found = fitted(points, [true.seconds(n) for n in points])
    # the search over the exponent ends within 1e-5; the fixed cost is lost where it is a part in 1e5
    assert found.exponent == pytest.approx(true.exponent, abs=1e-3)
    assert found.fixed_s == pytest.approx(true.fixed_s, abs=1e-4, rel=1e-2)
    assert found.seconds(3000) == pytest.approx(true.seconds(3000), rel=1e-3, abs=0)


def test_noise_of_ten_percent_moves_the_exponent_little() -> None:
    points, rng = [100, 1000, 10_000, 100_000], np.random.default_rng(1)
    times = [Growth(0.01, 1e-4, 1.0).seconds(n) * rng.normal(1.0, 0.1) for n in points]
    # 0.1/ln(10) over three decades: 0.03 for one standard deviation
    assert fitted(points, times).exponent == pytest.approx(1.0, abs=0.1)


def test_two_sizes_do_not_tell_an_exponent() -> None:
    assert fitted([10, 20], [1.0, 8.0]).exponent == 1.0


def test_sizes_that_would_take_too_long_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(growth, "_seconds", lambda function, n: 1e-3 * n)
    sizes, seconds = growth.measured(lambda n: None, [10, 100, 1000, 10_000], budget_s=1.5)
    assert sizes == [10, 100, 1000]
    assert seconds == [0.01, 0.1, 1.0]


def test_storage_is_counted_in_rows_of_the_tables(tmp_path: Path) -> None:
    for number, name in enumerate(["a", "b"]):
        path = tmp_path / f"results/likelihood/{name}.parquet"
        frame = pd.DataFrame({"delta_chi2": np.random.default_rng(number).standard_normal(10_000)})
        write_table(frame, path, TableInfo("noise", {"delta_chi2": "1"}))
    (found,) = workflow.storage_of(tmp_path)
    assert (found["table"], found["rows"]) == ("likelihood", 20_000)
    # eight bytes a double, which zstd cannot shorten, and at most half of that for the places in a dictionary
    assert 8.0 < found["bytes_per_row"] < 12.0


@pytest.fixture
def finished(tmp_path: Path) -> Path:
    """A run of ten seconds on two cores: compilation, then two jobs of a detector side by side, then a figure."""
    for name in (".snakemake/metadata", ".snakemake/log", "results/benchmarks/jobs/reference"):
        (tmp_path / name).mkdir(parents=True)
    log = tmp_path / ".snakemake/log" / f"{START:%Y-%m-%dT%H%M%S.%f}.snakemake.log"
    log.touch()
    utime(log, (START.timestamp() + 10.0,) * 2)
    kernels, table = "results/kernels/detectors.json", "results/limits/lz.parquet"
    job(tmp_path, "kernels", "kernels_detectors", [], [kernels], (1.0, 3.0), "300")
    job(tmp_path, "detector", "detector_lz", [kernels], [table, "results/fits/lz.parquet"], (3.0, 8.0), "400")
    other = "results/reference/limits/lz.parquet"
    job(tmp_path, "detector", "reference/detector_lz", [kernels], [other], (3.0, 7.0), "NA")
    job(tmp_path, "figure", "figure", [table], ["results/figures/lz.png"], (8.0, 9.0), "200")
    job(tmp_path, "old", "old", [], ["results/old.md"], (-500.0, -499.0), "200")
    return tmp_path


def job(
    folder: Path, rule: str, name: str, read: list[str], made: list[str], span: tuple[float, float], rss: str
) -> None:
    """Write down a job as Snakemake does; it lasts a tenth of a second longer than its script."""
    start, end = (START.timestamp() + moment for moment in span)
    content = {"rule": rule, "input": read, "log": [f"results/logs/{name}.log"], "starttime": start, "endtime": end}
    content["code"] = f'        "../scripts/{rule}.py"\n'
    for output in made:
        coded = urlsafe_b64encode(output.encode()).decode()
        (folder / ".snakemake/metadata" / coded).write_text(json.dumps(content))
    seconds = span[1] - span[0] - 0.1
    lines = f"s\tmax_rss\tcpu_time\n{seconds}\t{rss}\t{0.9 * seconds if rss != 'NA' else 'NA'}\n"
    (folder / f"results/benchmarks/jobs/{name}.tsv").write_text(lines)


MEASURED = Measured(
    start=Cost(0.2, 0.1),
    snakemake=Cost(1.5, 1.2),
    imports={"kernels.py": Cost(0.4, 0.4), "detector.py": Cost(0.5, 0.5), "figure.py": Cost(5.0, 5.0)},
    loading={"detectors": Cost(0.3, 0.2)},
    tables_s={"results/limits/lz.parquet": (0.01, 0.02)},
)


def test_a_finished_run_is_read_without_the_one_before(finished: Path) -> None:
    found = read_run(finished)
    names = ["kernels_detectors", "detector_lz", "reference/detector_lz", "figure"]
    assert [job.name for job in found.jobs] == names
    assert found.wall_s == pytest.approx(10.0, abs=1e-3)
    assert found.busy_s == pytest.approx(8.0, abs=1e-6)
    assert [job.work for job in found.jobs] == ["compilation", "numbers", "numbers", "plotting"]
    assert found.jobs[1].branches == ("detectors",)
    assert sorted(found.jobs[1].outputs) == ["results/fits/lz.parquet", "results/limits/lz.parquet"]
    assert found.jobs[2].cpu_s == found.jobs[2].script_s, "too short to be sampled"


def test_causes_sum_up_to_the_run(finished: Path) -> None:
    found = read_run(finished)
    lines = {line.cause: line for line in overhead_lines(found, MEASURED, cores=2)}
    assert list(lines) == list(CAUSES)
    # exact but for rounding of times since the epoch, 2e-7 s each
    assert sum(line.wall_s for line in lines.values()) == pytest.approx(10.0 + 1.5, abs=1e-3)
    assert lines[STARTS].core_s == pytest.approx(4 * 0.2)
    # what a figure imports now takes longer than all of its job did: it gets the job and no more
    assert lines[IMPORTS].core_s == pytest.approx(0.4 + 0.5 + 0.5 + (0.9 - 0.2), abs=1e-5)
    assert lines["plotting"].core_s == pytest.approx(0.0, abs=1e-9)
    assert lines[LOADING].core_s == pytest.approx(0.6)
    assert lines[TABLES].core_s == pytest.approx(0.02)
    assert lines[KERNELS].core_s == pytest.approx(4.9 + 3.9 - 2 * (0.2 + 0.5 + 0.3) - 0.02, abs=1e-5)
    assert lines[SNAKEMAKE].wall_s == pytest.approx(2.0 + 1.5, abs=1e-3)
    assert lines[IDLE].core_s == pytest.approx(16.0 - 12.0, abs=1e-5)
    assert "| overhead: all but kernels |" in as_table(lines.values())


def test_a_folder_without_a_run_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NoRunError, match="run the workflow"):
        read_run(tmp_path)


def test_intervals_that_overlap_count_once() -> None:
    assert covered_s([(3.0, 4.0), (0.0, 2.0), (1.0, 1.5), (1.0, 2.5)]) == 3.5
    assert covered_s([]) == 0.0


def test_memory_is_that_of_the_largest_job(finished: Path) -> None:
    rows = {found["rule"]: found for found in workflow.memory_of(finished)}
    assert set(rows) == {"kernels", "detector", "figure"}
    assert (rows["detector"]["jobs"], rows["detector"]["peak_MB"]) == (2, 400.0)
    assert rows["detector"]["longest_s"] == pytest.approx(4.9)


def test_scenarios_start_from_what_they_say(tmp_path: Path) -> None:
    files = [".snakemake/numba/kernel", ".snakemake/metadata/job", "results/limits.parquet", str(workflow.EDITED)]
    for name in files:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("code\n")
    left = []
    for scenario in workflow.SCENARIOS[::-1]:
        workflow.prepared(tmp_path, scenario)
        left.append([(tmp_path / name).exists() for name in files])
        if scenario.edited:
            break
        for name in files[:3]:
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text("code\n")
    assert left == [
        [False, False, False, True],
        [True, False, False, True],
        [True, False, False, True],
        [True, True, True, True],
    ]
    assert (tmp_path / workflow.EDITED).read_text() == "code\n# edited\n"
    assert (workflow.ROOT / workflow.EDITED).is_file()


REFERENCE = {
    "point_s": {"likelihood evaluations": 1e-5, "detector templates": 4e-3, "BBN points": 0.1},
    "job_start_s": {"likelihood evaluations": 2.0, "BBN points": 200.0},
    "bytes_per_row": {"likelihood": 50.0, "cosmology/parts": 60.0},
    "peak_MB": {"detector": 400.0, "cosmology_surface": 300.0},
}


def test_a_plan_adds_up() -> None:
    likelihood, nucleosynthesis = (plan.cost_of(campaign, REFERENCE) for campaign in plan.CAMPAIGNS)
    # 10^9 profiles and 250 000 masses of 4 ms are 11 000 s of work, in 500 jobs for memory that each lose two seconds
    assert (likelihood.jobs, likelihood.points_per_job) == (500, 2e6)
    assert likelihood.core_hours == pytest.approx(12_000 / 3600)
    assert likelihood.wall_hours == pytest.approx(5 * 24 / 3600), "five rounds on a hundred cores"
    assert likelihood.storage_GB == 50.0
    # a thousand seconds of work a job are left: 100 jobs, one round; two rows a point
    assert (nucleosynthesis.jobs, nucleosynthesis.points_per_job) == (100, 10_000)
    assert nucleosynthesis.overhead == pytest.approx(1 / 6)
    assert nucleosynthesis.wall_hours == pytest.approx(1200 / 3600)
    assert nucleosynthesis.storage_GB == pytest.approx(0.12)


def test_the_page_on_cost_shows_the_reference() -> None:
    page = (plan.ROOT / "docs/use/cost.md").read_text()
    assert plan.as_table(json.loads(plan.REFERENCE.read_text())) in page
