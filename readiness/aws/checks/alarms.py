"""Would anybody notice, and would anybody be told?"""

from __future__ import annotations

import shlex
from collections.abc import Iterable

from readiness.aws.errors import Status
from readiness.aws.facts import Facts
from readiness.aws.fetch import Fetch
from readiness.aws.judging import Part, capped, count, listing, look_at
from readiness.aws.registry import Observed, Verdict, check
from readiness.aws.watching import (
    READS_ALARMS,
    EdgeAlarms,
    MetricAlarm,
    alarms_fetch,
    is_live,
    read_alarms,
    refuse_insights,
    speakers,
    watching,
)


def _is_on_errors(alarm: MetricAlarm, params: EdgeAlarms) -> bool:
    """On the errors of all versions: with a further dimension it would watch one version only."""
    return any(
        metric.namespace == "AWS/Lambda"
        and metric.metric_name == "Errors"
        and len(metric.dimensions) == 1
        and metric.has("FunctionName", params.replica_name)
        for metric in alarm.watched
    )


def _mend_error_alarms(params: EdgeAlarms, observed: Observed) -> str:
    table = observed.get("regions", {})
    wrong = {region: seen for region, seen in table.items() if seen.get("live") is False}
    return "\n".join(
        _enable(region, seen["alarms"]) if seen.get("alarms") else _put_alarm(region, params)
        for region, seen in (wrong or dict.fromkeys(params.edge_regions, {})).items()
    )


def _put_alarm(region: str, params: EdgeAlarms) -> str:
    return (
        f"aws cloudwatch put-metric-alarm --region {shlex.quote(region)}"
        f" --alarm-name {shlex.quote(f'{params.function_name}-errors')}"
        " --namespace AWS/Lambda --metric-name Errors"
        f" --dimensions Name=FunctionName,Value={shlex.quote(params.replica_name)}"
        " --statistic Sum --period 60 --evaluation-periods 1 --threshold 0"
        " --comparison-operator GreaterThanThreshold --treat-missing-data notBreaching"
        " --alarm-actions <TOPIC_ARN>"
    )


def _enable(region: str, alarms: list[str]) -> str:
    names = " ".join(shlex.quote(name) for name in alarms)
    return (
        f"aws cloudwatch enable-alarm-actions --region {shlex.quote(region)} --alarm-names {names}"
    )


def _mend_actions(params: EdgeAlarms, observed: Observed) -> str:
    table = observed.get("regions", {})
    lines = []
    for region, seen in table.items():
        where = f"--region {shlex.quote(region)}"
        if disabled := seen.get("actions_off"):
            lines.append(_enable(region, disabled))
        for name in seen.get("no_actions") or []:
            lines.append(
                f"aws cloudwatch describe-alarms {where} --alarm-names {shlex.quote(name)}"
                "  # then put-metric-alarm with the same values and --alarm-actions <TOPIC_ARN>"
            )
    return "\n".join(lines) or "aws cloudwatch enable-alarm-actions --alarm-names <ALARM_NAME>"


@check(
    "alarms.function-errors-in-every-region",
    version=2,
    criteria=["symptom-alerts"],
    params=EdgeAlarms,
    reads=[READS_ALARMS],
    title="Errors of the function raise an alarm in every edge region",
    severity="high",
    passes=(
        "In each edge region an alarm is set on the function's Errors, directly or inside a metric"
        " expression, and its actions are enabled, or those of a composite alarm that contains it."
    ),
    why=(
        "Lambda@Edge counts its errors in the region where it ran. An alarm in one region sees"
        " nothing of a fault that only users of another one meet."
    ),
    mend_console=(
        "CloudWatch, in the region, All alarms, Create alarm: metric Lambda, By Function Name, the"
        " function's name with the region prefix, Errors, Sum over 1 minute."
    ),
    mend_cli=_mend_error_alarms,
    documentation="Amazon CloudFront Developer Guide: Monitor CloudFront metrics with CloudWatch",
)
class FunctionErrorsInEveryRegion:
    """A live alarm on the function's errors in each edge region."""

    @staticmethod
    def needs(params: EdgeAlarms) -> Iterable[Fetch]:
        return (alarms_fetch(region) for region in params.edge_regions)

    @staticmethod
    def evaluate(facts: Facts, params: EdgeAlarms) -> Verdict:
        def look(region: str) -> Part:
            answer = read_alarms(region, facts)
            alarms = [alarm for alarm in answer.metric_alarms if _is_on_errors(alarm, params)]
            live = any(is_live(alarm, answer.composite_alarms) for alarm in alarms)
            if not live:
                refuse_insights(answer, "AWS/Lambda", "Errors")
            names = capped([alarm.alarm_name for alarm in alarms])
            wrong = "its actions are off" if alarms else "no alarm on errors"
            return Part(live, {"live": live, "alarms": names}, wrong)

        tally = look_at(params.edge_regions, look)
        known = f"{len(tally.good)} of {tally.total} edge regions have one"
        return tally.verdict(
            {"regions": tally.table, "function": params.replica_name},
            passed=f"An alarm watches the errors in each of {tally.total} edge regions",
            failed=f"Errors would go unnoticed: {tally.wrongs()}; {known}",
        )


@check(
    "alarms.actions-live",
    version=2,
    criteria=["alert-routing"],
    params=EdgeAlarms,
    reads=[READS_ALARMS],
    title="Every alarm on the component tells somebody",
    severity="high",
    passes=(
        "No alarm on the function or the distribution has its actions off or none at all, unless"
        " a composite alarm that acts contains it."
    ),
    why="An alarm without an action is a graph: it turns red, and nobody is looking.",
    mend_console=(
        "CloudWatch, in the region, All alarms, the alarm: Actions, Enable alarm actions; or Edit,"
        " Configure actions, and choose the topic of the on-call."
    ),
    mend_cli=_mend_actions,
    documentation="Amazon CloudWatch User Guide: Using Amazon CloudWatch alarms",
)
class ActionsLive:
    """No alarm on the component is mute. Alarms on anything else are not ours to judge."""

    @staticmethod
    def needs(params: EdgeAlarms) -> Iterable[Fetch]:
        return (alarms_fetch(region) for region in params.alarm_regions)

    @staticmethod
    def evaluate(facts: Facts, params: EdgeAlarms) -> Verdict:
        seen = 0

        def look(region: str) -> Part:
            nonlocal seen
            answer = read_alarms(region, facts)
            alarms = watching(answer, params)
            seen += len(alarms)
            mute = [each for each in alarms if not speakers(each, answer.composite_alarms)]
            off = capped([each.alarm_name for each in mute if not each.actions_enabled])
            none = capped([each.alarm_name for each in mute if each.actions_enabled])
            table = {"alarms": len(alarms), "actions_off": off, "no_actions": none}
            return Part(not mute if alarms else None, table, _said_of_mute(off, none))

        tally = look_at(params.alarm_regions, look)
        observed: Observed = {"regions": tally.table}
        if len(tally.nothing) == tally.total:
            reason = f"No alarm watches {params.function_name} or its distribution."
            return Verdict(Status.NOT_APPLICABLE, reason, observed)
        return tally.verdict(
            observed,
            passed=f"{count(seen, 'alarm')} on the component, each with an action that is on",
            failed=f"Alarms that would tell nobody: {tally.wrongs()}",
        )


def _said_of_mute(off: list[str], none: list[str]) -> str:
    said = [f"{listing(off, 3)} with actions off"] if off else []
    return ", ".join([*said, f"{listing(none, 3)} without any action"] if none else said)
