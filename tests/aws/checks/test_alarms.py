import pytest

from readiness.aws.checks import CHECKS
from readiness.aws.errors import Status
from tests.aws.recordings import complete as aws

ERRORS = "alarms.function-errors-in-every-region"
LIVE = "alarms.actions-live"
EU = "eu-west-1"


def account_with(*metric_alarms, composites=(), region=EU):
    account = aws.complete()
    said = {"MetricAlarms": list(metric_alarms), "CompositeAlarms": list(composites)}
    account.says(aws.alarms(region), said)
    return account


def dimensions(**named):
    return [{"Name": name, "Value": value} for name, value in named.items()]


def expression_alarm(*queries, **changes):
    """An alarm on an expression has no metric of its own."""
    alarm = aws.metric_alarm(EU, Metrics=list(queries), **changes)
    return {
        key: alarm[key] for key in alarm if key not in ("MetricName", "Namespace", "Dimensions")
    }


def query(**metric):
    errors = {
        "Namespace": "AWS/Lambda",
        "MetricName": "Errors",
        "Dimensions": dimensions(FunctionName="us-east-1.edge-router"),
    }
    stat = {"Metric": {**errors, **metric}, "Period": 60, "Stat": "Sum"}
    return {"Id": "errors", "MetricStat": stat, "ReturnData": False}


RATE = {"Id": "rate", "Expression": "errors / PERIOD(errors)", "ReturnData": True}
MUTE = {"AlarmActions": []}


def test_errors_passes_with_a_live_alarm_in_each_region():
    verdict = aws.complete().verdict(ERRORS)
    assert verdict[:2] == (Status.PASS, "An alarm watches the errors in each of 3 edge regions.")
    assert verdict.observed["regions"][EU] == {"live": True, "alarms": ["edge-errors"]}


def test_errors_passes_with_an_alarm_on_an_expression():
    assert account_with(expression_alarm(query(), RATE)).verdict(ERRORS).status is Status.PASS


@pytest.mark.parametrize(
    "alarm",
    [
        aws.metric_alarm(EU, MetricName="Throttles"),
        aws.metric_alarm(EU, Namespace="Custom/Lambda"),
        aws.metric_alarm(EU, Dimensions=dimensions(FunctionName="edge-router")),
        aws.metric_alarm(EU, Dimensions=dimensions(FunctionName="us-east-1.other")),
        aws.metric_alarm(EU, Dimensions=[]),
        aws.metric_alarm(
            EU,
            Dimensions=dimensions(FunctionName="us-east-1.edge-router", Resource="edge-router:7"),
        ),
        expression_alarm(query(MetricName="Invocations"), RATE),
        aws.other_alarm(EU),
    ],
    ids=["metric", "namespace", "home", "function", "account", "version", "expression", "queue"],
)
def test_errors_fails_on_an_alarm_about_something_else(alarm):
    assert account_with(alarm).verdict(ERRORS)[:2] == (
        Status.FAIL,
        "Errors would go unnoticed: no alarm on errors (eu-west-1); 2 of 3 edge regions have one.",
    )


def test_errors_fails_when_the_only_alarm_has_its_actions_off():
    verdict = account_with(aws.metric_alarm(EU, ActionsEnabled=False)).verdict(ERRORS)
    assert verdict.status is Status.FAIL
    assert "its actions are off (eu-west-1)" in verdict.reason


@pytest.mark.parametrize(
    ("rule", "enabled", "status"),
    [
        ('ALARM("edge-errors")', True, Status.PASS),
        (f'ALARM("arn:aws:cloudwatch:{EU}:{aws.ACCOUNT}:alarm:edge-errors")', True, Status.PASS),
        ('ALARM("edge-errors")', False, Status.FAIL),
        ('ALARM("orders-stuck")', True, Status.FAIL),
    ],
)
def test_errors_lets_a_composite_alarm_act_for_the_one_with_actions_off(rule, enabled, status):
    composite = aws.composite_alarm("edge", rule, ActionsEnabled=enabled)
    muted = aws.metric_alarm(EU, ActionsEnabled=False)
    assert account_with(muted, composites=[composite]).verdict(ERRORS).status is status


def test_errors_cannot_judge_a_metrics_insights_query():
    text = 'SELECT SUM(Errors) FROM SCHEMA("AWS/Lambda", FunctionName) GROUP BY FunctionName'
    insights = expression_alarm({"Id": "q", "Expression": text})
    assert account_with(insights).verdict(ERRORS).status is Status.UNSUPPORTED
    both = account_with(insights, aws.metric_alarm(EU))
    assert both.verdict(ERRORS).status is Status.PASS


def test_errors_is_unknown_where_a_region_refuses_and_fails_where_another_has_none():
    account = aws.complete()
    account.denies(aws.alarms(EU), "cloudwatch:DescribeAlarms")
    assert account.verdict(ERRORS)[:2] == (
        Status.NOT_AUTHORISED,
        "Could not look: AWS refused cloudwatch:DescribeAlarms (eu-west-1).",
    )
    account.says(aws.alarms("us-east-1"), {"MetricAlarms": []})
    assert account.verdict(ERRORS).status is Status.FAIL


def test_all_three_checks_ask_for_composite_alarms_too():
    for check_id in (ERRORS, LIVE, "sns.subscription-confirmed"):
        asked = [each for each in aws.complete().reads_of(check_id) if each.service == "cloudwatch"]
        assert asked
        for each in asked:
            assert each.keywords == {"AlarmTypes": ["CompositeAlarm", "MetricAlarm"]}


