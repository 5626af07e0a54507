"""Is the distribution in service, and can one see what it delivers?"""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from datetime import timedelta
from typing import Literal

from pydantic import Field

from readiness.aws.distribution import (
    READS_DISTRIBUTION,
    Behaviour,
    BehavioursConfig,
    Configured,
    OnDistribution,
    distribution_fetch,
    mend_settings,
    read_distribution,
)
from readiness.aws.errors import CouldNotLook, Status
from readiness.aws.facts import CamelShape, Facts, Moment, Shape
from readiness.aws.fetch import Fetch
from readiness.aws.judging import listing
from readiness.aws.registry import Observed, Verdict, check

READS_SOURCES = ("logs", "describe_delivery_sources")
READS_DELIVERIES = ("logs", "describe_deliveries")
READS_SUBSCRIPTION = ("cloudfront", "get_monitoring_subscription")
NO_SUBSCRIPTION = "NoSuchMonitoringSubscription"

#: A change reaches all edge locations within minutes; after this it has got stuck.
SETTLES_WITHIN = timedelta(minutes=30)


class EnabledConfig(Shape):
    enabled: bool


class DeployedDistribution(Configured[EnabledConfig]):
    status: Literal["Deployed", "InProgress"]
    last_modified_time: Moment


class DeployedAnswer(Shape):
    distribution: DeployedDistribution


class LoggedBehaviour(Behaviour):
    realtime_log_config_arn: str = ""


class Logging(Shape):
    enabled: bool


class LoggedConfig(BehavioursConfig[LoggedBehaviour]):
    logging: Logging

    @property
    def realtime_paths(self) -> list[str]:
        return [path for path, each in self.behaviours.items() if each.realtime_log_config_arn]


class LoggedDistribution(Configured[LoggedConfig]):
    arn: str = Field(alias="ARN")


class LoggedAnswer(Shape):
    distribution: LoggedDistribution


class Source(CamelShape):
    name: str
    log_type: str
    resource_arns: list[str]


class SourcesAnswer(CamelShape):
    delivery_sources: list[Source]


class Delivery(CamelShape):
    delivery_source_name: str


class DeliveriesAnswer(CamelShape):
    deliveries: list[Delivery]


class Subscription(Shape):
    status: Literal["Enabled", "Disabled"] = Field(alias="RealtimeMetricsSubscriptionStatus")


class MonitoringSubscription(Shape):
    realtime_metrics_subscription_config: Subscription


class SubscriptionAnswer(Shape):
    monitoring_subscription: MonitoringSubscription


def sources_fetch(params: OnDistribution) -> Fetch:
    """CloudFront's sources are kept in the home region, wherever the logs go."""
    return Fetch.of("logs", params.home_region, "describe_delivery_sources")


def deliveries_fetch(params: OnDistribution) -> Fetch:
    return Fetch.of("logs", params.home_region, "describe_deliveries")


def subscription_fetch(params: OnDistribution) -> Fetch:
    return Fetch.of(
        "cloudfront",
        params.home_region,
        "get_monitoring_subscription",
        DistributionId=params.distribution_id,
    )


def _mend_deployment(params: OnDistribution, observed: Observed) -> str:
    return mend_settings(params, "Set Enabled to true")


def _mend_logs(params: OnDistribution, observed: Observed) -> str:
    region = f"--region {shlex.quote(params.home_region)}"
    name = shlex.quote(f"{params.distribution_id}-access")
    resource = shlex.quote(
        f"arn:aws:cloudfront::<ACCOUNT_ID>:distribution/{params.distribution_id}"
    )
    return (
        f"aws logs put-delivery-source {region} --name {name} --log-type ACCESS_LOGS"
        f" --resource-arn {resource}\n"
        f"aws logs put-delivery-destination {region} --name {name}"
        " --delivery-destination-configuration destinationResourceArn=<BUCKET_OR_LOG_GROUP_ARN>\n"
        f"aws logs create-delivery {region} --delivery-source-name {name}"
        " --delivery-destination-arn <DELIVERY_DESTINATION_ARN>"
    )


def _mend_subscription(params: OnDistribution, observed: Observed) -> str:
    return (
        "aws cloudfront create-monitoring-subscription"
        f" --distribution-id {shlex.quote(params.distribution_id)} --monitoring-subscription"
        " 'RealtimeMetricsSubscriptionConfig={RealtimeMetricsSubscriptionStatus=Enabled}'"
    )


