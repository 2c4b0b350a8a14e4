"""What a job asks of a cluster: measured on the default analysis (results/benchmarks/jobs), more at every new attempt.

Memory is the largest of a rule's jobs with 300 MB for the two Snakemake processes around it and a third on top; time is
that of a grid ten times finer. Neither is a reason to run a job again. Rules marked `localrule` take seconds: a job of
theirs would wait longer than it works.
"""


def memory(megabytes):
    """Return a resource function: so much at first, twice that at the second attempt, and so on."""
    return lambda wildcards, attempt: megabytes * attempt


def minutes(limit):
    """Return a resource function for the run time, which grows with the attempt as memory does."""
    return lambda wildcards, attempt: limit * attempt
