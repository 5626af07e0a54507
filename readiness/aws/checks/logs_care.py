"""Is anything made of the logs: figures, and a copy in one place?"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable
from typing import Any

from pydantic import Field, TypeAdapter, ValidationError

from readiness.aws.checks.logs import (
    READS,
    EdgeLogGroups,
    all_group_fetches,
    glance_at_group,
    group_fetch,
    group_in,
    groups_in,
    no_group,
)
from readiness.aws.errors import CouldNotLook, Status, SubjectMissing
from readiness.aws.facts import CamelShape, Facts, Shape
from readiness.aws.fetch import Fetch
from readiness.aws.judging import Part, capped, count, look_at, to_mend
from readiness.aws.parameter_types import LogShipping
from readiness.aws.registry import Observed, Verdict, check

READS_METRIC_FILTERS = ("logs", "describe_metric_filters")
READS_SUBSCRIPTIONS = ("logs", "describe_subscription_filters")
READS_POLICIES = ("logs", "describe_account_policies")
READS_STREAM = ("firehose", "describe_delivery_stream")


class MetricFilter(CamelShape):
    filter_name: str


class MetricFiltersAnswer(CamelShape):
    metric_filters: list[MetricFilter]


def metric_filters_fetch(region: str, group: str) -> Fetch:
    return Fetch.of("logs", region, "describe_metric_filters", logGroupName=group)


def _mend_metric_filters(params: EdgeLogGroups, observed: Observed) -> str:
    name = shlex.quote(f"{params.function_name}-errors")
    return "\n".join(
        f"aws logs put-metric-filter --region {shlex.quote(region)}"
        f" --log-group-name {shlex.quote(params.group)} --filter-name {name}"
        " --filter-pattern ERROR --metric-transformations"
        f" metricName={name},metricNamespace=Edge,metricValue=1,defaultValue=0"
        for region in to_mend(observed, "regions", params.edge_regions)
    )


@check(
    "logs.metric-filter",
    version=1,
    criteria=["behaviour-metrics"],
    params=EdgeLogGroups,
    reads=[*READS, READS_METRIC_FILTERS],
    title="What the function logs is counted in every edge region",
    severity="low",
    passes="In each edge region that has the function's log group, it has a metric filter.",
    why=(
        "CloudWatch counts that the function ran and whether it crashed. Which way it sent the"
        " request is only in its logs; a filter makes a figure of it, one region at a time."
    ),
    mend_console=(
        "CloudWatch, in the region, Log groups, the group, Metric filters, Create metric filter."
    ),
    mend_cli=_mend_metric_filters,
    documentation="Amazon CloudWatch Logs User Guide: Creating metrics from log events",
)
class HasMetricFilter:
    """At least one metric filter on the function's group wherever the group exists."""

    @staticmethod
    def needs(params: EdgeLogGroups) -> Iterable[Fetch]:
        return (group_fetch(region, params.group) for region in params.edge_regions)

    @staticmethod
    def needs_more(facts: Facts, params: EdgeLogGroups) -> Iterable[Fetch]:
        for region in params.edge_regions:
            if glance_at_group(region, params.group, facts):
                yield metric_filters_fetch(region, params.group)

    @staticmethod
    def evaluate(facts: Facts, params: EdgeLogGroups) -> Verdict:
        def look(region: str) -> Part:
            if group_in(region, params.group, facts) is None:
                return Part(None, {"group": False})
            answer = facts.read(metric_filters_fetch(region, params.group), MetricFiltersAnswer)
            names = [each.filter_name for each in answer.metric_filters]
            return Part(bool(names), {"group": True, "filters": capped(names)}, "no metric filter")

        tally = look_at(params.edge_regions, look)
        observed: Observed = {"regions": tally.table, "log_group": params.group}
        if len(tally.nothing) == tally.total:
            return no_group(params, observed)
        return tally.verdict(
            observed,
            passed=f"What the function logs is counted in {count(len(tally.good), 'edge region')}",
            failed=f"What the function logs is not counted: {tally.wrongs()}",
        )


class ShippedLogs(EdgeLogGroups):
    log_shipping: LogShipping


class Subscription(CamelShape):
    destination_arn: str


class SubscriptionsAnswer(CamelShape):
    subscription_filters: list[Subscription]


class AccountPolicy(CamelShape):
    policy_document: str  # JSON
    selection_criteria: str = ""  # missing: all groups


class PoliciesAnswer(CamelShape):
    account_policies: list[AccountPolicy]


