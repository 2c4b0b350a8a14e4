"""Jobs on a SLURM that does not answer stay jobs of the run.

snakemake-executor-plugin-slurm 2.8.0 hands back the jobs that still run after each look at the queue, and none when the
look fails, as it does while slurmctld restarts. Snakemake then never asks for these jobs again and waits for ever (the
symptom is that of issue 207 of the plugin).
"""

from collections.abc import AsyncIterator, Sequence
from functools import wraps
from typing import Any

_MARK = "keeps_unanswered_jobs"


def keep_unanswered_jobs(executor: type[Any]) -> None:
    """Let an executor hand back the jobs that its look at the queue said nothing about; once is enough."""
    if getattr(executor, _MARK, False):
        return
    setattr(executor, _MARK, True)
    look = executor.check_active_jobs
    for name in ("report_job_success", "report_job_error"):
        setattr(executor, name, _noting(getattr(executor, name)))

    @wraps(look)
    async def check_active_jobs(self: Any, active_jobs: Sequence[Any]) -> AsyncIterator[Any]:
        self.answered = set()
        async for job in look(self, active_jobs):
            self.answered.add(id(job))
            yield job
        for job in active_jobs:
            if id(job) not in self.answered:
                yield job

    executor.check_active_jobs = check_active_jobs


def _noting(report: Any) -> Any:
    """Return a method that reports the end of a job, and notes that there was an answer about it."""

    @wraps(report)
    def noted(self: Any, job: Any, *arguments: Any, **named: Any) -> Any:
        self.__dict__.setdefault("answered", set()).add(id(job))
        return report(self, job, *arguments, **named)

    return noted
