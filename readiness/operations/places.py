"""Where to look in an incident: links made from a component's parameters. Pure.

A Lambda@Edge function leaves its logs and figures in the regions where it ran. Which those are is
known from the newest answers of checks; until somebody has looked every edge region may be one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from readiness.aws import console
from readiness.aws.checks.logs import EdgeLogGroups
from readiness.aws.console import Place
from readiness.aws.console_state import Metric, insights_url, metrics_url
from readiness.aws.fetch import HOME_REGIONS
from readiness.aws.parameter_types import REGIONAL_EDGE_CACHES
from readiness.aws.parameters import ComponentParameters
from readiness.operations.edge import city_of

ERRORS = (
    "fields @timestamp, @message, @logStream\n"
    "| filter @message like /(?i)error|exception|timed out/\n"
    "| sort @timestamp desc\n"
    "| limit 100"
)
THREE_HOURS = 3 * 60 * 60


@dataclass(frozen=True, slots=True)
class Seen:
    """What the newest answers of checks know of a component's edge regions."""

    # Whether the function's log group was there, by region.
    groups: Mapping[str, bool] = field(default_factory=dict)
    # The names of alarms on the function's errors, and on those of the distribution, by region.
    alarms: Mapping[str, Sequence[str]] = field(default_factory=dict)
    distribution_alarms: Mapping[str, Sequence[str]] = field(default_factory=dict)
    # The oldest of the answers; None when nobody has looked.
    looked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class RegionPlaces:
    """One region where a function may have run."""

    region: str
    # Of its log groups: the function's, then CloudFront's of answers that it refused.
    groups: tuple[str, ...]
    # Whether the function's log group is there; None where nobody could say.
    seen: bool | None
    links: tuple[Place, ...]
    alarms: tuple[Place, ...]

    @property
    def city(self) -> str:
        return city_of(self.region)


@dataclass(frozen=True, slots=True)
class Places:
    """All links of a component."""

    everywhere: tuple[Place, ...] = ()
    # Those where it ran first, then those of which nothing is known, then those where it did not.
    regions: tuple[RegionPlaces, ...] = ()
    partition: str = "aws"
    # The function's log group, the same in each region.
    group: str = ""
    looked_at: datetime | None = None
    # True: the parameters name no edge regions, so these are all that there are.
    assumed: bool = False

    @property
    def ran(self) -> tuple[RegionPlaces, ...]:
        """Where it ran, or may have run."""
        return tuple(each for each in self.regions if each.seen is not False)

    @property
    def elsewhere(self) -> tuple[RegionPlaces, ...]:
        """Where it has left no log group."""
        return tuple(each for each in self.regions if each.seen is False)

    def __bool__(self) -> bool:
        return bool(self.everywhere or self.regions)


def places_of(parameters: Mapping[str, Any], seen: Seen) -> Places:
    """Return where to look; nothing for parameters that name nothing, or that are not valid."""
    try:
        given = ComponentParameters.model_validate(parameters)
    except ValidationError:
        return Places()
    partition = given.partition
    everywhere = tuple(_everywhere(given, seen))
    if given.function_name is None:
        return Places(everywhere, tuple(_plain_function(given)), partition, _plain_group(given))
    named = given.edge_regions or (REGIONAL_EDGE_CACHES if partition == "aws" else ())
    values = given.model_dump(exclude_none=True) | {"edge_regions": named}
    if not named:
        return Places(everywhere, (), partition)
    logs = EdgeLogGroups.model_validate(values)
    order = {True: 0, None: 1, False: 2}
    regions = sorted(named, key=lambda region: order[seen.groups.get(region)])
    return Places(
        everywhere,
        tuple(_edge_region(region, logs, seen) for region in regions),
        partition,
        logs.group,
        seen.looked_at,
        assumed=given.edge_regions is None,
    )


