"""Can the plain function be followed, does it leave room for others, and where do failures go?"""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import Field

from readiness.aws.errors import Status
from readiness.aws.facts import Facts, Shape
from readiness.aws.fetch import Fetch
from readiness.aws.parameter_types import FunctionName, Region
from readiness.aws.parameters import CheckParameters
from readiness.aws.registry import Verdict, check

READS_CONFIGURATION = ("lambda", "get_function_configuration")
READS_CONCURRENCY = ("lambda", "get_function_concurrency")
READS_INVOCATION = ("lambda", "get_function_event_invoke_config")


#: What tells an answer about the function from a bare one.
FunctionArn = Annotated[str, Field(pattern=r"^arn:[^:]+:lambda:[^:]+:[0-9]{12}:function:.+$")]


class PlainFunction(CheckParameters):
    plain_function_name: FunctionName
    plain_function_region: Region

    @property
    def missing(self) -> str:
        return f"There is no function {self.plain_function_name} in {self.plain_function_region}."


class Tracing(Shape):
    mode: Literal["Active", "PassThrough"]


class TracedAnswer(Shape):
    tracing_config: Tracing


class DeadLetters(Shape):
    target_arn: str = ""


class DeadLettersAnswer(Shape):
    function_arn: FunctionArn
    dead_letter_config: DeadLetters = DeadLetters()  # left out: none


class ConcurrencyAnswer(Shape):
    reserved_concurrent_executions: int | None = None  # an empty answer: nothing is reserved


class OnFailure(Shape):
    destination: str = ""


class Destinations(Shape):
    on_failure: OnFailure = OnFailure()


class InvocationAnswer(Shape):
    function_arn: FunctionArn
    destination_config: Destinations = Destinations()


def _fetch(operation: str, params: PlainFunction) -> Fetch:
    region, name = params.plain_function_region, params.plain_function_name
    return Fetch.of("lambda", region, operation, FunctionName=name)


def _options(params: PlainFunction) -> str:
    return (
        f"--region {shlex.quote(params.plain_function_region)}"
        f" --function-name {shlex.quote(params.plain_function_name)}"
    )


@check(
    "lambda.tracing",
    version=1,
    criteria=["logs-correlated"],
    params=PlainFunction,
    reads=[READS_CONFIGURATION],
    title="The plain function is traced",
    severity="low",
    passes="Active tracing is on for the plain function.",
    why=(
        "A trace shows one request on its whole way, with the time that each step took. Without"
        " tracing of its own the function shows up only when its caller happened to trace."
    ),
    mend_console=(
        "Lambda, the function, Configuration, Monitoring and operations tools, Edit: turn on active"
        " tracing."
    ),
    mend_cli=(
        "aws lambda update-function-configuration --region {plain_function_region}"
        " --function-name {plain_function_name} --tracing-config Mode=Active"
    ),
    documentation="AWS Lambda Developer Guide: Visualize Lambda function invocations using X-Ray",
)
class TracingActive:
    """The tracing mode of the plain function is Active."""

    @staticmethod
    def needs(params: PlainFunction) -> Iterable[Fetch]:
        yield _fetch("get_function_configuration", params)

    @staticmethod
    def evaluate(facts: Facts, params: PlainFunction) -> Verdict:
        fetch = _fetch("get_function_configuration", params)
        mode = facts.subject(fetch, TracedAnswer, missing=params.missing).tracing_config.mode
        if mode == "Active":
            reason = f"The function {params.plain_function_name} is traced."
            return Verdict(Status.PASS, reason, {"mode": mode})
        reason = f"The function {params.plain_function_name} is traced only when its caller is."
        return Verdict(Status.FAIL, reason, {"mode": mode})


