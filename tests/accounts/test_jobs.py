"""The Django side of a test: what it is made with, what is stored, what happens when it ends."""

from __future__ import annotations

import pytest

from readiness import jobs
from readiness.accounts import actions
from readiness.accounts import jobs as testing
from readiness.aws.connection_test import Report
from readiness.aws.fetch import Answer
from readiness.aws.session_policy import FOLLOWERS
from readiness.models import AccountTest, AccountWay, AwsAccount, Component, JobState
from tests import factory
from tests.factory import NOW

LOGS = {"function_name": "router", "edge_regions": ["eu-west-1"]}


class FakeAWS:
    def __init__(self):
        self.asked = []
        self.reads = None

    def reader(self):
        def read(fetch, stop):
            self.asked.append(fetch)
            arn = "arn:aws:sts::123456789012:assumed-role/readiness/readiness"
            return Answer(fetch, data={"Account": "123456789012", "Arn": arn})

        return read


@pytest.fixture
def aws(monkeypatch):
    fake = FakeAWS()

    def source_of(grant, reads):
        fake.reads = set(reads)
        return fake

    monkeypatch.setattr(testing, "source_of", source_of)
    return fake


@pytest.fixture
def grant(component):
    return factory.make_account(team=component.team).grants.get()


def asked_for(grant):
    return actions.request_test(grant=grant, by=grant.granted_by, now=NOW)


def test_task_stores_the_report(grant, aws):
    test = asked_for(grant)

    testing.test_task(test.pk)

    test.refresh_from_db()
    assert (test.state, Report.of(test.report).summary) == (JobState.FINISHED, "works")
    assert test.progress["done"] == test.progress["total"] == len(aws.asked)


def test_task_delivered_twice_does_nothing_the_second_time(grant, aws):
    test = asked_for(grant)

    testing.test_task(test.pk)
    before = len(aws.asked)
    testing.test_task(test.pk)

    assert len(aws.asked) == before
    assert AccountTest.objects.get().attempt == 1


def test_without_components_all_checks_are_tried_with_examples(grant, aws):
    testing.test_task(asked_for(grant).pk)

    assert ("s3", "get_bucket_versioning") in aws.reads
    assert {fetch.service for fetch in aws.asked} >= {"sts", "logs", "cloudfront"}


def test_what_the_team_s_components_read_is_tried(grant, aws):
    Component.objects.update(parameters=LOGS)

    testing.test_task(asked_for(grant).pk)

    assert ("s3", "get_bucket_versioning") not in aws.reads
    assert "eu-west-1" in {fetch.region for fetch in aws.asked if fetch.service == "logs"}


def test_only_what_is_read_through_the_account_is_tried(grant, aws, component):
    Component.objects.update(parameters=LOGS | {"buckets": {"eu-west-1": "files-eu"}})
    component.refresh_from_db()
    actions.set_component_accounts(
        component=component,
        by_service={"": factory.make_account(name="Rest"), "s3": grant.account},
        version=1,
        by=grant.granted_by,
        now=NOW,
    )

    testing.test_task(asked_for(grant).pk)

    assert {service for service, _ in aws.reads} - FOLLOWERS == {"s3"}
    assert {fetch.of_service or fetch.service for fetch in aws.asked} == {"sts", "s3"}


def test_the_id_of_an_account_becomes_known(grant, aws):
    AwsAccount.objects.update(way=AccountWay.DEFAULT, account_id="", role_arn="")

    testing.test_task(asked_for(grant).pk)

    assert AwsAccount.objects.get().account_id == "123456789012"


def test_a_cancelled_test_ends_without_a_report(grant, aws, monkeypatch):
    test = asked_for(grant)
    beat = jobs.beat

    def cancelled(job, **values):
        jobs.cancel(job, by=grant.granted_by, now=NOW)
        return beat(job, **values)

    monkeypatch.setattr(jobs, "beat", cancelled)
    testing.test_task(test.pk)

    test.refresh_from_db()
    assert (test.state, test.report) == (JobState.CANCELLED, {})
    assert test.message == f"Cancelled by {grant.granted_by.name}."


def test_a_mistake_of_ours_fails_the_test_loudly(grant, monkeypatch):
    def stumble(grant, reads):
        raise ZeroDivisionError

    monkeypatch.setattr(testing, "source_of", stumble)
    test = asked_for(grant)

    with pytest.raises(ZeroDivisionError):
        testing.test_task(test.pk)

    test.refresh_from_db()
    assert (test.state, test.message) == (JobState.FAILED, testing.FAILED)


def test_a_worker_that_lost_the_test_writes_nothing(grant, aws, monkeypatch):
    def lost(job, **values):
        raise jobs.ClaimLost

    test = asked_for(grant)
    monkeypatch.setattr(jobs, "beat", lost)
    testing.test_task(test.pk)

    test.refresh_from_db()
    assert (test.state, test.report) == (JobState.RUNNING, {})


def test_old_tests_are_thrown_away(grant, aws):
    for _ in range(testing.KEPT_PER_GRANT + 2):
        testing.test_task(asked_for(grant).pk)

    assert AccountTest.objects.count() == testing.KEPT_PER_GRANT
