"""Is the function declared in code, and does it still match what is declared?"""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from datetime import timedelta
from typing import Literal

from readiness.aws.errors import CouldNotLook, Status
from readiness.aws.facts import Facts, Moment, Shape
from readiness.aws.fetch import Fetch
from readiness.aws.judging import capped, count, listing
from readiness.aws.parameter_types import FunctionName, Region, StackName
from readiness.aws.parameters import CheckParameters
from readiness.aws.registry import Observed, Verdict, check

READS_STACKS = ("cloudformation", "describe_stacks")
READS_RESOURCES = ("cloudformation", "list_stack_resources")
READS_DRIFTS = ("cloudformation", "describe_stack_resource_drifts")

#: The stack is as its template says. After a rollback it is as the template before said.
COMPLETE = (
    "CREATE_COMPLETE",
    "IMPORT_COMPLETE",
    "UPDATE_COMPLETE",
    "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
)

#: How old the last drift detection may be: monthly, with days to spare.
DRIFT_DAYS_MAX = 35


class AStack(CheckParameters):
    stack_name: StackName
    stack_region: Region


class StackOfFunction(AStack):
    function_name: FunctionName


class Drift(Shape):
    stack_drift_status: Literal["DRIFTED", "IN_SYNC", "UNKNOWN", "NOT_CHECKED"]
    last_check_timestamp: Moment | None = None


class Stack(Shape):
    stack_status: str
    drift_information: Drift | None = None


class StacksAnswer(Shape):
    stacks: list[Stack]


class StackResource(Shape):
    resource_type: str
    resource_status: str
    physical_resource_id: str | None = None  # missing until it was made


class StackResourcesAnswer(Shape):
    stack_resource_summaries: list[StackResource]


class ResourceDrift(Shape):
    logical_resource_id: str
    stack_resource_drift_status: Literal["MODIFIED", "DELETED"]


class DriftsAnswer(Shape):
    stack_resource_drifts: list[ResourceDrift]


def stack_fetch(params: AStack) -> Fetch:
    return Fetch.of(
        "cloudformation", params.stack_region, "describe_stacks", StackName=params.stack_name
    )


def resources_fetch(params: AStack) -> Fetch:
    return Fetch.of(
        "cloudformation", params.stack_region, "list_stack_resources", StackName=params.stack_name
    )


def drifts_fetch(params: AStack) -> Fetch:
    return Fetch.of(
        "cloudformation",
        params.stack_region,
        "describe_stack_resource_drifts",
        StackName=params.stack_name,
        StackResourceDriftStatusFilters=["MODIFIED", "DELETED"],
    )


def _stack(facts: Facts, params: AStack) -> Stack:
    """Raises SubjectMissing if there is none, CouldNotLook if it cannot be told."""
    missing = f"There is no stack {params.stack_name} in {params.stack_region}."
    stacks = facts.subject(stack_fetch(params), StacksAnswer, missing=missing).stacks
    if len(stacks) != 1:
        reason = f"AWS answered with {count(len(stacks), 'stack')} for {params.stack_name}."
        raise CouldNotLook(Status.UNSUPPORTED, reason)
    return stacks[0]


def _is_under_way(status: str) -> bool:
    """A change that may yet end well; one that is being taken back has failed already."""
    return status.endswith("_IN_PROGRESS") and "ROLLBACK" not in status


def _mend_stack(params: StackOfFunction, observed: Observed) -> str:
    where = f"--region {shlex.quote(params.stack_region)} --stack-name"
    stack = shlex.quote(params.stack_name)
    if observed.get("holds_function") is False:
        return (
            "# Put the function, as it is, into template.yaml with DeletionPolicy: Retain.\n"
            f"aws cloudformation create-change-set {where} {stack} --change-set-name import"
            " --change-set-type IMPORT --template-body file://template.yaml"
            " --resources-to-import file://resources.json"
        )
    return (
        f"aws cloudformation describe-stack-events {where} {stack}  # why the last change failed\n"
        f"aws cloudformation deploy {where} {stack} --template-file template.yaml"
    )


def _mend_drift(params: AStack, observed: Observed) -> str:
    where = f"--region {shlex.quote(params.stack_region)}"
    stack = f"--stack-name {shlex.quote(params.stack_name)}"
    return (
        f"aws cloudformation detect-stack-drift {where} {stack}  # takes minutes, changes nothing\n"
        f"aws cloudformation describe-stack-resource-drifts {where} {stack}"
        " --stack-resource-drift-status-filters MODIFIED DELETED"
    )


