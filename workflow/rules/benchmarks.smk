"""The page of the report on speed, where `make benchmark` has left its tables: times are no result, so it is in no list."""

BENCHMARK_TABLES = {
    name: f"results/benchmarks/{name}.json"
    for name in ("benchmarks", "scaling", "workflow", "memory", "storage")
    if os.path.isfile(f"results/benchmarks/{name}.json")
}
BENCHMARK_PAGE = ["results/report/benchmarks.html"] if "benchmarks" in BENCHMARK_TABLES else []


rule benchmark_page:
    input:
        **BENCHMARK_TABLES,
        picture="results/benchmarks/benchmarks.svg",
    output:
        report(
            "results/report/benchmarks.html",
            caption="../report/benchmarks.rst",
            category="Benchmarks",
            labels={"table": "speed, scaling, memory"},
        ),
    log:
        "results/logs/benchmark_page.log",
    benchmark:
        "results/benchmarks/jobs/benchmark_page.tsv"
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=500,
        runtime=5,
    params:
        config={},
        code=code("benchmark_page.py"),
    message:
        "Writing the page on speed"
    script:
        "../scripts/benchmark_page.py"
