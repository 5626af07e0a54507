"""Do the buckets keep what was overwritten, and do they hold the same content?"""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from readiness.aws.facts import Facts, Shape
from readiness.aws.fetch import Fetch
from readiness.aws.judging import Part, count, listing, look_at, to_mend
from readiness.aws.parameter_types import Buckets
from readiness.aws.parameters import CheckParameters
from readiness.aws.registry import Observed, Verdict, check

NO_REPLICATION = "ReplicationConfigurationNotFoundError"


def _at_least_two(buckets: dict[str, str]) -> dict[str, str]:
    if len(buckets) < 2:
        raise ValueError("replication needs two buckets")
    return buckets


class SameContent(CheckParameters):
    buckets: Buckets

    @property
    def region_of(self) -> dict[str, str]:
        """The buckets, each with its region."""
        return {bucket: region for region, bucket in self.buckets.items()}

    def arn_of(self, bucket: str) -> str:
        return f"arn:{self.partition}:s3:::{bucket}"


class Replicas(SameContent):
    buckets: Annotated[Buckets, AfterValidator(_at_least_two)]


class VersioningAnswer(Shape):
    status: Literal["Enabled", "Suspended"] | None = None  # missing: never enabled


class Filter(Shape):
    prefix: str = ""
    tag: dict[str, Any] | None = None
    and_: dict[str, Any] | None = Field(None, alias="And")

    @property
    def takes_all(self) -> bool:
        return not self.prefix and self.tag is None and self.and_ is None


class Destination(Shape):
    bucket: str = Field(pattern=r"^arn:[^:]+:s3:::.+$")


class Rule(Shape):
    status: Literal["Enabled", "Disabled"]
    destination: Destination
    prefix: str = ""  # rules of the first kind have this instead of a filter
    filter: Filter | None = None

    @property
    def takes_all(self) -> bool:
        return not self.prefix and (self.filter is None or self.filter.takes_all)

    @property
    def target(self) -> str:
        return self.destination.bucket.rpartition(":")[2]


class Replication(Shape):
    rules: list[Rule]


class ReplicationAnswer(Shape):
    replication_configuration: Replication


def versioning_fetch(region: str, bucket: str) -> Fetch:
    return Fetch.of("s3", region, "get_bucket_versioning", Bucket=bucket)


def replication_fetch(region: str, bucket: str) -> Fetch:
    return Fetch.of("s3", region, "get_bucket_replication", Bucket=bucket)


NOT_THERE = "the bucket does not exist"


def _mend_versioning(params: SameContent, observed: Observed) -> str:
    return "\n".join(
        f"aws s3api put-bucket-versioning --bucket {shlex.quote(bucket)}"
        " --versioning-configuration Status=Enabled"
        for bucket in to_mend(observed, "buckets", params.region_of)
    )


def _mend_replication(params: Replicas, observed: Observed) -> str:
    lines = []
    for bucket in to_mend(observed, "buckets", params.region_of):
        name = shlex.quote(bucket)
        others = listing(other for other in params.region_of if other != bucket)
        lines += [
            f"aws s3api get-bucket-replication --bucket {name}"
            " --query ReplicationConfiguration > replication.json  # if there is one",
            f"# Add an enabled rule with an empty filter to {others}; keep the other rules.",
            f"aws s3api put-bucket-replication --bucket {name}"
            " --replication-configuration file://replication.json",
        ]
    return "\n".join(lines)


@check(
    "s3.versioning",
    version=1,
    criteria=["restore-proven"],
    params=SameContent,
    reads=[("s3", "get_bucket_versioning")],
    title="Overwritten objects can be brought back",
    severity="high",
    passes="Versioning is enabled on every bucket.",
    why=(
        "Replication copies a mistake as faithfully as a release. Only earlier versions bring back"
        " what a bad deployment overwrote; replication needs versioning too."
    ),
    mend_console="S3, the bucket, Properties, Bucket Versioning, Edit, Enable.",
    mend_cli=_mend_versioning,
    documentation="Amazon S3 User Guide: Enabling versioning on buckets",
)
class Versioning:
    """Versioning is enabled on all buckets."""

    @staticmethod
    def needs(params: SameContent) -> Iterable[Fetch]:
        return (versioning_fetch(region, bucket) for region, bucket in params.buckets.items())

    @staticmethod
    def evaluate(facts: Facts, params: SameContent) -> Verdict:
        def look(bucket: str) -> Part:
            region = params.region_of[bucket]
            fetch = versioning_fetch(region, bucket)
            answer = facts.subject(fetch, VersioningAnswer, missing=NOT_THERE)
            status = answer.status or "never enabled"
            seen = {"region": region, "versioning": status}
            return Part(status == "Enabled", seen, wrong=f"versioning {status.lower()}")

        tally = look_at(params.region_of, look)
        return tally.verdict(
            {"buckets": tally.table},
            passed=f"Versioning is enabled on {count(tally.total, 'bucket')}",
            failed=f"Overwritten objects would be lost: {tally.wrongs()}",
        )


@check(
    "s3.replication-both-ways",
    version=1,
    criteria=["replica-parity"],
    params=Replicas,
    reads=[("s3", "get_bucket_replication")],
    title="Every bucket replicates to every other",
    severity="high",
    passes=(
        "Each bucket has an enabled rule to each other one. A rule for a prefix or a tag only does"
        " not count as a copy of the whole."
    ),
    why=(
        "One-way replication is the common gap: whatever is written to the second side while the"
        " first is down never comes back, and the two drift apart unnoticed."
    ),
    mend_console=(
        "S3, the bucket, Management, Replication rules, Create replication rule: status enabled,"
        " all objects in the bucket, the other bucket as destination. Old objects need a batch job."
    ),
    mend_cli=_mend_replication,
    documentation="Amazon S3 User Guide: Replicating objects within and across Regions",
)
class ReplicationBothWays:
    """Each bucket has an enabled rule for all objects to every other."""

    @staticmethod
    def needs(params: Replicas) -> Iterable[Fetch]:
        return (replication_fetch(region, bucket) for region, bucket in params.buckets.items())

    @staticmethod
    def evaluate(facts: Facts, params: Replicas) -> Verdict:
        def look(bucket: str) -> Part:
            region = params.region_of[bucket]
            answer = facts.subject(
                replication_fetch(region, bucket),
                ReplicationAnswer,
                missing=NOT_THERE,
                absent=(NO_REPLICATION,),
            )
            rules = answer.replication_configuration.rules if answer else []
            enabled = [rule for rule in rules if rule.status == "Enabled"]
            whole = {rule.target for rule in enabled if rule.takes_all}
            partial = {rule.target for rule in enabled} - whole
            lacking = [name for name in params.region_of if name not in {bucket, *whole}]
            seen = {
                "region": region,
                "whole_to": [name for name in params.region_of if name in whole],
                "not_whole_to": lacking,
                "part_only_to": [name for name in lacking if name in partial],
            }
            return Part(not lacking, seen, _said_of_lacking(lacking, partial))

        tally = look_at(params.region_of, look)
        return tally.verdict(
            {"buckets": tally.table},
            passed=f"Each of {count(tally.total, 'bucket')} replicates to every other",
            failed=f"Content would drift apart: {tally.wrongs()}",
        )


def _said_of_lacking(lacking: list[str], partial: set[str]) -> str:
    none = [name for name in lacking if name not in partial]
    part = [name for name in lacking if name in partial]
    said = [f"no rule to {listing(none)}"] if none else []
    return ", ".join([*said, f"only a part goes to {listing(part)}"] if part else said)
