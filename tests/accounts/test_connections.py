from __future__ import annotations

import threading

import pytest

from readiness.accounts import actions
from readiness.accounts.connections import (
    Closed,
    NoWayIn,
    Sessions,
    connections_of,
    connections_together,
)
from readiness.aws import session_policy
from readiness.aws.fetch import Fetch
from readiness.aws.runner import run_now
from readiness.aws.session import Connection
from readiness.models import AccountWay, Component, JobState
from tests import factory
from tests.factory import NOW

PARAMETERS = {
    "function_name": "router",
    "edge_regions": ["eu-west-1"],
    "buckets": {"eu-west-1": "files-eu", "us-east-1": "files-us"},
}


@pytest.fixture
def router(db):
    return factory.make_component(parameters=PARAMETERS)


def choose(component, **by_service):
    actions.set_component_accounts(
        component=component,
        by_service={name.removeprefix("everything"): each for name, each in by_service.items()},
        version=Component.objects.get(pk=component.pk).version,
        by=component.team.account_grants.first().granted_by,
        now=NOW,
    )


def source_for(routes, service):
    return routes.sources[routes.accounts.get(service, routes.accounts[""])]


def read(source, service="logs"):
    fetch = Fetch.of(service, "us-east-1", "describe_things")
    return source.reader()(fetch, threading.Event())


def roles(source):
    """What each session of a source asks STS for."""
    return {id(each): each._role for each in source.by_service.values()}.values()


def granted(role):
    return set(role.policy["Statement"][0]["Action"])


def test_without_accounts_everything_leads_where_the_installation_s_credentials_do(router):
    routes = connections_of(router)

    assert dict(routes.accounts) == {}
    assert isinstance(routes.sources["default"], Connection)


def test_the_simulated_account_stands_in_for_aws(router, settings):
    settings.AWS_ENDPOINT_URL = "http://127.0.0.1:4599"

    simulated = connections_of(router).sources["default"]

    assert simulated._endpoint_url == "http://127.0.0.1:4599"
    assert simulated._keys.access_key_id == "simulated"


def test_each_service_is_read_in_the_account_chosen_for_it(router):
    everything, buckets = factory.make_account(), factory.make_account(name="Buckets")
    choose(router, everything=everything, s3=buckets)

    routes = connections_of(router)

    assert dict(routes.accounts) == {"s3": "buckets/edge", "": "edge-delivery/edge"}
    (of_buckets,) = roles(source_for(routes, "s3"))
    (of_rest,) = roles(source_for(routes, "logs"))
    assert "logs:DescribeLogGroups" not in granted(of_buckets)
    assert "s3:GetBucketVersioning" in granted(of_buckets) - granted(of_rest)
    assert "logs:DescribeLogGroups" in granted(of_rest)


def test_what_tells_of_others_is_granted_wherever_those_are(router):
    router.parameters = PARAMETERS | {"owner_tag": "team"}
    everything, buckets = factory.make_account(), factory.make_account(name="Buckets")
    choose(router, everything=everything, s3=buckets)

    routes = connections_of(router)

    for service in ("s3", "logs"):
        (role,) = roles(source_for(routes, service))
        assert {"sts:GetCallerIdentity", "s3:GetAccountPublicAccessBlock"} <= granted(role)


def test_a_role_is_assumed_with_the_team_s_external_id_and_for_the_team(router):
    choose(router, everything=factory.make_account())

    (role,) = roles(source_for(connections_of(router), "logs"))

    assert role.arn == factory.ROLE_ARN
    assert role.external_id == router.team.account_grants.get().external_id
    assert (role.session_name, role.source_identity) == ("readiness", "readiness-edge")


def test_a_policy_too_long_for_one_session_is_shared_out(router, monkeypatch):
    monkeypatch.setattr(session_policy, "LONGEST", 200)
    choose(router, everything=factory.make_account())

    source = source_for(connections_of(router), "logs")

    assert isinstance(source, Sessions)
    assert len(roles(source)) > 1
    assert source.by_service["logs"] is not source.by_service["s3"]


