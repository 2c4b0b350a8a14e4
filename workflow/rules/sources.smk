"""Solar neutrinos: flux moments per component and mode."""

from nudipole.constraints import datasets


def solar_tables(wildcards):
    return data_tables(*datasets.solar_datasets(SETUPS[wildcards.setup]["solar"]["model"]))


rule kernels:
    output:
        "results/kernels.json",
    log:
        "results/logs/kernels.log",
    benchmark:
        "results/benchmarks/jobs/kernels.tsv"
    params:
        config=sections(),
        code=code("kernels.py"),
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=800,
        runtime=10,
    message:
        "Compiling the numba kernels"
    script:
        "../scripts/kernels.py"


rule solar_moments:
    input:
        solar_tables,
        # only the compiled kernels count, not when they were made
        kernels=ancient(rules.kernels.output),
    output:
        "results/{setup}sources/moments.parquet",
    log:
        "results/logs/{setup}solar_moments.log",
    benchmark:
        "results/benchmarks/jobs/{setup}solar_moments.tsv"
    params:
        config=sections("solar", "numerics"),
        code=code("solar_moments.py"),
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=800,
        runtime=10,
    message:
        "Solar flux moments with {params.config[solar][model]}"
    script:
        "../scripts/solar_moments.py"
