import pytest

from readiness.aws.checks import CHECKS
from readiness.aws.errors import Status
from tests.aws.recordings import complete as aws
from tests.aws.recordings.watching import dimensions, distribution_alarm, replication_alarm

ERRORS = "alarms.cloudfront-errors"
LAG = "alarms.replication-lag"
EU, US = "eu-west-1", "us-east-1"
ID = "E1A2B3C4D5E6F7"


def account_with(*metric_alarms, composites=(), region=US):
    account = aws.complete()
    said = {"MetricAlarms": list(metric_alarms), "CompositeAlarms": list(composites)}
    account.says(aws.alarms(region), said)
    return account


def in_an_expression(alarm):
    """The same metric, but as one of those of an expression."""
    metric = {name: alarm.pop(name) for name in ("Namespace", "MetricName", "Dimensions")}
    stat = {"Metric": metric, "Period": 60, "Stat": "Sum"}
    rate = {"Id": "rate", "Expression": "errors * 100", "ReturnData": True}
    return {**alarm, "Metrics": [{"Id": "errors", "MetricStat": stat}, rate]}


def insights_alarm(text):
    alarm = in_an_expression(distribution_alarm())
    return {**alarm, "Metrics": [{"Id": "q", "Expression": text}]}


def test_errors_passes_with_an_alarm_on_the_distribution():
    verdict = aws.complete().verdict(ERRORS)
    assert verdict[:2] == (Status.PASS, f"Errors of {ID} raise an alarm: edge-5xx.")
    assert verdict.observed == {"region": US, "alarms": ["edge-5xx"], "live": 1}


@pytest.mark.parametrize(
    "metric", ["5xxErrorRate", "LambdaExecutionError", "LambdaValidationError"]
)
def test_errors_knows_the_three_metrics_also_inside_an_expression(metric):
    for alarm in (
        distribution_alarm(MetricName=metric),
        in_an_expression(distribution_alarm(MetricName=metric)),
    ):
        assert account_with(alarm).verdict(ERRORS).status is Status.PASS


@pytest.mark.parametrize(
    "alarm",
    [
        distribution_alarm(MetricName="4xxErrorRate"),
        distribution_alarm(Namespace="Custom"),
        distribution_alarm(Dimensions=dimensions(DistributionId="EOTHER12345", Region="Global")),
        distribution_alarm(Dimensions=dimensions(DistributionId=ID)),
        distribution_alarm(Dimensions=dimensions(DistributionId=ID, Region=US)),
    ],
    ids=["metric", "namespace", "distribution", "no region", "region"],
)
def test_errors_fails_on_an_alarm_about_something_else(alarm):
    assert account_with(alarm).verdict(ERRORS)[:2] == (
        Status.FAIL,
        f"Errors of {ID} would go unnoticed: no alarm watches them.",
    )


def test_errors_does_not_look_where_the_metric_is_not():
    account = account_with()
    account.says(aws.alarms(EU), {"MetricAlarms": [distribution_alarm()]})
    assert account.verdict(ERRORS).status is Status.FAIL
    assert [each.region for each in account.reads_of(ERRORS)] == [US]
    china = CHECKS[ERRORS].bind({"distribution_id": ID, "partition": "aws-cn"})
    assert [each.region for each in china.needs()] == ["cn-northwest-1"]


def test_errors_fails_when_actions_are_off_unless_a_composite_alarm_acts():
    muted = distribution_alarm(ActionsEnabled=False)
    verdict = account_with(muted).verdict(ERRORS)
    assert verdict[:2] == (
        Status.FAIL,
        f"Errors of {ID} would go unnoticed: edge-5xx with actions off.",
    )
    bound = CHECKS[ERRORS].bind(aws.PARAMETERS)
    assert bound.mend_command(verdict.observed) == (
        "aws cloudwatch enable-alarm-actions --region us-east-1 --alarm-names edge-5xx"
    )
    for name in ("edge-5xx", f"arn:aws:cloudwatch:{US}:{aws.ACCOUNT}:alarm:edge-5xx"):
        composite = aws.composite_alarm("edge", f'ALARM("{name}")')
        assert account_with(muted, composites=[composite]).verdict(ERRORS).status is Status.PASS


