from datetime import timedelta

import pytest

from readiness.aws.errors import Status
from tests.aws.clients import connection, read, stubbed
from tests.aws.recordings import complete as aws
from tests.aws.recordings import edge

DEPLOYED = "cloudfront.deployed-and-enabled"
LOGS = "cloudfront.access-logs"
METRICS = "cloudfront.realtime-metrics"
LEGACY = {"Enabled": True, "IncludeCookies": False, "Bucket": "logs.s3.amazonaws.com", "Prefix": ""}
REALTIME = f"arn:aws:cloudfront::{aws.ACCOUNT}:realtime-log-config/edge"


def deploying(since):
    answer = edge.with_settings()
    changed = {"Status": "InProgress", "LastModifiedTime": aws.NOW - since}
    return edge.account_with({"Distribution": {**answer["Distribution"], **changed}})


def test_deployed_passes():
    assert aws.complete().verdict(DEPLOYED) == (
        Status.PASS,
        "The distribution E1A2B3C4D5E6F7 is enabled and deployed.",
        {"enabled": True, "status": "Deployed"},
    )


def test_deployed_fails_on_a_disabled_distribution():
    verdict = edge.account_with(edge.with_settings(Enabled=False)).verdict(DEPLOYED)
    assert verdict[:2] == (
        Status.FAIL,
        "The distribution E1A2B3C4D5E6F7 is disabled: it answers no request.",
    )


def test_a_change_on_its_way_is_no_verdict_at_all():
    verdict = deploying(timedelta(minutes=29)).verdict(DEPLOYED)
    assert verdict[:2] == (
        Status.TIMEOUT,
        "The distribution E1A2B3C4D5E6F7 is being deployed at this moment;"
        " ask again in a few minutes.",
    )


def test_a_change_that_does_not_arrive_is_a_fail():
    verdict = deploying(timedelta(minutes=30)).verdict(DEPLOYED)
    assert verdict[:2] == (
        Status.FAIL,
        "The distribution E1A2B3C4D5E6F7 was changed 30 minutes ago and is still not deployed.",
    )


def test_the_time_of_a_change_may_come_from_a_recording():
    account = deploying(timedelta(minutes=31))
    data = account.answers[aws.DISTRIBUTION].data
    data["Distribution"]["LastModifiedTime"] = str(data["Distribution"]["LastModifiedTime"])
    assert account.verdict(DEPLOYED).status is Status.FAIL


def test_logs_pass_with_standard_logging_of_the_second_kind():
    assert aws.complete().verdict(LOGS) == (
        Status.PASS,
        "The distribution E1A2B3C4D5E6F7 delivers access logs from edge-access.",
        {
            "legacy": False,
            "realtime_on": [],
            "sources": ["edge-access"],
            "delivered": ["edge-access"],
        },
    )


def test_logs_pass_with_those_of_the_first_kind_even_if_cloudwatch_logs_may_not_be_asked():
    account = edge.account_with(edge.with_settings(Logging=LEGACY))
    account.denies(edge.SOURCES, "logs:DescribeDeliverySources")
    assert account.verdict(LOGS)[:2] == (
        Status.PASS,
        "The distribution E1A2B3C4D5E6F7 writes standard logs to a bucket.",
    )


def test_logs_pass_with_real_time_logs_on_every_behaviour():
    def everywhere(config):
        for each in (config["DefaultCacheBehavior"], *config["CacheBehaviors"]["Items"]):
            each["RealtimeLogConfigArn"] = REALTIME

    account = edge.account_with(edge.changed(everywhere))
    account.says(edge.SOURCES, edge.sources())
    assert account.verdict(LOGS)[:2] == (
        Status.PASS,
        "The distribution E1A2B3C4D5E6F7 writes real-time logs on every behaviour.",
    )


