"""Models behind the moment."""


rule leptoquark_table:
    output:
        "results/models/leptoquark.parquet",
    log:
        "results/logs/leptoquark_table.log",
    benchmark:
        "results/benchmarks/jobs/leptoquark_table.tsv"
    localrule: True
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=memory(700),
        runtime=minutes(5),
    params:
        config=sections("models"),
        code=code("leptoquark_table.py"),
    message:
        "Leptoquark: moment over its mass and couplings"
    script:
        "../scripts/leptoquark_table.py"


rule leptoquark:
    input:
        "results/limits.parquet",
    output:
        report(
            "results/figures/leptoquark.png",
            caption="../report/leptoquark.rst",
            category="Models",
            labels={"model": "scalar leptoquark"},
        ),
        "results/figures/leptoquark.pdf",
        "results/figures/leptoquark.svg",
    log:
        "results/logs/leptoquark.log",
    benchmark:
        "results/benchmarks/jobs/leptoquark.tsv"
    localrule: True
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=memory(1000),
        runtime=minutes(10),
    params:
        config={"models": ANALYSIS["models"], "style": STYLE},
        code=code("leptoquark.py"),
    message:
        "Figure: moment of a leptoquark over its mass and couplings, with limits"
    script:
        "../scripts/leptoquark.py"
