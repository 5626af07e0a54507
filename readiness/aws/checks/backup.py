"""Is what the buckets hold kept in other hands too?"""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from datetime import datetime, timedelta

from readiness.aws.checks.s3 import SameContent
from readiness.aws.errors import CouldNotLook, Status
from readiness.aws.facts import Facts, Moment, Shape
from readiness.aws.fetch import Fetch
from readiness.aws.judging import Part, count, look_at, to_mend
from readiness.aws.parameter_types import BackupDays
from readiness.aws.registry import Observed, Verdict, check

READS_PROTECTED = ("backup", "list_protected_resources")


class BackedUp(SameContent):
    backup_days_max: BackupDays


class ProtectedResource(Shape):
    resource_arn: str
    last_backup_time: Moment | None = None


class ProtectedAnswer(Shape):
    results: list[ProtectedResource]


def protected_fetch(region: str) -> Fetch:
    return Fetch.of(READS_PROTECTED[0], region, READS_PROTECTED[1]).beside("s3")


def _mend_backup(params: BackedUp, observed: Observed) -> str:
    return "\n".join(
        f"aws backup create-backup-selection --region {shlex.quote(params.region_of[bucket])}"
        " --backup-plan-id <PLAN_ID> --backup-selection"
        f" SelectionName={shlex.quote(bucket)},IamRoleArn=<ROLE_ARN>"
        f",Resources={shlex.quote(params.arn_of(bucket))}"
        for bucket in to_mend(observed, "buckets", params.region_of)
    )


@check(
    "backup.covers-buckets",
    version=1,
    criteria=["restore-proven"],
    params=BackedUp,
    reads=[READS_PROTECTED],
    title="AWS Backup holds a recent copy of every bucket",
    severity="medium",
    passes=(
        "AWS Backup has backed up every bucket, in its region, within the days that the component"
        " allows. A plan that selects a bucket but never ran does not count."
    ),
    why=(
        "Replication and versions are in the same hands as the bucket. A backup in a vault"
        " survives whoever empties it, by mistake or on purpose."
    ),
    mend_console=(
        "AWS Backup, in the region, Backup plans, the plan, Assign resources: the bucket. Then Jobs"
        " tells whether the first backup went well."
    ),
    mend_cli=_mend_backup,
    documentation="AWS Backup Developer Guide: Amazon S3 backups",
)
class CoversBuckets:
    """Each bucket is a protected resource, and its last backup is young enough."""

    @staticmethod
    def needs(params: BackedUp) -> Iterable[Fetch]:
        return (protected_fetch(region) for region in params.buckets)

    @staticmethod
    def evaluate(facts: Facts, params: BackedUp) -> Verdict:
        longest = params.backup_days_max

        def look(bucket: str) -> Part:
            region, arn = params.region_of[bucket], params.arn_of(bucket)
            answer = facts.read(protected_fetch(region), ProtectedAnswer)
            here = [each for each in answer.results if each.resource_arn == arn]
            if not here:
                seen = {"region": region, "backup": False}
                return Part(False, seen, wrong="never backed up")
            age = facts.now - _last_backup(here)
            good = age <= timedelta(days=longest)
            seen = {"region": region, "backup": True, "days_old": age.days}
            return Part(good, seen, wrong=f"last backed up over {count(age.days, 'day')} ago")

        tally = look_at(params.region_of, look)
        return tally.verdict(
            {"buckets": tally.table},
            passed=f"The backup of each bucket is at most {count(longest, 'day')} old",
            failed=f"Backups are missing or too old: {tally.wrongs()}",
        )


def _last_backup(resources: Iterable[ProtectedResource]) -> datetime:
    times = [each.last_backup_time for each in resources if each.last_backup_time is not None]
    if not times:
        reason = "The bucket came without the time of its last backup."
        raise CouldNotLook(Status.UNSUPPORTED, reason)
    return max(times)