class PolicyDocument(Shape):
    destination_arn: str


class Delivery(Shape):
    splunk_destination_description: dict[str, Any] | None = None
    http_endpoint_destination_description: dict[str, Any] | None = None


class Stream(Shape):
    delivery_stream_status: str
    destinations: list[Delivery] = Field(min_length=1)


class StreamAnswer(Shape):
    delivery_stream_description: Stream


#: The region leads to a client, so an ARN is believed only if it looks like one.
DESTINATION_ARN = re.compile(
    r"arn:aws[a-z-]*:(?P<service>firehose|kinesis|lambda|logs):"
    r"(?P<region>[a-z]{2,4}(?:-[a-z]+){1,2}-[0-9]{1,2}):[0-9]{12}:"
    r"(?:deliverystream/(?P<stream>[A-Za-z0-9_.-]{1,64})|\S+)"
)
CALLED = {"kinesis": "a Kinesis stream", "lambda": "a function", "logs": "a destination of Logs"}
COLLECTORS = {"splunk": "Splunk", "http": "an HTTP collector"}

#: The only form that AWS knows for subscriptions.
ALL_BUT = re.compile(r"\s*LogGroupName\s+NOT\s+IN\s+(\[.*\])\s*", re.DOTALL)
NAMES = TypeAdapter(list[str])
STRANGE_POLICY = "An account-wide subscription does not look as it should."


def subscriptions_fetch(region: str, group: str) -> Fetch:
    return Fetch.of("logs", region, "describe_subscription_filters", logGroupName=group)


def policies_fetch(region: str) -> Fetch:
    kind = "SUBSCRIPTION_FILTER_POLICY"
    return Fetch.of("logs", region, "describe_account_policies", policyType=kind)


def stream_fetch(match: re.Match[str]) -> Fetch:
    return Fetch.of(
        "firehose", match["region"], "describe_delivery_stream", DeliveryStreamName=match["stream"]
    )


def _destinations(group: str, own: SubscriptionsAnswer, wide: PoliciesAnswer) -> list[str]:
    """The ARNs that the group's logs go to, by its own filters and by those of the account.

    Raises CouldNotLook.
    """
    policies = [each for each in wide.account_policies if group not in _left_out_by(each)]
    found = [each.destination_arn for each in own.subscription_filters]
    return [*found, *map(_target_of, policies)]


def _target_of(policy: AccountPolicy) -> str:
    try:
        return PolicyDocument.model_validate_json(policy.policy_document).destination_arn
    except ValidationError as error:
        raise CouldNotLook(Status.UNSUPPORTED, STRANGE_POLICY) from error


def _left_out_by(policy: AccountPolicy) -> list[str]:
    if not policy.selection_criteria.strip():
        return []
    match = ALL_BUT.fullmatch(policy.selection_criteria)
    try:
        return NAMES.validate_json(match[1] if match else "")
    except ValidationError as error:
        raise CouldNotLook(Status.UNSUPPORTED, STRANGE_POLICY) from error


def _wrong_with(arn: str, facts: Facts, wanted: LogShipping) -> str:
    """What is wrong with that destination, "" if nothing. Raises CouldNotLook."""
    match = DESTINATION_ARN.fullmatch(arn)
    if match is None:
        raise CouldNotLook(Status.UNSUPPORTED, "A subscription leads to something unknown to us.")
    if not _is_stream(match):
        if wanted == "any":
            return ""
        where = CALLED.get(match["service"], "something unknown to us")
        reason = f"The logs go to {where}; where it sends them cannot be read."
        raise CouldNotLook(Status.UNSUPPORTED, reason)
    try:
        missing = "their delivery stream does not exist"
        stream = facts.subject(stream_fetch(match), StreamAnswer, missing=missing)
    except SubjectMissing as error:
        return error.reason
    return _wrong_with_stream(stream.delivery_stream_description, wanted)


def _is_stream(match: re.Match[str]) -> bool:
    return match["service"] == "firehose" and match["stream"] is not None


def _wrong_with_stream(stream: Stream, wanted: LogShipping) -> str:
    if stream.delivery_stream_status != "ACTIVE":
        return "their delivery stream is not active"
    if wanted == "any":
        return ""
    reached = {
        "splunk": any(each.splunk_destination_description for each in stream.destinations),
        "http": any(each.http_endpoint_destination_description for each in stream.destinations),
    }
    return "" if reached[wanted] else f"delivered elsewhere than to {COLLECTORS[wanted]}"


