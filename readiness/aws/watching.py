"""Which CloudWatch alarms watch the component, and whom they would tell."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property

from readiness.aws.errors import CouldNotLook, Status
from readiness.aws.facts import Facts, Shape
from readiness.aws.fetch import Fetch
from readiness.aws.parameter_types import DistributionId, EdgeRegions, FunctionName
from readiness.aws.parameters import CheckParameters

READS_ALARMS = ("cloudwatch", "describe_alarms")

#: What a metric is about: its namespace, and the name and value of one of its dimensions.
Subject = tuple[str | None, str, str]


class EdgeAlarms(CheckParameters):
    function_name: FunctionName
    edge_regions: EdgeRegions
    distribution_id: DistributionId | None = None

    @property
    def replica_name(self) -> str:
        """The function's name in metrics: its replicas in all regions carry their home."""
        return f"{self.home_region}.{self.function_name}"

    @property
    def alarm_regions(self) -> tuple[str, ...]:
        """Where alarms on the component can be. CloudFront's metrics are in the home region."""
        return tuple(dict.fromkeys((*self.edge_regions, self.home_region)))

    @cached_property
    def subjects(self) -> frozenset[Subject]:
        """What metrics of the component are about."""
        names = (self.replica_name, self.function_name)
        found: set[Subject] = {("AWS/Lambda", "FunctionName", name) for name in names}
        if self.distribution_id is not None:
            found.add(("AWS/CloudFront", "DistributionId", self.distribution_id))
        return frozenset(found)


class Dimension(Shape):
    name: str
    value: str


class Metric(Shape):
    namespace: str | None = None
    metric_name: str | None = None
    dimensions: list[Dimension] = []

    def has(self, name: str, *values: str) -> bool:
        return any(each.name == name and each.value in values for each in self.dimensions)


class MetricStat(Shape):
    metric: Metric


class Query(Shape):
    metric_stat: MetricStat | None = None
    expression: str | None = None


class Alarm(Shape):
    alarm_name: str
    actions_enabled: bool
    alarm_actions: list[str] = []  # missing: none
    alarm_description: str = ""  # missing: none was written

    def targets(self) -> list[str]:
        """Whom it tells when it fires, as ARNs: nobody while its actions are off."""
        return self.alarm_actions if self.actions_enabled else []


class MetricAlarm(Alarm, Metric):
    metrics: list[Query] = []

    @property
    def watched(self) -> list[Metric]:
        """The metrics it looks at: its own, or those of its expressions."""
        stats = [query.metric_stat.metric for query in self.metrics if query.metric_stat]
        return [self, *stats] if self.metric_name else stats

    @cached_property
    def subjects(self) -> frozenset[Subject]:
        """What its metrics are about. Kept: hundreds of components may look through an account's
        thousands of alarms."""
        return frozenset(
            (metric.namespace, each.name, each.value)
            for metric in self.watched
            for each in metric.dimensions
        )

    @property
    def insights(self) -> list[str]:
        """Its Metrics Insights queries, which name metrics in a language of their own."""
        expressions = (query.expression or "" for query in self.metrics)
        return [text for text in expressions if re.match(r"\s*SELECT\b", text, re.IGNORECASE)]


class CompositeAlarm(Alarm):
    alarm_rule: str


class AlarmsAnswer(Shape):
    metric_alarms: list[MetricAlarm]
    composite_alarms: list[CompositeAlarm] = []


def alarms_fetch(region: str) -> Fetch:
    # Without AlarmTypes AWS leaves composite alarms out, and says nothing about it.
    types = ["CompositeAlarm", "MetricAlarm"]
    return Fetch.of("cloudwatch", region, "describe_alarms", AlarmTypes=types)


def watches(alarm: MetricAlarm, params: EdgeAlarms) -> bool:
    """Whether the alarm is about this function or this distribution."""
    return not alarm.subjects.isdisjoint(params.subjects)


def watching(answer: AlarmsAnswer, params: EdgeAlarms) -> list[MetricAlarm]:
    """The alarms of one region that watch the component."""
    return [alarm for alarm in answer.metric_alarms if watches(alarm, params)]


def speakers(alarm: MetricAlarm, composites: Iterable[CompositeAlarm]) -> list[Alarm]:
    """The alarms that tell somebody when `alarm` fires: itself, composite ones that contain it."""
    return [each for each in (alarm, *containing(alarm, composites)) if each.targets()]


def is_live(alarm: MetricAlarm, composites: Iterable[CompositeAlarm]) -> bool:
    """Whether the actions of the alarm, or of a composite one that contains it, are enabled.

    Whether there are any actions is another question: see `speakers`.
    """
    return any(each.actions_enabled for each in (alarm, *containing(alarm, composites)))


def containing(alarm: MetricAlarm, composites: Iterable[CompositeAlarm]) -> list[CompositeAlarm]:
    """The composite alarms that `alarm` helps to fire, also through other composite ones."""
    known = list(composites)
    members = {each.alarm_name: alarms_in_rule(each.alarm_rule) for each in known}
    reached, waiting = {alarm.alarm_name}, [alarm.alarm_name]
    while waiting:
        name = waiting.pop()
        above = [each for each, inside in members.items() if name in inside and each not in reached]
        reached.update(above)
        waiting.extend(above)
    return [each for each in known if each.alarm_name in reached]


RULE_TOKEN = re.compile(
    r"""
    (?P<word>ALARM|OK|INSUFFICIENT_DATA)\s*\(\s*
        (?: "(?P<quoted>(?:[^"\\]|\\.)*)" | (?P<bare>[^()\s]+) )\s*\)
    | (?P<negation>\bNOT\b) | (?P<opening>\() | (?P<closing>\))
    """,
    re.VERBOSE,
)


def alarms_in_rule(rule: str) -> set[str]:
    """The names of the alarms whose firing helps to fire this rule: ALARM(...), not under a NOT."""
    names = set()
    depth: list[bool] = [False]  # for each open parenthesis: whether a NOT is in force
    negated = False
    for token in RULE_TOKEN.finditer(rule):
        if token["negation"]:
            negated = True
            continue
        if token["opening"]:
            depth.append(depth[-1] or negated)
        elif token["closing"]:
            depth = depth[:-1] or [False]
        elif token["word"] == "ALARM" and not (negated or depth[-1]):
            names.add(_name_of(token["quoted"] or token["bare"]))
        negated = False
    return names


def _name_of(reference: str) -> str:
    """Rules name alarms by name or by ARN."""
    name = re.sub(r"^arn:[^:]*:cloudwatch:[^:]*:[^:]*:alarm:", "", reference)
    return re.sub(r"\\(.)", r"\1", name)


def read_alarms(region: str, facts: Facts) -> AlarmsAnswer:
    """All alarms of a region. Raises CouldNotLook."""
    return facts.read(alarms_fetch(region), AlarmsAnswer)


def refuse_insights(answer: AlarmsAnswer, namespace: str, *metric_names: str) -> None:
    """Raise CouldNotLook if an alarm may watch one of the metrics in a way that we cannot read."""
    names = "|".join(re.escape(name) for name in metric_names)
    for alarm in answer.metric_alarms:
        for text in alarm.insights:
            if namespace in text and re.search(rf"\b({names})\b", text):
                reason = f"An alarm with a Metrics Insights query on {namespace} may be the one."
                raise CouldNotLook(Status.UNSUPPORTED, reason)
