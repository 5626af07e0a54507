"""`python -m bench live`: what looking at AWS takes, and what Prowler takes beside it.

One router and its checks in six regions: against the simulated account, with 80 ms added to each
request, and replayed from a recording. Then many routers of one account in one run. Where
var/bench-prowler has a Prowler (`python -m venv var/bench-prowler; var/bench-prowler/bin/pip
install prowler`), it looks at the same account, regions and services. Each line is a process of its
own, imports included; the account is another process on the same machine. The many routers run as
the worker runs them, with a SQLite database; all else is the engine alone.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from bench import fleet, machine, servers
from bench.figures import layout

RESULTS = servers.ROOT / "bench" / "results"
PROWLER = servers.ROOT / "var" / "bench-prowler" / "bin" / "prowler"
PROWLER_SERVICES = ("awslambda", "cloudfront", "cloudwatch", "s3")
REPEATS, RUNS = 3, 5
LATENCY_MS = 80
HEADINGS = ("what", "whole s", "CPU s", "peak MB", "run s", "run CPU s", "checks", "wanted",
            "reads", "requests")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """One process: what it took as a whole, and of its runs the median. Requests: as counted by
    the account, in all runs of the process."""

    what: str
    wall: float
    cpu: float
    peak_mb: float
    requests: int
    said: dict[str, Any] = field(default_factory=dict)  # by bench.look

    def cells(self) -> list[str]:
        runs = self.said.get("runs", [])
        walls, cpus = [run["wall"] for run in runs], [run["cpu"] for run in runs]
        return [
            self.what,
            f"{self.wall:.2f}",
            f"{self.cpu:.2f}",
            f"{self.peak_mb:.0f}",
            f"{statistics.median(walls):.3f}" if walls else "",
            f"{statistics.median(cpus):.3f}" if cpus else "",
            *(str(self.said.get(name, "")) for name in ("checks", "wanted", "reads")),
            str(self.requests),
        ]


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench live", description=__doc__)
    parser.add_argument("--routers", type=int, default=300, help="in the run of many; 0: leave out")
    options = parser.parse_args(arguments)
    calibration = [machine.calibrate()]
    with tempfile.TemporaryDirectory(prefix="readiness-bench-") as name:
        folder = Path(name)
        with servers.simulated_aws(folder) as (endpoint, parameters):
            lines = _one_router(endpoint, parameters, folder)
            lines += _prowler(endpoint, parameters["edge_regions"], folder)
            calibration.append(machine.calibrate())
            if options.routers:
                lines.append(_many_routers(endpoint, parameters, options.routers, folder))
                calibration.append(machine.calibrate())
    _report(lines, calibration)
    return 0


def _one_router(endpoint: str, parameters: dict[str, Any], folder: Path) -> list[Line]:
    recording = str(folder / "recording.json")
    live = {"endpoint": endpoint, "components": [parameters]}
    replay = {"recording": recording, "components": [parameters]}
    return [
        _quietest("one router, one run", endpoint, 0, live | {"times": 1, "record": recording}),
        _quietest(f"one router, {RUNS} runs", endpoint, 0, live | {"times": RUNS}),
        _quietest(f"and {LATENCY_MS} ms a request", endpoint, LATENCY_MS, live | {"times": RUNS}),
        _quietest("replay of a recording, one run", endpoint, 0, replay | {"times": 1}),
        _quietest(f"replay of a recording, {RUNS} runs", endpoint, 0, replay | {"times": RUNS}),
    ]


def _many_routers(endpoint: str, first: dict[str, Any], routers: int, folder: Path) -> Line:
    print(f"Building {routers} routers in the account ...", flush=True)
    servers.delay(endpoint, 0)
    components = fleet.build(endpoint, first, routers)
    plan = json.dumps({"endpoint": endpoint, "components": components})
    database = {"DATABASE_URL": f"sqlite:///{folder / 'together.sqlite3'}"}
    return _measured(
        f"{routers} routers, one run", [sys.executable, "-m", "bench.together"], endpoint, 0,
        os.environ | database, json.loads, stdin=plan,
    )  # fmt: skip


def _quietest(what: str, endpoint: str, delay_ms: int, plan: dict[str, Any]) -> Line:
    lines = [_look(what, endpoint, delay_ms, plan) for _ in range(REPEATS)]
    return min(lines, key=lambda line: line.wall)


def _look(what: str, endpoint: str, delay_ms: int, plan: dict[str, Any]) -> Line:
    command = [sys.executable, "-m", "bench.look"]
    environment = os.environ.copy()
    return _measured(
        what, command, endpoint, delay_ms, environment, json.loads, stdin=json.dumps(plan)
    )


def _prowler(endpoint: str, regions: list[str], folder: Path) -> list[Line]:
    if not PROWLER.exists():
        print(f"No Prowler in {PROWLER.parent.parent.relative_to(servers.ROOT)}: left out.")
        return []
    environment = {
        "PATH": os.environ["PATH"], "HOME": str(folder), "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "simulated", "AWS_SECRET_ACCESS_KEY": "simulated",
        "AWS_DEFAULT_REGION": regions[0],
    }  # fmt: skip
    command = [str(PROWLER), "aws", "--service", *PROWLER_SERVICES, "--region", *regions,
               "--output-formats", "csv", "--output-directory", str(folder / "prowler"),
               "--no-banner", "--no-color", "--ignore-exit-code-3"]  # fmt: skip

    def said(_: str) -> dict[str, Any]:
        [findings] = folder.glob("prowler/*.csv")
        with findings.open(newline="") as lines:
            rows = list(csv.DictReader(lines, delimiter=";"))
        findings.unlink()
        statuses = dict(Counter(row["STATUS"] for row in rows))
        return {"checks": len({row["CHECK_ID"] for row in rows}), "statuses": statuses}

    return [
        _measured(f"Prowler, {delay} ms a request", command, endpoint, delay, environment, said)
        for delay in (0, LATENCY_MS)
    ]


def _measured(
    what: str,
    command: list[str],
    endpoint: str,
    delay_ms: int,
    environment: dict[str, str],
    said: Callable[[str], dict[str, Any]],
    stdin: str = "",
) -> Line:
    """Run a process to its end, under the eye of the account. Raises DidNotStart if it fails."""
    print(f"{what} ...", flush=True)
    servers.delay(endpoint, delay_ms)
    began = time.monotonic()
    process = subprocess.Popen(
        command, cwd=servers.ROOT, env=environment, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    try:
        assert process.stdin
        assert process.stdout
        with process.stdin:
            process.stdin.write(stdin)
        out = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    finally:
        servers.end(process)
    wall = time.monotonic() - began
    if process.returncode:
        raise servers.DidNotStart(f"{what} ended with {process.returncode}: {out[-2000:]}")
    requests = sum(servers.calls(endpoint).values())
    return Line(what, wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, requests,
                said(out))  # fmt: skip


def _report(lines: list[Line], calibration: list[float]) -> None:
    print("\n" + layout(HEADINGS, [line.cells() for line in lines]))
    print("Whole, CPU, peak: of the process, with its imports. Run: the median of its runs. Wanted:"
          " reads that checks\nasked for. Reads: that were made. Requests: counted by the account,"
          " in all runs.")  # fmt: skip
    for line in lines:
        if line.said.get("queries"):
            first, median, last = line.said["done_after"]
            print(f"{line.what}: {line.said['queries']} queries, {line.said['peak_mb']:.0f} MB at"
                  f" the end of the run; components were done after"
                  f" {first:.0f} s, half of them {median:.0f} s, all {last:.0f} s.")  # fmt: skip
        if line.said.get("statuses"):
            counts = ", ".join(f"{n} {status}" for status, n in line.said["statuses"].items())
            print(f"{line.what}: {counts}")
    print(f"Calibration, sum(range(10**6)): {min(calibration):.1f} to {max(calibration):.1f} ms; "
          f"load {os.getloadavg()[0]:.1f}.")  # fmt: skip
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"live-{time.strftime('%Y-%m-%d-%H%M%S')}.json"
    data = {"machine": machine.facts(), "calibration": calibration,
            "lines": [asdict(line) for line in lines]}  # fmt: skip
    path.write_text(json.dumps(data, indent=1) + "\n")
    print(f"Written to {path.relative_to(servers.ROOT)}.")
