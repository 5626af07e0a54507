"""Are the copies of the buckets prompt, are they encrypted, and is it known who changed them?"""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from typing import Literal

from pydantic import Field

from readiness.aws.checks.s3 import (
    NO_REPLICATION,
    NOT_THERE,
    Destination,
    Replicas,
    Rule,
    SameContent,
    replication_fetch,
)
from readiness.aws.errors import Status
from readiness.aws.facts import Facts, Shape
from readiness.aws.fetch import Fetch
from readiness.aws.judging import Part, count, listing, look_at, to_mend
from readiness.aws.parameter_types import DEFAULT_ENCRYPTION, BucketEncryption
from readiness.aws.registry import Observed, Verdict, check

NO_ENCRYPTION = "ServerSideEncryptionConfigurationNotFoundError"

#: The ways to encrypt with a key of AWS KMS, whose use can be refused and is logged.
KMS = ("aws:kms", "aws:kms:dsse")


class EncryptedContent(SameContent):
    bucket_encryption: BucketEncryption = DEFAULT_ENCRYPTION


class Switch(Shape):
    status: Literal["Enabled", "Disabled"]

    @property
    def on(self) -> bool:
        return self.status == "Enabled"


class TimedDestination(Destination):
    replication_time: Switch | None = None
    metrics: Switch | None = None


class TimedRule(Rule):
    destination: TimedDestination
    priority: int = 0
    delete_marker_replication: Switch | None = None

    @property
    def lacking(self) -> list[str]:
        """What the rule does not promise, in words."""
        timed, measured = self.destination.replication_time, self.destination.metrics
        deletes = self.delete_marker_replication
        said = {
            "no time limit": timed is not None and timed.on,
            "no metrics": measured is not None and measured.on,
            # A rule of the first kind, which has no filter, copies deletions without saying so.
            "deletions not copied": deletes.on if deletes else self.filter is None,
        }
        return [what for what, given in said.items() if not given]


class TimedReplication(Shape):
    rules: list[TimedRule]


class TimedReplicationAnswer(Shape):
    replication_configuration: TimedReplication


class ByDefault(Shape):
    algorithm: str = Field(alias="SSEAlgorithm")


class EncryptionRule(Shape):
    apply_server_side_encryption_by_default: ByDefault


class Encryption(Shape):
    rules: list[EncryptionRule]


class EncryptionAnswer(Shape):
    server_side_encryption_configuration: Encryption


class LogTarget(Shape):
    target_bucket: str


class LoggingAnswer(Shape):
    logging_enabled: LogTarget | None = None  # missing: nothing is logged


def encryption_fetch(region: str, bucket: str) -> Fetch:
    return Fetch.of("s3", region, "get_bucket_encryption", Bucket=bucket)


def logging_fetch(region: str, bucket: str) -> Fetch:
    return Fetch.of("s3", region, "get_bucket_logging", Bucket=bucket)


def _mend_rules(params: Replicas, observed: Observed) -> str:
    lines = []
    for bucket in to_mend(observed, "buckets", params.region_of):
        name = shlex.quote(bucket)
        lines += [
            f"aws s3api get-bucket-replication --bucket {name}"
            " --query ReplicationConfiguration > replication.json",
            "# In each rule enable DeleteMarkerReplication, and in its Destination"
            " ReplicationTime and Metrics, both with 15 minutes.",
            f"aws s3api put-bucket-replication --bucket {name}"
            " --replication-configuration file://replication.json",
        ]
    return "\n".join(lines)


def _mend_encryption(params: EncryptedContent, observed: Observed) -> str:
    algorithm = "aws:kms" if params.bucket_encryption == "kms" else "AES256"
    rule = (
        '{"Rules": [{"ApplyServerSideEncryptionByDefault":'
        f' {{"SSEAlgorithm": "{algorithm}"}}, "BucketKeyEnabled": true}}]}}'
    )
    return "\n".join(
        f"aws s3api put-bucket-encryption --bucket {shlex.quote(bucket)}"
        f" --server-side-encryption-configuration {shlex.quote(rule)}"
        for bucket in to_mend(observed, "buckets", params.region_of)
    )


def _mend_logging(params: SameContent, observed: Observed) -> str:
    status = '{"LoggingEnabled": {"TargetBucket": "<LOG_BUCKET>", "TargetPrefix": "s3/"}}'
    return "\n".join(
        f"aws s3api put-bucket-logging --bucket {shlex.quote(bucket)}"
        f" --bucket-logging-status {shlex.quote(status)}"
        for bucket in to_mend(observed, "buckets", params.region_of)
    )