def test_errors_cannot_judge_a_metrics_insights_query_on_the_distribution():
    ours = insights_alarm('SELECT AVG("5xxErrorRate") FROM "AWS/CloudFront"')
    assert account_with(ours).verdict(ERRORS).status is Status.UNSUPPORTED
    other = insights_alarm('SELECT AVG(Requests) FROM "AWS/CloudFront"')
    assert account_with(other).verdict(ERRORS).status is Status.FAIL


def test_errors_is_unknown_where_it_could_not_look():
    account = aws.complete()
    account.denies(aws.alarms(US), "cloudwatch:DescribeAlarms")
    assert account.verdict(ERRORS).status is Status.NOT_AUTHORISED


def test_lag_passes_with_an_alarm_for_each_way():
    verdict = aws.complete().verdict(LAG)
    assert verdict[:2] == (Status.PASS, "An alarm watches each of 2 ways of replication.")
    assert verdict.observed["ways"]["files-us to files-eu"] == {
        "live": True,
        "region": EU,
        "metric": "ReplicationLatency",
        "alarms": ["late-copies"],
    }


NONE = "Late copies would go unnoticed: no alarm (files-us to files-eu)."


@pytest.mark.parametrize(
    "changes",
    [
        {"MetricName": "BytesPendingReplication"},
        {"Namespace": "Custom"},
        {"Dimensions": dimensions(SourceBucket="files-us", DestinationBucket="files-eu")},
        {"Dimensions": dimensions(SourceBucket="x", DestinationBucket="files-eu", RuleId="r")},
        {"Dimensions": dimensions(SourceBucket="files-us", DestinationBucket="x", RuleId="r")},
    ],
    ids=["metric", "namespace", "no rule", "source", "destination"],
)
def test_lag_fails_where_no_alarm_watches_a_way(changes):
    account = account_with(replication_alarm(EU, **changes), region=EU)
    assert account.verdict(LAG)[:2] == (Status.FAIL, NONE)


def test_lag_knows_an_expression():
    account = account_with(in_an_expression(replication_alarm(EU)), region=EU)
    assert account.verdict(LAG).status is Status.PASS


def test_lag_counts_failures_where_the_sending_bucket_is_and_nowhere_else():
    failures = replication_alarm(EU, MetricName="OperationsFailedReplication")
    account = account_with(region=EU)
    account.says(aws.alarms(US), {"MetricAlarms": [replication_alarm(US), failures]})
    assert account.verdict(LAG).status is Status.PASS
    away = account_with(failures, region=EU).verdict(LAG)
    assert away[:2] == (
        Status.FAIL,
        "Late copies would go unnoticed:"
        " an alarm only in the region without the metric (files-us to files-eu).",
    )


def test_lag_fails_when_actions_are_off():
    verdict = account_with(replication_alarm(EU, ActionsEnabled=False), region=EU).verdict(LAG)
    assert verdict.status is Status.FAIL
    assert "its actions are off (files-us to files-eu)" in verdict.reason


def test_lag_needs_no_second_region_where_an_alarm_was_found_and_both_where_none_was():
    account = aws.complete()
    account.denies(aws.alarms(EU), "cloudwatch:DescribeAlarms")
    verdict = account.verdict(LAG)
    assert verdict.status is Status.NOT_AUTHORISED
    assert verdict.reason.endswith("(files-us to files-eu).")


def test_lag_cannot_judge_a_metrics_insights_query():
    text = 'SELECT MAX(ReplicationLatency) FROM SCHEMA("AWS/S3", SourceBucket)'
    assert account_with(insights_alarm(text), region=EU).verdict(LAG).status is Status.UNSUPPORTED


def test_lag_does_not_apply_to_one_bucket():
    assert CHECKS[LAG].bind({"buckets": {EU: "files-eu"}}) is None


def test_lag_command_sets_the_alarm_in_the_region_of_the_receiving_bucket():
    verdict = account_with(region=EU).verdict(LAG)
    command = CHECKS[LAG].bind(aws.PARAMETERS).mend_command(verdict.observed)
    assert command.count("\n") == 0
    assert command.startswith("aws cloudwatch put-metric-alarm --region eu-west-1 ")
    assert "Name=SourceBucket,Value=files-us Name=DestinationBucket,Value=files-eu" in command
