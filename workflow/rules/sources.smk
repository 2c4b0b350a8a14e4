"""Solar neutrinos: flux moments per component and mode."""


rule kernels:
    output:
        "results/kernels.json",
    log:
        "results/logs/kernels.log",
    benchmark:
        "results/benchmarks/jobs/kernels.tsv"
    # the longest job that others wait for
    priority: 1
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=800,
        runtime=10,
    params:
        config=sections(),
        code=code("kernels.py"),
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
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=800,
        runtime=10,
    params:
        config=sections("solar", "numerics"),
        code=code("solar_moments.py"),
    message:
        "Solar flux moments with {params.config[solar][model]}"
    script:
        "../scripts/solar_moments.py"
