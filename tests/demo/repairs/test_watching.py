"""CloudWatch and its logs."""

import pytest

from tests.demo.repairs.made import refusal


def _alarm(client, name, **changes):
    client("cloudwatch").put_metric_alarm(
        AlarmName=name,
        Namespace="AWS/Lambda",
        MetricName="Errors",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanThreshold",
        **changes,
    )


@pytest.fixture
def alarms(client):
    for name in ("c", "a", "b"):
        _alarm(client, name)
    client("cloudwatch").put_composite_alarm(
        AlarmName="any", AlarmRule="ALARM(a) OR ALARM(b)", AlarmActions=["arn:aws:sns:x"]
    )
    return client("cloudwatch")


def _names(page):
    return [
        [alarm["AlarmName"] for alarm in page[f"{kind}Alarms"]] for kind in ("Metric", "Composite")
    ]


def test_cloudwatch_describes_metric_alarms_unless_asked_for_composite_ones(alarms):
    assert _names(alarms.describe_alarms()) == [["a", "b", "c"], []]
    composite = alarms.describe_alarms(AlarmTypes=["CompositeAlarm"])
    assert _names(composite) == [[], ["any"]]
    assert composite["CompositeAlarms"][0]["AlarmRule"] == "ALARM(a) OR ALARM(b)"
    assert composite["CompositeAlarms"][0]["ActionsEnabled"] is True


def test_cloudwatch_describes_alarms_in_pages_over_both_kinds(alarms):
    both = {"AlarmTypes": ["MetricAlarm", "CompositeAlarm"]}
    page = alarms.describe_alarms(MaxRecords=2, **both)
    assert _names(page) == [["a"], ["any"]]
    page = alarms.describe_alarms(MaxRecords=2, NextToken=page["NextToken"], **both)
    assert _names(page) == [["b", "c"], []]
    assert "NextToken" not in page
    assert refusal(alarms.describe_alarms, NextToken="never given") == (400, "InvalidNextToken")


def test_cloudwatch_combines_filters(client, alarms):
    _alarm(client, "abc", AlarmActions=["arn:aws:sns:y"])
    page = alarms.describe_alarms(AlarmNamePrefix="a", StateValue="INSUFFICIENT_DATA")
    assert _names(page) == [["a", "abc"], []]
    page = alarms.describe_alarms(AlarmNamePrefix="a", ActionPrefix="arn:aws:sns")
    assert _names(page) == [["abc"], []]


def test_cloudwatch_alarm_starts_without_data_and_keeps_its_state(client, alarms):
    def state():
        return alarms.describe_alarms(AlarmNames=["a"])["MetricAlarms"][0]["StateValue"]

    assert state() == "INSUFFICIENT_DATA"
    alarms.set_alarm_state(AlarmName="a", StateValue="ALARM", StateReason="tried")
    _alarm(client, "a", AlarmDescription="put again")
    assert state() == "ALARM"


def test_cloudwatch_tells_the_history_of_an_alarm_newest_first(alarms):
    for state in ("OK", "ALARM", "ALARM"):
        alarms.set_alarm_state(AlarmName="a", StateValue=state, StateReason="tried")

    def told(**filters):
        items = alarms.describe_alarm_history(AlarmName="a", **filters)["AlarmHistoryItems"]
        return [each["HistorySummary"] for each in items]

    changes = ["Alarm updated from OK to ALARM", "Alarm updated from INSUFFICIENT_DATA to OK"]
    assert told() == [*changes, 'Alarm "a" created']
    assert told(ScanBy="TimestampAscending") == ['Alarm "a" created', *reversed(changes)]
    assert told(HistoryItemType="StateUpdate") == changes
    assert told(AlarmTypes=["CompositeAlarm"]) == []


def test_logs_knows_of_no_policy_for_the_whole_account(client):
    asked = {"policyType": "SUBSCRIPTION_FILTER_POLICY"}
    assert client("logs").describe_account_policies(**asked)["accountPolicies"] == []
