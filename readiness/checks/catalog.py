"""The checks there are: by AWS service, found by words. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from readiness.aws.iam_policy import action_of
from readiness.aws.parameters import ComponentParameters
from readiness.aws.registry import Check

#: The first part of a check's id, as people call it. One that is not here is shown as it is.
SERVICES = {
    "acm": "Certificate Manager",
    "alarms": "CloudWatch alarms",
    "backup": "Backup",
    "budgets": "Budgets",
    "cloudformation": "CloudFormation",
    "cloudfront": "CloudFront",
    "codepipeline": "CodePipeline",
    "config": "Config",
    "costs": "Cost Explorer",
    "dashboards": "CloudWatch dashboards",
    "iam": "IAM",
    "lambda": "Lambda",
    "logs": "CloudWatch Logs",
    "quotas": "Service Quotas",
    "route53": "Route 53",
    "s3": "S3",
    "sns": "SNS",
    "synthetics": "CloudWatch Synthetics",
    "tags": "Resource tags",
    "trail": "CloudTrail",
}


def service_of(check: Check) -> str:
    """Return the AWS service that a check is about, in words."""
    prefix = check.id.partition(".")[0]
    return SERVICES.get(prefix, prefix)


def by_service(checks: Iterable[Check]) -> list[tuple[str, list[Check]]]:
    """Return the checks by service, both in the order of the alphabet."""
    groups: dict[str, list[Check]] = defaultdict(list)
    for check in sorted(checks, key=lambda check: check.title.casefold()):
        groups[service_of(check)].append(check)
    return sorted(groups.items(), key=lambda group: group[0].casefold())


def actions_of(check: Check) -> list[str]:
    """Return the IAM actions that the reads of a check need."""
    return sorted({action_of(*read) for read in check.reads})


def parameter_title(name: str) -> str:
    """Return what people call a parameter: the label of its field in the form."""
    return ComponentParameters.model_fields[name].title or name


def wanted_parameters(check: Check) -> list[str]:
    """Return the parameters without which a check does not apply, as people call them."""
    return [parameter_title(name) for name in check.wants({})]


def search(checks: Iterable[Check], text: str) -> list[Check]:
    """Return the checks that say every word of `text` somewhere; all of them for none."""
    words = text.casefold().split()
    return [check for check in checks if all(word in _said(check) for word in words)]


def _said(check: Check) -> str:
    parts = (
        check.id,
        check.title,
        check.passes,
        check.why,
        check.severity,
        check.documentation,
        service_of(check),
        *check.criteria,
        *actions_of(check),
        *wanted_parameters(check),
    )
    return " ".join(parts).casefold()
