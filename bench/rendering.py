"""Measures reports on one database; `python -m bench reports` runs it in a prepared environment.

Writes one figure per line, as JSON, to the file that the plan names.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from statistics import median

import django

django.setup()

from django.db import connections  # noqa: E402 - the settings had to be there

from bench import filling, servers, starting, work  # noqa: E402
from bench.browser import Answer, Browser, form_of  # noqa: E402
from bench.figures import Figure, as_data, percentile  # noqa: E402
from bench.machine import cpu_seconds, descendants  # noqa: E402
from readiness.models import ACTIVE, JobState, ReportFile, ReportJob  # noqa: E402

AT_ONCE = (1, 4, 16)
WORKERS = (1, 2)
PAGES = 40
LONGEST = 300.0
# Of a report of 74 requirements that was not rendered before, and of pages meanwhile.
COLD_SECONDS, SLOWER = 1.0, 2


def main() -> None:
    plan = json.loads(sys.argv[1])
    folder = Path(plan["folder"])
    print("Filling the database ...", flush=True)
    starting.migrate()
    filling.fill(max(AT_ONCE), plan["parameters"])
    with Path(plan["out"]).open("a") as out:
        for what, value, unit, most, note in _measured(folder):
            figure = Figure("sqlite", max(AT_ONCE), what, value, unit, most, note)
            print(json.dumps(as_data(figure)), file=out, flush=True)


def _measured(folder: Path) -> Iterator[starting.Measured]:
    print("Without queue and web server ...", flush=True)
    connections.close_all()
    yield from work.direct_pdf(3)
    yield from work.direct_files(3)
    with servers.web(folder) as (_, port):
        browser = Browser(filling.EVERYWHERE, filling.PASSWORD)
        browser.go_to(port)
        browser.login()
        for workers in WORKERS:
            print(f"With {workers} worker{'s' if workers > 1 else ''} ...", flush=True)
            connections.close_all()
            with servers.queue(folder, workers=workers) as queue:
                yield from _with_workers(browser, queue.pid, workers)
                if workers == max(WORKERS):
                    print("Pages meanwhile ...", flush=True)
                    yield from _pages_meanwhile(browser)


def _with_workers(browser: Browser, queue: int, workers: int) -> Iterator[starting.Measured]:
    _thrown_away()
    _rendered(browser, 2 * workers)  # each worker has rendered before
    for number in AT_ONCE:
        what = f"{number} PDF{'s' if number > 1 else ''}, {workers} worker"
        what += "s" if workers > 1 else ""
        _thrown_away()
        before = cpu_seconds(descendants(queue))
        cold = _rendered(browser, number)
        after = cpu_seconds(descendants(queue))
        most = COLD_SECONDS if number == 1 else None
        yield f"{what}, cold", cold, "s", most, "from the first click to the last file"
        if before is not None and after is not None:
            yield f"{what}: CPU of each", (after - before) / number, "s", None, "of the workers"
        yield f"{what}, cached", _cached(browser, number), "s", None, "clicks and downloads"
    yield from starting.queue_memory(queue, f"of {workers}")


def _pages_meanwhile(browser: Browser) -> Iterator[starting.Measured]:
    page = f"/components/{filling.slug(0)}/"
    alone = [browser.get(page).seconds for _ in range(PAGES)]
    _thrown_away()
    busy: list[float] = []
    with _rendering(browser, max(AT_ONCE)):
        while _two_are_rendered() and len(busy) < PAGES:
            busy.append(browser.get(page).seconds)
    for name, percent in (("median", 50), ("p95", 95)):
        idle = 1000 * percentile(alone, percent)
        then = 1000 * percentile(busy, percent)
        most = SLOWER * idle if name == "median" else None
        yield f"gap report, {name}, idle", idle, "ms", None, f"{len(alone)} pages"
        note = f"{len(busy)} pages; {then / idle:.1f} times as slow"
        yield f"gap report, {name}, two PDFs rendered", then, "ms", most, note


@contextmanager
def _rendering(browser: Browser, number: int) -> Iterator[None]:
    for n in range(number):
        _ask(browser, n)
    deadline = time.monotonic() + LONGEST
    while not _two_are_rendered() and time.monotonic() < deadline:
        time.sleep(0.02)
    yield
    _wait()


def _two_are_rendered() -> bool:
    return ReportJob.objects.filter(state=JobState.RUNNING).count() >= 2


def _thrown_away() -> None:
    ReportFile.objects.all().delete()
    ReportJob.objects.all().delete()


def _rendered(browser: Browser, number: int) -> float:
    """Ask for reports of so many components; return the seconds until the last was finished."""
    began = datetime.now().astimezone()
    for n in range(number):
        _ask(browser, n)
    _wait()
    ended = [job.finished_at for job in ReportJob.objects.all() if job.finished_at]
    return (max(ended) - began).total_seconds()


def _cached(browser: Browser, number: int) -> float:
    taken = []
    for n in range(number):
        asked = _ask(browser, n)
        taken.append(asked.seconds + browser.get(f"{asked.location}report.pdf").seconds)
    return median(taken)


def _ask(browser: Browser, number: int) -> Answer:
    page = f"/components/{filling.slug(number)}/"
    return browser.post(f"{page}reports/", _form(browser, page))


_forms: dict[str, dict[str, str]] = {}


def _form(browser: Browser, page: str) -> dict[str, str]:
    """The form on a page, looked up once: to load the page again is not what is measured."""
    if page not in _forms:
        _forms[page] = form_of(browser.get(page).text, "/reports/")
    return _forms[page]


def _wait() -> None:
    deadline = time.monotonic() + LONGEST
    while ReportJob.objects.filter(ACTIVE).exists():
        if time.monotonic() > deadline:
            raise work.WorkFailed(f"reports took more than {LONGEST:.0f} s")
        time.sleep(0.02)
    if failed := ReportJob.objects.exclude(state=JobState.FINISHED).first():
        raise work.WorkFailed(f"report {failed.state}: {failed.message}")


if __name__ == "__main__":
    main()
