# A job that is slow at its first attempt only, with the resource functions of the workflow.
include: "../../workflow/rules/resources.smk"


rule slow:
    output:
        "slow.txt",
    log:
        "slow.log",
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=memory(500),
        runtime=minutes(1),
    params:
        # longer than SLURM lets it, which looks at limits twice a minute
        seconds=lambda wildcards, resources: 200 if resources.runtime == 1 else 1,
    message:
        "Sleeping {params.seconds} s with {resources.runtime} min"
    shell:
        "sleep {params.seconds} && echo {resources.runtime} {resources.mem_mb} > {output} 2> {log}"
