"""python -m readiness.aws RECORDING --parameters FILE: judge a recording, and nothing else.

Needs neither a database nor credentials nor settings. Prints what each check says; exits 0 when
none fails, 1 when one does, 2 when none fails but some could not look, 3 when it could not judge.
"""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from pathlib import Path

import readiness.aws.checks  # noqa: F401 - registers them
from readiness.aws.engine import Outcome
from readiness.aws.errors import UNKNOWN, AwsError, Status
from readiness.aws.offline import judge_recording, read_parameters


def main() -> int:
    parser = ArgumentParser(prog="python -m readiness.aws", description="Judge a recording.")
    parser.add_argument("recording", type=Path, help="a file that manage.py record_aws made")
    parser.add_argument(
        "--parameters", type=Path, required=True, metavar="FILE", help="of the component, as YAML"
    )
    parser.add_argument("--json", action="store_true", help="print the results as JSON")
    given = parser.parse_args()
    try:
        parameters = read_parameters(given.parameters.read_bytes())
        outcome = judge_recording(given.recording.read_bytes(), parameters)
    except OSError as error:
        return _refuse(f"{error.filename} cannot be read: {error.strerror}.")
    except AwsError as error:
        return _refuse(str(error))
    sys.stdout.write(_as_json(outcome) if given.json else _as_text(outcome))
    statuses = {result.status for result in outcome.results}
    return 1 if Status.FAIL in statuses else 2 if statuses & UNKNOWN else 0


def _refuse(why: str) -> int:
    sys.stderr.write(f"{why}\n")
    return 3


def _as_text(outcome: Outcome) -> str:
    lines = [f"{_word(each.status):<16} {each.check_id}: {each.reason}" for each in outcome.results]
    lines.append(f"{len(lines)} checks, recorded at {outcome.taken_at:%F %H:%M %Z}.\n")
    return "\n".join(lines)


def _word(status: Status) -> str:
    return "could not look" if status in UNKNOWN else status.replace("_", " ")


def _as_json(outcome: Outcome) -> str:
    checks = [
        {"id": r.check_id, "status": r.status, "reason": r.reason, "observed": r.observed}
        for r in outcome.results
    ]
    return (
        json.dumps({"recorded_at": outcome.taken_at.isoformat(), "checks": checks}, indent=2) + "\n"
    )


if __name__ == "__main__":
    sys.exit(main())
