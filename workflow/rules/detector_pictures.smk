"""Pictures of the detectors, for the report: folded spectra, nuisances, and the likelihood over the plane."""

DETECTOR_PICTURES = ["spectrum", "pulls", "likelihood"]


rule detector_pictures:
    input:
        spectra="results/spectra/{experiment}.parquet",
        fits="results/fits/{experiment}.parquet",
        likelihood="results/likelihood/{experiment}.parquet",
        limits="results/limits/{experiment}.parquet",
    output:
        [
            report(
                f"results/figures/steps/{{experiment}}_{name}.png",
                caption=f"../report/{name}.rst",
                category="Detectors",
                labels={"experiment": "{experiment}", "picture": name},
            )
            for name in DETECTOR_PICTURES
        ],
        [f"results/figures/steps/{{experiment}}_{name}.pdf" for name in DETECTOR_PICTURES],
    log:
        "results/logs/detector_pictures_{experiment}.log",
    benchmark:
        "results/benchmarks/jobs/detector_pictures_{experiment}.tsv"
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=800,
        runtime=10,
    params:
        config=sections("flavours", "statistics"),
        records=lambda wildcards: records_of(wildcards.experiment, RECORDS[""]),
        code=code("detector_pictures.py"),
    message:
        "{wildcards.experiment}: drawing spectrum, nuisances and likelihood"
    script:
        "../scripts/detector_pictures.py"
