"""The merge of all curves into one table, and the comparison with the published ones."""


rule published_limits:
    input:
        curves=data_tables(*datasets.PUBLISHED_CURVES),
        records=lambda wildcards: limit_paths(wildcards.setup, records=True),
        points=lambda wildcards: limit_paths(wildcards.setup, records=False),
    output:
        limits="results/{setup}limits/published.parquet",
        sources="results/{setup}limits/published_sources.parquet",
    log:
        "results/logs/{setup}published_limits.log",
    benchmark:
        "results/benchmarks/jobs/{setup}published_limits.tsv"
    priority: GATES
    localrule: True
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=memory(700),
        runtime=minutes(10),
    params:
        config=sections("flavours", "limits"),
        code=code("published_limits.py"),
    message:
        "Published limits in the columns of the limits table"
    script:
        "../scripts/published_limits.py"


rule merge_limits:
    input:
        limit_files,
    output:
        "results/{setup}limits.parquet",
    log:
        "results/logs/{setup}merge_limits.log",
    benchmark:
        "results/benchmarks/jobs/{setup}merge_limits.tsv"
    priority: GATES
    localrule: True
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=memory(900),
        runtime=minutes(10),
    params:
        config=sections(
            *("grid", "flavours", "solar", "detectors", "statistics"),
            *("stellar", "supernova", "cosmology", "limits", "numerics"),
        ),
        code=code("merge_limits.py"),
    message:
        "Merging all constraints into one table"
    script:
        "../scripts/merge_limits.py"


rule scorecard:
    input:
        limits="results/reference/limits.parquet",
        published=data_tables("published_curves_brdar2020", "published_points_brdar2020"),
    output:
        table="results/scorecard.parquet",
        page="results/scorecard.md",
    log:
        "results/logs/scorecard.log",
    benchmark:
        "results/benchmarks/jobs/scorecard.tsv"
    localrule: True
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=memory(800),
        runtime=minutes(10),
    params:
        config=lambda wildcards: {"reference": physics(SETUPS["reference/"])},
        code=code("scorecard.py"),
    message:
        "Comparing the reference set-up with the published curves"
    script:
        "../scripts/scorecard.py"


rule effective_moments:
    input:
        "results/limits.parquet",
    output:
        table="results/effective_moments.parquet",
        page="results/effective_moments.md",
    log:
        "results/logs/effective_moments.log",
    benchmark:
        "results/benchmarks/jobs/effective_moments.tsv"
    localrule: True
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=memory(900),
        runtime=minutes(10),
    params:
        config=sections("flavours"),
        published={name: PUBLISHED_MOMENTS[name] for name in ANALYSIS["detectors"]["experiments"]},
        code=code("effective_moments.py"),
    message:
        "Effective moments beside the published ones"
    script:
        "../scripts/effective_moments.py"