def test_live_passes_when_no_alarm_on_the_component_is_mute():
    verdict = aws.complete().verdict(LIVE)
    assert verdict[:2] == (
        Status.PASS,
        "4 alarms on the component, each with an action that is on.",
    )


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"ActionsEnabled": False}, "edge-errors with actions off"),
        ({"AlarmActions": []}, "edge-errors without any action"),
    ],
)
def test_live_fails_on_a_mute_alarm(changes, said):
    assert account_with(aws.metric_alarm(EU, **changes)).verdict(LIVE)[:2] == (
        Status.FAIL,
        f"Alarms that would tell nobody: {said} (eu-west-1).",
    )


def test_live_watches_the_distribution_in_the_home_region_too():
    mute = aws.metric_alarm(
        "us-east-1",
        "errors-5xx",
        Namespace="AWS/CloudFront",
        MetricName="5xxErrorRate",
        Dimensions=dimensions(DistributionId="E1A2B3C4D5E6F7", Region="Global"),
        AlarmActions=[],
    )
    account = account_with(mute, region="us-east-1")
    elsewhere = ["eu-west-1"]
    assert account.verdict(LIVE, edge_regions=elsewhere).status is Status.FAIL
    without = account.verdict(LIVE, edge_regions=elsewhere, distribution_id=None)
    assert without.status is Status.PASS
    other = account.verdict(LIVE, edge_regions=elsewhere, distribution_id="EOTHER12345")
    assert other.status is Status.PASS


@pytest.mark.parametrize(
    ("rule", "status"),
    [
        ('ALARM("edge-errors")', Status.PASS),
        ("ALARM(edge-errors) OR ALARM(orders-stuck)", Status.PASS),
        (f'ALARM("arn:aws:cloudwatch:{EU}:{aws.ACCOUNT}:alarm:edge-errors")', Status.PASS),
        ('(ALARM("other") AND (ALARM("edge-errors")))', Status.PASS),
        ('ALARM("edge-errors") AND NOT ALARM("deploying")', Status.PASS),
        ('NOT (OK("a") OR OK("b")) AND ALARM("edge-errors")', Status.PASS),
        ('ALARM("edge-errors-2")', Status.FAIL),
        ('OK("edge-errors")', Status.FAIL),
        ('NOT ALARM("edge-errors")', Status.FAIL),
        ('ALARM("a") AND NOT (ALARM("b") OR ALARM("edge-errors"))', Status.FAIL),
        ("TRUE", Status.FAIL),
    ],
)
def test_live_lets_a_composite_alarm_speak_for_a_mute_one(rule, status):
    composite = aws.composite_alarm("edge", rule)
    account = account_with(aws.metric_alarm(EU, **MUTE), composites=[composite])
    assert account.verdict(LIVE).status is status


@pytest.mark.parametrize("changes", [{"ActionsEnabled": False}, {"AlarmActions": []}])
def test_live_does_not_count_a_composite_alarm_that_is_mute_itself(changes):
    composite = aws.composite_alarm("edge", 'ALARM("edge-errors")', **changes)
    account = account_with(aws.metric_alarm(EU, **MUTE), composites=[composite])
    assert account.verdict(LIVE).status is Status.FAIL


def test_live_follows_composite_alarms_of_composite_alarms_even_in_a_circle():
    inner = aws.composite_alarm("inner", 'ALARM("edge-errors") OR ALARM("outer")', **MUTE)
    outer = aws.composite_alarm("outer", 'ALARM("inner")')
    account = account_with(aws.metric_alarm(EU, **MUTE), composites=[inner, outer])
    assert account.verdict(LIVE).status is Status.PASS


def test_live_is_not_applicable_without_any_alarm_on_the_component():
    account = aws.complete()
    for region in aws.REGIONS:
        account.says(aws.alarms(region), {"MetricAlarms": [aws.other_alarm(region)]})
    assert account.verdict(LIVE)[:2] == (
        Status.NOT_APPLICABLE,
        "No alarm watches edge-router or its distribution.",
    )
    account.denies(aws.alarms(EU), "cloudwatch:DescribeAlarms")
    assert account.verdict(LIVE).status is Status.NOT_AUTHORISED


def test_an_alarm_without_its_actions_in_the_answer_has_none():
    ours, theirs = aws.metric_alarm(EU), aws.other_alarm(EU)
    del theirs["AlarmActions"]
    assert account_with(ours, theirs).verdict(LIVE).status is Status.PASS
    del ours["AlarmActions"]
    verdict = account_with(ours, theirs).verdict(LIVE)
    assert verdict.status is Status.FAIL
    assert "edge-errors without any action (eu-west-1)" in verdict.reason


def test_the_command_for_a_region_is_for_what_is_wrong_there():
    bound = CHECKS[ERRORS].bind(aws.PARAMETERS)
    off = account_with(aws.metric_alarm(EU, ActionsEnabled=False)).verdict(ERRORS)
    assert bound.mend_command(off.observed) == (
        "aws cloudwatch enable-alarm-actions --region eu-west-1 --alarm-names edge-errors"
    )
    none = account_with().verdict(ERRORS)
    assert bound.mend_command(none.observed).startswith(
        "aws cloudwatch put-metric-alarm --region eu-west-1 --alarm-name edge-router-errors "
    )


def test_the_command_quotes_names_that_came_from_aws():
    name = "edge; rm -rf /"
    account = account_with(aws.metric_alarm(EU, name, ActionsEnabled=False))
    bound = CHECKS[LIVE].bind(aws.PARAMETERS)
    assert bound.mend_command(account.verdict(LIVE).observed) == (
        "aws cloudwatch enable-alarm-actions --region eu-west-1 --alarm-names 'edge; rm -rf /'"
    )
