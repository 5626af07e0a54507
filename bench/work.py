"""Work that a worker does: check runs, and the PDF. From the POST until the row says finished."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import Any

from django.conf import settings

from bench import filling, traffic
from bench.browser import Answer, Browser, Unexpected, form_of
from bench.machine import cpu_seconds, descendants
from bench.servers import ROOT, calls, delay
from readiness.models import CheckRun, Job, JobState, ReportJob, Requirement

LONGEST = 60.0
LATENCY_MS = 80  # of a request to another continent
RUNS = 3
_POLL = re.compile(r'hx-get="([^"]+)" hx-trigger="load delay:(\d+)ms"')

Measured = tuple[str, float, str, float | None, str]  # what, value, unit, the most, note


class WorkFailed(Exception):
    """Says what, and what its row says of it."""


@dataclass(frozen=True, slots=True)
class Done:
    """One job: from the POST to the end of its row, its wait, and when the page showed it."""

    wall: float
    pick_up: float
    on_screen: float
    job: Any


def check_runs(browser: Browser, queue: int) -> Iterator[Measured]:
    """The checks of one component, asked for on its page; `queue` is the worker's command."""
    page = f"/components/{filling.slug(0)}/"
    form = form_of(browser.get(page).text, "/runs/start/")
    endpoint = settings.AWS_ENDPOINT_URL

    def one() -> Done:
        began = datetime.now().astimezone()
        answer = browser.post(f"{page}runs/start/", form, part="check-run")
        return _finished(browser, answer, began, CheckRun, "check-run")

    first = one()
    checks = f"{first.job.results.count()} checks, {first.job.reads_made} reads"
    yield "check run, the first of the worker", first.wall, "s", 3, checks
    for milliseconds in (0, LATENCY_MS):
        delay(endpoint, milliseconds)
        before = cpu_seconds(descendants(queue))
        done = [one() for _ in range(RUNS)]
        after = cpu_seconds(descendants(queue))
        what = f"check run, {milliseconds} ms latency"
        yield what, median(each.wall for each in done), "s", 3, f"median of {RUNS}"
        if before is not None and after is not None:
            yield f"{what}: CPU", (after - before) / RUNS, "s", None, "of the queue's processes"
        requests = sum(calls(endpoint).values()) / RUNS
        yield f"{what}: requests", requests, "", None, "counted by the account"
        yield f"{what}: wait", median(each.pick_up for each in done), "s", None, "for the worker"
        shown = median(each.on_screen for each in done)
        yield f"{what}: shown", shown, "s", None, "until the page says that it ended"
    delay(endpoint, 0)


def reports(browser: Browser, times: int) -> Iterator[Measured]:
    """The PDF of one component, asked for on its page; what it says changes each time."""
    page = f"/components/{filling.slug(0)}/"
    form = form_of(browser.get(page).text, "/reports/")
    cold, cached = [], []
    for _ in range(times):
        _decide_something(browser, page)
        began = datetime.now().astimezone()
        answer = browser.get(browser.post(f"{page}reports/", form).location)
        cold.append(_finished(browser, answer, began, ReportJob, "report-job"))
        again = browser.post(f"{page}reports/", form)
        download = browser.get(f"{again.location}report.pdf").seconds
        cached.append(again.seconds + download)
    later = cold[1:] or cold
    yield "PDF cold, the first of the worker", cold[0].wall, "s", None, "imports WeasyPrint"
    yield "PDF cold", median(d.wall for d in later), "s", 1.5, f"median of {len(later)}"
    yield "its wait for the worker", median(d.pick_up for d in later), "s", None, ""
    note = "POST and download"
    yield "PDF cached", 1000 * median(cached), "ms", 50, note


