"""The plane as one self-contained page to look around in."""


rule explorer:
    input:
        limits="results/limits.parquet",
        sources="results/limits/published_sources.parquet",
    output:
        "results/explorer.html",
    log:
        "results/logs/explorer.log",
    benchmark:
        "results/benchmarks/jobs/explorer.tsv"
    localrule: True
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=memory(900),
        runtime=minutes(10),
    params:
        config={"figures": ANALYSIS["figures"], "flavours": ANALYSIS["flavours"], "style": STYLE},
        code=code("explorer.py"),
    message:
        "Writing the explorer"
    script:
        "../scripts/explorer.py"
