"""Long work, safe to deliver twice and to lose its worker.

The row says who works on it (`claim`) and when the worker was last alive (`heartbeat_at`). A task
in the queue only says "look at this row": whoever comes first claims it by one compare-and-set,
every later delivery finds it claimed and leaves. A worker that lost its claim must not write.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django_q.models import Schedule
from django_q.tasks import async_task

from readiness.models import (
    ACTIVE,
    AccountTest,
    CheckRun,
    Job,
    JobState,
    PortfolioExport,
    ReportJob,
    User,
)

logger = logging.getLogger(__name__)
J = TypeVar("J", bound=Job)

# A live worker writes its heartbeat at least this often ...
HEARTBEAT = timedelta(seconds=2)
# ... and is given up when it has been silent for this long.
SILENT = timedelta(seconds=20)
MAX_ATTEMPTS = 2

LOST = "The worker that was on it stopped answering, twice. Start it again."
ORPHANED = "Its worker stopped answering and no other took it up. Is a worker running?"
UNATTENDED = timedelta(seconds=10)

TASKS: dict[type[Job], str] = {
    AccountTest: "readiness.accounts.jobs.test_task",
    CheckRun: "readiness.aws.runner.run_task",
    PortfolioExport: "readiness.portfolio.jobs.export_task",
    ReportJob: "readiness.reports.jobs.report_task",
}


class ClaimLost(Exception):
    """Another worker has the job now, or it ended: this one must stop without writing."""


SCHEDULES = {
    "Recover jobs whose worker died": ("readiness.jobs.recover_all", "I", 1),
    "Standings whose date has come": (
        "readiness.decisions.actions.refresh_due_standings",
        "H",
        None,
    ),
    "Checks whose time has come": ("readiness.runs.schedules.run_due", "I", 1),
    "Recordings whose checks changed": ("readiness.runs.recordings.judge_again", "H", None),
    "Confidence rounds whose time is up": (
        "readiness.confidence.actions.close_due_rounds",
        "I",
        1,
    ),
    "Reminders": ("readiness.notices.jobs.remind", "I", 5),
    "Webhooks whose time has come": ("readiness.notices.jobs.nudge_due", "I", 1),
    "Where components stand today": ("readiness.trends.rollup.roll_up", "H", None),
    "Old answers of AWS": ("readiness.checks.retention.clear_old_results", "D", None),
}


def ensure_schedules(**kwargs: Any) -> None:
    """Write the schedules into the queue's table; called after each migrate."""
    for name, (func, schedule_type, minutes) in SCHEDULES.items():
        Schedule.objects.update_or_create(
            name=name,
            defaults={"func": func, "schedule_type": schedule_type, "minutes": minutes},
        )


def enqueue(job: Job, *, now: datetime) -> None:
    """Put a nudge for the job into the queue; call it after the row is committed.

    One nudge is for all jobs that are taken up together: where somebody has told the queue of one
    of them since `job` was read, nothing is put there.
    """
    untold = type(job)._default_manager.filter(job.group, ACTIVE, nudged_at=job.nudged_at)
    if untold.update(nudged_at=now):
        async_task(TASKS[type(job)], job.pk, task_name=f"{type(job).__name__} {job.pk}")


def claim(model: type[J], pk: int, *, now: datetime) -> J | None:
    """Take a job that waits, or that its worker left; None when there is nothing to do."""
    taken = _take(model._default_manager.filter(pk=pk), secrets.token_hex(16), now)
    return model._default_manager.get(pk=pk) if taken else None


def claim_with(job: J, rows: QuerySet[J], *, now: datetime) -> list[J]:
    """Take along, under the claim of `job`, those of `rows` that wait or that were left."""
    _take(rows, job.claim, now)
    return list(rows.filter(claim=job.claim).exclude(pk=job.pk))


def _take(rows: QuerySet[J], token: str, now: datetime) -> int:
    left = Q(state=JobState.RUNNING, heartbeat_at__lt=now - SILENT, attempt__lt=MAX_ATTEMPTS)
    return rows.filter(Q(state=JobState.REQUESTED) | left).update(
        state=JobState.RUNNING,
        claim=token,
        attempt=F("attempt") + 1,
        started_at=now,
        heartbeat_at=now,
    )


def beat(job: Job, *, now: datetime, progress: dict[str, Any] | None = None) -> bool:
    """Say that the worker is alive, and how far. Returns True when the job was asked to stop.

    Raises ClaimLost when the job is no longer this worker's.
    """
    alive = beat_together([job], now=now, progress=progress)
    if job.pk not in alive:
        raise ClaimLost
    return alive[job.pk]