def test_components_of_a_team_share_an_account_s_sessions_whatever_each_of_them_reads(router):
    account = factory.make_account()
    other = factory.make_component(slug="other", parameters={"buckets": PARAMETERS["buckets"]})
    for each in (router, other):
        choose(each, everything=account)

    routes = connections_together([router, other])

    sources = [source_for(routes[each.pk], "s3") for each in (router, other)]
    assert sources[0] is sources[1]
    (role,) = roles(sources[0])
    assert {"logs:DescribeLogGroups", "s3:GetBucketVersioning"} <= granted(role)
    (alone,) = roles(source_for(connections_of(other), "s3"))
    assert "logs:DescribeLogGroups" not in granted(alone)


def test_components_of_two_teams_never_share_a_session(router):
    account = factory.make_account()
    others = factory.make_team("others")
    other = factory.make_component(slug="other", team=others, parameters=PARAMETERS)
    by = account.grants.get().granted_by
    actions.grant_account(account=account, team=others, by=by, now=NOW)
    for each in (router, other):
        choose(each, everything=account)

    routes = connections_together([router, other])

    (mine,) = roles(source_for(routes[router.pk], "s3"))
    (theirs,) = roles(source_for(routes[other.pk], "s3"))
    assert mine.external_id != theirs.external_id
    assert set(routes[router.pk].sources).isdisjoint(routes[other.pk].sources)


def test_a_grant_that_is_gone_closes_the_account_with_one_sentence(router):
    account = factory.make_account()
    choose(router, everything=account)
    actions.revoke_grant(grant=account.grants.get())

    source = source_for(connections_of(router), "logs")

    with pytest.raises(NoWayIn, match=r"^Edge team may not use .* Edge delivery any more\.$"):
        read(source)


def test_a_run_says_once_that_the_grant_is_gone(router):
    account = factory.make_account()
    choose(router, everything=account)
    actions.revoke_grant(grant=account.grants.get())

    run, _ = run_now(component=router, now=NOW)

    assert (run.state, run.results.count()) == (JobState.FAILED, 0)
    assert run.message == "Edge team may not use the AWS account Edge delivery any more."


def test_an_archived_account_is_closed(router):
    account = factory.make_account()
    choose(router, everything=account)
    type(account).objects.update(archived_at=NOW)

    with pytest.raises(NoWayIn, match=r"^The AWS account Edge delivery is archived\.$"):
        read(source_for(connections_of(router), "logs"))


def test_a_service_without_an_account_is_closed_and_the_others_are_not(router):
    choose(router, s3=factory.make_account())

    routes = connections_of(router)

    assert isinstance(source_for(routes, "s3"), Sessions)
    assert isinstance(source_for(routes, "logs"), Closed)
    with pytest.raises(NoWayIn, match="No AWS account is chosen for every service"):
        read(source_for(routes, "logs"))


def test_a_profile_and_the_default_chain_are_ways_too(router):
    profile = factory.make_account(name="P", way=AccountWay.PROFILE, profile="audit", role_arn="")
    default = factory.make_account(name="D", way=AccountWay.DEFAULT, role_arn="")
    choose(router, everything=default, s3=profile)

    routes = connections_of(router)

    assert source_for(routes, "s3")._profile == "audit"
    assert source_for(routes, "logs")._profile is None
    assert source_for(routes, "logs")._role is None


def test_queries_grow_neither_with_accounts_nor_with_components(router, django_assert_num_queries):
    services = ("s3", "logs", "lambda", "cloudfront")
    accounts = {name: factory.make_account(name=name) for name in services}
    choose(router, everything=factory.make_account(), **accounts)
    for number in range(3):
        twin = factory.make_component(slug=f"twin-{number}", parameters=PARAMETERS)
        choose(twin, everything=accounts["s3"])
    fresh = list(Component.objects.select_related("team"))

    with django_assert_num_queries(2):
        connections_together(fresh)


class Never:
    def __getattr__(self, name):
        raise AssertionError(f"{name} was asked of the wrong session")


def test_sessions_read_each_service_through_its_own():
    class Noted:
        def reader(self):
            return lambda fetch, stop: fetch.service

    sessions = Sessions(Noted(), {"s3": Never(), "logs": Noted()})

    assert read(sessions, "logs") == "logs"
    assert read(sessions, "sts") == "sts"
