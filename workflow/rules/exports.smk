"""What others take away: curves as CSV, BibTeX of what they rest on, a HEPData submission."""


rule export_curves:
    input:
        limits="results/limits.parquet",
        tables=[f"results/limits/{name}.parquet" for name in constraint_tables("")],
        sources="results/limits/published_sources.parquet",
        bibliography=os.path.relpath(ROOT / BIBLIOGRAPHY_PATH),
    output:
        directory("results/curves"),
    log:
        "results/logs/export_curves.log",
    benchmark:
        "results/benchmarks/jobs/export_curves.tsv"
    localrule: True
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=memory(1100),
        runtime=minutes(10),
    params:
        config=sections("flavours"),
        code=code("export_curves.py"),
    message:
        "Writing every curve as CSV"
    script:
        "../scripts/export_curves.py"


rule export_references:
    input:
        limits="results/limits.parquet",
        tables=[f"results/limits/{name}.parquet" for name in constraint_tables("")],
        sources="results/limits/published_sources.parquet",
        bibliography=os.path.relpath(ROOT / BIBLIOGRAPHY_PATH),
    output:
        all="results/references.bib",
        figures=expand("results/figures/parameter_space_{flavour}.bib", flavour=ANALYSIS["flavours"]),
    log:
        "results/logs/export_references.log",
    benchmark:
        "results/benchmarks/jobs/export_references.tsv"
    localrule: True
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=memory(1000),
        runtime=minutes(10),
    params:
        config=sections("flavours", "figures"),
        style=STYLE,
        code=code("export_references.py"),
    message:
        "Collecting the references of all curves and of each figure"
    script:
        "../scripts/export_references.py"


rule export_hepdata:
    input:
        limits="results/limits.parquet",
        tables=[f"results/limits/{name}.parquet" for name in constraint_tables("")],
        sources="results/limits/published_sources.parquet",
        bibliography=os.path.relpath(ROOT / BIBLIOGRAPHY_PATH),
        figures=expand("results/figures/parameter_space_{flavour}.png", flavour=ANALYSIS["flavours"]),
        references="results/references.bib",
    output:
        directory("results/hepdata"),
    log:
        "results/logs/export_hepdata.log",
    benchmark:
        "results/benchmarks/jobs/export_hepdata.tsv"
    localrule: True
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=memory(1200),
        runtime=minutes(10),
    params:
        config=sections("flavours"),
        flavours=ANALYSIS["flavours"],
        code=code("export_hepdata.py"),
    message:
        "Writing and validating the HEPData submission"
    script:
        "../scripts/export_hepdata.py"


EXPORTS = [
    "results/curves",
    "results/hepdata",
    *rules.export_references.output,
]
