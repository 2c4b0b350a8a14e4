"""Photodisintegration by ACROPOLIS, off by default: `photodisintegration: {enabled: true}` after `make env-acropolis`."""


rule photodisintegration_part:
    input:
        data_tables(*datasets.COSMOLOGY),
        surfaces="results/cosmology/bbn.parquet",
        kernels=kernels_of("cosmology"),
        lock=os.path.relpath(ROOT / "envs/requirements-acropolis.txt"),
    output:
        "results/cosmology/photodisintegration/{scenario}_{part}.parquet",
    log:
        "results/logs/photodisintegration_{scenario}_{part}.log",
    benchmark:
        "results/benchmarks/jobs/photodisintegration_{scenario}_{part}.tsv"
    conda:
        "../../envs/acropolis.yaml"
    threads: 1
    resources:
        mem_mb=1500,
        runtime=120,
    params:
        config=sections("grid", "flavours", "statistics", "cosmology", "photodisintegration"),
        parts=lambda wildcards: ANALYSIS["photodisintegration"]["jobs"],
        python=lambda wildcards: ANALYSIS["photodisintegration"]["python"],
        code=code("photodisintegration_part.py"),
        runner=file_sha256(WORKFLOW / "scripts/acropolis_run.py"),
    message:
        "Photodisintegration: {wildcards.scenario}, part {wildcards.part}"
    script:
        "../scripts/photodisintegration_part.py"


rule photodisintegration:
    input:
        photodisintegration_parts,
    output:
        table="results/cosmology/photodisintegration.parquet",
        png=report(
            "results/figures/steps/photodisintegration.png",
            caption="../report/photodisintegration.rst",
            category="Early universe",
            labels={"picture": "photodisintegration"},
        ),
        pdf="results/figures/steps/photodisintegration.pdf",
    log:
        "results/logs/photodisintegration.log",
    benchmark:
        "results/benchmarks/jobs/photodisintegration.tsv"
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=800,
        runtime=10,
    params:
        config=sections("cosmology", "photodisintegration"),
        code=code("photodisintegration.py"),
    message:
        "Photodisintegration: table and picture"
    script:
        "../scripts/photodisintegration.py"
