"""Input tables: bundled with the project or downloaded from the provider, both ending in the same Parquet."""

from dataclasses import asdict


rule download:
    output:
        "results/originals/{dataset}",
    log:
        "results/logs/download_{dataset}.log",
    benchmark:
        "results/benchmarks/jobs/download_{dataset}.tsv"
    localrule: True
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=memory(500),
        runtime=minutes(10),
    params:
        source=lambda wildcards: asdict(CATALOG.dataset(wildcards.dataset).remote),
        config=sections(),
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
        priority: GATES
        localrule: True
        conda:
            "../../envs/environment.yaml"
        threads: 1
        resources:
            mem_mb=memory(700),
            runtime=minutes(10),
        params:
            root=os.path.relpath(ROOT),
            catalog=os.path.relpath(ROOT / ANALYSIS["data"]["catalog"]),
            datasets={dataset.name: is_remote(dataset) for dataset in members},
            registered=[dataset.sha256 for dataset in members],
            config=sections(),
            code=code("data_tables.py"),
        message:
            f"Reading and checking tables: {branch}"
        script:
            "../scripts/data_tables.py"
