"""Pictures of the intermediate steps, for the report."""

PICTURES = {
    "solar": ("solar.rst", "Solar neutrinos"),
    "cooling": ("cooling.rst", "Stellar cooling"),
    "ratios": ("ratios.rst", "Comparison"),
    "alp": ("alp.rst", "Early universe"),
}


rule pictures:
    input:
        moments="results/sources/moments.parquet",
        cooling="results/stellar/cooling.parquet",
        reference="results/reference/limits.parquet",
        published=data_tables("published_curves_brdar2020", "published_points_brdar2020"),
        alp="results/cosmology/alp.parquet",
        alp_published=data_tables("published_alp_limits"),
    output:
        [
            report(
                f"results/figures/steps/{name}.png",
                caption=f"../report/{caption}",
                category=category,
                labels={"picture": name},
            )
            for name, (caption, category) in PICTURES.items()
        ],
        [f"results/figures/steps/{name}.pdf" for name in PICTURES],
    log:
        "results/logs/pictures.log",
    benchmark:
        "results/benchmarks/jobs/pictures.tsv"
    localrule: True
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=memory(1000),
        runtime=minutes(10),
    params:
        config=sections("solar", "stellar"),
        code=code("pictures.py"),
    message:
        "Drawing the intermediate steps"
    script:
        "../scripts/pictures.py"
