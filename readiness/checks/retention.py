"""Clears away old answers of AWS. What stands, and what history tells, is never among them.

A decision keeps copies of the facts it was made on: it loses nothing either.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from readiness.aws.history import word
from readiness.models import ACTIVE, CheckResult, CheckRun, CheckState, VerdictChange

BATCH = 500
# A task ends before the queue gives it up; what is left over goes the next day.
MOST_BATCHES = 100


class Cleared(NamedTuple):
    results: int
    runs: int


def clear_old_results() -> None:
    """Clear what is older than CHECK_RESULTS_KEPT_DAYS; a schedule calls it each day."""
    kept = timedelta(days=settings.CHECK_RESULTS_KEPT_DAYS)
    clear_before(timezone.now() - kept)


def clear_before(cutoff: datetime, *, batch: int = BATCH) -> Cleared:
    """Delete results from before `cutoff` to which nothing refers, then runs that have none left.

    A run that keeps a result stays, with the counts of those it lost. The newest run of a
    component stays, too: it says when somebody last looked.
    """
    results = runs = 0
    for _ in range(MOST_BATCHES):
        gone = _clear_results(cutoff, batch)
        results += gone
        if gone < batch:
            break
    for _ in range(MOST_BATCHES):
        gone = _clear_runs(cutoff, batch)
        runs += gone
        if gone < batch:
            break
    return Cleared(results, runs)


def cleared_counts(run: CheckRun) -> Counter[str]:
    """How many results a run had that were cleared away, by their word."""
    return Counter(run.progress.get("cleared", {}))


@transaction.atomic
def _clear_results(cutoff: datetime, batch: int) -> int:
    old = list(_unreferenced(cutoff).order_by("pk").values_list("pk", "run_id", "status")[:batch])
    lost: dict[int, Counter[str]] = defaultdict(Counter)
    for _, run_id, status in old:
        lost[run_id][word(status)] += 1
    CheckResult.objects.filter(pk__in=[pk for pk, _, _ in old]).delete()
    runs = list(CheckRun.objects.filter(pk__in=lost))
    for run in runs:
        run.progress["cleared"] = dict(cleared_counts(run) + lost[run.pk])
    CheckRun.objects.bulk_update(runs, ["progress"])
    return len(old)


def _unreferenced(cutoff: datetime) -> QuerySet[CheckResult]:
    here = OuterRef("pk")
    return CheckResult.objects.filter(
        ~Exists(CheckState.objects.filter(latest=here)),
        ~Exists(CheckState.objects.filter(known=here)),
        ~Exists(VerdictChange.objects.filter(before=here)),
        ~Exists(VerdictChange.objects.filter(after=here)),
        checked_at__lt=cutoff,
    ).exclude(run__in=CheckRun.objects.filter(ACTIVE))


@transaction.atomic
def _clear_runs(cutoff: datetime, batch: int) -> int:
    newer = CheckRun.objects.filter(
        component=OuterRef("component"), requested_at__gt=OuterRef("requested_at")
    )
    old = CheckRun.objects.filter(
        Exists(newer), ~Exists(CheckResult.objects.filter(run=OuterRef("pk"))),
        requested_at__lt=cutoff,
    ).exclude(ACTIVE)  # fmt: skip
    pks = list(old.order_by("pk").values_list("pk", flat=True)[:batch])
    CheckRun.objects.filter(pk__in=pks).delete()
    return len(pks)
