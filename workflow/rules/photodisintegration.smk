"""Photodisintegration by ACROPOLIS, off by default: `photodisintegration: {enabled: true}` after `make env-acropolis`."""


rule photodisintegration_kernels:
    input:
        lock=os.path.relpath(ROOT / "envs/requirements-acropolis.txt"),
    output:
        kernels_of("acropolis"),
    log:
        "results/logs/photodisintegration_kernels.log",
    benchmark:
        "results/benchmarks/jobs/photodisintegration_kernels.tsv"
    conda:
        "../../envs/acropolis.yaml"
    threads: 1
    resources:
        mem_mb=memory(1500),
        runtime=minutes(20),
    params:
        config=sections(),
        code=code("photodisintegration_kernels.py"),
        runner=file_sha256(ROOT / RUNNER),
    message:
        "Photodisintegration: compiling ACROPOLIS"
    script:
        "../scripts/photodisintegration_kernels.py"


rule photodisintegration_part:
    input:
        data_tables(*datasets.COSMOLOGY),
        surfaces="results/cosmology/bbn.parquet",
        kernels=kernels_of("cosmology"),
        acropolis=kernels_of("acropolis"),
        lock=os.path.relpath(ROOT / "envs/requirements-acropolis.txt"),
    output:
        "results/cosmology/photodisintegration/{scenario}_{part}.parquet",
    log:
        "results/logs/photodisintegration_{scenario}_{part}.log",
    # `snakemake --cache` shares finished parts between working directories; such a rule may have no benchmark, its log has
    # the time of every point
    cache: "omit-software"
    conda:
        "../../envs/acropolis.yaml"
    threads: 1
    resources:
        mem_mb=memory(1500),
        runtime=minutes(120),
    params:
        config=photodisintegration_sections,
        # the key of the cache has no wildcards
        scenario=lambda wildcards: wildcards.scenario,
        part=lambda wildcards: int(wildcards.part),
        parts=ANALYSIS["photodisintegration"]["jobs"],
        code=code("photodisintegration_part.py"),
        runner=file_sha256(ROOT / RUNNER),
    message:
        "Photodisintegration: {wildcards.scenario}, part {wildcards.part}"
    script:
        "../scripts/photodisintegration_part.py"


rule photodisintegration:
    input:
        parts=photodisintegration_parts,
        limits="results/limits/cosmology.parquet",
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
    localrule: True
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=memory(800),
        runtime=minutes(10),
    params:
        config=sections("cosmology", "photodisintegration"),
        code=code("photodisintegration.py"),
    message:
        "Photodisintegration: table and picture"
    script:
        "../scripts/photodisintegration.py"
