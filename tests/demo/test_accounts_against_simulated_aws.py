"""A role of the simulated account: what is read through it, and what a test of it says."""

from __future__ import annotations

import pytest

from demo.simulated_aws.account import ACCOUNT_ID
from demo.simulated_aws.seed import seed_asset_router
from demo.simulated_aws.server import SimulatedAWS
from readiness.accounts import actions, jobs
from readiness.accounts.connections import Sessions, connections_of
from readiness.aws.connection_test import Report
from readiness.aws.fetch import Fetch, Snapshot
from readiness.aws.sources import Sources
from readiness.models import AccountTest
from tests import factory
from tests.factory import NOW


@pytest.fixture
def router(db, settings):
    """The asset router, its checks led through two roles of the simulated account."""
    with SimulatedAWS() as aws:
        settings.AWS_ENDPOINT_URL = aws.endpoint_url
        component = factory.make_component(parameters=seed_asset_router(aws.endpoint_url))
        arn = f"arn:aws:iam::{ACCOUNT_ID}:role/"
        everything = factory.make_account(role_arn=f"{arn}readiness")
        buckets = factory.make_account(name="Buckets", role_arn=f"{arn}buckets")
        actions.set_component_accounts(
            component=component,
            by_service={"": everything, "s3": buckets},
            version=1,
            by=everything.created_by,
            now=NOW,
        )
        yield component


def test_each_service_is_read_through_the_session_of_its_role(router):
    routes = connections_of(router)
    assert all(isinstance(source, Sessions) for source in routes.sources.values())
    whoami = Fetch.of("sts", "us-east-1", "get_caller_identity")

    with Snapshot(Sources(routes.sources).reader()) as snapshot:
        arns = {
            service: snapshot.get(whoami.in_account(routes.accounts[service])).data["Arn"]
            for service in ("", "s3")
        }

    begin = f"arn:aws:sts::{ACCOUNT_ID}:assumed-role/"
    assert arns == {"": f"{begin}readiness/readiness", "s3": f"{begin}buckets/readiness"}


def test_the_test_of_a_connection_finds_that_all_works(router):
    grant = router.team.account_grants.get(account__name="Edge delivery")
    test = AccountTest.objects.create(grant=grant, requested_at=NOW)

    jobs.test_task(test.pk)

    test.refresh_from_db()
    report = Report.of(test.report)
    assert (report.account_id, report.summary) == (ACCOUNT_ID, "works")
    assert "logs:DescribeLogGroups" in {row.action for row in report.rows}
    assert "s3:GetBucketVersioning" not in {row.action for row in report.rows}
