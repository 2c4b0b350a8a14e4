"""The early universe: surfaces by initial state and mass range, then limits as their contours."""

COSMOLOGY_SECTIONS = sections("grid", "flavours", "statistics", "cosmology")


rule cosmology_surface:
    input:
        data_tables(*datasets.COSMOLOGY),
        kernels=kernels_of("cosmology"),
    output:
        "results/{setup}cosmology/parts/{scenario}_{part}.parquet",
    log:
        "results/logs/{setup}cosmology_{scenario}_{part}.log",
    benchmark:
        "results/benchmarks/jobs/{setup}cosmology_{scenario}_{part}.tsv"
    priority: GATES
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=memory(900),
        runtime=minutes(10),
    params:
        config=COSMOLOGY_SECTIONS,
        parts=lambda wildcards: surface_parts(wildcards.setup, wildcards.scenario),
        code=code("cosmology_surface.py"),
    message:
        "Cosmology: {wildcards.scenario}, mass range {wildcards.part}"
    script:
        "../scripts/cosmology_surface.py"


rule cosmology_bbn:
    input:
        surface_files,
    output:
        "results/{setup}cosmology/bbn.parquet",
    log:
        "results/logs/{setup}cosmology_bbn.log",
    benchmark:
        "results/benchmarks/jobs/{setup}cosmology_bbn.tsv"
    priority: GATES
    localrule: True
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=memory(900),
        runtime=minutes(10),
    params:
        config=COSMOLOGY_SECTIONS,
        code=code("cosmology_bbn.py"),
    message:
        "Cosmology: all surfaces in one table"
    script:
        "../scripts/cosmology_bbn.py"


rule cosmology_limits:
    input:
        data_tables(*datasets.COSMOLOGY),
        surfaces="results/{setup}cosmology/bbn.parquet",
        kernels=kernels_of("cosmology"),
    output:
        "results/{setup}limits/cosmology.parquet",
    log:
        "results/logs/{setup}cosmology_limits.log",
    benchmark:
        "results/benchmarks/jobs/{setup}cosmology_limits.tsv"
    priority: GATES
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=memory(1000),
        runtime=minutes(20),
    params:
        config=COSMOLOGY_SECTIONS,
        code=code("cosmology_limits.py"),
    message:
        "Cosmology: limits from nucleosynthesis and from N_eff"
    script:
        "../scripts/cosmology_limits.py"


rule alp_check:
    input:
        data_tables(*datasets.COSMOLOGY, "published_alp_limits"),
        kernels=kernels_of("cosmology"),
    output:
        "results/cosmology/alp.parquet",
    log:
        "results/logs/alp_check.log",
    benchmark:
        "results/benchmarks/jobs/alp_check.tsv"
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=memory(900),
        runtime=minutes(20),
    params:
        config=sections("statistics", "cosmology"),
        code=code("alp_check.py"),
    message:
        "Cosmology: the solver on an axion-like particle, against published limits"
    script:
        "../scripts/alp_check.py"
