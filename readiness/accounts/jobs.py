"""Testing a connection in a worker: AWS may take its time, and a web server has none."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from readiness import jobs
from readiness.accounts.connections import source_of
from readiness.accounts.usage import usage_of
from readiness.aws.connection_test import Report, try_connection
from readiness.models import AccountTest, AwsAccount, JobState

FAILED = "The test could not be made; the log of Readiness has the details."
KEPT_PER_GRANT = 10


def test_task(pk: int) -> None:
    """What the queue calls. Delivered twice it does nothing the second time."""
    job = jobs.claim(AccountTest, pk, now=timezone.now())
    if job is None:
        return
    try:
        report = look(job)
        if report is None:
            jobs.end(job, JobState.CANCELLED, now=timezone.now())
        else:
            _store(job, report)
    except jobs.ClaimLost:
        return
    except Exception:
        jobs.end(job, JobState.FAILED, now=timezone.now(), message=FAILED)
        raise


def look(job: AccountTest) -> Report | None:
    """Make the test; None when it was cancelled. Raises ClaimLost."""
    grant = job.grant
    usage = usage_of(grant.account, [grant.team])

    def progressed(done: int, total: int) -> bool:
        return jobs.beat(job, now=timezone.now(), progress={"done": done, "total": total})

    return try_connection(
        source_of(grant, usage.reads),
        usage.fetches(),
        reads=usage.reads,
        partition=grant.account.partition,
        on_progress=progressed,
    )


@transaction.atomic
def _store(job: AccountTest, report: Report) -> None:
    jobs.end(job, JobState.FINISHED, now=timezone.now(), report=report.as_json())
    if report.account_id:
        # A role's ARN has said it already; other ways are known only by going them.
        AwsAccount.objects.filter(pk=job.grant.account_id, account_id="").update(
            account_id=report.account_id
        )
    old = AccountTest.objects.filter(grant=job.grant).values_list("pk", flat=True)[KEPT_PER_GRANT:]
    AccountTest.objects.filter(pk__in=list(old)).delete()
