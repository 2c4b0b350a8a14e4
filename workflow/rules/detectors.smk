"""Detectors of solar neutrinos: expected rates, likelihood surfaces, limits and favoured regions, one job each."""


rule detector:
    input:
        detector_tables,
        moments="results/{setup}sources/moments.parquet",
        kernels=kernels_of("detectors"),
    output:
        rates="results/{setup}rates/{experiment}.parquet",
        likelihood="results/{setup}likelihood/{experiment}.parquet",
        limits="results/{setup}limits/{experiment}.parquet",
        spectra="results/{setup}spectra/{experiment}.parquet",
        fits="results/{setup}fits/{experiment}.parquet",
    log:
        "results/logs/{setup}detector_{experiment}.log",
    benchmark:
        "results/benchmarks/jobs/{setup}detector_{experiment}.tsv"
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=1500,
        runtime=30,
    params:
        config=detector_sections,
        records=detector_records,
        code=code("detector.py"),
    message:
        "{wildcards.experiment}: signal, likelihood, limits"
    script:
        "../scripts/detector.py"
