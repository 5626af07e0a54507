"""`python -m bench`: see bench/__init__.py. `python -m bench live`: see bench/live.py. `python -m
bench reports`: see bench/reports.py."""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from types import FrameType
from typing import Any

from bench import live, machine, reports, servers
from bench.databases import NoServer, scratch
from bench.figures import from_data, tables

RESULTS = servers.ROOT / "bench" / "results"
SECTIONS = ("pages", "run", "pdf", "start")
SECONDS = 350  # it is ended then, and says so


def main() -> int:
    options = _options()
    began = time.monotonic()
    deadline = began + SECONDS
    databases = ("sqlite", "postgres") if options.database == "both" else (options.database,)
    facts: dict[str, Any] = {**machine.facts(), "databases": []}
    lines: list[dict[str, Any]] = []
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="readiness-bench-")))
        os.environ.update(servers.environment(folder))
        print("The simulated AWS account, and the static files ...", flush=True)
        endpoint, parameters = stack.enter_context(servers.simulated_aws(folder))
        os.environ["READINESS_AWS_ENDPOINT_URL"] = endpoint
        servers.collect_static(folder)
        for number, kind in enumerate(databases):
            until = time.monotonic() + (deadline - time.monotonic()) / (len(databases) - number)
            plan = {
                "database": kind,
                "only": options.only,
                "components": options.components,
                "parameters": parameters,
                "folder": str(folder),
                "out": str(folder / f"{kind}.jsonl"),
            }
            try:
                with scratch(kind, folder) as (url, version):
                    facts["databases"].append(version)
                    lines += _measured_on(url, plan, until)
            except NoServer as error:
                lines.append({"note": f"PostgreSQL was skipped: {error}"})
    facts["seconds"] = round(time.monotonic() - began)
    _report(facts, lines)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--database", choices=["sqlite", "postgres", "both"], default="both")
    parser.add_argument("--components", type=_numbers, default=[1, 1000], help="such as 1,1000")
    parser.add_argument("--only", type=_sections, default=list(SECTIONS), help=",".join(SECTIONS))
    return parser.parse_args()


def _numbers(text: str) -> list[int]:
    numbers = [int(each) for each in text.split(",")]
    if min(numbers) < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return numbers


def _sections(text: str) -> list[str]:
    wanted = text.split(",")
    if unknown := [each for each in wanted if each not in SECTIONS]:
        raise argparse.ArgumentTypeError(f"{unknown[0]!r} is none of {', '.join(SECTIONS)}")
    return wanted


def _measured_on(url: str, plan: dict[str, Any], until: float) -> list[dict[str, Any]]:
    """Measure in a process of its own, as Django knows one database; returns what it wrote."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.measure", json.dumps(plan)],
        cwd=servers.ROOT, env=os.environ | {"DATABASE_URL": url}, start_new_session=True,
    )  # fmt: skip
    late: list[dict[str, Any]] = []
    try:
        if process.wait(timeout=max(1, until - time.monotonic())):
            late = [{"note": f"{plan['database']}: it stopped before its end; see above."}]
    except subprocess.TimeoutExpired:
        late = [{"note": f"{plan['database']}: stopped, the time was up."}]
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait(timeout=60)
    out = Path(plan["out"])
    written = out.read_text().splitlines() if out.exists() else []
    return [*(json.loads(line) for line in written), *late]


def _report(facts: dict[str, Any], lines: list[dict[str, Any]]) -> None:
    measured = [from_data(line["measured"]) for line in lines if "measured" in line]
    calibration = [line["calibration"] for line in lines if "calibration" in line]
    notes = [line["note"] for line in lines if "note" in line]
    print(f"\n{facts['cpu']}, {facts['cores']} cores, {facts['system']}\n"
          f"Python {facts['python']}, Django {facts['django']}, {', '.join(facts['databases'])}; "
          f"{facts['seconds']} s in all\n")  # fmt: skip
    print(tables(measured))
    print("Queries: those of the request, and behind the + BEGIN, COMMIT and savepoints. CPU: of "
          "all web workers. RSS: of the heavier worker then. Of three rounds the one with the "
          "least median.")  # fmt: skip
    for note in notes:
        print(f"Note: {note}")
    if calibration:
        milliseconds = [each["ms"] for each in calibration]
        print(f"Calibration, sum(range(10**6)): {min(milliseconds):.1f} to {max(milliseconds):.1f} "
              f"ms; load {max(each['load'] for each in calibration):.1f} at most.")  # fmt: skip
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{datetime.now().astimezone():%Y-%m-%d-%H%M%S}.json"
    data = {"machine": facts, "calibration": calibration, "notes": notes,
            "measured": [line["measured"] for line in lines if "measured" in line]}  # fmt: skip
    path.write_text(json.dumps(data, indent=1) + "\n")
    print(f"Written to {path.relative_to(servers.ROOT)}.")


def _leave(signum: int, frame: FrameType | None) -> None:
    raise SystemExit(1)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _leave)
    others = {"live": live.main, "reports": reports.main}
    other = others.get(sys.argv[1] if sys.argv[1:] else "")
    sys.exit(other(sys.argv[2:]) if other else main())
