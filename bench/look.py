"""`python -m bench.look`: the engine's runs in a process of its own. Reads a plan, prints JSON.

Without Django and a database: what the checks themselves take. The plan is {"endpoint": of the
account, or "recording": a file to replay, "components": their parameters, "times": how many runs,
"record": a file to write}.
"""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import readiness.aws.checks  # noqa: F401 - registers them
from readiness.aws import engine
from readiness.aws.recording import Recording
from readiness.aws.registry import BoundCheck, applicable
from readiness.aws.session import Connection, Keys

# CloudFront is asked four times a second, by our own rule: hundreds of components take minutes.
RUN_SECONDS = 1200


def main() -> None:
    plan = json.load(sys.stdin)
    bound = [check for each in plan["components"] for check in applicable(each)]
    runs = [_one_run(bound, plan) for _ in range(plan["times"])]
    outcome = runs[-1].pop("outcome")
    if path := plan.get("record"):
        recording = Recording(outcome.answers, outcome.taken_at)
        Path(path).write_bytes(recording.dump())
    print(
        json.dumps(
            {
                "runs": [{"wall": run["wall"], "cpu": run["cpu"]} for run in runs],
                "checks": len(outcome.results),
                "bound": len(bound),
                "statuses": Counter(result.status.value for result in outcome.results),
                "reads": outcome.reads_made,
                "wanted": sum(len(result.reads) for result in outcome.results),
            }
        )
    )


def _one_run(bound: list[BoundCheck], plan: dict[str, Any]) -> dict[str, Any]:
    """A connection for each run, as the product makes them."""
    began, cpu = time.perf_counter(), time.process_time()
    outcome = engine.run(bound, connection=_source(plan), run_seconds=RUN_SECONDS)
    return {
        "wall": time.perf_counter() - began,
        "cpu": time.process_time() - cpu,
        "outcome": outcome,
    }


def _source(plan: dict[str, Any]) -> engine.Source:
    if path := plan.get("recording"):
        return Recording.load(Path(path).read_bytes())
    return Connection(keys=Keys("simulated", "simulated"), endpoint_url=plan["endpoint"])


if __name__ == "__main__":
    main()