def _wrong_with_group(arns: list[str], facts: Facts, wanted: LogShipping) -> str:
    """One good destination is enough; none is known only when all could be read."""
    wrong, unknown = [], []
    for arn in arns:
        try:
            said = _wrong_with(arn, facts, wanted)
        except CouldNotLook as error:
            unknown.append(error)
            continue
        if not said:
            return ""
        wrong.append(said)
    if unknown:
        raise unknown[0]
    return wrong[0] if wrong else "no subscription"


def _mend_shipping(params: ShippedLogs, observed: Observed) -> str:
    table = observed.get("regions", {})
    wrong = {
        region: seen["not_shipped"] for region, seen in table.items() if seen.get("not_shipped")
    }
    return "\n".join(
        f"aws logs put-subscription-filter --region {shlex.quote(region)}"
        f" --log-group-name {shlex.quote(group)} --filter-name ship --filter-pattern ''"
        " --destination-arn <DELIVERY_STREAM_ARN> --role-arn <ROLE_ARN>"
        for region, groups in (wrong or dict.fromkeys(params.edge_regions, [params.group])).items()
        for group in groups
    )


@check(
    "logs.shipped",
    version=1,
    criteria=["logs-findable"],
    params=ShippedLogs,
    reads=[*READS, READS_SUBSCRIPTIONS, READS_POLICIES, READS_STREAM],
    title="The logs of every edge region are sent to one place",
    severity="medium",
    passes=(
        "In each edge region that has the function's log group, or CloudFront's for it, a"
        " subscription of the group or of the account leads to where the component says its logs"
        " go. For Splunk and HTTP that is an active Firehose stream that delivers there; for any it"
        " may also be a Kinesis stream, a function or a destination, and what is behind it is not"
        " looked at."
    ),
    why=(
        "A request that failed left its lines in one of a dozen regions, and the person on call"
        " does not know which. Where all lines meet, one search finds them."
    ),
    mend_console=(
        "CloudWatch, in the region, Log groups, the group, Subscription filters, Create: choose the"
        " Firehose stream of that region that delivers to your collector."
    ),
    mend_cli=_mend_shipping,
    documentation="Amazon CloudWatch Logs User Guide: Real-time processing of log data",
)
class Shipped:
    """A subscription leads out of each group of the component, wherever the group exists."""

    @staticmethod
    def needs(params: ShippedLogs) -> Iterable[Fetch]:
        return all_group_fetches(params)

    @staticmethod
    def needs_more(facts: Facts, params: ShippedLogs) -> Iterable[Fetch]:
        for region in params.edge_regions:
            for group in params.groups:
                if glance_at_group(region, group, facts):
                    yield subscriptions_fetch(region, group)
                    yield policies_fetch(region)
                    yield from _streams(region, group, facts)

    @staticmethod
    def evaluate(facts: Facts, params: ShippedLogs) -> Verdict:
        def look(region: str) -> Part:
            names = [each.log_group_name for each in groups_in(region, facts, params)]
            if not names:
                return Part(None, {"group": False})
            wide = facts.read(policies_fetch(region), PoliciesAnswer)
            said = {}
            for name in names:
                own = facts.read(subscriptions_fetch(region, name), SubscriptionsAnswer)
                arns = _destinations(name, own, wide)
                said[name] = _wrong_with_group(arns, facts, params.log_shipping)
            wrong = {name: what for name, what in said.items() if what}
            seen = {"groups": names, "not_shipped": list(wrong)}
            return Part(not wrong, seen, ", ".join(dict.fromkeys(wrong.values())))

        tally = look_at(params.edge_regions, look)
        observed: Observed = {"regions": tally.table, "to": params.log_shipping}
        if len(tally.nothing) == tally.total:
            return no_group(params, observed)
        return tally.verdict(
            observed,
            passed=f"Logs are sent on from {count(len(tally.good), 'edge region')}",
            failed=f"Logs are not sent on as they should be: {tally.wrongs()}",
        )


def _streams(region: str, group: str, facts: Facts) -> Iterable[Fetch]:
    """The delivery streams among the destinations, once these are known."""
    own = facts.glance(subscriptions_fetch(region, group), SubscriptionsAnswer)
    wide = facts.glance(policies_fetch(region), PoliciesAnswer)
    if own is None or wide is None:
        return
    try:
        arns = _destinations(group, own, wide)
    except CouldNotLook:
        return
    for match in map(DESTINATION_ARN.fullmatch, arns):
        if match and _is_stream(match):
            yield stream_fetch(match)