@check(
    "cloudfront.deployed-and-enabled",
    version=1,
    criteria=["no-drift"],
    params=OnDistribution,
    reads=[READS_DISTRIBUTION],
    title="The distribution is in service as it is configured",
    severity="high",
    passes="The distribution is enabled, and its last change has reached every edge location.",
    why=(
        "While a change is on its way, users get one configuration or the other, according to"
        " where they are. A change that never arrives leaves them so."
    ),
    mend_console=(
        "CloudFront, Distributions, the distribution: Enable. While Last modified says Deploying,"
        " wait; after half an hour ask AWS Support."
    ),
    mend_cli=_mend_deployment,
    documentation="Amazon CloudFront Developer Guide: Update a distribution",
)
class DeployedAndEnabled:
    """Enabled, and no change is under way."""

    @staticmethod
    def needs(params: OnDistribution) -> Iterable[Fetch]:
        yield distribution_fetch(params)

    @staticmethod
    def evaluate(facts: Facts, params: OnDistribution) -> Verdict:
        name = f"The distribution {params.distribution_id}"
        found = read_distribution(facts, params, DeployedAnswer).distribution
        enabled = found.distribution_config.enabled
        observed: Observed = {"enabled": enabled, "status": found.status}
        if not enabled:
            return Verdict(Status.FAIL, f"{name} is disabled: it answers no request.", observed)
        if found.status == "Deployed":
            return Verdict(Status.PASS, f"{name} is enabled and deployed.", observed)
        under_way = facts.now - found.last_modified_time
        if under_way < SETTLES_WITHIN:
            # Every release passes through this: neither good nor bad, and over in minutes.
            reason = f"{name} is being deployed at this moment; ask again in a few minutes."
            raise CouldNotLook(Status.TIMEOUT, reason)
        minutes = int(under_way.total_seconds() // 60)
        reason = f"{name} was changed {minutes} minutes ago and is still not deployed."
        return Verdict(Status.FAIL, reason, observed)


@check(
    "cloudfront.access-logs",
    version=1,
    criteria=["logs-findable"],
    params=OnDistribution,
    reads=[READS_DISTRIBUTION, READS_SOURCES, READS_DELIVERIES],
    title="Requests to the distribution are logged",
    severity="medium",
    passes=(
        "Access logs are on: standard logging of the first or the second kind, or real-time logs"
        " on every behaviour."
    ),
    why=(
        "The function sees the request before it is answered. Only the access log tells what the"
        " user got, and from which edge location."
    ),
    mend_console=(
        "CloudFront, the distribution, Logging, Create log delivery: Amazon S3, CloudWatch Logs or"
        " Firehose."
    ),
    mend_cli=_mend_logs,
    documentation="Amazon CloudFront Developer Guide: Access logs (standard logs)",
)
class AccessLogs:
    """Some way of logging covers all requests. The settings know nothing of the second kind."""

    @staticmethod
    def needs(params: OnDistribution) -> Iterable[Fetch]:
        return distribution_fetch(params), sources_fetch(params), deliveries_fetch(params)

    @staticmethod
    def evaluate(facts: Facts, params: OnDistribution) -> Verdict:
        name = f"The distribution {params.distribution_id}"
        found = read_distribution(facts, params, LoggedAnswer).distribution
        config = found.distribution_config
        realtime = config.realtime_paths
        observed: Observed = {"legacy": config.logging.enabled, "realtime_on": realtime}
        # What the distribution alone proves does not wait for the answer of CloudWatch Logs.
        if config.logging.enabled:
            return Verdict(Status.PASS, f"{name} writes standard logs to a bucket.", observed)
        if len(realtime) == len(config.behaviours):
            return Verdict(
                Status.PASS, f"{name} writes real-time logs on every behaviour.", observed
            )
        sources = _sources(facts, params, found.arn)
        delivered = _delivered(facts, params) & set(sources) if sources else set()
        observed |= {"sources": sources, "delivered": sorted(delivered)}
        if delivered:
            reason = f"{name} delivers access logs from {listing(sorted(delivered))}."
            return Verdict(Status.PASS, reason, observed)
        return Verdict(Status.FAIL, _said_of_missing_logs(name, sources, realtime), observed)


def _sources(facts: Facts, params: OnDistribution, arn: str) -> list[str]:
    answer = facts.read(sources_fetch(params), SourcesAnswer)
    return [
        each.name
        for each in answer.delivery_sources
        if each.log_type == "ACCESS_LOGS" and arn in each.resource_arns
    ]


def _delivered(facts: Facts, params: OnDistribution) -> set[str]:
    answer = facts.read(deliveries_fetch(params), DeliveriesAnswer)
    return {each.delivery_source_name for each in answer.deliveries}


def _said_of_missing_logs(name: str, sources: list[str], realtime: list[str]) -> str:
    if sources:
        return f"{name} has access logs to give ({listing(sources)}), but no delivery takes them."
    if realtime:
        return f"{name} writes real-time logs on {listing(realtime)} only, and no others."
    return f"{name} writes no access logs."


@check(
    "cloudfront.realtime-metrics",
    version=1,
    criteria=["golden-signals", "dependency-metrics"],
    params=OnDistribution,
    reads=[READS_SUBSCRIPTION],
    title="The additional metrics of the distribution are on",
    severity="low",
    passes="The distribution has a monitoring subscription, and it is enabled.",
    why=(
        "Without it CloudFront counts errors by hundreds only, so a failing function (502, 503)"
        " looks like a failing origin, and there is neither a hit rate nor the origin's latency."
    ),
    mend_console=(
        "CloudFront, Monitoring, the distribution, View distribution metrics, Manage additional"
        " metrics: Enabled. They cost a fixed sum a month."
    ),
    mend_cli=_mend_subscription,
    documentation=(
        "Amazon CloudFront Developer Guide: Turn on additional CloudFront distribution metrics"
    ),
)
class RealtimeMetrics:
    """The monitoring subscription exists and is enabled."""

    @staticmethod
    def needs(params: OnDistribution) -> Iterable[Fetch]:
        yield subscription_fetch(params)

    @staticmethod
    def evaluate(facts: Facts, params: OnDistribution) -> Verdict:
        name = f"The distribution {params.distribution_id}"
        answer = facts.subject(
            subscription_fetch(params),
            SubscriptionAnswer,
            missing=f"There is no distribution {params.distribution_id}.",
            absent=(NO_SUBSCRIPTION,),
        )
        if answer is None:
            reason = f"{name} has no additional metrics."
            return Verdict(Status.FAIL, reason, {"subscription": "none"})
        status = answer.monitoring_subscription.realtime_metrics_subscription_config.status
        observed: Observed = {"subscription": status}
        if status == "Disabled":
            return Verdict(Status.FAIL, f"{name} has no additional metrics.", observed)
        return Verdict(Status.PASS, f"{name} has the additional metrics.", observed)