def test_logs_fail_with_real_time_logs_on_some_behaviours():
    account = edge.account_with(edge.with_behaviour(RealtimeLogConfigArn=REALTIME))
    account.says(edge.SOURCES, edge.sources())
    assert account.verdict(LOGS)[:2] == (
        Status.FAIL,
        "The distribution E1A2B3C4D5E6F7 writes real-time logs on default only, and no others.",
    )


@pytest.mark.parametrize(
    "source",
    [
        edge.source(logType="CONNECTION_LOGS"),
        edge.source(resourceArns=[f"{edge.ARN}X"]),
        edge.source(resourceArns=[]),
    ],
)
def test_logs_fail_when_the_source_is_of_something_else(source):
    account = aws.complete()
    account.says(edge.SOURCES, edge.sources(source))
    assert account.verdict(LOGS)[:2] == (
        Status.FAIL,
        "The distribution E1A2B3C4D5E6F7 writes no access logs.",
    )


def test_logs_fail_when_no_delivery_takes_them():
    account = aws.complete()
    account.says(edge.DELIVERIES, edge.deliveries("another"))
    assert account.verdict(LOGS)[:2] == (
        Status.FAIL,
        "The distribution E1A2B3C4D5E6F7 has access logs to give (edge-access),"
        " but no delivery takes them.",
    )


def test_logs_could_not_look_when_cloudwatch_logs_refuses():
    account = aws.complete()
    account.denies(edge.SOURCES, "logs:DescribeDeliverySources")
    assert account.verdict(LOGS).status is Status.NOT_AUTHORISED


def test_metrics_pass_and_fail_by_the_subscription():
    account = aws.complete()
    assert account.verdict(METRICS)[:2] == (
        Status.PASS,
        "The distribution E1A2B3C4D5E6F7 has the additional metrics.",
    )
    account.says(edge.SUBSCRIPTION, edge.subscription("Disabled"))
    assert account.verdict(METRICS)[:2] == (
        Status.FAIL,
        "The distribution E1A2B3C4D5E6F7 has no additional metrics.",
    )


def test_metrics_fail_without_a_subscription_and_without_a_distribution():
    account = aws.complete()
    account.fails(edge.SUBSCRIPTION, Status.NOT_FOUND, "NoSuchMonitoringSubscription")
    assert account.verdict(METRICS) == (
        Status.FAIL,
        "The distribution E1A2B3C4D5E6F7 has no additional metrics.",
        {"subscription": "none"},
    )
    account.fails(edge.SUBSCRIPTION, Status.NOT_FOUND, "NoSuchDistribution")
    assert account.verdict(METRICS)[:2] == (
        Status.FAIL,
        "There is no distribution E1A2B3C4D5E6F7.",
    )


@pytest.mark.parametrize(
    ("code", "http", "status"),
    [
        ("NoSuchMonitoringSubscription", 404, Status.FAIL),
        ("NoSuchDistribution", 404, Status.FAIL),
        ("AccessDenied", 403, Status.NOT_AUTHORISED),
        ("UnsupportedOperation", 400, Status.UNSUPPORTED),
    ],
)
def test_metrics_judge_what_the_client_of_aws_raises(code, http, status):
    made = connection()
    _, stubber = stubbed(made, "cloudfront")
    stubber.add_client_error("get_monitoring_subscription", code, http_status_code=http)
    answer = read(made, edge.SUBSCRIPTION)
    account = aws.complete()
    account.answers[edge.SUBSCRIPTION] = answer
    assert account.verdict(METRICS).status is status


def test_metrics_judge_what_the_client_of_aws_parsed():
    made = connection()
    _, stubber = stubbed(made, "cloudfront")
    expected = {"DistributionId": "E1A2B3C4D5E6F7"}
    stubber.add_response("get_monitoring_subscription", edge.subscription(), expected)
    account = aws.complete()
    account.answers[edge.SUBSCRIPTION] = read(made, edge.SUBSCRIPTION)
    assert account.verdict(METRICS).status is Status.PASS
    stubber.assert_no_pending_responses()
