"""Reads of check runs."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

from django.core.paginator import Page, Paginator
from django.db.models import Count

from readiness.aws.history import COULD_NOT_LOOK, word
from readiness.checks.retention import cleared_counts
from readiness.models import CheckResult, CheckRun, Component

PER_PAGE = 50
WORDS = ("pass", "fail", COULD_NOT_LOOK, "not_applicable")


@dataclass(frozen=True, slots=True)
class RunRow:
    run: CheckRun
    # How many of its checks said what, also of those whose answers were cleared away since.
    counts: list[tuple[str, int]]

    @property
    def took(self) -> timedelta | None:
        """From when a worker took it up to its end."""
        if self.run.started_at is None or self.run.finished_at is None:
            return None
        return self.run.finished_at - self.run.started_at


def run_page(component: Component, page: str) -> tuple[Page[CheckRun], list[RunRow]]:
    """Return one page of a component's check runs, the newest first."""
    runs = CheckRun.objects.filter(component=component).defer("parameters")
    runs = runs.select_related("requested_by", "recording").defer("recording__content")
    shown = Paginator(runs, PER_PAGE).get_page(page)
    found = list(shown.object_list)
    said = {run.pk: cleared_counts(run) for run in found}
    counted = CheckResult.objects.filter(run__in=said.keys()).order_by()
    for pk, status, number in counted.values_list("run_id", "status").annotate(Count("pk")):
        said[pk] += Counter({word(status): number})
    return shown, [
        RunRow(run, [(name, said[run.pk][name]) for name in WORDS if said[run.pk][name]])
        for run in found
    ]
