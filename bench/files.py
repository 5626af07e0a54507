"""How long the formats that need no WeasyPrint take, without queue and web server.

A command for a process of its own (work.direct_files): COMPONENT TIMES. Prints JSON.
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import replace
from itertools import cycle, islice
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from readiness.reports.gap_report import GapReport

FORMATS = ("xlsx", "json", "html")
SIZES = (74, 300)


def lengthened(report: GapReport, requirements: int) -> GapReport:
    """Return a report of so many requirements: those of `report` again and again, each with a name
    of its own, in one topic."""
    lines = [
        replace(line, criterion=f"{line.criterion}-{n}")
        for n, line in enumerate(islice(cycle(report.requirements), requirements))
    ]
    return replace(report, topics=(replace(report.topics[0], requirements=tuple(lines)),))


def main() -> None:
    import django  # noqa: PLC0415 - this is where the process begins

    django.setup()
    from django.utils import timezone  # noqa: PLC0415

    from readiness.models import Component  # noqa: PLC0415
    from readiness.reports import formats  # noqa: PLC0415
    from readiness.reports.gap_report import build_gap_report  # noqa: PLC0415

    found = Component.objects.select_related("team", "catalog", "blueprint")
    report = build_gap_report(found.get(slug=sys.argv[1]), timezone.now())
    measured = []
    for size in SIZES:
        long = lengthened(report, size)
        for slug in FORMATS:
            wanted = formats.FORMATS[slug]
            content = wanted.render(long)  # the first imports what it needs
            taken = []
            for _ in range(int(sys.argv[2])):
                began = time.perf_counter()
                wanted.render(long)
                taken.append(time.perf_counter() - began)
            what = f"{wanted.title} of {size} requirements"
            measured.append((what, median(taken), len(content) / 1024))
    print(json.dumps(measured))


if __name__ == "__main__":
    main()
