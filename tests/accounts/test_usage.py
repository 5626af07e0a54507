from __future__ import annotations

import pytest

from readiness.accounts import actions
from readiness.accounts.usage import usage_of
from readiness.aws.checks import CHECKS
from tests import factory
from tests.factory import NOW

BUCKETS = {"buckets": {"eu-west-1": "files-eu", "us-east-1": "files-us"}}
ROUTER = {"function_name": "router", "edge_regions": ["eu-west-1"]}
VERSIONING, LOGS = ("s3", "get_bucket_versioning"), ("logs", "describe_log_groups")


@pytest.fixture
def account(db):
    return factory.make_account()


def use(component, **by_service):
    actions.set_component_accounts(
        component=component,
        by_service={name.removeprefix("everything"): each for name, each in by_service.items()},
        version=component.version,
        by=component.team.account_grants.first().granted_by,
        now=NOW,
    )


def test_without_components_it_is_what_all_checks_read(account):
    usage = usage_of(account, [account.team])

    assert set(usage.reads) == {read for check in CHECKS.values() for read in check.reads}
    assert "all checks there are" in usage.whose


def test_before_a_component_uses_it_it_is_what_those_of_the_team_read(account):
    factory.make_component(parameters=ROUTER)
    factory.make_component(slug="foreign", team=factory.make_team("other"), parameters=BUCKETS)

    usage = usage_of(account, [account.team])

    assert (LOGS in usage.reads, VERSIONING in usage.reads) == (True, False)
    assert usage.whose == "the checks of Asset router"


def test_then_it_is_what_is_read_through_it(account):
    spanning = factory.make_component(parameters=ROUTER | BUCKETS)
    factory.make_component(slug="other", parameters=ROUTER)
    use(spanning, everything=factory.make_account(name="Rest"), s3=account)

    usage = usage_of(account, [account.team])

    assert (LOGS in usage.reads, VERSIONING in usage.reads) == (False, True)
    assert {fetch.of_service or fetch.service for fetch in usage.fetches()} <= {"s3", "sts"}
    assert usage.whose == "the checks of Asset router"


def test_an_archived_component_reads_nothing(account):
    component = factory.make_component(parameters=ROUTER)
    use(component, everything=account)
    component.archived_at = NOW
    component.save()

    assert "all checks there are" in usage_of(account, [account.team]).whose


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (2, "the checks of C 0 and C 1"),
        (4, "the checks of C 0, C 1, C 2 and C 3"),
        (5, "the checks of C 0, C 1, C 2 and others"),
    ],
)
def test_few_components_are_named(account, number, words):
    for n in range(number):
        factory.make_component(slug=f"c-{n}", parameters=ROUTER)

    assert usage_of(account, [account.team]).whose == words
