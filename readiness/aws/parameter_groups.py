"""The parameters of a component, sorted for a person who fills them in."""

from __future__ import annotations

from typing import NamedTuple


class Group(NamedTuple):
    """Parameters that belong together: `says` is one sentence on what they are for."""

    title: str
    says: str
    names: tuple[str, ...]


#: In the order of a form. A test holds that each field of ComponentParameters is in one group.
GROUPS = (
    Group(
        "Front",
        "The distribution that users reach: its origins, its caches and its headers.",
        (
            "distribution_id",
            "failover_header",
            "error_ttl_max",
            "cache_ttl_max",
            "response_headers",
            "stripped_headers",
            "partition",
        ),
    ),
    Group(
        "Function",
        "The code that CloudFront calls, where it runs, and how much of it at the same time.",
        (
            "function_name",
            "function_event",
            "edge_regions",
            "precompressed",
            "lambda_concurrency_min",
            "plain_function_name",
            "plain_function_region",
        ),
    ),
    Group(
        "Watching",
        "Logs, dashboard, canary and alarms: what tells people how the component is.",
        (
            "log_group",
            "log_retention_days_max",
            "log_shipping",
            "runbook_prefix",
            "dashboard_name",
            "canary_name",
            "canary_region",
        ),
    ),
    Group(
        "Content",
        "The buckets behind it, and how they are encrypted and backed up.",
        ("buckets", "bucket_encryption", "backup_days_max"),
    ),
    Group(
        "Names",
        "The DNS records that choose between the sides.",
        ("hosted_zone_id", "record_name", "record_ttl_max"),
    ),
    Group(
        "Change and cost",
        "How it is declared and released, whose it is, and what it may cost.",
        (
            "stack_name",
            "stack_region",
            "pipeline_name",
            "pipeline_region",
            "owner_tag",
            "cost_tag",
            "budget_name",
        ),
    ),
)