@check(
    "cloudformation.managed",
    version=1,
    criteria=["infra-as-code"],
    params=StackOfFunction,
    reads=[READS_STACKS, READS_RESOURCES],
    title="The function belongs to a stack whose last change went well",
    severity="medium",
    passes=(
        "The stack exists, was created, updated or imported completely, and holds the function. A"
        " stack that was rolled back is not what its newest template says."
    ),
    why=(
        "What is declared can be built again from an empty account, reviewed, and compared with"
        " what is there. A function made by hand can only be remembered."
    ),
    mend_console=(
        "CloudFormation, in the region, Stacks, the stack: Events tell why the last change failed;"
        " Stack actions, Import resources into stack, takes in what was made by hand."
    ),
    mend_cli=_mend_stack,
    documentation="AWS CloudFormation User Guide: Import AWS resources into a stack",
)
class Managed:
    """The stack is complete, and the function is one of its resources."""

    @staticmethod
    def needs(params: StackOfFunction) -> Iterable[Fetch]:
        yield stack_fetch(params)
        yield resources_fetch(params)

    @staticmethod
    def evaluate(facts: Facts, params: StackOfFunction) -> Verdict:
        name, status = params.stack_name, _stack(facts, params).stack_status
        observed: Observed = {"stack": name, "status": status}
        if status not in COMPLETE:
            if _is_under_way(status):
                reason = f"A change of the stack {name} is under way ({status}); look again later."
                raise CouldNotLook(Status.ERROR, reason)
            reason = f"The last change of the stack {name} did not go well ({status})."
            return Verdict(Status.FAIL, reason, observed)
        answer = facts.read(resources_fetch(params), StackResourcesAnswer)
        holds = any(
            each.resource_type == "AWS::Lambda::Function"
            and each.physical_resource_id == params.function_name
            and not each.resource_status.startswith("DELETE")
            for each in answer.stack_resource_summaries
        )
        observed["holds_function"] = holds
        if not holds:
            reason = f"The stack {name} does not hold the function {params.function_name}."
            return Verdict(Status.FAIL, reason, observed)
        reason = f"The stack {name} is complete and holds {params.function_name}."
        return Verdict(Status.PASS, reason, observed)


@check(
    "cloudformation.drift",
    version=1,
    criteria=["no-drift"],
    params=AStack,
    reads=[READS_STACKS, READS_DRIFTS],
    title="The stack has not drifted, and somebody looked lately",
    severity="medium",
    passes=(
        f"Drift was looked for within {DRIFT_DAYS_MAX} days, and no resource of the stack was"
        " changed or deleted by hand. Readiness never starts a detection itself."
    ),
    why=(
        "A change made by hand in an incident is lost, or breaks things, at the next deployment;"
        " unless somebody finds it first."
    ),
    mend_console=(
        "CloudFormation, in the region, Stacks, the stack, Stack actions, Detect drift; then View"
        " drift results. Take each difference into the template, or take it back."
    ),
    mend_cli=_mend_drift,
    documentation="AWS CloudFormation User Guide: Detect unmanaged configuration changes to stacks",
)
class InSync:
    """The last drift detection is recent and found nothing."""

    @staticmethod
    def needs(params: AStack) -> Iterable[Fetch]:
        yield stack_fetch(params)

    @staticmethod
    def needs_more(facts: Facts, params: AStack) -> Iterable[Fetch]:
        drift = _stack(facts, params).drift_information
        if drift is not None and drift.stack_drift_status == "DRIFTED":
            yield drifts_fetch(params)

    @staticmethod
    def evaluate(facts: Facts, params: AStack) -> Verdict:
        name, drift = params.stack_name, _stack(facts, params).drift_information
        if drift is None:
            reason = f"The stack {name} came without its drift."
            raise CouldNotLook(Status.UNSUPPORTED, reason)
        observed: Observed = {"stack": name, "drift": drift.stack_drift_status}
        match drift.stack_drift_status:
            case "NOT_CHECKED":
                reason = f"Nobody has ever looked whether the stack {name} drifted."
                return Verdict(Status.FAIL, reason, observed)
            case "UNKNOWN":
                reason = f"CloudFormation could not tell whether the stack {name} drifted."
                raise CouldNotLook(Status.ERROR, reason)
            case "DRIFTED":
                return _drifted(facts, params, observed)
        if drift.last_check_timestamp is None:
            reason = f"The stack {name} came without the time of its drift detection."
            raise CouldNotLook(Status.UNSUPPORTED, reason)
        age = facts.now - drift.last_check_timestamp
        observed["looked_days_ago"] = age.days
        if age > timedelta(days=DRIFT_DAYS_MAX):
            reason = f"It is {count(age.days, 'day')} since anybody looked whether {name} drifted."
            return Verdict(Status.FAIL, reason, observed)
        reason = f"The stack {name} matched its template {count(age.days, 'day')} ago."
        return Verdict(Status.PASS, reason, observed)


def _drifted(facts: Facts, params: AStack, observed: Observed) -> Verdict:
    """A fail, even where AWS does not say which resources they are."""
    try:
        drifts = facts.read(drifts_fetch(params), DriftsAnswer).stack_resource_drifts
    except CouldNotLook as error:
        reason = f"The stack {params.stack_name} drifted; could not look where: {error.reason}"
        return Verdict(Status.FAIL, reason, observed)
    changed = {each.logical_resource_id: each.stack_resource_drift_status for each in drifts}
    observed["resources"] = capped([f"{name}: {how.lower()}" for name, how in changed.items()])
    where = f": {listing(changed)} changed by hand" if changed else ""
    return Verdict(Status.FAIL, f"The stack {params.stack_name} drifted{where}.", observed)
