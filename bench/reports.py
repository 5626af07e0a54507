"""`python -m bench reports`: what reports take from the click to the file, and pages beside them.

One, four and sixteen PDFs of 74 requirements at once, with one worker and with two: rendered, and
from the cache. Pages while two are rendered, beside pages on their own. The other formats, of 74
and of 300 requirements, in a process of their own. SQLite; everything is started as in production.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from bench import machine, servers
from bench.databases import scratch
from bench.figures import Figure, from_data, tables

RESULTS = servers.ROOT / "bench" / "results"
SECONDS = 1200  # on a quiet machine it takes two minutes


def main(arguments: Sequence[str]) -> int:
    argparse.ArgumentParser(prog="python -m bench reports", description=__doc__).parse_args(
        arguments
    )
    calibration, loads = [machine.calibrate()], [os.getloadavg()[0]]
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="readiness-bench-")))
        os.environ.update(servers.environment(folder))
        servers.collect_static(folder)
        endpoint, parameters = stack.enter_context(servers.simulated_aws(folder))
        os.environ["READINESS_AWS_ENDPOINT_URL"] = endpoint
        url, version = stack.enter_context(scratch("sqlite", folder))
        out = folder / "out.jsonl"
        plan = {"parameters": parameters, "folder": str(folder), "out": str(out)}
        process = subprocess.Popen(
            [sys.executable, "-m", "bench.rendering", json.dumps(plan)],
            cwd=servers.ROOT, env=os.environ | {"DATABASE_URL": url}, start_new_session=True,
        )  # fmt: skip
        try:
            status = process.wait(timeout=SECONDS)
        finally:
            servers.end(process)
        lines = [json.loads(line) for line in out.read_text().splitlines()]
    calibration.append(machine.calibrate())
    loads.append(os.getloadavg()[0])
    _report(lines, version, calibration, loads)
    return status


def _report(
    lines: list[dict[str, Any]], version: str, calibration: list[float], loads: list[float]
) -> None:
    measured = [from_data(line) for line in lines]
    print("\n" + tables([each for each in measured if isinstance(each, Figure)]))
    print(f"{version}. Calibration, sum(range(10**6)): {min(calibration):.1f} to "
          f"{max(calibration):.1f} ms; load {min(loads):.1f} to {max(loads):.1f}.")  # fmt: skip
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"reports-{time.strftime('%Y-%m-%d-%H%M%S')}.json"
    data = {"machine": machine.facts() | {"databases": [version]}, "calibration": calibration,
            "loads": loads, "measured": lines}  # fmt: skip
    path.write_text(json.dumps(data, indent=1) + "\n")
    print(f"Written to {path.relative_to(servers.ROOT)}.")
