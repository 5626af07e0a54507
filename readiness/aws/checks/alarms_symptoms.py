"""Would anybody notice that users get errors, or that one side has old content?"""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from itertools import permutations
from typing import NamedTuple

from readiness.aws.checks.s3 import Replicas
from readiness.aws.errors import CouldNotLook, Status
from readiness.aws.facts import Facts
from readiness.aws.fetch import Fetch
from readiness.aws.judging import Part, capped, count, listing, look_at, to_mend
from readiness.aws.parameter_types import DistributionId
from readiness.aws.parameters import CheckParameters
from readiness.aws.registry import Observed, Verdict, check
from readiness.aws.watching import (
    READS_ALARMS,
    AlarmsAnswer,
    Metric,
    MetricAlarm,
    alarms_fetch,
    is_live,
    read_alarms,
    refuse_insights,
)

DISTRIBUTION_ERRORS = ("5xxErrorRate", "LambdaExecutionError", "LambdaValidationError")

LATENCY, FAILED = "ReplicationLatency", "OperationsFailedReplication"


class DistributionAlarms(CheckParameters):
    distribution_id: DistributionId


def _is_on_distribution_errors(alarm: MetricAlarm, params: DistributionAlarms) -> bool:
    return any(
        metric.namespace == "AWS/CloudFront"
        and metric.metric_name in DISTRIBUTION_ERRORS
        and metric.has("DistributionId", params.distribution_id)
        and metric.has("Region", "Global")
        for metric in alarm.watched
    )


def _mend_distribution_alarm(params: DistributionAlarms, observed: Observed) -> str:
    region = shlex.quote(params.home_region)
    if alarms := observed.get("alarms"):
        names = " ".join(shlex.quote(name) for name in alarms)
        return f"aws cloudwatch enable-alarm-actions --region {region} --alarm-names {names}"
    distribution = shlex.quote(params.distribution_id)
    return (
        f"aws cloudwatch put-metric-alarm --region {region}"
        f" --alarm-name {distribution}-5xx"
        " --namespace AWS/CloudFront --metric-name 5xxErrorRate"
        f" --dimensions Name=DistributionId,Value={distribution} Name=Region,Value=Global"
        " --statistic Average --period 60 --evaluation-periods 3 --threshold 1"
        " --comparison-operator GreaterThanThreshold --treat-missing-data notBreaching"
        " --alarm-actions <TOPIC_ARN>"
    )


@check(
    "alarms.cloudfront-errors",
    version=1,
    criteria=["symptom-alerts"],
    params=DistributionAlarms,
    reads=[READS_ALARMS],
    title="Errors that the distribution gives to users raise an alarm",
    severity="high",
    passes=(
        "In the home region of CloudFront's metrics an alarm is set on the distribution's"
        " 5xxErrorRate, LambdaExecutionError or LambdaValidationError, directly or inside a metric"
        " expression; its actions are enabled, or those of a composite alarm that contains it."
    ),
    why=(
        "A function that returns nonsense does not fail in its own metrics: CloudFront refuses its"
        " answer, and the user gets an error. Only the distribution's figures show that."
    ),
    mend_console=(
        "CloudWatch, in US East (N. Virginia), All alarms, Create alarm: metric CloudFront,"
        " Per-Distribution Metrics, the distribution's 5xxErrorRate, Average over 1 minute."
    ),
    mend_cli=_mend_distribution_alarm,
    documentation="Amazon CloudFront Developer Guide: Monitor CloudFront metrics with CloudWatch",
)
class CloudfrontErrors:
    """A live alarm on the errors that the distribution counts."""

    @staticmethod
    def needs(params: DistributionAlarms) -> Iterable[Fetch]:
        yield alarms_fetch(params.home_region)

    @staticmethod
    def evaluate(facts: Facts, params: DistributionAlarms) -> Verdict:
        answer = read_alarms(params.home_region, facts)
        alarms = [each for each in answer.metric_alarms if _is_on_distribution_errors(each, params)]
        names = [each.alarm_name for each in alarms]
        live = [each.alarm_name for each in alarms if is_live(each, answer.composite_alarms)]
        observed = {"region": params.home_region, "alarms": capped(names), "live": len(live)}
        if live:
            reason = f"Errors of {params.distribution_id} raise an alarm: {listing(live)}."
            return Verdict(Status.PASS, reason, observed)
        refuse_insights(answer, "AWS/CloudFront", *DISTRIBUTION_ERRORS)
        said = f"{listing(names)} with actions off" if names else "no alarm watches them"
        reason = f"Errors of {params.distribution_id} would go unnoticed: {said}."
        return Verdict(Status.FAIL, reason, observed)