@check(
    "lambda.concurrency-reserved",
    version=1,
    criteria=["quota-headroom", "blast-radius"],
    params=PlainFunction,
    reads=[READS_CONCURRENCY],
    title="The plain function has concurrency of its own",
    severity="medium",
    passes="Concurrency is reserved for the plain function, and it is not zero.",
    why=(
        "All functions of a region draw on one limit. A reservation keeps a runaway neighbour from"
        " using up this function's share, and this function from using up everybody's."
    ),
    mend_console="Lambda, the function, Configuration, Concurrency, Edit: Reserve concurrency.",
    mend_cli=(
        "aws lambda put-function-concurrency --region {plain_function_region}"
        " --function-name {plain_function_name} --reserved-concurrent-executions <NUMBER>"
    ),
    documentation="AWS Lambda Developer Guide: Configuring reserved concurrency for a function",
)
class ConcurrencyReserved:
    """A number above zero is reserved."""

    @staticmethod
    def needs(params: PlainFunction) -> Iterable[Fetch]:
        yield _fetch("get_function_concurrency", params)

    @staticmethod
    def evaluate(facts: Facts, params: PlainFunction) -> Verdict:
        fetch = _fetch("get_function_concurrency", params)
        answer = facts.subject(fetch, ConcurrencyAnswer, missing=params.missing)
        name, reserved = params.plain_function_name, answer.reserved_concurrent_executions
        observed = {"reserved": reserved}
        if reserved is None:
            reason = f"Nothing is reserved for {name}: it shares what is left in its region."
            return Verdict(Status.FAIL, reason, observed)
        if reserved == 0:
            reason = f"The reserved concurrency of {name} is zero: it cannot run at all."
            return Verdict(Status.FAIL, reason, observed)
        reason = f"{reserved} executions at the same time are reserved for {name}."
        return Verdict(Status.PASS, reason, observed)


def _mend_failures(params: PlainFunction, observed: object) -> str:
    return (
        f"aws lambda put-function-event-invoke-config {_options(params)}"
        ' --destination-config \'{"OnFailure": {"Destination": "<ARN>"}}\''
    )


@check(
    "lambda.failure-destination",
    version=1,
    criteria=["self-failure"],
    params=PlainFunction,
    reads=[READS_CONFIGURATION, READS_INVOCATION],
    title="Failed events of the plain function are kept",
    severity="medium",
    passes="The plain function has a dead-letter queue or a destination for failures.",
    why=(
        "An event that came without a waiting caller is tried three times and then dropped. With a"
        " destination somebody can see it, and do the work again."
    ),
    mend_console=(
        "Lambda, the function, Configuration, Destinations, Add destination: asynchronous"
        " invocation, on failure, and an SQS queue or an SNS topic."
    ),
    mend_cli=_mend_failures,
    documentation=(
        "AWS Lambda Developer Guide: Capturing records of Lambda asynchronous invocations"
    ),
)
class FailureDestination:
    """A dead-letter target or an OnFailure destination is set on the function itself."""

    @staticmethod
    def needs(params: PlainFunction) -> Iterable[Fetch]:
        yield _fetch("get_function_configuration", params)
        yield _fetch("get_function_event_invoke_config", params)

    @staticmethod
    def evaluate(facts: Facts, params: PlainFunction) -> Verdict:
        name = params.plain_function_name
        configuration = _fetch("get_function_configuration", params)
        answer = facts.subject(configuration, DeadLettersAnswer, missing=params.missing)
        if answer.dead_letter_config.target_arn:
            reason = f"Failed events of {name} go to a dead-letter queue."
            return Verdict(Status.PASS, reason, {"dead_letter_queue": True})
        # The function is there, so "not found" is about its settings for such events.
        invocation = facts.read(
            _fetch("get_function_event_invoke_config", params),
            InvocationAnswer,
            absent=("ResourceNotFoundException",),
        )
        on_failure = bool(invocation and invocation.destination_config.on_failure.destination)
        observed = {"dead_letter_queue": False, "on_failure": on_failure}
        if on_failure:
            reason = f"Failed events of {name} go to a destination for failures."
            return Verdict(Status.PASS, reason, observed)
        reason = f"Failed events of {name} are dropped after the last attempt."
        return Verdict(Status.FAIL, reason, observed)
