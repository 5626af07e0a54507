"""Amazon CloudWatch.

Documentation: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/
"""

import json
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

from moto.cloudwatch.exceptions import CloudWatchException
from moto.cloudwatch.models import Alarm, CloudWatchBackend
from moto.cloudwatch.responses import CloudWatchResponse
from moto.core.responses import ActionResult

from demo.simulated_aws.repairs.patching import add, expect, wrap

LARGEST_PAGE = 100


def apply() -> None:
    expect(Alarm.__init__, "state_value", "rule")
    expect(CloudWatchResponse.put_metric_alarm, "AlarmRule")
    expect(Alarm.update_state, "history", "state_value", "state_updated_timestamp")
    wrap(CloudWatchResponse, "describe_alarms", describe_alarms)
    wrap(CloudWatchBackend, "put_metric_alarm", put_alarm)
    # A composite alarm is put like a metric alarm, with a rule. API_PutCompositeAlarm.html
    add(CloudWatchResponse, "put_composite_alarm", CloudWatchResponse.put_metric_alarm)
    add(CloudWatchResponse, "describe_alarm_history", describe_alarm_history)


def describe_alarms(original: Callable[..., Any], self: CloudWatchResponse) -> ActionResult:
    # Only metric alarms unless AlarmTypes says otherwise, all filters at once, in pages of
    # MaxRecords over both kinds. API_DescribeAlarms.html
    types = self._get_param("AlarmTypes") or ["MetricAlarm"]
    start = self._get_param("NextToken") or ""
    size = min(self._get_int_param("MaxRecords") or 50, LARGEST_PAGE)
    alarms = sorted(
        (
            alarm
            for alarm in self.cloudwatch_backend.describe_alarms()
            if alarm.name >= start and _kind(alarm) in types and _is_asked_for(alarm, self)
        ),
        key=lambda alarm: alarm.name,
    )
    if start and (not alarms or alarms[0].name != start):
        raise CloudWatchException("InvalidNextToken", f"The token '{start}' is invalid.")
    page = alarms[:size]
    return ActionResult(
        {
            "MetricAlarms": [alarm for alarm in page if alarm.rule is None],
            "CompositeAlarms": [alarm for alarm in page if alarm.rule is not None],
            "NextToken": alarms[size].name if alarms[size:] else None,
        }
    )


def describe_alarm_history(self: CloudWatchResponse) -> ActionResult:
    # Every change of state, and the making of the alarm, newest first unless ScanBy says
    # otherwise; here always in one page. API_DescribeAlarmHistory.html
    name = self._get_param("AlarmName")
    types = self._get_param("AlarmTypes") or ["MetricAlarm"]
    kind = self._get_param("HistoryItemType")
    items = [
        item
        for alarm in self.cloudwatch_backend.describe_alarms()
        if name in (None, alarm.name) and _kind(alarm) in types
        for item in _history(alarm)
        if kind in (None, item["HistoryItemType"])
    ]
    newest_first = self._get_param("ScanBy") != "TimestampAscending"
    items.sort(key=lambda item: item["Timestamp"], reverse=newest_first)
    return ActionResult({"AlarmHistoryItems": items})


def _history(alarm: Alarm) -> Iterator[dict[str, Any]]:
    """moto keeps of each change the state before it, and since when it was that."""
    states = [(state, since) for _, _, _, state, since in alarm.history]
    states.append((alarm.state_value, alarm.state_updated_timestamp))
    common = {"AlarmName": alarm.name, "AlarmType": _kind(alarm)}
    yield common | {
        "Timestamp": states[0][1],
        "HistoryItemType": "ConfigurationUpdate",
        "HistorySummary": f'Alarm "{alarm.name}" created',
        "HistoryData": json.dumps({"version": "1.0", "type": "Create"}),
    }
    for (before, _), (after, since) in pairwise(states):
        if before != after:
            change = {"oldState": {"stateValue": before}, "newState": {"stateValue": after}}
            yield common | {
                "Timestamp": since,
                "HistoryItemType": "StateUpdate",
                "HistorySummary": f"Alarm updated from {before} to {after}",
                "HistoryData": json.dumps({"version": "1.0", **change}),
            }


def put_alarm(original: Callable[..., Alarm], self: Any, *args: Any, **kwargs: Any) -> Alarm:
    # A new alarm knows nothing yet; one that is put again keeps its state. API_PutMetricAlarm.html
    known = dict(self.alarms)
    alarm = original(self, *args, **kwargs)
    alarm.state_value = "INSUFFICIENT_DATA"
    if before := known.get(alarm.name):
        for attribute in (
            "state_value",
            "state_reason",
            "state_reason_data",
            "state_updated_timestamp",
            "history",
        ):
            setattr(alarm, attribute, getattr(before, attribute))
    return alarm


def _kind(alarm: Alarm) -> str:
    return "MetricAlarm" if alarm.rule is None else "CompositeAlarm"


def _is_asked_for(alarm: Alarm, request: CloudWatchResponse) -> bool:
    names = request._get_param("AlarmNames")
    prefix = request._get_param("AlarmNamePrefix") or ""
    action = request._get_param("ActionPrefix")
    state = request._get_param("StateValue")
    return (
        (not names or alarm.name in names)
        and alarm.name.startswith(prefix)
        and (not action or any(arn.startswith(action) for arn in alarm.alarm_actions))
        and (not state or alarm.state_value == state)
    )