class Way(NamedTuple):
    """One direction of replication, and where AWS publishes what it measures there."""

    source: str
    target: str
    source_region: str
    target_region: str

    @property
    def name(self) -> str:
        return f"{self.source} to {self.target}"

    @property
    def region_of(self) -> dict[str, str]:
        """The Amazon S3 User Guide names the regions in "Using S3 Replication metrics"."""
        return {LATENCY: self.target_region, FAILED: self.source_region}

    def alarms_in(self, answer: AlarmsAnswer, metric_name: str) -> list[MetricAlarm]:
        """The alarms on that metric of this way."""
        return [
            alarm
            for alarm in answer.metric_alarms
            if any(self._has(metric, metric_name) for metric in alarm.watched)
        ]

    def _has(self, metric: Metric, metric_name: str) -> bool:
        """With all three dimensions of the metric: without one an alarm never gets a value."""
        return (
            metric.namespace == "AWS/S3"
            and metric.metric_name == metric_name
            and metric.has("SourceBucket", self.source)
            and metric.has("DestinationBucket", self.target)
            and any(each.name == "RuleId" for each in metric.dimensions)
        )


def ways(params: Replicas) -> dict[str, Way]:
    """Every bucket to every other, by the name of the way."""
    pairs = permutations(params.buckets.items(), 2)
    found = (Way(source, target, here, there) for (here, source), (there, target) in pairs)
    return {way.name: way for way in found}


def _mend_replication_alarms(params: Replicas, observed: Observed) -> str:
    found = ways(params)
    return "\n".join(
        f"aws cloudwatch put-metric-alarm --region {shlex.quote(way.target_region)}"
        f" --alarm-name {shlex.quote(f'late-copies-{way.source}-to-{way.target}')}"
        f" --namespace AWS/S3 --metric-name {LATENCY}"
        f" --dimensions Name=SourceBucket,Value={shlex.quote(way.source)}"
        f" Name=DestinationBucket,Value={shlex.quote(way.target)} Name=RuleId,Value=<RULE_ID>"
        " --statistic Maximum --period 60 --evaluation-periods 5 --threshold 900"
        " --comparison-operator GreaterThanThreshold --alarm-actions <TOPIC_ARN>"
        for way in map(found.__getitem__, to_mend(observed, "ways", found))
    )


@check(
    "alarms.replication-lag",
    version=1,
    criteria=["replication-freshness"],
    params=Replicas,
    reads=[READS_ALARMS],
    title="Copies that are late or lost raise an alarm",
    severity="medium",
    passes=(
        "For each bucket and each other one an alarm is set on ReplicationLatency, in the region of"
        " the bucket that receives, or on OperationsFailedReplication, in that of the bucket that"
        " sends; its actions are enabled, or those of a composite alarm that contains it."
    ),
    why=(
        "Replication that has stopped looks like replication with nothing to do. Until somebody"
        " notices, the other side serves old content, and a failover makes it everybody's."
    ),
    mend_console=(
        "S3, the source bucket, Management, the replication rule: enable replication metrics. Then"
        " CloudWatch, in the destination's region, Create alarm: S3, Replication metrics."
    ),
    mend_cli=_mend_replication_alarms,
    documentation="Amazon S3 User Guide: Using S3 Replication metrics",
)
class ReplicationLag:
    """A live alarm on the lag or the failures of each way between two buckets."""

    @staticmethod
    def needs(params: Replicas) -> Iterable[Fetch]:
        return (alarms_fetch(region) for region in params.buckets)

    @staticmethod
    def evaluate(facts: Facts, params: Replicas) -> Verdict:
        found = ways(params)
        tally = look_at(found, lambda name: _look_at_way(found[name], facts))
        return tally.verdict(
            {"ways": tally.table},
            passed=f"An alarm watches each of {count(tally.total, 'way', 'ways')} of replication",
            failed=f"Late copies would go unnoticed: {tally.wrongs()}",
        )


def _look_at_way(way: Way, facts: Facts) -> Part:
    """One alarm is enough, wherever it is; none is known only when both regions were read."""
    alarms, unknown = [], []
    for metric_name, region in way.region_of.items():
        try:
            answer = read_alarms(region, facts)
        except CouldNotLook as error:
            unknown.append(error)
            continue
        here = way.alarms_in(answer, metric_name)
        if any(is_live(alarm, answer.composite_alarms) for alarm in here):
            seen = {"live": True, "region": region, "metric": metric_name}
            return Part(True, {**seen, "alarms": capped([each.alarm_name for each in here])})
        alarms += here
    if unknown:
        raise unknown[0]
    for region in way.region_of.values():
        refuse_insights(read_alarms(region, facts), "AWS/S3", LATENCY, FAILED)
    wrong = "its actions are off" if alarms else _said_of_none(way, facts)
    return Part(False, {"live": False, "alarms": capped([a.alarm_name for a in alarms])}, wrong)


def _said_of_none(way: Way, facts: Facts) -> str:
    """Whether there is an alarm after all, in a region where its metric has no values."""
    away = [
        alarm
        for metric_name, region in ((LATENCY, way.source_region), (FAILED, way.target_region))
        for alarm in way.alarms_in(read_alarms(region, facts), metric_name)
    ]
    return "an alarm only in the region without the metric" if away else "no alarm"
