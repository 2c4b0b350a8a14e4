"""Models behind the moment."""


rule leptoquark:
    input:
        "results/limits.parquet",
    output:
        table="results/models/leptoquark.parquet",
        figure=[
            report(
                "results/figures/leptoquark.png",
                caption="../report/leptoquark.rst",
                category="Models",
                labels={"model": "scalar leptoquark"},
            ),
            "results/figures/leptoquark.pdf",
            "results/figures/leptoquark.svg",
        ],
    log:
        "results/logs/leptoquark.log",
    benchmark:
        "results/benchmarks/jobs/leptoquark.tsv"
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=800,
        runtime=10,
    params:
        config={"models": ANALYSIS["models"], "style": STYLE},
        code=code("leptoquark.py"),
    message:
        "Leptoquark: moment over its mass and couplings"
    script:
        "../scripts/leptoquark.py"
