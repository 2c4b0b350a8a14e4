"""Supernovae: surfaces of the configuration and of each of its variants, then their edges."""


rule supernova_surface:
    input:
        supernova_profile,
        kernels=kernels_of("supernova"),
    output:
        "results/{setup}supernova/parts/{variant}.parquet",
    log:
        "results/logs/{setup}supernova_{variant}.log",
    benchmark:
        "results/benchmarks/jobs/{setup}supernova_{variant}.tsv"
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=800,
        runtime=20,
    params:
        config=supernova_sections,
        code=code("supernova_surface.py"),
    message:
        "Supernova: {wildcards.variant}"
    script:
        "../scripts/supernova_surface.py"


rule supernova_limits:
    input:
        supernova_parts,
    output:
        surface="results/{setup}supernova/sn1987a.parquet",
        limits="results/{setup}limits/supernova.parquet",
    log:
        "results/logs/{setup}supernova_limits.log",
    benchmark:
        "results/benchmarks/jobs/{setup}supernova_limits.tsv"
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=800,
        runtime=10,
    params:
        config=sections("grid", "flavours", "supernova"),
        variants=supernova_variants,
        code=code("supernova_limits.py"),
    message:
        "Supernova: edges of all bounds and variants"
    script:
        "../scripts/supernova_limits.py"
