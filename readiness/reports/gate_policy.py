"""What must hold before a component goes live, as a file says it. Pure.

docs/gate.md shows the default policy; a test holds the two together.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, Strict, ValidationError
from pydantic_core import ErrorDetails

from readiness.decisions.standing import Standing
from readiness.strict_yaml import NotYaml, load_yaml

MAX_LENGTH = 100_000
# What AWS confirms is in nobody's way, and losing sight of it must not open one.
BARRING = tuple(standing for standing in Standing if standing is not Standing.VERIFIED)


def _bars(standing: Standing) -> Standing:
    if standing not in BARRING:
        raise ValueError
    return standing


Barring = Annotated[Standing, AfterValidator(_bars)]
Weight = Annotated[int, Strict(), Field(ge=1, le=5)]
Hours = Annotated[int, Strict(), Field(ge=1, le=24 * 365)]
Days = Annotated[int, Strict(), Field(ge=1, le=3650)]


class Tolerance(StrEnum):
    COULD_NOT_TELL = "could_not_tell"
    TOLERATE = "tolerate"


class Policy(BaseModel):
    """Frozen: one is judged by, not changed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    # Which standings are in the way, each from which weight on.
    not_ready: dict[Barring, Weight] = {
        Standing.CONTRADICTED: 1,
        Standing.LAPSED: 1,
        Standing.OVERDUE: 4,
        Standing.UNDECIDED: 4,
    }
    # Hours since AWS was last seen, by any of the checks; None for any.
    last_look_within_hours: Hours | None = 24
    # What to make of a check that could not look where its answer might be in the way ...
    could_not_look: Tolerance = Tolerance.COULD_NOT_TELL
    # ... and of a component of which AWS was never seen: no check applies, or none could look.
    nothing_seen: Tolerance = Tolerance.COULD_NOT_TELL
    # Days since the newest milestone with a go; None where none is asked for.
    milestone_within_days: Days | None = None


DEFAULT = Policy()


class PolicyRefused(Exception):
    """A policy that cannot be judged by; `problems` has a sentence each, with its place."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


def read_policy(raw: bytes) -> Policy:
    """Return the policy in a YAML (or JSON) text; what it leaves out is as in the default.

    Raises PolicyRefused with everything that is wrong.
    """
    if len(raw) > MAX_LENGTH:
        raise PolicyRefused([f"longer than {MAX_LENGTH:,} bytes"])
    try:
        data = load_yaml(raw)
    except NotYaml as error:
        where = f"line {error.line}: " if error.line else ""
        raise PolicyRefused([f"{where}{error}"]) from None
    try:
        return Policy.model_validate({} if data is None else data)
    except ValidationError as error:
        raise PolicyRefused([_problem(each) for each in error.errors()]) from None


_EXPECTED = {
    "not_ready": "a standing and the weight, 1 to 5, from which it is in the way",
    "last_look_within_hours": f"a whole number of hours, 1 to {24 * 365}, or null",
    "could_not_look": "could_not_tell or tolerate",
    "nothing_seen": "could_not_tell or tolerate",
    "milestone_within_days": "a whole number of days, 1 to 3650, or null",
}
_STANDINGS = ", ".join(BARRING)


def _problem(error: ErrorDetails) -> str:
    """Return one error of pydantic as its place and what was expected there."""
    loc = [str(step) for step in error["loc"] if step != "[key]"]
    key = loc[0] if loc else ""
    place = ".".join(loc) or "the policy"
    if key not in _EXPECTED:
        said = f"expected keys of {', '.join(_EXPECTED)}"
        return f"{place}: unknown; {said}" if key else f"{place}: {said}"
    if "[key]" in error["loc"]:
        return f"{place}: no standing that can be in the way; expected one of {_STANDINGS}"
    return f"{place}: expected {_EXPECTED[key]}, not {error['input']!r}"
