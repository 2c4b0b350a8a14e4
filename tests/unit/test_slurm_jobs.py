"""Jobs that a failed look at a cluster's queue says nothing about."""

import asyncio

import pytest

from nudipole.slurm_jobs import keep_unanswered_jobs

JOBS = ("one", "two", "three")


def executor_that_sees(look):
    """An executor whose looks at the queue yield or report what `look` says."""

    class Executor:
        def __init__(self):
            self.ended = []

        def report_job_success(self, job):
            self.ended.append(job)

        def report_job_error(self, job, msg=None, **more):
            self.ended.append((job, msg))

        async def check_active_jobs(self, active_jobs):
            for job in look(self, active_jobs):
                yield job

    keep_unanswered_jobs(Executor)
    keep_unanswered_jobs(Executor)
    return Executor()


def still_active(executor, jobs=JOBS):
    async def collected():
        return [job async for job in executor.check_active_jobs(jobs)]

    return asyncio.run(collected())


def failed(executor, active_jobs):
    return ()


def sees_some(executor, active_jobs):
    executor.report_job_success(active_jobs[0])
    yield active_jobs[1]
    executor.report_job_error(active_jobs[2], msg="FAILED")


def sees_one(executor, active_jobs):
    yield active_jobs[1]


def test_no_job_is_lost_when_the_queue_cannot_be_read():
    assert still_active(executor_that_sees(failed)) == list(JOBS)


def test_jobs_that_ended_are_not_handed_back_and_others_only_once():
    executor = executor_that_sees(sees_some)
    assert still_active(executor) == ["two"]
    assert executor.ended == ["one", ("three", "FAILED")]
    assert sorted(still_active(executor_that_sees(sees_one))) == sorted(JOBS)


def test_what_was_answered_before_does_not_count():
    executor = executor_that_sees(failed)
    executor.report_job_success("one")
    assert still_active(executor) == list(JOBS)


def test_the_locked_plugin_is_what_this_is_for():
    plugin = pytest.importorskip("snakemake_executor_plugin_slurm")
    for name in ("check_active_jobs", "report_job_success", "report_job_error"):
        assert callable(getattr(plugin.Executor, name))
