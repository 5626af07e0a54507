import pytest

from readiness.aws.errors import Status
from tests.aws.recordings import complete as aws
from tests.aws.recordings import lambdas

TRACING = "lambda.tracing"
RESERVED = "lambda.concurrency-reserved"
FAILURE = "lambda.failure-destination"
QUEUE = "arn:aws:sqs:eu-west-1:123456789012:not-purged"


def test_tracing_passes_when_it_is_active():
    assert aws.complete().verdict(TRACING) == (
        Status.PASS,
        "The function asset-purger is traced.",
        {"mode": "Active"},
    )


def test_tracing_fails_when_it_is_left_to_the_caller():
    account = aws.complete()
    account.says(
        lambdas.CONFIGURATION, lambdas.configuration(TracingConfig={"Mode": "PassThrough"})
    )
    assert account.verdict(TRACING) == (
        Status.FAIL,
        "The function asset-purger is traced only when its caller is.",
        {"mode": "PassThrough"},
    )


@pytest.mark.parametrize(
    ("check_id", "fetch"),
    [
        (TRACING, lambdas.CONFIGURATION),
        (RESERVED, lambdas.RESERVED),
        (FAILURE, lambdas.CONFIGURATION),
    ],
)
def test_a_plain_function_that_is_gone_is_a_fail(check_id, fetch):
    account = aws.complete()
    account.fails(fetch, Status.NOT_FOUND, "ResourceNotFoundException")
    assert account.verdict(check_id) == (
        Status.FAIL,
        "There is no function asset-purger in eu-west-1.",
        {"exists": False},
    )


def test_reserved_passes_and_shows_how_many():
    assert aws.complete().verdict(RESERVED) == (
        Status.PASS,
        "20 executions at the same time are reserved for asset-purger.",
        {"reserved": 20},
    )


def test_reserved_fails_on_the_empty_answer_of_a_function_without():
    account = aws.complete()
    account.says(lambdas.RESERVED, {})
    assert account.verdict(RESERVED) == (
        Status.FAIL,
        "Nothing is reserved for asset-purger: it shares what is left in its region.",
        {"reserved": None},
    )


def test_reserved_fails_on_zero_which_switches_a_function_off():
    account = aws.complete()
    account.says(lambdas.RESERVED, {"ReservedConcurrentExecutions": 0})
    assert account.verdict(RESERVED)[:2] == (
        Status.FAIL,
        "The reserved concurrency of asset-purger is zero: it cannot run at all.",
    )


def test_failure_passes_with_a_destination():
    assert aws.complete().verdict(FAILURE) == (
        Status.PASS,
        "Failed events of asset-purger go to a destination for failures.",
        {"dead_letter_queue": False, "on_failure": True},
    )


def test_failure_passes_with_a_dead_letter_queue_whatever_else_may_not_be_seen():
    account = aws.complete()
    account.says(
        lambdas.CONFIGURATION, lambdas.configuration(DeadLetterConfig={"TargetArn": QUEUE})
    )
    account.denies(lambdas.INVOCATION, "lambda:GetFunctionEventInvokeConfig")
    assert account.verdict(FAILURE)[:2] == (
        Status.PASS,
        "Failed events of asset-purger go to a dead-letter queue.",
    )


def test_failure_fails_when_only_successes_are_kept():
    account = aws.complete()
    said = lambdas.invocation()
    said["DestinationConfig"]["OnSuccess"] = {"Destination": QUEUE}
    account.says(lambdas.INVOCATION, said)
    assert account.verdict(FAILURE) == (
        Status.FAIL,
        "Failed events of asset-purger are dropped after the last attempt.",
        {"dead_letter_queue": False, "on_failure": False},
    )


def test_failure_fails_when_nothing_was_ever_set_for_such_events():
    account = aws.complete()
    account.says(lambdas.CONFIGURATION, lambdas.configuration(DeadLetterConfig={"TargetArn": ""}))
    account.fails(lambdas.INVOCATION, Status.NOT_FOUND, "ResourceNotFoundException")
    assert account.verdict(FAILURE).status is Status.FAIL


def test_a_plain_function_is_looked_at_only_with_its_region():
    for check_id in (TRACING, RESERVED, FAILURE):
        assert aws.CHECKS[check_id].wants({"plain_function_name": "f"}) == (
            "plain_function_region",
        )
