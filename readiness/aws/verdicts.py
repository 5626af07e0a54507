"""From what a check returns or raises to a verdict that can be stored."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from typing import TypeVar

from readiness.aws.errors import CouldNotLook, Status, SubjectMissing, UndeclaredRead
from readiness.aws.facts import Facts
from readiness.aws.registry import BoundCheck, Observed, Verdict

log = logging.getLogger(__name__)

OBSERVED_BYTES = 16 * 1024

T = TypeVar("T")


def judge(bound: BoundCheck, facts: Facts) -> Verdict:
    """The verdict of one check on these facts. Every surprise in an answer becomes a status here.

    For a run, and for judging recorded answers anew.
    """
    return guarded(bound, lambda: _bounded(bound.evaluate(facts)))


def guarded(bound: BoundCheck, step: Callable[[], T]) -> T | Verdict:
    """The one place where what a check raises becomes a verdict."""
    try:
        return step()
    except SubjectMissing as error:
        return Verdict(Status.FAIL, error.reason, {"exists": False})
    except CouldNotLook as error:
        return Verdict(error.status, error.reason, {})
    except UndeclaredRead as error:
        log.error("%s", error)
        return Verdict(Status.ERROR, "The check asked for a read that it does not declare.", {})
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        log.exception("%s could not be judged", bound.check.id)
        name = type(error).__name__
        return Verdict(Status.ERROR, f"The check stumbled over an answer from AWS ({name}).", {})


def _bounded(verdict: Verdict) -> Verdict:
    """With `observed` as it will come back from a JSON column, and not too long for one."""
    text = json.dumps(verdict.observed)
    if len(text) > OBSERVED_BYTES:
        text = json.dumps(_shortened(verdict.observed))
    return verdict._replace(observed=json.loads(text))


def _shortened(observed: Observed) -> Observed:
    """The facts and as many rows of the tables as fit, and how many did not."""
    kept: Observed = {}
    room = OBSERVED_BYTES - 512
    left_out = 0
    # Plain facts first: they are few, and the tables would push them out.
    for name, value in sorted(observed.items(), key=lambda item: isinstance(item[1], dict)):
        rows = value if isinstance(value, dict) else {"": value}
        for key, row in rows.items():
            size = len(json.dumps([name, key, row]))
            if size > room:
                left_out += 1
                continue
            room -= size
            if rows is value:
                kept.setdefault(name, {})[key] = row
            else:
                kept[name] = row
    return {**kept, "left_out": left_out}