@check(
    "s3.replication-time-and-deletes",
    version=1,
    criteria=["replication-freshness", "replica-parity"],
    params=Replicas,
    reads=[("s3", "get_bucket_replication")],
    title="Replication is timed and measured, and copies deletions",
    severity="medium",
    passes=(
        "Each enabled rule that copies a whole bucket to another one of the component has"
        " replication time control, replication metrics and delete marker replication on. Whether"
        " there is such a rule at all is another check."
    ),
    why=(
        "Without a time limit and metrics nobody can say how old the other side is. Without delete"
        " markers it goes on serving what was withdrawn."
    ),
    mend_console=(
        "S3, the bucket, Management, Replication rules, the rule, Edit: Replication Time Control,"
        " Replication metrics and notifications, Delete marker replication."
    ),
    mend_cli=_mend_rules,
    documentation="Amazon S3 User Guide: Meeting compliance requirements using S3 RTC",
)
class ReplicationTimeAndDeletes:
    """The rules between the buckets are timed, measured, and copy deletions."""

    @staticmethod
    def needs(params: Replicas) -> Iterable[Fetch]:
        return (replication_fetch(region, bucket) for region, bucket in params.buckets.items())

    @staticmethod
    def evaluate(facts: Facts, params: Replicas) -> Verdict:
        def look(bucket: str) -> Part:
            region = params.region_of[bucket]
            answer = facts.subject(
                replication_fetch(region, bucket),
                TimedReplicationAnswer,
                missing=NOT_THERE,
                absent=(NO_REPLICATION,),
            )
            rules = answer.replication_configuration.rules if answer else []
            effective = _effective(rules, [name for name in params.region_of if name != bucket])
            lacking = {target: rule.lacking for target, rule in effective.items() if rule.lacking}
            seen = {"region": region, "rules_to": list(effective), "lacking": lacking}
            if not effective:
                return Part(None, seen)
            wrong = ", ".join(f"{listing(what)} to {target}" for target, what in lacking.items())
            return Part(not lacking, seen, wrong)

        tally = look_at(params.region_of, look)
        observed: Observed = {"buckets": tally.table}
        if len(tally.nothing) == tally.total:
            reason = "No bucket replicates as a whole to another one of the component."
            return Verdict(Status.NOT_APPLICABLE, reason, observed)
        return tally.verdict(
            observed,
            passed="Copies are timed and measured, and deletions are copied",
            failed=f"Copies may be late or incomplete: {tally.wrongs()}",
        )


def _effective(rules: Iterable[TimedRule], targets: Iterable[str]) -> dict[str, TimedRule]:
    """The rule for the whole bucket that decides, by target: of several the highest priority."""
    whole = [rule for rule in rules if rule.status == "Enabled" and rule.takes_all]
    found = {}
    for target in targets:
        if mine := [rule for rule in whole if rule.target == target]:
            found[target] = max(mine, key=lambda rule: rule.priority)
    return found


@check(
    "s3.encryption",
    version=1,
    criteria=["exposure-minimal"],
    params=EncryptedContent,
    reads=[("s3", "get_bucket_encryption")],
    title="Objects are encrypted where they are stored",
    severity="medium",
    passes=(
        "Every bucket has a rule that encrypts new objects by default; with a key of AWS KMS, if"
        " the component asks for that."
    ),
    why=(
        "Encryption with a KMS key is a second lock: whoever reads an object needs a right to the"
        " key as well, and each use of the key is logged."
    ),
    mend_console="S3, the bucket, Properties, Default encryption, Edit.",
    mend_cli=_mend_encryption,
    documentation="Amazon S3 User Guide: Setting default server-side encryption behavior",
)
class DefaultEncryption:
    """A default encryption is set on all buckets, of the kind that is wanted."""

    @staticmethod
    def needs(params: EncryptedContent) -> Iterable[Fetch]:
        return (encryption_fetch(region, bucket) for region, bucket in params.buckets.items())

    @staticmethod
    def evaluate(facts: Facts, params: EncryptedContent) -> Verdict:
        wanted = params.bucket_encryption

        def look(bucket: str) -> Part:
            region = params.region_of[bucket]
            answer = facts.subject(
                encryption_fetch(region, bucket),
                EncryptionAnswer,
                missing=NOT_THERE,
                absent=(NO_ENCRYPTION,),
            )
            rules = answer.server_side_encryption_configuration.rules if answer else []
            used = sorted(
                {each.apply_server_side_encryption_by_default.algorithm for each in rules}
            )
            good = bool(used) and (wanted == "any" or all(each in KMS for each in used))
            wrong = f"{listing(used)} and not a KMS key" if used else "no default encryption"
            return Part(good, {"region": region, "encryption": used}, wrong)

        tally = look_at(params.region_of, look)
        how = " with a KMS key" if wanted == "kms" else ""
        return tally.verdict(
            {"buckets": tally.table, "wanted": wanted},
            passed=f"New objects are encrypted{how} in {count(tally.total, 'bucket')}",
            failed=f"New objects are not encrypted as they should be: {tally.wrongs()}",
        )


@check(
    "s3.access-logs",
    version=1,
    criteria=["change-trail"],
    params=SameContent,
    reads=[("s3", "get_bucket_logging")],
    title="Every request to the buckets is logged",
    severity="low",
    passes=(
        "Server access logging is on for every bucket. Data events in CloudTrail do as well, but"
        " are not looked at: mute the check where you have them."
    ),
    why=(
        "CloudTrail does not record by itself who wrote or deleted an object. Without access logs"
        " nobody can say afterwards who took a file away, or who read it."
    ),
    mend_console="S3, the bucket, Properties, Server access logging, Edit, Enable.",
    mend_cli=_mend_logging,
    documentation="Amazon S3 User Guide: Logging requests with server access logging",
)
class AccessLogs:
    """Server access logging is on for all buckets."""

    @staticmethod
    def needs(params: SameContent) -> Iterable[Fetch]:
        return (logging_fetch(region, bucket) for region, bucket in params.buckets.items())

    @staticmethod
    def evaluate(facts: Facts, params: SameContent) -> Verdict:
        def look(bucket: str) -> Part:
            region = params.region_of[bucket]
            fetch = logging_fetch(region, bucket)
            target = facts.subject(fetch, LoggingAnswer, missing=NOT_THERE).logging_enabled
            seen = {"region": region, "logs_to": target.target_bucket if target else None}
            return Part(target is not None, seen, wrong="no access logs")

        tally = look_at(params.region_of, look)
        return tally.verdict(
            {"buckets": tally.table},
            passed=f"Requests to {count(tally.total, 'bucket')} are logged",
            failed=f"Requests are not logged: {tally.wrongs()}",
        )
