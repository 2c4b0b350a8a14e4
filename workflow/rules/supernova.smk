"""Supernovae: surfaces of the configuration and of each of its variants, then their edges and pictures."""

SUPERNOVA_PICTURES = [
    "supernova_luminosity",
    "supernova_production",
    "supernova_mean_free_path",
    "supernova_variants",
    "supernova_decays",
    "supernova_reach",
]


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
    priority: GATES
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=memory(1000),
        runtime=minutes(5),
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
    priority: GATES
    localrule: True
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=memory(1100),
        runtime=minutes(10),
    params:
        config=sections("grid", "flavours", "supernova"),
        variants=supernova_variants,
        code=code("supernova_limits.py"),
    message:
        "Supernova: edges of all bounds and variants"
    script:
        "../scripts/supernova_limits.py"


rule supernova_details:
    input:
        profile_of(SETUPS[""]),
        kernels=kernels_of("supernova"),
    output:
        production="results/supernova/production.parquet",
        mean_free_path="results/supernova/mean_free_path.parquet",
        reach="results/supernova/reach.parquet",
    log:
        "results/logs/supernova_details.log",
    benchmark:
        "results/benchmarks/jobs/supernova_details.tsv"
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=memory(900),
        runtime=minutes(5),
    params:
        config=sections("grid", "flavours", "supernova", "figures"),
        code=code("supernova_details.py"),
    message:
        "Supernova: production, mean free paths, reach of low-energy supernovae"
    script:
        "../scripts/supernova_details.py"


rule supernova_pictures:
    input:
        surface="results/supernova/sn1987a.parquet",
        limits="results/limits/supernova.parquet",
        production="results/supernova/production.parquet",
        mean_free_path="results/supernova/mean_free_path.parquet",
        reach="results/supernova/reach.parquet",
        published=data_tables("published_curves_brdar2020"),
    output:
        [
            report(
                f"results/figures/steps/{name}.png",
                caption=f"../report/{name}.rst",
                category="Supernova",
                labels={"picture": name},
            )
            for name in SUPERNOVA_PICTURES
        ],
        [f"results/figures/steps/{name}.pdf" for name in SUPERNOVA_PICTURES],
    log:
        "results/logs/supernova_pictures.log",
    benchmark:
        "results/benchmarks/jobs/supernova_pictures.tsv"
    localrule: True
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=memory(1200),
        runtime=minutes(10),
    params:
        config=sections("flavours"),
        code=code("supernova_pictures.py"),
    message:
        "Drawing the supernova"
    script:
        "../scripts/supernova_pictures.py"
