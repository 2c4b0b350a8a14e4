"""Direct detection: expected rates, likelihood surfaces, limits and favoured regions."""

from nudipole.constraints import datasets

XENON1T_INPUT = ["results/{setup}sources/moments.parquet", *data_tables(*datasets.XENON1T)]
XENON1T_SECTIONS = sections("grid", "flavours", "solar", "detectors", "statistics", "numerics")


rule xenon1t_rates:
    input:
        XENON1T_INPUT,
        kernels=kernels_of("detectors"),
    output:
        "results/{setup}rates/xenon1t.parquet",
    log:
        "results/logs/{setup}xenon1t_rates.log",
    benchmark:
        "results/benchmarks/jobs/{setup}xenon1t_rates.tsv"
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=20,
    params:
        config=XENON1T_SECTIONS,
        code=code("xenon1t_rates.py"),
    message:
        "XENON1T: signal events per bin"
    script:
        "../scripts/xenon1t_rates.py"


rule xenon1t_likelihood:
    input:
        "results/{setup}rates/xenon1t.parquet",
        XENON1T_INPUT,
        kernels=kernels_of("detectors"),
    output:
        "results/{setup}likelihood/xenon1t.parquet",
    log:
        "results/logs/{setup}xenon1t_likelihood.log",
    benchmark:
        "results/benchmarks/jobs/{setup}xenon1t_likelihood.tsv"
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=20,
    params:
        config=XENON1T_SECTIONS,
        code=code("xenon1t_likelihood.py"),
    message:
        "XENON1T: profile likelihood on the (M_N, mu_nu) grid"
    script:
        "../scripts/xenon1t_likelihood.py"


rule xenon1t_limits:
    input:
        XENON1T_INPUT,
        kernels=kernels_of("detectors"),
    output:
        "results/{setup}limits/xenon1t.parquet",
    log:
        "results/logs/{setup}xenon1t_limits.log",
    benchmark:
        "results/benchmarks/jobs/{setup}xenon1t_limits.tsv"
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=20,
    params:
        config=XENON1T_SECTIONS,
        code=code("xenon1t_limits.py"),
    message:
        "XENON1T: limits and favoured regions"
    script:
        "../scripts/xenon1t_limits.py"
