"""Pictures of the early universe."""

COSMOLOGY_PICTURES = {
    "history": "history.rst",
    "abundances": "abundances.rst",
    "cosmology_maps": "cosmology_maps.rst",
    "cosmology_family": "cosmology_family.rst",
}


rule cosmology_history:
    input:
        data_tables(*datasets.COSMOLOGY),
        kernels=kernels_of("cosmology"),
    output:
        history="results/cosmology/history.parquet",
        abundances="results/cosmology/abundances.parquet",
    log:
        "results/logs/cosmology_history.log",
    benchmark:
        "results/benchmarks/jobs/cosmology_history.tsv"
    localrule: True
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=memory(900),
        runtime=minutes(10),
    params:
        config=sections("grid", "flavours", "statistics", "cosmology", "figures"),
        code=code("cosmology_history.py"),
    message:
        "Cosmology: history and abundances of one point"
    script:
        "../scripts/cosmology_history.py"


rule cosmology_pictures:
    input:
        history="results/cosmology/history.parquet",
        abundances="results/cosmology/abundances.parquet",
        surfaces="results/cosmology/bbn.parquet",
        limits="results/limits/cosmology.parquet",
        reference="results/reference/limits/cosmology.parquet",
        published=data_tables("published_curves_brdar2020"),
    output:
        [
            report(
                f"results/figures/steps/{name}.png",
                caption=f"../report/{caption}",
                category="Early universe",
                labels={"picture": name},
            )
            for name, caption in COSMOLOGY_PICTURES.items()
        ],
        [f"results/figures/steps/{name}.pdf" for name in COSMOLOGY_PICTURES],
    log:
        "results/logs/cosmology_pictures.log",
    benchmark:
        "results/benchmarks/jobs/cosmology_pictures.tsv"
    localrule: True
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=memory(1100),
        runtime=minutes(10),
    params:
        config=sections("cosmology", "figures"),
        code=code("cosmology_pictures.py"),
    message:
        "Drawing the early universe"
    script:
        "../scripts/cosmology_pictures.py"
