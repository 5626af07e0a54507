"""Addresses of pages of the AWS console: from a fact to where a person sees it. Pure.

The console's addresses are no interface that AWS promises. When one moves, PATHS is the place.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeGuard
from urllib.parse import quote

from readiness.aws.fetch import HOME_REGIONS

HOSTS = {
    "aws": "console.aws.amazon.com",
    "aws-cn": "console.amazonaws.cn",
    "aws-us-gov": "console.amazonaws-us-gov.com",
}


def _plain(text: str) -> str:
    return quote(text, safe="")


def _twice(text: str) -> str:
    """As CloudWatch's pages want a name behind the #: encoded twice, with $ in the place of %."""
    return quote(quote(text, safe=""), safe="").replace("%", "$")


def _function(region: str, name: str) -> str:
    function, _, version = name.partition(":")
    path = f"lambda/home?region={region}#/functions/{_plain(function)}"
    return f"{path}/versions/{_plain(version)}" if version.isdecimal() else path


def _cloudwatch(rest: Callable[[str], str]) -> Callable[[str, str], str]:
    return lambda region, name: f"cloudwatch/home?region={region}#{rest(name)}"


#: What stands behind the host, from region and name, by the kind of resource. A name is what AWS
#: calls the thing's id: a function's may carry its version ("router:7"), a topic's is its ARN.
PATHS: dict[str, Callable[[str, str], str]] = {
    "alarm": _cloudwatch(lambda name: f"alarmsV2:alarm/{_plain(name)}"),
    "alarms": _cloudwatch(lambda _: "alarmsV2:"),
    "bucket": lambda region, name: f"s3/buckets/{_plain(name)}?region={region}",
    "budget": lambda _, name: f"costmanagement/home#/budgets/details?name={_plain(name)}",
    "canary": _cloudwatch(lambda name: f"synthetics:canary/detail/{_plain(name)}"),
    "certificate": lambda region, name: f"acm/home?region={region}#/certificates/{_plain(name)}",
    "cloudfront_monitoring": lambda *_: "cloudfront/v4/home#/monitoring",
    # Its reports have no addresses that are known to last: they stand in the menu of this page.
    "cloudfront_reports": lambda *_: "cloudfront/v4/home",
    "config": lambda region, _: f"config/home?region={region}#/settings",
    "dashboard": _cloudwatch(lambda name: f"dashboards/dashboard/{_plain(name)}"),
    "distribution": lambda _, name: f"cloudfront/v4/home#/distributions/{_plain(name)}",
    "function": _function,
    "hosted_zone": lambda _, name: f"route53/v2/hostedzones#ListRecordSets/{_plain(name)}",
    "invalidations": lambda _, name: (
        f"cloudfront/v4/home#/distributions/{_plain(name)}/invalidations"
    ),
    "log_group": _cloudwatch(lambda name: f"logsV2:log-groups/log-group/{_twice(name)}"),
    "pipeline": lambda region, name: (
        f"codesuite/codepipeline/pipelines/{_plain(name)}/view?region={region}"
    ),
    "quotas": lambda region, name: (
        f"servicequotas/home/services/{_plain(name)}/quotas?region={region}"
    ),
    "role": lambda _, name: f"iam/home#/roles/details/{_plain(name)}",
    "stack": lambda region, name: (
        f"cloudformation/home?region={region}#/stacks/stackinfo?stackId={_plain(name)}"
    ),
    "topic": lambda region, name: f"sns/v3/home?region={region}#/topic/{_plain(name)}",
    "trail": lambda region, name: f"cloudtrailv2/home?region={region}#/trails/{_plain(name)}",
}

OF_CLOUDFRONT = frozenset(
    {"cloudfront_monitoring", "cloudfront_reports", "distribution", "invalidations"}
)

#: Kinds whose page is the same in every region.
GLOBAL = frozenset({"budget", "hosted_zone", "role"}) | OF_CLOUDFRONT

#: What a partition does not have.
MISSING = frozenset((kind, "aws-us-gov") for kind in OF_CLOUDFRONT | {"budget"})

REGION = re.compile(r"[a-z]{2,4}(-[a-z]+)+-\d")


def url(kind: str, name: str, *, region: str = "", partition: str = "aws") -> str | None:
    """The console's page of a resource, or None where there is no such page.

    `region` may be empty for the kinds in GLOBAL only. Raises KeyError for an unknown kind.
    """
    path = PATHS[kind]
    if partition not in HOSTS or (kind, partition) in MISSING or not name:
        return None
    if kind in GLOBAL:
        region = HOME_REGIONS[partition]
    if not REGION.fullmatch(region):
        return None
    return f"https://{region}.{HOSTS[partition]}/{path(region, name)}"


