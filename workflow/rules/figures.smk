"""Pictures of the results, pages of the report, and the list of everything that was made."""

REPORT_PAGES = {
    "scorecard": ("Comparison", "scorecard"),
    "configuration": ("Configuration", "every key"),
    **({"effective_moments": ("Detectors", "effective moments")} if "effective" in ANALYSIS["flavours"] else {}),
}


rule parameter_space:
    input:
        limits="results/limits.parquet",
        sources="results/limits/published_sources.parquet",
    output:
        wide=[
            report(
                "results/figures/parameter_space_{flavour}.png",
                caption="../report/parameter_space.rst",
                category="Parameter space",
                labels={"coupling": "{flavour}", "figure": "all"},
            ),
            "results/figures/parameter_space_{flavour}.pdf",
            "results/figures/parameter_space_{flavour}.svg",
        ],
        column=expand("results/figures/parameter_space_{{flavour}}_column.{suffix}", suffix=["pdf", "png"]),
        zoom=[
            report(
                "results/figures/zoom_{flavour}.png",
                caption="../report/zoom.rst",
                category="Parameter space",
                labels={"coupling": "{flavour}", "figure": "around the XENON1T excess"},
            ),
            "results/figures/zoom_{flavour}.pdf",
        ],
    log:
        "results/logs/parameter_space_{flavour}.log",
    benchmark:
        "results/benchmarks/jobs/parameter_space_{flavour}.tsv"
    localrule: True
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=memory(1100),
        runtime=minutes(10),
    params:
        config={"figures": ANALYSIS["figures"], "style": STYLE},
        code=code("parameter_space.py"),
    message:
        "Drawing the parameter space for the {wildcards.flavour} coupling"
    script:
        "../scripts/parameter_space.py"


rule reproduced:
    input:
        limits="results/reference/limits.parquet",
        published=data_tables("published_curves_brdar2020", "published_points_brdar2020"),
    output:
        report(
            "results/figures/reproduced.png",
            caption="../report/reproduced.rst",
            category="Parameter space",
            labels={"coupling": "mu", "figure": "the published figure, reproduced"},
        ),
        "results/figures/reproduced.pdf",
        "results/figures/reproduced.svg",
    log:
        "results/logs/reproduced.log",
    benchmark:
        "results/benchmarks/jobs/reproduced.tsv"
    localrule: True
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=memory(900),
        runtime=minutes(10),
    params:
        config={"style": STYLE},
        code=code("reproduced.py"),
    message:
        "Drawing the published figure beside its reproduction"
    script:
        "../scripts/reproduced.py"


rule report_pages:
    input:
        **({"effective_moments": rules.effective_moments.output.table} if "effective" in ANALYSIS["flavours"] else {}),
        scorecard="results/scorecard.parquet",
    output:
        **{
            name: report(
                f"results/report/{name}.html",
                caption=f"../report/{name}.rst",
                category=category,
                labels={"table": title},
            )
            for name, (category, title) in REPORT_PAGES.items()
        },
    log:
        "results/logs/report_pages.log",
    benchmark:
        "results/benchmarks/jobs/report_pages.tsv"
    localrule: True
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=memory(700),
        runtime=minutes(10),
    params:
        config=lambda wildcards: {"analysis": physics(ANALYSIS), "reference": physics(SETUPS["reference/"])},
        code=code("report_pages.py"),
    message:
        "Writing the tables of the report"
    script:
        "../scripts/report_pages.py"


RESULTS = [
    *data_tables(*CATALOG.names),
    *expand("results/{setup}sources/moments.parquet", setup=SETUPS),
    *[f"results/{setup}limits/{constraint}.parquet" for setup in SETUPS for constraint in constraint_tables(setup)],
    *expand("results/{setup}stellar/cooling.parquet", setup=SETUPS),
    *expand("results/{setup}supernova/sn1987a.parquet", setup=SETUPS),
    *expand("results/{setup}cosmology/bbn.parquet", setup=SETUPS),
    "results/cosmology/alp.parquet",
    *expand(
        "results/{table}/{experiment}.parquet",
        table=["rates", "likelihood", "spectra", "fits"],
        experiment=EXPERIMENTS,
    ),
    *expand("results/{setup}limits/published_sources.parquet", setup=SETUPS),
    "results/limits.parquet",
    "results/reference/limits.parquet",
    "results/scorecard.parquet",
    "results/scorecard.md",
    *(rules.effective_moments.output if "effective" in ANALYSIS["flavours"] else []),
    *expand(rules.parameter_space.output, flavour=ANALYSIS["flavours"]),
    *rules.reproduced.output,
    *rules.report_pages.output,
    *rules.leptoquark_table.output,
    *rules.leptoquark.output,
    *rules.explorer.output,
    *rules.pictures.output,
    *rules.detector_pictures.output,
    *rules.excess.output,
    *expand(rules.coverage.output, experiment=ANALYSIS["statistics"]["coverage"]["experiments"]),
    *rules.supernova_details.output,
    *rules.supernova_pictures.output,
    *rules.cosmology_history.output,
    *rules.cosmology_pictures.output,
    *EXPORTS,
    *(rules.photodisintegration.output if ANALYSIS["photodisintegration"]["enabled"] else []),
]


rule manifest:
    input:
        RESULTS,
    output:
        "results/manifest.json",
    log:
        "results/logs/manifest.log",
    benchmark:
        "results/benchmarks/jobs/manifest.tsv"
    localrule: True
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=memory(700),
        runtime=minutes(5),
    params:
        config=lambda wildcards: {"analysis": physics(ANALYSIS), "reference": physics(SETUPS["reference/"])},
        inputs={**{dataset.name: dataset.sha256 for dataset in CATALOG.datasets}, **limit_digests()},
        project=project_digest(ROOT),
        code=code("manifest.py"),
    message:
        "Listing every result with its checksum"
    script:
        "../scripts/manifest.py"
