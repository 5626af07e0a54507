"""Does a probe try the component from outside, now and with success?"""

from __future__ import annotations

import re
from collections.abc import Iterable

from readiness.aws.errors import CouldNotLook, Status
from readiness.aws.facts import Facts, Shape
from readiness.aws.fetch import Fetch
from readiness.aws.parameter_types import CanaryName, Region
from readiness.aws.parameters import CheckParameters
from readiness.aws.registry import Observed, Verdict, check

READS_CANARIES = ("synthetics", "describe_canaries")
READS_LAST_RUNS = ("synthetics", "describe_canaries_last_run")

#: "rate(0 minute)": when it is started, and not again.
ONCE = re.compile(r"rate\(\s*0\s+\w+\s*\)")


class Probe(CheckParameters):
    canary_name: CanaryName
    canary_region: Region


class State(Shape):
    state: str


class Schedule(Shape):
    expression: str


class Canary(Shape):
    name: str
    status: State
    schedule: Schedule


class CanariesAnswer(Shape):
    canaries: list[Canary]


class Run(Shape):
    status: State


class LastRun(Shape):
    canary_name: str
    last_run: Run | None = None  # missing: it has not run


class LastRunsAnswer(Shape):
    canaries_last_run: list[LastRun]


def canary_fetch(params: Probe) -> Fetch:
    names = [params.canary_name]
    return Fetch.of("synthetics", params.canary_region, "describe_canaries", Names=names)


def last_run_fetch(params: Probe) -> Fetch:
    names = [params.canary_name]
    return Fetch.of("synthetics", params.canary_region, "describe_canaries_last_run", Names=names)


def _canary(facts: Facts, params: Probe) -> Canary | None:
    missing = _said_of_missing(params)
    found = facts.subject(canary_fetch(params), CanariesAnswer, missing=missing).canaries
    return next((each for each in found if each.name == params.canary_name), None)


def _said_of_missing(params: Probe) -> str:
    return f"There is no canary {params.canary_name} in {params.canary_region}."


def _last_states(facts: Facts, params: Probe) -> list[str]:
    """One for each browser or place that the canary has run in."""
    answer = facts.read(last_run_fetch(params), LastRunsAnswer)
    return [
        each.last_run.status.state
        for each in answer.canaries_last_run
        if each.canary_name == params.canary_name and each.last_run
    ]


def _wrong_with(canary: Canary, runs: list[str]) -> str:
    if canary.status.state != "RUNNING":
        return f"is not running: its state is {canary.status.state}"
    if ONCE.fullmatch(canary.schedule.expression):
        return "has no schedule: it runs only when somebody starts it"
    if not runs:
        return "has not run yet"
    return "failed in its last run" if "FAILED" in runs else ""


@check(
    "synthetics.canary",
    version=1,
    criteria=["external-probe"],
    params=Probe,
    reads=[READS_CANARIES, READS_LAST_RUNS],
    title="A canary tries the component and succeeds",
    severity="medium",
    passes="The canary is running on a schedule, and its last run passed.",
    why=(
        "All figures from inside can be fine while DNS, a certificate or a route keeps users out."
        " A probe that was stopped during some incident and never started again sees as little."
    ),
    mend_console=(
        "CloudWatch, in the canary's region, Synthetics Canaries, the canary: Actions, Start; or"
        " open its last run and read why it failed."
    ),
    mend_cli=(
        "aws synthetics start-canary --region {canary_region} --name {canary_name}\n"
        "aws synthetics get-canary-runs --region {canary_region} --name {canary_name}"
        "  # why the last ones failed"
    ),
    documentation="Amazon CloudWatch User Guide: Synthetic monitoring (canaries)",
)
class CanaryPasses:
    """The canary runs by itself, and passed when it did so last."""

    @staticmethod
    def needs(params: Probe) -> Iterable[Fetch]:
        yield canary_fetch(params)
        yield last_run_fetch(params)

    @staticmethod
    def evaluate(facts: Facts, params: Probe) -> Verdict:
        canary = _canary(facts, params)
        if canary is None:
            return Verdict(Status.FAIL, _said_of_missing(params), {"exists": False})
        runs = _last_states(facts, params)
        observed: Observed = {
            "state": canary.status.state,
            "schedule": canary.schedule.expression,
            "last_run": ", ".join(sorted(set(runs))) or "none",
        }
        if wrong := _wrong_with(canary, runs):
            return Verdict(Status.FAIL, f"The canary {params.canary_name} {wrong}.", observed)
        if set(runs) != {"PASSED"}:
            reason = f"The last run of the canary {params.canary_name} is not over yet."
            raise CouldNotLook(Status.UNSUPPORTED, reason)
        reason = f"The canary {params.canary_name} is running, and its last run passed."
        return Verdict(Status.PASS, reason, observed)
