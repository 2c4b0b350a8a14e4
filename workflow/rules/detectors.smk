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
    priority: GATES
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=memory(2800),
        runtime=minutes(20),
    params:
        config=detector_sections,
        records=detector_records,
        code=code("detector.py"),
    message:
        "{wildcards.experiment}: signal, likelihood, limits"
    script:
        "../scripts/detector.py"


rule coverage:
    input:
        detector_tables,
        moments="results/sources/moments.parquet",
        kernels=kernels_of("detectors"),
    output:
        coverage="results/coverage/{experiment}.parquet",
        expected="results/expected/{experiment}.parquet",
        png=report(
            "results/figures/steps/{experiment}_coverage.png",
            caption="../report/coverage.rst",
            category="Detectors",
            labels={"experiment": "{experiment}", "picture": "coverage"},
        ),
        pdf="results/figures/steps/{experiment}_coverage.pdf",
    log:
        "results/logs/coverage_{experiment}.log",
    benchmark:
        "results/benchmarks/jobs/coverage_{experiment}.tsv"
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=memory(1000),
        runtime=minutes(20),
    params:
        config=detector_sections,
        records=detector_records,
        coverage=ANALYSIS["statistics"]["coverage"],
        code=code("coverage.py"),
    message:
        "{wildcards.experiment}: toy experiments, coverage and expected limits"
    script:
        "../scripts/coverage.py"
