"""How long it takes until anything answers, and what a process weighs."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from bench.machine import descendants, memory_mb
from bench.servers import HOST, ROOT, free_port, running, wait_until_answers

Measured = tuple[str, float, str, float | None, str]
# None of these may be in a web worker: they are for workers, and large.
HEAVY = ("boto3", "botocore", "weasyprint", "moto", "psutil", "PIL", "fontTools")


def starts(folder: Path, page: str, cookie: str, times: int) -> Iterator[Measured]:
    """From the start of gunicorn's process to the first answers."""
    first, report = [], []
    for _ in range(times):
        port, log = free_port(), folder / "web.log"
        began = time.monotonic()
        with running("-m", "gunicorn", "readiness.wsgi", log=log,
                     WEB_BIND=f"{HOST}:{port}") as process:  # fmt: skip
            first.append(wait_until_answers(process, port, "/healthz/", log=log) - began)
            at = wait_until_answers(process, port, page, log=log, cookie=cookie)
            report.append(at - began)
    note = f"median of {times}"
    yield "start to first answer, /healthz/", median(first), "s", 1.5, note
    yield "start to first gap report", median(report), "s", 1.5, note


def imports(times: int) -> Iterator[Measured]:
    """What a fresh process imports until it can answer, and what it must not bring along."""
    said = [json.loads(_python(_IMPORT)) for _ in range(times)]
    heavy = ", ".join(name for name in HEAVY if name in said[0]["modules"]) or "none"
    note = f"{len(said[0]['modules'])} modules; of the heavy ones: {heavy}"
    yield "import of readiness.wsgi", median(each["wsgi"] for each in said), "s", None, ""
    yield "and of all its addresses", median(each["urls"] for each in said), "s", None, note


def migrate() -> float:
    """Migrate the empty database; returns the seconds of the whole command."""
    began = time.monotonic()
    _python("import sys; from django.core.management import execute_from_command_line as run; "
            "run(['manage.py', 'migrate', '--verbosity', '0'])")  # fmt: skip
    return time.monotonic() - began


def web_memory(gunicorn: int) -> Iterator[Measured]:
    """The workers that served; the heaviest counts."""
    weights = [weight for pid in descendants(gunicorn) if (weight := memory_mb(pid))]
    if weights:
        yield "web worker, peak", max(peak for peak, _ in weights), "MB", 120, "resident, VmHWM"
        yield "web worker, own share", max(share for _, share in weights), "MB", None, "PSS now"
    if weight := memory_mb(gunicorn):
        yield "gunicorn itself, peak", weight[0], "MB", None, f"PSS {weight[1]:.0f} MB"


def queue_memory(command: int, when: str) -> Iterator[Measured]:
    """`manage.py worker` and all that it started; the heaviest of them does the work."""
    weights = [w for pid in [command, *descendants(command)] if (w := memory_mb(pid))]
    if weights:
        note = f"all {len(weights)} processes together: PSS {sum(own for _, own in weights):.0f} MB"
        yield f"queue's worker, peak {when}", max(peak for peak, _ in weights), "MB", None, note


_IMPORT = """
import json, sys, time
began = time.perf_counter()
import readiness.wsgi
loaded = time.perf_counter()
from django.urls import get_resolver
get_resolver().url_patterns
print(json.dumps({"wsgi": loaded - began, "urls": time.perf_counter() - loaded,
                  "modules": sorted(sys.modules)}))
"""


def _python(code: str) -> str:
    # What it complains of is for the reader: it goes where ours goes.
    return subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True, timeout=120,
        check=True,
    ).stdout  # fmt: skip