def beat_together(
    jobs: Sequence[Job], *, now: datetime, progress: dict[str, Any] | None = None
) -> dict[int, bool]:
    """As `beat`, for jobs of one model under one claim: which of them are still this worker's,
    each with whether it was asked to stop."""
    values: dict[str, Any] = {"heartbeat_at": now}
    if progress is not None:
        values["progress"] = progress
    mine = type(jobs[0])._default_manager.filter(
        pk__in=[job.pk for job in jobs], state=JobState.RUNNING, claim=jobs[0].claim
    )
    mine.update(**values)
    return dict(mine.values_list("pk", "cancel_requested"))


def end(job: Job, state: JobState, *, now: datetime, **values: Any) -> None:
    """Write how the job ended, within the transaction that writes what it brought.

    `values` are fields of the row. A job that was cancelled has its message from `cancel`.

    Raises ClaimLost when the job is no longer this worker's.
    """
    if not _mine(job).update(state=state, finished_at=now, **values):
        raise ClaimLost


def cancel(job: Job, *, by: User, now: datetime) -> None:
    """Ask a job to stop: one that nobody took up ends at once, a running one at its next step."""
    message = f"Cancelled by {by.name}."
    rows = type(job)._default_manager.filter(pk=job.pk)
    rows.filter(state=JobState.REQUESTED).update(
        state=JobState.CANCELLED, finished_at=now, message=message
    )
    rows.filter(state=JobState.RUNNING).update(cancel_requested=True, message=message)


def recover(job: Job, *, now: datetime) -> None:
    """Put a job right that lost its worker or its place in the queue: tell the queue again, or
    fail it after the last attempt.

    Called by whoever looks at the job, and by recover_all; harmless when nothing is wrong.
    """
    if not job.is_active:
        return
    # Only if it still is as we saw it: somebody else may be recovering it, too.
    seen = type(job)._default_manager.filter(
        pk=job.pk, state=job.state, claim=job.claim, heartbeat_at=job.heartbeat_at
    )
    silence = now - (job.heartbeat_at or now)
    if job.state == JobState.RUNNING:
        if silence <= SILENT:
            return
        if job.cancel_requested:
            seen.update(state=JobState.CANCELLED, finished_at=now)
        elif job.attempt >= MAX_ATTEMPTS:
            seen.update(state=JobState.FAILED, finished_at=now, message=LOST)
        elif seen.update(state=JobState.REQUESTED, claim=""):
            logger.warning("%s %s lost its worker: taken up again", type(job).__name__, job.pk)
            enqueue(job, now=now)
    elif silence > 2 * SILENT and now - (job.nudged_at or job.requested_at) >= SILENT:
        seen.update(state=JobState.FAILED, finished_at=now, message=ORPHANED)
    elif now - (job.nudged_at or job.requested_at) > SILENT:
        enqueue(job, now=now)
    job.refresh_from_db()


def recover_all() -> None:
    """Put right every job whose worker died; a schedule calls it each minute."""
    now = timezone.now()
    for model in TASKS:
        for job in model._default_manager.filter(ACTIVE):
            recover(job, now=now)


def is_unattended(job: Job, *, now: datetime) -> bool:
    """True when nobody has taken the job up for so long that probably no worker is running."""
    since = job.nudged_at if job.attempt and job.nudged_at else job.requested_at
    return job.state == JobState.REQUESTED and now - since > UNATTENDED


def nobody_takes_up(*, workers: int, now: datetime) -> bool:
    """True when the queue was told of a job long ago, and not all of `workers` can be busy."""
    active = [row for model in TASKS for row in model._default_manager.filter(ACTIVE)]
    waiting = [job for job in active if job.state == JobState.REQUESTED]
    told = [job.nudged_at or job.requested_at for job in waiting]
    return len(active) - len(waiting) < workers and any(now - at > UNATTENDED for at in told)


def tell_again(*, now: datetime) -> None:
    """Tell the queue of every job that waits: a cluster that died took along what it was told."""
    for model in TASKS:
        for job in model._default_manager.filter(state=JobState.REQUESTED):
            enqueue(job, now=now)


def _mine(job: Job) -> Any:
    return type(job)._default_manager.filter(pk=job.pk, state=JobState.RUNNING, claim=job.claim)