def direct_pdf(times: int) -> Iterator[Measured]:
    """The PDF without queue and web server, in a process of its own."""
    said = _told("render_pdf", "-c", _DIRECT, filling.slug(0), str(times))
    yield "importing readiness.reports.pdf", said["import"], "s", None, ""
    yield "render_pdf, the first", said["first"], "s", None, f"{said['kb']:.0f} KB"
    yield "render_pdf, later", said["later"], "s", 1.0, f"the least {said['least']:.2f} s"
    yield "render_pdf, later: CPU", said["cpu"], "s", 1.0, "mean"
    yield "its process, peak", said["mb"], "MB", 120, "resident; Django and imports are in it"


def direct_files(times: int) -> Iterator[Measured]:
    """The other formats in the same way, of 74 and of 300 requirements."""
    for what, seconds, kb in _told("a format", "-m", "bench.files", filling.slug(0), str(times)):
        yield what, 1000 * seconds, "ms", None, f"{kb:.0f} KB"


def _told(what: str, *arguments: str) -> Any:
    """Return the JSON that a Python process of its own prints."""
    finished = subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT, capture_output=True, text=True, timeout=LONGEST, check=False,
    )  # fmt: skip
    if finished.returncode:
        lines = finished.stderr.strip().splitlines() or ["it said nothing"]
        raise WorkFailed(f"{what} does not work: {lines[-1]}")
    return json.loads(finished.stdout)


_DIRECT = """
import json, os, sys, time
from itertools import pairwise
import django
django.setup()
from django.utils import timezone
from readiness.models import Component
from readiness.reports.gap_report import build_gap_report
component = Component.objects.select_related("team", "catalog", "blueprint").get(slug=sys.argv[1])
report = build_gap_report(component, timezone.now())
moments = [time.perf_counter()]
from readiness.reports.pdf import render_pdf
moments.append(time.perf_counter())
for number in range(1 + int(sys.argv[2])):
    if number == 1:
        cpu = -time.process_time()
    content = render_pdf(report)
    moments.append(time.perf_counter())
cpu += time.process_time()
from bench.machine import memory_mb
# ru_maxrss would begin with what the process had that started this one.
peak, _ = memory_mb(os.getpid()) or (0, 0)
imported, first, *later = (after - before for before, after in pairwise(moments))
print(json.dumps({"import": imported, "first": first, "later": sorted(later)[len(later) // 2],
                  "cpu": cpu / len(later), "least": min(later), "kb": len(content) / 1024,
                  "mb": peak}))
"""


def _decide_something(browser: Browser, page: str) -> None:
    row = (
        Requirement.objects.filter(component__slug=filling.slug(0), current_decision__isnull=False)
        .select_related("criterion", "current_decision")
        .latest("current_decision__decided_at")
    )
    assert row.current_decision
    turn = row.current_decision.outcome == "wont_build"
    form = traffic.decision(turn) | {"supersedes": str(row.current_decision_id)}
    part = f"row--{row.criterion.slug}"
    browser.post(f"{page}requirements/{row.criterion.slug}/decide/", form, part=part)


def _finished(
    browser: Browser, answer: Answer, began: datetime, model: type[Job], part: str
) -> Done:
    """Poll as the page does until it stops asking; the row says when the job really ended."""
    deadline = time.monotonic() + LONGEST
    while poll := _POLL.search(answer.text):
        if time.monotonic() > deadline:
            raise Unexpected(f"{model.__name__} took more than {LONGEST:.0f} s")
        time.sleep(int(poll[2]) / 1000)
        answer = browser.get(poll[1].replace("&amp;", "&"), part=part)
    shown = datetime.now().astimezone()
    job: Any = model._default_manager.latest("requested_at")
    if job.state != JobState.FINISHED or not (job.started_at and job.finished_at):
        raise WorkFailed(f"{model.__name__} {job.state}: {job.message}")
    return Done(
        wall=(job.finished_at - began).total_seconds(),
        pick_up=(job.started_at - job.requested_at).total_seconds(),
        on_screen=(shown - began).total_seconds(),
        job=job,
    )
