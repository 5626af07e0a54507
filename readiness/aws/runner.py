"""Runs the checks of a component as a job, and writes what they said.

With views and urls the only part of readiness.aws that knows of Django.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from readiness import jobs
from readiness.aws import engine
from readiness.aws.errors import UNKNOWN, CredentialsError, Status
from readiness.aws.history import word
from readiness.aws.registry import BoundCheck, applicable
from readiness.aws.session import Connection, Keys
from readiness.decisions.actions import refresh_standings
from readiness.decisions.live import params_digest
from readiness.decisions.standing import Standing
from readiness.models import (
    ACTIVE,
    CheckResult,
    CheckRun,
    CheckState,
    Component,
    JobState,
    User,
    VerdictChange,
)

# How often a running job writes: often enough to watch, seldom enough not to be felt.
FLUSH = timedelta(milliseconds=300)
NO_CHECK = "No check applies: parameters are missing."
FAILED = "Something in Readiness itself went wrong; its log has the details."
# What was done and seen to be there is not there any more.
REGRESSION = (Standing.VERIFIED, Standing.CONTRADICTED)


def request_run(*, component: Component, by: User | None, now: datetime) -> CheckRun:
    """Ask for a run of all checks that apply; the run that is under way if there is one."""
    run = _new_run(component, by, now)
    if run is None:
        return CheckRun.objects.get(ACTIVE, component=component)
    jobs.enqueue(run, now=now)
    return run


def run_now(
    *, component: Component, now: datetime, on_progress: Callable[[CheckRun], None] | None = None
) -> tuple[CheckRun, bool]:
    """Run the checks here and now, without the queue. Returns the run, and whether it is ours:
    when one is under way already it is returned instead, and nothing is run."""
    run = _new_run(component, None, now)
    claimed = run and jobs.claim(CheckRun, run.pk, now=now)
    if not claimed:
        return CheckRun.objects.get(ACTIVE, component=component), False
    _execute(claimed, on_progress)
    claimed.refresh_from_db()
    return claimed, True


def run_task(pk: int) -> None:
    """What the queue calls. Delivered twice it does nothing the second time."""
    run = jobs.claim(CheckRun, pk, now=timezone.now())
    if run:
        _execute(run, None)


def connection() -> Connection:
    """Return the way into the account: the SDK's own credentials, or the simulated account."""
    if settings.AWS_ENDPOINT_URL:
        return Connection(
            keys=Keys("simulated", "simulated"), endpoint_url=settings.AWS_ENDPOINT_URL
        )
    return Connection()


def _new_run(component: Component, by: User | None, now: datetime) -> CheckRun | None:
    try:
        with transaction.atomic():
            return CheckRun.objects.create(
                component=component,
                parameters=component.parameters,
                requested_by=by,
                requested_at=now,
            )
    except IntegrityError:
        return None  # one is under way: the database allows no second


def _execute(run: CheckRun, on_progress: Callable[[CheckRun], None] | None) -> None:
    # What an earlier attempt stored before its worker died need not be asked again.
    done = set(run.results.values_list("check_id", flat=True))
    bound = [b for b in applicable(run.parameters) if b.check.id not in done]
    writer = _Writer(run, bound, on_progress)
    try:
        outcome = engine.run(
            bound,
            connection=connection(),
            on_progress=writer.progressed,
            on_result=writer.results.append,
            is_cancelled=writer.is_cancelled,
        )
    except jobs.ClaimLost:
        return
    except CredentialsError as error:
        writer.end(JobState.FAILED, message=str(error))
    except Exception:
        writer.end(JobState.FAILED, message=FAILED)
        raise
    else:
        if outcome.cancelled:
            writer.end(JobState.CANCELLED, reads_made=outcome.reads_made)
        else:
            message = "" if applicable(run.parameters) else NO_CHECK
            writer.end(JobState.FINISHED, message=message, reads_made=outcome.reads_made)


