"""Runs the checks of components as jobs, and writes what they said.

With views and urls the only part of readiness.aws that knows of Django.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from readiness import jobs
from readiness.accounts.connections import connections_together
from readiness.aws import engine
from readiness.aws.errors import AwsError
from readiness.aws.progress import Progress
from readiness.aws.recording import Recording as RecordedAnswers
from readiness.aws.registry import BoundCheck, applicable
from readiness.aws.sources import Routes, Sources
from readiness.decisions.live import params_digest
from readiness.models import (
    ACTIVE,
    CheckResult,
    CheckRun,
    Component,
    JobState,
    Recording,
    RunTrigger,
    User,
)
from readiness.runs.results import remember, storable

# How often a running job writes: often enough to watch, seldom enough not to be felt.
FLUSH = timedelta(milliseconds=300)
# Components of one run together: as many as AWS can be asked about before the queue's time is up.
TOGETHER = 300
# Well before the queue's time is up, settings.Q_CLUSTER: what is late is written as just that.
RUN_SECONDS = 240
NO_CHECK = "No check applies: parameters are missing."
FAILED = "Something in Readiness itself went wrong; its log has the details."


def request_run(
    *,
    component: Component,
    by: User | None,
    now: datetime,
    trigger: RunTrigger = RunTrigger.PERSON,
    recording: Recording | None = None,
) -> CheckRun:
    """Ask for a run of all checks that apply; the run that is under way if there is one.

    With a recording its answers are judged instead of AWS's.
    """
    run = _new_run(component, now, requested_by=by, trigger=trigger, recording=recording)
    if run is None:
        return CheckRun.objects.get(ACTIVE, component=component)
    jobs.enqueue(run, now=now)
    return run


def request_together(
    *, components: Iterable[Component], now: datetime, trigger: RunTrigger
) -> list[CheckRun]:
    """Ask for a run of each component that has none under way, on snapshots that they share.

    Returns the new runs. What several components ask alike is asked once.
    """
    waiting = list(components)
    runs = []
    for start in range(0, len(waiting), TOGETHER):
        token = secrets.token_hex(16)
        made = [
            _new_run(each, now, trigger=trigger, together=token)
            for each in waiting[start : start + TOGETHER]
        ]
        group = [run for run in made if run]
        if group:
            jobs.enqueue(group[0], now=now)  # whoever takes up one takes up all
        runs += group
    return runs


def run_now(
    *,
    component: Component,
    now: datetime,
    recording: Recording | None = None,
    on_progress: Callable[[CheckRun], None] | None = None,
) -> tuple[CheckRun, bool]:
    """Run the checks here and now, without the queue. Returns the run, and whether it is ours:
    when one is under way already it is returned instead, and nothing is run."""
    trigger = RunTrigger.RECORDING if recording else RunTrigger.COMMAND
    run = _new_run(component, now, trigger=trigger, recording=recording)
    claimed = run and jobs.claim(CheckRun, run.pk, now=now)
    if not claimed:
        return CheckRun.objects.get(ACTIVE, component=component), False
    _execute([claimed], on_progress)
    claimed.refresh_from_db()
    return claimed, True


def run_task(pk: int) -> None:
    """What the queue calls. Delivered twice it does nothing the second time."""
    now = timezone.now()
    group = CheckRun.objects.filter(CheckRun.objects.get(pk=pk).group)
    # The queue was told of one for all: that one may have been cancelled, or fail, by itself.
    for each in (pk, *group.filter(ACTIVE).exclude(pk=pk).values_list("pk", flat=True)):
        if run := jobs.claim(CheckRun, each, now=now):
            others = group.select_related("component__team")
            _execute([run, *jobs.claim_with(run, others, now=now)], None)
            return


def _new_run(component: Component, now: datetime, **values: Any) -> CheckRun | None:
    try:
        with transaction.atomic():
            return CheckRun.objects.create(
                component=component,
                parameters=component.parameters,
                requested_at=now,
                **values,
            )
    except IntegrityError:
        return None  # one is under way: the database allows no second


@dataclass(eq=False)
class _Work:
    """One run, the checks that it still has to make, and what they said but is not stored yet."""

    run: CheckRun
    routes: Routes
    bound: list[BoundCheck]
    recorded_at: datetime | None  # None: AWS is asked now
    results: list[engine.Result] = field(default_factory=list)
    told: int = 0
    reads: int = 0

    @classmethod
    def of(
        cls, run: CheckRun, done: Set[str], routes: Routes, recorded_at: datetime | None = None
    ) -> _Work:
        """`done` are the checks that an earlier attempt stored: they need not be asked again."""
        bound = [
            replace(each, accounts=routes.accounts)
            for each in applicable(run.parameters)
            if each.check.id not in done
        ]
        return cls(run, routes, bound, recorded_at)

    def add(self, result: engine.Result) -> None:
        self.results.append(result)
        self.told += 1
        self.reads += sum(not read.shared for read in result.reads)

    @property
    def is_done(self) -> bool:
        return self.told == len(self.bound)

    @property
    def nothing_to_do(self) -> str:
        """Why the run has no results, if no check applies."""
        return "" if self.bound or self.run.results.exists() else NO_CHECK

    @transaction.atomic
    def store(self, now: datetime) -> None:
        """Write the results that are not stored yet, all at once, and what follows from them."""
        if not self.results:
            return
        rows = CheckResult.objects.bulk_create(self._rows(now))
        self.results.clear()
        remember(self.run.component, rows, now=now)

    def _rows(self, now: datetime) -> list[CheckResult]:
        by_id = {each.check.id: each for each in self.bound}
        return [
            CheckResult(
                run=self.run,
                check_id=result.check_id,
                check_version=result.check_version,
                params_digest=params_digest(by_id[result.check_id]),
                status=result.status,
                reason=storable(result.reason),
                observed=storable(result.observed),
                reads=[storable(asdict(read)) for read in result.reads],
                checked_at=self.recorded_at or now,
                duration_ms=result.duration_ms,
            )
            for result in self.results
        ]


def _execute(runs: list[CheckRun], on_progress: Callable[[CheckRun], None] | None) -> None:
    works = _begun(runs)
    if not works:
        return
    writer = _Writer(works, on_progress)
    by_account = {key: each for work in works for key, each in work.routes.sources.items()}
    try:
        outcome = engine.run(
            [each for work in works for each in work.bound],
            connection=Sources(by_account),
            on_progress=writer.progressed,
            on_result=writer.took,
            is_cancelled=writer.is_cancelled,
            run_seconds=RUN_SECONDS,
            keep_results=False,
        )
    except Exception:
        writer.end(JobState.FAILED, FAILED)
        raise
    writer.end_refused(outcome.refused)
    writer.end(JobState.FINISHED)


def _begun(runs: list[CheckRun]) -> list[_Work]:
    """Return the work of each run; one whose recording cannot be read has failed instead."""
    done: dict[int, set[str]] = {run.pk: set() for run in runs}
    stored = CheckResult.objects.filter(run__in=done)
    for pk, check_id in stored.values_list("run_id", "check_id"):
        done[pk].add(check_id)
    live = [run for run in runs if run.recording_id is None]
    routes = connections_together([run.component for run in live])
    works = [_Work.of(run, done[run.pk], routes[run.component_id]) for run in live]
    for run in runs:
        if run.recording:
            works += _recorded(run, run.recording, done[run.pk])
    return works


def _recorded(run: CheckRun, recording: Recording, done: Set[str]) -> list[_Work]:
    try:
        answers = RecordedAnswers.load(bytes(recording.content))
    except AwsError as error:
        jobs.end(run, JobState.FAILED, now=timezone.now(), message=str(error))
        return []
    return [_Work.of(run, done, Routes({}, {"default": answers}), answers.now())]


class _Writer:
    """Writes results, progress and heartbeat of runs made together, a few times a second at most.

    A run whose checks are done ends at once, whatever the others still wait for.
    """

    def __init__(self, works: list[_Work], on_progress: Callable[[CheckRun], None] | None) -> None:
        self._active = {work.run.pk: work for work in works}
        self._of = [work for work in works for _ in work.bound]
        self._is_alone = len(works) == 1
        self._on_progress = on_progress
        self._progress: dict[str, Any] = works[0].run.progress
        self._next = self._beaten = timezone.now()

    def took(self, result: engine.Result) -> None:
        self._of[result.position].add(result)

    def progressed(self, progress: Progress) -> None:
        self._progress = {
            "done": progress.done,
            "total": progress.total,
            "label": progress.label,
            "regions": progress.by_region,
            "services": progress.by_service,
        }

    def is_cancelled(self) -> bool:
        """Called by the engine many times a second; writes when it is time to."""
        now = timezone.now()
        if now >= self._next:
            self._next = now + FLUSH
            self._write(now)
        return not self._active

    def end(self, state: JobState, message: str = "") -> None:
        """End every run that is left."""
        for work in list(self._active.values()):
            self._end(work, state, message or work.nothing_to_do)

    def end_refused(self, refused: Mapping[str, str]) -> None:
        """Fail the runs that lack results because an account did not let us in."""
        for work in list(self._active.values()):
            why = [said for account, said in refused.items() if account in work.routes.sources]
            if why and not work.is_done:
                self._end(work, JobState.FAILED, " ".join(why))

    def _write(self, now: datetime) -> None:
        alive = self._beat(now)
        for pk, work in list(self._active.items()):
            if pk not in alive:
                del self._active[pk]  # another worker has it now
            elif alive[pk]:
                self._end(work, JobState.CANCELLED)
            elif work.is_done:
                self._end(work, JobState.FINISHED, work.nothing_to_do)
            elif self._is_alone:
                work.store(now)
        self._tell()

    def _beat(self, now: datetime) -> dict[int, bool]:
        self._beaten = now
        runs = [work.run for work in self._active.values()]
        return jobs.beat_together(runs, now=now, progress=self._progress)

    def _end(self, work: _Work, state: JobState, message: str = "") -> None:
        """A transaction for each run, so that nobody has to wait for all of them."""
        now = timezone.now()
        if now - self._beaten > jobs.HEARTBEAT:
            self._beat(
                now
            )  # hundreds may end at once, and the last is not to be given up meanwhile
        del self._active[work.run.pk]
        values: dict[str, Any] = {"progress": self._progress, "reads_made": work.reads}
        if message:
            values["message"] = message
        try:
            with transaction.atomic():
                jobs.end(work.run, state, now=now, **values)
                work.store(now)
        except jobs.ClaimLost:
            return

    def _tell(self) -> None:
        if self._on_progress and self._active:
            for work in self._active.values():
                work.run.progress = self._progress
                self._on_progress(work.run)