#: The kind that an ARN is of, and the part of its resource that names it.
ARNS = {
    "acm": (r"certificate/(?P<name>.+)", "certificate"),
    "cloudformation": (r"stack/(?P<name>[^/]+)(/.*)?", "stack"),
    "cloudfront": (r"distribution/(?P<name>.+)", "distribution"),
    "cloudtrail": (r"trail/.+", "trail"),
    "cloudwatch": (r"alarm:(?P<name>.+)", "alarm"),
    "codepipeline": (r"(?P<name>[^/:]+)", "pipeline"),
    "iam": (r"role/(.*/)?(?P<name>[^/]+)", "role"),
    "lambda": (r"function:(?P<name>[^:]+(:[^:]+)?)", "function"),
    "logs": (r"log-group:(?P<name>[^:]+)(:.*)?", "log_group"),
    "route53": (r"hostedzone/(?P<name>.+)", "hosted_zone"),
    "s3": (r"(?P<name>[^/]+)(/.*)?", "bucket"),
    "sns": (r"[^:]+", "topic"),
}


def of_arn(arn: str) -> str | None:
    """The console's page of what an ARN names, or None for a text that is none, or a strange one.

    Where the pattern of ARNS names no part, the whole ARN is the name.
    """
    parts = arn.split(":", 5)
    if len(parts) < 6 or parts[0] != "arn" or parts[2] not in ARNS:
        return None
    _, partition, service, region, _, resource = parts
    pattern, kind = ARNS[service]
    found = re.fullmatch(pattern, resource)
    if found is None:
        return None
    # A bucket's ARN names no region; its page finds it from any.
    region = region or HOME_REGIONS.get(partition, "")
    name = found.groupdict().get("name", arn)
    return url(kind, name, region=region, partition=partition)


@dataclass(frozen=True, slots=True)
class Place:
    """A link to the console, and what it leads to."""

    label: str
    url: str


#: Which parameter names which kind of resource, with the parameter that names its region.
OF_PARAMETERS = (
    ("distribution_id", "distribution", "Distribution", ""),
    ("function_name", "function", "Function", ""),
    ("plain_function_name", "function", "Function", "plain_function_region"),
    ("hosted_zone_id", "hosted_zone", "Hosted zone", ""),
    ("stack_name", "stack", "Stack", "stack_region"),
    ("pipeline_name", "pipeline", "Pipeline", "pipeline_region"),
    ("canary_name", "canary", "Canary", "canary_region"),
    ("dashboard_name", "dashboard", "Dashboard", ""),
    ("budget_name", "budget", "Budget", ""),
)


#: Which plain fact names which kind of resource. All of them live in the home region.
OF_FACTS = (("certificate", "certificate", "Certificate"), ("role", "role", "Role"))


def places(parameters: Mapping[str, Any], observed: Mapping[str, Any]) -> list[Place]:
    """The pages of what a check's parameters and plain facts name; those without a region are in
    the home one."""
    partition = str(parameters.get("partition") or "aws")
    home = HOME_REGIONS.get(partition, "")
    found = []
    for name, kind, label, region_name in OF_PARAMETERS:
        value = parameters.get(name)
        region = str(parameters.get(region_name) or home)
        link = url(kind, str(value), region=region, partition=partition) if value else None
        if link:
            found.append(Place(f"{label} {value}", link))
    for name, kind, label in OF_FACTS:
        value = observed.get(name)
        link = url(kind, value, region=home, partition=partition) if _is_name(value) else None
        if link:
            found.append(Place(f"{label} {value}", link))
    return found


def _is_name(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and value != ""


def of_row(
    service: str, table: str, row: str, parameters: Mapping[str, Any], observed: Mapping[str, Any]
) -> str | None:
    """The page of one row in a table of observed facts, or None where nothing is known to fit.

    `service` is the first part of the check's id, `table` the name of the fact ("regions"), `row`
    the row's key ("eu-west-1").
    """
    partition = str(parameters.get("partition") or "aws")
    if row.startswith("arn:"):
        return of_arn(row)
    match table:
        case "regions":
            kind, name = _in_region(service, parameters, observed)
            return url(kind, name, region=row, partition=partition) if kind else None
        case "buckets":
            region = _region_of(row, observed) or HOME_REGIONS.get(partition, "")
            return url("bucket", row, region=region, partition=partition)
        case "records":
            zone = str(parameters.get("hosted_zone_id") or "")
            return url("hosted_zone", zone, partition=partition)
        case "associations" | "behaviours" | "errors":
            distribution = str(parameters.get("distribution_id") or "")
            return url("distribution", distribution, partition=partition)
        case "versions":
            name = str(parameters.get("function_name") or "")
            version = f"{name}:{row.removeprefix('version ')}" if name else ""
            region = HOME_REGIONS.get(partition, "")
            return url("function", version, region=region, partition=partition)
        case "alarms":
            name, _, region = row.rpartition(" in ")
            return url("alarm", name, region=region, partition=partition)
        case _:
            return None


def _in_region(
    service: str, parameters: Mapping[str, Any], observed: Mapping[str, Any]
) -> tuple[str, str]:
    """The kind and the name of what a check of this service looks at in each region."""
    match service:
        case "logs" if isinstance(observed.get("log_group"), str):
            return "log_group", observed["log_group"]
        case "alarms" | "sns":
            return "alarms", "all"
        case "config":
            return "config", "all"
        case "lambda" | "quotas":
            return "quotas", "lambda"
        case _:
            return "", ""


def _region_of(bucket: str, observed: Mapping[str, Any]) -> str:
    row = observed.get("buckets", {}).get(bucket, {})
    return str(row.get("region", "")) if isinstance(row, Mapping) else ""
