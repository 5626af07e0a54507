"""Measures on one database; `python -m bench` runs it, once for each, in a prepared environment.

Writes one JSON object per line to the file that the plan names: {"measured": ...} or {"note": ...}.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from types import FrameType
from typing import Any

import django

django.setup()

from django.db import connections  # noqa: E402 - the settings had to be there
from django.test import Client  # noqa: E402

from bench import filling, overview, servers, starting, traffic, work  # noqa: E402
from bench.browser import Unexpected  # noqa: E402
from bench.figures import Figure, Requests, as_data  # noqa: E402
from bench.machine import calibrate  # noqa: E402
from bench.sizes import sizes  # noqa: E402
from readiness.models import User  # noqa: E402

LEDGER_SAMPLE = 500


class Measurement:
    def __init__(self, plan: dict[str, Any], out: Callable[[dict[str, Any]], None]) -> None:
        self._out = out
        self._database: str = plan["database"]
        self._only = set(plan["only"])
        self._components: list[int] = sorted(plan["components"])
        self._parameters: dict[str, Any] = plan["parameters"]
        self._folder = Path(plan["folder"])
        self._crowd = traffic.Crowd()
        self._began = time.monotonic()

    def run(self) -> None:
        seconds = starting.migrate()
        self._figures(None, [("migrate, the database empty", seconds, "s", 10, "whole command")])
        for components in self._components:
            self._say(f"filling up to {components:,} components")
            filling.fill(components, self._parameters)
            if broken := filling.broken_digests(LEDGER_SAMPLE):
                raise AssertionError(f"{broken} digests do not hold")
            self._calibrate()
            if "pages" in self._only:
                self._traffic(components)
                self._figures(components, overview.pages())
        # With all of them there: what follows is of one component, and should not know of others.
        if self._only & {"run", "pdf"}:
            self._work(components)
        if "start" in self._only:
            self._starts(components)
        self._calibrate()

    def _traffic(self, components: int) -> None:
        found = sizes(components)
        connections.close_all()
        with servers.web(self._folder) as (web, port), self._crowd.at(port) as crowd:
            for kind in traffic.kinds(components):
                self._say(kind.what)
                measured = traffic.measure(
                    kind, crowd, web=web.pid, size=found.get(kind.what),
                    database=self._database, components=components,
                )  # fmt: skip
                for each in measured:
                    self._measured(each)
                self._calibrate()
            self._figures(components, starting.web_memory(web.pid))

    def _work(self, components: int) -> None:
        connections.close_all()
        with (
            servers.web(self._folder) as (_, port),
            servers.queue(self._folder) as queue,
            self._crowd.at(port) as crowd,
        ):
            browser = crowd.of(filling.EVERYWHERE)[0]
            browser.login()
            if "run" in self._only:
                self._say("check runs")
                self._attempt(components, work.check_runs(browser, queue.pid))
                self._figures(components, starting.queue_memory(queue.pid, "after check runs"))
            if "pdf" in self._only:
                self._say("PDF")
                self._attempt(components, work.direct_pdf(3))
                self._attempt(components, work.direct_files(5))
                self._attempt(components, work.reports(browser, 4))
                self._figures(components, starting.queue_memory(queue.pid, "after PDF"))
            self._calibrate()

    def _starts(self, components: int) -> None:
        self._say("starts")
        client = Client(SERVER_NAME=servers.HOST)
        client.force_login(User.objects.get(username=filling.EVERYWHERE))
        cookie = f"sessionid={client.cookies['sessionid'].value}"
        connections.close_all()
        times = 5
        page = f"/components/{filling.slug(0)}/"
        self._figures(components, starting.starts(self._folder, page, cookie, times))
        self._figures(components, starting.imports(times))
        self._calibrate()

    def _attempt(self, components: int, figures: Iterable[starting.Measured]) -> None:
        """What is not finished, or does not work, costs a sentence and not the other figures."""
        try:
            self._figures(components, figures)
        except (work.WorkFailed, Unexpected) as error:
            self._out({"note": f"{self._database}: {error}"})

    def _figures(self, components: int | None, figures: Iterable[starting.Measured]) -> None:
        for what, value, unit, most, note in figures:
            self._measured(Figure(self._database, components, what, value, unit, most, note))

    def _measured(self, measured: Requests | Figure) -> None:
        self._out({"measured": as_data(measured)})

    def _calibrate(self) -> None:
        load = os.getloadavg()[0]
        self._out({"calibration": {"ms": calibrate(), "load": load, "database": self._database}})

    def _say(self, text: str) -> None:
        print(f"{time.monotonic() - self._began:5.0f} s  {self._database}: {text} ...", flush=True)


def main() -> None:
    signal.signal(signal.SIGTERM, _leave)  # so that every finally is run
    plan = json.loads(sys.argv[1])
    with Path(plan["out"]).open("a") as lines:
        Measurement(plan, lambda line: print(json.dumps(line), file=lines, flush=True)).run()


def _leave(signum: int, frame: FrameType | None) -> None:
    raise SystemExit(1)


if __name__ == "__main__":
    main()