def _everywhere(given: ComponentParameters, seen: Seen) -> Iterator[Place]:
    home, partition = HOME_REGIONS[given.partition], given.partition
    distribution = given.distribution_id
    if distribution:
        yield from _links(
            given,
            ("distribution", distribution, f"Distribution {distribution}", ""),
            ("cloudfront_monitoring", "all", "CloudFront monitoring", ""),
            ("cloudfront_reports", "all", "CloudFront reports (in its menu)", ""),
            ("invalidations", distribution, "Invalidations", ""),
        )
        yield from _place(
            "Errors that users get", _graph_of_distribution(distribution, home, partition)
        )
        named = seen.distribution_alarms.get(home, ())
        yield from _alarms(home, partition, named, f"Alarms in {home}")
    record = (given.record_name or "").rstrip(".")
    zone = f"Route 53 record {record}" if record else f"Hosted zone {given.hosted_zone_id}"
    yield from _links(
        given,
        ("function", given.function_name, f"Function {given.function_name}", ""),
        ("hosted_zone", given.hosted_zone_id, zone, ""),
        *(
            ("bucket", name, f"Bucket {name} in {region}", region)
            for region, name in (given.buckets or {}).items()
        ),
        ("dashboard", given.dashboard_name, f"Dashboard {given.dashboard_name}", ""),
        ("canary", given.canary_name, f"Canary {given.canary_name}", given.canary_region),
        ("pipeline", given.pipeline_name, f"Pipeline {given.pipeline_name}", given.pipeline_region),
        ("stack", given.stack_name, f"Stack {given.stack_name}", given.stack_region),
        (
            "function",
            given.plain_function_name,
            f"Function {given.plain_function_name}",
            given.plain_function_region,
        ),
    )


def _links(
    given: ComponentParameters, *wanted: tuple[str, str | None, str, str | None]
) -> Iterator[Place]:
    home = HOME_REGIONS[given.partition]
    for kind, name, label, region in wanted:
        if name:
            link = console.url(kind, name, region=region or home, partition=given.partition)
            yield from _place(label, link)


def _place(label: str, link: str | None) -> Iterator[Place]:
    if link:
        yield Place(label, link)


def _graph_of_distribution(distribution: str, region: str, partition: str) -> str | None:
    wanted = (
        ("Requests", "Sum"),
        ("5xxErrorRate", "Average"),
        ("4xxErrorRate", "Average"),
        ("LambdaExecutionError", "Sum"),
        ("LambdaValidationError", "Sum"),
    )
    of = ("Region", "Global", "DistributionId", distribution)
    metrics = [Metric("AWS/CloudFront", name, statistic, of) for name, statistic in wanted]
    return metrics_url(metrics, region=region, partition=partition)


def _graph_of_function(name: str, region: str, partition: str) -> str | None:
    wanted = (("Invocations", "Sum"), ("Errors", "Sum"), ("Throttles", "Sum"), ("Duration", "p99"))
    of = ("FunctionName", name)
    metrics = [Metric("AWS/Lambda", metric, statistic, of) for metric, statistic in wanted]
    return metrics_url(metrics, region=region, partition=partition)


def _alarms(region: str, partition: str, names: Sequence[str], label: str) -> Iterator[Place]:
    """Yield the alarms that checks saw there, or else the page of all of the region's."""
    for name in names:
        link = console.url("alarm", name, region=region, partition=partition)
        yield from _place(f"Alarm {name}", link)
    if not names:
        yield from _place(label, console.url("alarms", "all", region=region, partition=partition))


def _edge_region(region: str, logs: EdgeLogGroups, seen: Seen) -> RegionPlaces:
    replica = f"{logs.home_region}.{logs.function_name}"
    return RegionPlaces(
        region,
        logs.groups,
        seen.groups.get(region),
        tuple(_region_links(region, logs.groups, replica, logs.partition)),
        tuple(_alarms(region, logs.partition, seen.alarms.get(region, ()), "Alarms")),
    )


def _region_links(
    region: str, groups: tuple[str, ...], function: str, partition: str
) -> Iterator[Place]:
    names = ("Logs", "Refused answers")
    for name, group in zip(names, groups, strict=False):
        link = console.url("log_group", group, region=region, partition=partition)
        yield from _place(name, link)
    query = insights_url(
        ERRORS, groups[:1], region=region, seconds=THREE_HOURS, partition=partition
    )
    yield from _place("Recent errors", query)
    yield from _place("Metrics", _graph_of_function(function, region, partition))


def _plain_group(given: ComponentParameters) -> str:
    name, region = given.plain_function_name, given.plain_function_region
    return f"/aws/lambda/{name}" if name and region else ""


def _plain_function(given: ComponentParameters) -> Iterator[RegionPlaces]:
    """Yield the one region of a component whose only function is a plain one."""
    name, region = given.plain_function_name, given.plain_function_region
    if name and region:
        groups = (_plain_group(given),)
        links = tuple(_region_links(region, groups, name, given.partition))
        alarms = tuple(_alarms(region, given.partition, (), "Alarms"))
        yield RegionPlaces(region, groups, None, links, alarms)
