"""Input tables: bundled with the project or downloaded from the provider, both ending in the same Parquet."""

from dataclasses import asdict


def is_remote(dataset):
    data = ANALYSIS["data"]
    chosen = data["source"] == "remote" or dataset.name in data["remote_datasets"]
    return chosen and dataset.remote is not None


def original(name):
    return f"results/originals/{name}"


def origin_file(dataset):
    """Return the file a dataset is read from: the download, or the bundled table."""
    return original(dataset.name) if is_remote(dataset) else os.path.relpath(ROOT / dataset.path)


localrules:
    download,


rule download:
    output:
        "results/originals/{dataset}",
    log:
        "results/logs/download_{dataset}.log",
    benchmark:
        "results/benchmarks/jobs/download_{dataset}.tsv"
    params:
        source=lambda wildcards: asdict(CATALOG.dataset(wildcards.dataset).remote),
        config=sections(),
        timeout_s=ANALYSIS["data"]["timeout_s"],
        retries=ANALYSIS["data"]["retries"],
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=300,
        runtime=10,
    message:
        "Downloading the original of {wildcards.dataset}"
    script:
        "../scripts/data_download.py"


# One job a branch: starting Python costs more than reading a few small tables.
for branch in sorted({dataset.branch for dataset in CATALOG.datasets}):
    members = CATALOG.of_branch(branch)

    rule:
        name:
            f"tables_{branch}"
        input:
            [origin_file(dataset) for dataset in members],
        output:
            data_tables(*(dataset.name for dataset in members)),
        log:
            f"results/logs/tables_{branch}.log",
        benchmark:
            f"results/benchmarks/jobs/tables_{branch}.tsv"
        params:
            root=os.path.relpath(ROOT),
            catalog=os.path.relpath(ROOT / ANALYSIS["data"]["catalog"]),
            datasets={dataset.name: is_remote(dataset) for dataset in members},
            registered=[dataset.sha256 for dataset in members],
            config=sections(),
            code=code("data_tables.py"),
        conda:
            "../../envs/environment.yaml"
        threads: 1
        resources:
            mem_mb=500,
            runtime=10,
        message:
            f"Reading and checking the tables of the branch {branch}"
        script:
            "../scripts/data_tables.py"
