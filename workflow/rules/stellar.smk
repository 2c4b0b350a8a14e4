"""Stellar cooling by plasmon decay."""


rule stellar_cooling:
    input:
        kernels=kernels_of("stellar"),
    output:
        cooling="results/{setup}stellar/cooling.parquet",
        limits="results/{setup}limits/stellar.parquet",
    log:
        "results/logs/{setup}stellar_cooling.log",
    benchmark:
        "results/benchmarks/jobs/{setup}stellar_cooling.tsv"
    priority: GATES
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=memory(900),
        runtime=minutes(5),
    params:
        config=sections("grid", "flavours", "stellar"),
        code=code("stellar_cooling.py"),
    message:
        "Stellar cooling: energy loss and limits of every emission model"
    script:
        "../scripts/stellar_cooling.py"
