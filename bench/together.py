"""`python -m bench.together`: one run of many components, as the worker makes it, database and all.

Reads the plan of bench.look ({"endpoint": ..., "components": their parameters}) and prints the same
words of it, and: how many queries, and when the first, the median and the last component was done.
In a process of its own, with a database that is its alone: DATABASE_URL says where.
"""

from __future__ import annotations

import json
import os
import resource
import statistics
import sys
import time
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import django

if TYPE_CHECKING:
    from readiness.models import CheckRun, Component


def main() -> None:
    plan = json.load(sys.stdin)
    os.environ["READINESS_AWS_ENDPOINT_URL"] = plan["endpoint"]
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "readiness.settings")
    django.setup()
    print(json.dumps(look_together(plan["components"])))


def look_together(parameters: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Make a component of each, let them run together, and return what it took."""
    from django.db import connection  # noqa: PLC0415 - the settings have to be there first
    from django.utils import timezone  # noqa: PLC0415

    from readiness.aws.runner import request_together, run_task  # noqa: PLC0415
    from readiness.models import RunTrigger  # noqa: PLC0415

    components = _made(parameters)
    runs = request_together(components=components, now=timezone.now(), trigger=RunTrigger.SCHEDULE)
    queries: list[str] = []

    def count(execute: Any, sql: str, *rest: Any) -> Any:
        queries.append(sql)
        return execute(sql, *rest)

    began, cpu = time.perf_counter(), time.process_time()
    with connection.execute_wrapper(count):
        run_task(runs[0].pk)
    took = {"wall": time.perf_counter() - began, "cpu": time.process_time() - cpu}
    # Of the run, before it is asked what it did; what made the components is in it.
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"runs": [took], "queries": len(queries), "peak_mb": peak_mb, **_said(runs)}


def _made(parameters: Sequence[dict[str, Any]]) -> list[Component]:
    from django.core.management import call_command  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415

    from bench.servers import ROOT  # noqa: PLC0415
    from readiness.catalog.loader import load  # noqa: PLC0415
    from readiness.components.actions import create_component  # noqa: PLC0415
    from readiness.models import Catalog, Team, User  # noqa: PLC0415

    now = timezone.now()
    call_command("migrate", verbosity=0)
    load(sorted(ROOT.glob("fixtures/*/*.yaml")), now=now)
    catalog, by = Catalog.objects.get(), User.objects.create_user("bench-together")
    team = Team.objects.create(slug="bench-together", name="Bench")
    return [
        create_component(
            by=by, now=now, slug=f"bench-together-{number}", name=f"Router {number}",
            team=team, catalog=catalog, parameters=each,
        )
        for number, each in enumerate(parameters)
    ]  # fmt: skip


def _said(runs: Sequence[CheckRun]) -> dict[str, Any]:
    from readiness.models import CheckResult, CheckRun  # noqa: PLC0415

    ended = CheckRun.objects.filter(pk__in=[run.pk for run in runs])
    times = [
        (run.finished_at - run.started_at).total_seconds()
        for run in ended
        if run.started_at and run.finished_at
    ]
    # Read in pieces: the process is to be no larger for being asked what it did.
    reads = CheckResult.objects.values_list("reads", flat=True).iterator(chunk_size=500)
    statuses = Counter(CheckResult.objects.values_list("status", flat=True).iterator())
    return {
        "checks": statuses.total(),
        "states": Counter(run.state for run in ended),
        "statuses": statuses,
        "reads": sum(run.reads_made for run in ended),
        "wanted": sum(map(len, reads)),
        "done_after": [min(times), statistics.median(times), max(times)],
    }


if __name__ == "__main__":
    main()
