import json

import pytest

from readiness.aws.errors import Status
from tests.aws.recordings import complete as aws
from tests.aws.recordings import lambdas

LIMITS = "lambda.edge-limits"
CONCURRENCY = "lambda.account-concurrency"


def account_with(**changes):
    account = aws.complete()
    versions = [lambdas.version("$LATEST"), lambdas.version("7", **changes)]
    account.says(aws.VERSIONS, {"Versions": versions})
    return account


def test_limits_passes_and_shows_what_was_looked_at():
    assert aws.complete().verdict(LIMITS) == (
        Status.PASS,
        "The function edge-router keeps to the limits of Lambda@Edge in 1 version looked at.",
        {"versions": {"version 7": {"seconds": 5, "package_bytes": 2048, "too_much": []}}},
    )


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"Timeout": 31}, "a timeout of 31 seconds, over 30"),
        ({"CodeSize": 52_428_801}, "a package of 52428801 bytes, over 52428800"),
        ({"EphemeralStorage": {"Size": 1024}}, "1024 MB of storage, over 512"),
        ({"Runtime": "java21"}, "the runtime java21"),
        ({"PackageType": "Image"}, "a container image"),
        ({"Architectures": ["arm64"]}, "the architecture arm64"),
        ({"Environment": {"Variables": {"STAGE": "live"}}}, "environment variables"),
        ({"VpcConfig": {"VpcId": "vpc-1", "SubnetIds": ["subnet-1"]}}, "a VPC"),
        ({"Layers": [{"Arn": "arn:aws:lambda:us-east-1:1:layer:x:1"}]}, "layers"),
        ({"DeadLetterConfig": {"TargetArn": "arn:aws:sqs:us-east-1:1:q"}}, "a dead-letter queue"),
        ({"TracingConfig": {"Mode": "Active"}}, "X-Ray tracing"),
    ],
)
def test_limits_fails_on_each_thing_that_the_edge_does_not_allow(changes, said):
    verdict = account_with(**changes).verdict(LIMITS)
    assert verdict[:2] == (Status.FAIL, f"Lambda@Edge does not allow {said} (version 7).")
    assert verdict.observed["versions"]["version 7"]["too_much"] == [said]


@pytest.mark.parametrize(
    "changes",
    [
        {"Timeout": 30, "CodeSize": 52_428_800},
        {"MemorySize": 10_240},  # Lambda's own limit holds for all events
        {"Environment": {"Variables": {}}},
        {"VpcConfig": {"VpcId": "", "SubnetIds": [], "SecurityGroupIds": []}},
        {"Layers": []},
        {"DeadLetterConfig": {}},
    ],
)
def test_limits_passes_at_the_limit_and_with_settings_that_were_emptied(changes):
    assert account_with(**changes).verdict(LIMITS).status is Status.PASS


@pytest.mark.parametrize("event", ["viewer-request", "origin-response"])
def test_limits_are_the_same_for_all_events(event):
    account = account_with(Timeout=30)
    account.says(aws.DISTRIBUTION, aws.distribution(aws.behaviour(aws.association(event=event))))
    assert account.verdict(LIMITS, function_event=event).status is Status.PASS


def test_limits_looks_at_every_version_that_is_called():
    account = aws.complete()
    account.says(
        aws.DISTRIBUTION,
        aws.distribution(
            aws.behaviour(aws.association("6")), aws.behaviour(aws.association(), path="/images/*")
        ),
    )
    versions = [lambdas.version("6", Timeout=60), lambdas.version("7")]
    account.says(aws.VERSIONS, {"Versions": [lambdas.version("$LATEST"), *versions]})
    verdict = account.verdict(LIMITS)
    assert verdict.reason == (
        "Lambda@Edge does not allow a timeout of 60 seconds, over 30 (version 6)."
    )
    assert set(verdict.observed["versions"]) == {"version 6", "version 7"}


def test_limits_never_shows_what_a_variable_holds():
    account = account_with(Environment={"Variables": {"KEY": aws.SECRET}})
    assert aws.SECRET in json.dumps(account.answers[aws.VERSIONS].data)
    assert aws.SECRET not in repr(account.verdict(LIMITS))


def test_limits_does_not_apply_before_anything_is_published():
    account = aws.complete()
    account.says(aws.VERSIONS, {"Versions": [lambdas.version("$LATEST")]})
    account.says(aws.DISTRIBUTION, aws.distribution(aws.behaviour()))
    assert account.verdict(LIMITS).status is Status.NOT_APPLICABLE


def test_concurrency_passes_where_as_much_is_left_as_is_wanted():
    verdict = aws.complete().verdict(CONCURRENCY)
    assert verdict[:2] == (
        Status.PASS,
        "At least 1000 executions at the same time are left in each of 3 edge regions.",
    )
    assert verdict.observed["wanted"] == 1000
    assert verdict.observed["regions"]["eu-west-1"] == {
        "limit": 2000,
        "unreserved": 1000,
    }


def test_concurrency_fails_on_what_others_have_reserved_whatever_the_limit():
    account = aws.complete()
    account.says(lambdas.settings("eu-west-1"), lambdas.account_settings(left=999))
    verdict = account.verdict(CONCURRENCY)
    assert verdict[:2] == (
        Status.FAIL,
        "1000 executions at the same time are wanted: 999 are left (eu-west-1).",
    )
    bound = aws.CHECKS[CONCURRENCY].bind(aws.PARAMETERS)
    command = bound.mend_command(verdict.observed)
    assert "--region eu-west-1" in command
    assert "us-east-1" not in command


def test_concurrency_is_unknown_if_one_region_is_and_the_others_are_fine():
    account = aws.complete()
    account.denies(lambdas.settings("us-east-1"), "lambda:GetAccountSettings")
    assert account.verdict(CONCURRENCY)[:2] == (
        Status.NOT_AUTHORISED,
        "Could not look: AWS refused lambda:GetAccountSettings (us-east-1).",
    )


def test_concurrency_fails_if_one_region_is_short_and_another_unknown():
    account = aws.complete()
    account.says(lambdas.settings("eu-west-1"), lambdas.account_settings(left=0))
    account.denies(lambdas.settings("us-east-1"), "lambda:GetAccountSettings")
    verdict = account.verdict(CONCURRENCY)
    assert verdict.status is Status.FAIL
    assert "could not look" in verdict.reason


@pytest.mark.parametrize("check_id", [CONCURRENCY, "quotas.lambda-concurrency"])
def test_nothing_is_asked_of_an_account_whose_need_nobody_has_named(check_id):
    given = {**aws.PARAMETERS, "lambda_concurrency_min": None}
    assert aws.CHECKS[check_id].bind(given) is None
