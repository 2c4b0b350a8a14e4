"""Pictures of the detectors, for the report: folded spectra, nuisances, and the likelihood over the plane."""

EXPERIMENTS = ANALYSIS["detectors"]["experiments"]
DETECTOR_PICTURES = ["spectrum", "pulls", "likelihood"]


rule detector_pictures:
    input:
        spectra=expand("results/spectra/{experiment}.parquet", experiment=EXPERIMENTS),
        fits=expand("results/fits/{experiment}.parquet", experiment=EXPERIMENTS),
        likelihood=expand("results/likelihood/{experiment}.parquet", experiment=EXPERIMENTS),
        limits=expand("results/limits/{experiment}.parquet", experiment=EXPERIMENTS),
    output:
        [
            report(
                f"results/figures/steps/{experiment}_{name}.png",
                caption=f"../report/{name}.rst",
                category="Detectors",
                labels={"experiment": experiment, "picture": name},
            )
            for experiment in EXPERIMENTS
            for name in DETECTOR_PICTURES
        ],
        [f"results/figures/steps/{experiment}_{name}.pdf" for experiment in EXPERIMENTS for name in DETECTOR_PICTURES],
    log:
        "results/logs/detector_pictures.log",
    benchmark:
        "results/benchmarks/jobs/detector_pictures.tsv"
    localrule: True
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=memory(1200),
        runtime=minutes(10),
    params:
        config=sections("flavours", "statistics"),
        records={name: records_of(name, RECORDS[""]) for name in EXPERIMENTS},
        code=code("detector_pictures.py"),
    message:
        "Drawing spectra, nuisances and likelihoods of the detectors"
    script:
        "../scripts/detector_pictures.py"


rule excess:
    input:
        "results/limits.parquet",
    output:
        table="results/excess.parquet",
        png=report(
            "results/figures/steps/excess.png",
            caption="../report/excess.rst",
            category="Detectors",
            labels={"experiment": "all", "picture": "excess"},
        ),
        pdf="results/figures/steps/excess.pdf",
    log:
        "results/logs/excess.log",
    benchmark:
        "results/benchmarks/jobs/excess.tsv"
    localrule: True
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=memory(1000),
        runtime=minutes(10),
    params:
        config=sections("flavours"),
        code=code("excess.py"),
    message:
        "What later experiments leave of the XENON1T excess"
    script:
        "../scripts/excess.py"
