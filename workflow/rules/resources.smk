"""What a job asks of a cluster: measured on the default analysis (results/benchmarks/jobs), more at every new attempt.

Memory is the largest of a rule's jobs, with 350 MB for the two Snakemake processes around it and a third on top. Time is
at least six times that of the slowest job, which leaves room for finer grids. Neither is a reason to run a job again.
Rules marked `localrule` take seconds and run where Snakemake does: in a queue they would wait longer than they work.
"""


def memory(megabytes):
    """Return a resource function: so much at first, twice that at the second attempt, and so on."""
    return lambda wildcards, attempt: megabytes * attempt


def minutes(limit):
    """Return a resource function for the run time, which grows with the attempt as memory does."""
    return lambda wildcards, attempt: limit * attempt


GATES = 1
"""Priority of what the merged limits wait for: pictures and checks fill the cores that would be idle meanwhile."""
