from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils import timezone

from readiness.management.components import add_component_argument, find_component
from readiness.milestones.queries import last_go
from readiness.reports.gap_report import build_gap_report
from readiness.reports.gate import GateOutcome, Judgement, judge
from readiness.reports.gate_policy import DEFAULT, Policy, PolicyRefused, read_policy
from readiness.reports.plain_text import without_control_characters

# Whoever could not even ask could not tell: 1 is kept for "not ready".
COULD_NOT_TELL = GateOutcome.COULD_NOT_TELL.exit_code
WORDS = {
    GateOutcome.READY: "Ready: nothing that the policy asks for is in the way.",
    GateOutcome.NOT_READY: "Not ready.",
    GateOutcome.COULD_NOT_TELL: "Could not tell: what must be seen was not.",
}


class Command(BaseCommand):
    help = (
        "Say whether a component may go live, by a policy. Exits 0 when it is ready, 1 when not, "
        "2 when that could not be told. Looks at what is known; run_checks asks AWS."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_component_argument(parser)
        parser.add_argument("--json", action="store_true", help="print the judgement as JSON")
        parser.add_argument(
            "--policy", type=Path, metavar="FILE", help="YAML; docs/gate.md shows the default"
        )

    def check(self, *args: Any, **options: Any) -> None:
        try:
            super().check(*args, **options)
        except CommandError as error:
            raise _untold(str(error)) from error

    def handle(self, *args: Any, component: str, json: bool, **options: Any) -> None:
        policy = _policy(options["policy"]) if options["policy"] else DEFAULT
        judgement = _judged(component, policy)
        self.stdout.write(_as_json(component, judgement) if json else _as_text(judgement))
        sys.exit(judgement.outcome.exit_code)


def _policy(path: Path) -> Policy:
    try:
        return read_policy(path.read_bytes())
    except OSError as error:
        raise _untold(f"{path} cannot be read: {error.strerror}.") from error
    except PolicyRefused as error:
        problems = "".join(f"\n  {problem}" for problem in error.problems)
        raise _untold(f"{path} is no policy:{problems}") from error


def _judged(slug: str, policy: Policy) -> Judgement:
    now = timezone.now()
    try:
        component = find_component(slug)
        report = build_gap_report(component, now)
        return judge(report, policy, now, last_go=last_go(component))
    except CommandError as error:
        raise _untold(str(error)) from error
    except DatabaseError as error:
        raise _untold(f"The database does not answer: {error}") from error
    except Exception as error:
        # A mistake of ours says nothing of a component either; --traceback shows where it is.
        raise _untold(f"It could not be judged: {type(error).__name__}: {error}") from error


def _untold(sentence: str) -> CommandError:
    return CommandError(sentence, returncode=COULD_NOT_TELL)


def _as_json(slug: str, judgement: Judgement) -> str:
    # In ASCII: escaped, no control character of what AWS said reaches the terminal.
    return json.dumps({"component": slug, **judgement.as_data()}, indent=2)


def _as_text(judgement: Judgement) -> str:
    heads = ("outcome", "rule", "requirement", "standing")
    rows = [
        (r.outcome.replace("_", " "), r.rule, r.requirement or "-", r.standing.replace("_", " "))
        for r in judgement.reasons
    ]
    if not rows:
        return WORDS[judgement.outcome]
    widths = [max(map(len, column)) for column in zip(heads, *rows, strict=True)]
    said = ("why", *(_on_one_line(reason.sentence) for reason in judgement.reasons))
    lines = [
        "  ".join((*(cell.ljust(w) for cell, w in zip(row, widths, strict=True)), why))
        for row, why in zip((heads, *rows), said, strict=True)
    ]
    return "\n".join([*lines, "", WORDS[judgement.outcome]])


def _on_one_line(sentence: str) -> str:
    """Return what people and AWS wrote as a terminal may be given it."""
    return without_control_characters(" ".join(sentence.split()))