class _Writer:
    """Writes results, progress and heartbeat of one run, a few times a second at most."""

    def __init__(
        self,
        run: CheckRun,
        bound: list[BoundCheck],
        on_progress: Callable[[CheckRun], None] | None,
    ) -> None:
        self.run = run
        self.results: list[engine.Result] = []
        self._digests = {b.check.id: params_digest(b) for b in bound}
        self._on_progress = on_progress
        self._progress: dict[str, Any] = run.progress
        self._next = timezone.now()
        self._cancelled = False

    def progressed(self, progress: engine.Progress) -> None:
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
            with transaction.atomic():
                self._cancelled = jobs.beat(self.run, now=now, progress=self._progress)
                self._store(now)
            self._told()
        return self._cancelled

    @transaction.atomic
    def end(self, state: JobState, **values: Any) -> None:
        now = timezone.now()
        jobs.end(self.run, state, now=now, progress=self._progress, **values)
        self._store(now)

    def _told(self) -> None:
        if self._on_progress:
            self.run.progress = self._progress
            self._on_progress(self.run)

    def _store(self, now: datetime) -> None:
        if not self.results:
            return
        rows = [self._row(result, now) for result in self.results]
        self.results.clear()
        CheckResult.objects.bulk_create(rows)
        remember(self.run.component, rows, now=now)

    def _row(self, result: engine.Result, now: datetime) -> CheckResult:
        return CheckResult(
            run=self.run,
            check_id=result.check_id,
            check_version=result.check_version,
            params_digest=self._digests[result.check_id],
            status=result.status,
            reason=storable(result.reason),
            observed=storable(result.observed),
            reads=[storable(asdict(read)) for read in result.reads],
            checked_at=now,
            duration_ms=result.duration_ms,
        )


@transaction.atomic
def remember(component: Component, rows: list[CheckResult], *, now: datetime) -> None:
    """Bring up to date what follows from new results: the latest word on each check, its history
    where the word is another one, the standings, and which of them a change made fall."""
    states = {
        state.check_id: state
        for state in CheckState.objects.filter(
            component=component, check_id__in=[row.check_id for row in rows]
        ).select_related("known", "latest")
    }
    changes = []
    for row in rows:
        state = states.setdefault(
            row.check_id, CheckState(component=component, check_id=row.check_id)
        )
        before = state.latest if state.pk else None
        if before is None or word(before.status) != word(row.status):
            changes.append(_change(component, before, row))
        _follow(state, row)
    CheckState.objects.bulk_create(
        states.values(),
        update_conflicts=True,
        unique_fields=["component", "check_id"],
        update_fields=["latest", "known", "known_since", "unknown_since"],
    )
    moves = refresh_standings(component=component, now=now)
    fallen = [m for m in moves if (m.before, m.after) == REGRESSION]
    for change in changes:
        change.contradicts = sorted(m.criterion for m in fallen if change.check_id in m.failing)
    VerdictChange.objects.bulk_create(changes)


def _change(component: Component, before: CheckResult | None, after: CheckResult) -> VerdictChange:
    return VerdictChange(
        component=component,
        check_id=after.check_id,
        at=after.checked_at,
        before=before,
        after=after,
    )


def _follow(state: CheckState, row: CheckResult) -> None:
    """Make `row` the latest word; only a pass or a fail becomes known."""
    state.latest = row
    if row.status in UNKNOWN:
        state.unknown_since = state.unknown_since or row.checked_at
        return
    state.unknown_since = None
    known = state.known
    if row.status in (Status.PASS, Status.FAIL):
        if not known or (known.status, known.params_digest) != (row.status, row.params_digest):
            state.known_since = row.checked_at
        state.known = row


def storable(value: Any) -> Any:
    """Return facts from outside as every database takes them: no NUL, no half surrogate pair."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode().replace("\0", "\N{REPLACEMENT CHARACTER}")
    if isinstance(value, dict):
        return {storable(key): storable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [storable(item) for item in value]
    return value
