"""Solar neutrinos: flux moments per component and mode."""


# One job a branch, and no ancient() on its output: Snakemake does not look for changes behind a job that runs.
rule kernels:
    input:
        # the detectors use the kernels of the sources, and two jobs that compile the same one can mix up the cache
        lambda wildcards: [kernels_of("sources")] if wildcards.branch == "detectors" else [],
    output:
        kernels_of("{branch}"),
    log:
        "results/logs/kernels_{branch}.log",
    benchmark:
        "results/benchmarks/jobs/kernels_{branch}.tsv"
    # the longest job that others wait for
    priority: GATES + 1
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=memory(1100),
        runtime=minutes(10),
    params:
        config=sections(),
        code=lambda wildcards: code_digest(WORKFLOW / f"src/nudipole/warm_up/{wildcards.branch}.py"),
    message:
        "Compiling kernels: {wildcards.branch}"
    script:
        "../scripts/kernels.py"


rule solar_moments:
    input:
        solar_tables,
        kernels=kernels_of("sources"),
    output:
        "results/{setup}sources/moments.parquet",
    log:
        "results/logs/{setup}solar_moments.log",
    benchmark:
        "results/benchmarks/jobs/{setup}solar_moments.tsv"
    priority: GATES
    localrule: True
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=memory(800),
        runtime=minutes(10),
    params:
        config=sections("solar", "numerics"),
        code=code("solar_moments.py"),
    message:
        "Solar flux moments with {params.config[solar][model]}"
    script:
        "../scripts/solar_moments.py"
