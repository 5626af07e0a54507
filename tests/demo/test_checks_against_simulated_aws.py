"""The checks against the simulated account: each seeded gap is reported, and nothing else."""

from __future__ import annotations

from contextlib import closing
from datetime import date

import pytest

from demo.simulated_aws.account import Account
from demo.simulated_aws.edge import ROUTER_RUNTIME
from demo.simulated_aws.gaps import GAPS
from demo.simulated_aws.seed import seed_asset_router, seed_complete_router
from demo.simulated_aws.server import SimulatedAWS
from readiness.aws import checks, engine, lambda_runtimes
from readiness.aws.registry import CHECKS, applicable
from readiness.aws.session import Connection, Keys

pytestmark = pytest.mark.one_database

assert checks

# What each gap turns, and into what.
TURNS = {
    "version-drift": {"cloudfront.same-newest-version": "fail"},
    "log-group-missing": {"logs.group-in-every-region": "fail"},
    "log-group-never-expires": {"logs.retention": "fail"},
    "alarm-missing": {"alarms.function-errors-in-every-region": "fail"},
    "alarm-never-tried": {"alarms.proven": "fail"},
    "alarm-muted": {
        "alarms.function-errors-in-every-region": "fail",
        "alarms.actions-live": "fail",
    },
    "replication-one-way": {"s3.replication-both-ways": "fail"},
    "record-without-health-check": {"route53.health-checks": "fail"},
    "role-too-wide": {"iam.least-privilege": "fail"},
    "bucket-unlogged": {"s3.access-logs": "fail"},
    "topic-of-another-account": {"sns.subscription-confirmed": "not_authorised"},
    "metrics-off": {"cloudfront.realtime-metrics": "fail"},
}
# What moto cannot carry: the seed leaves out their parameters, so that they do not apply.
NOT_SIMULATED = {
    "backup.covers-buckets",
    "cloudformation.drift",
    "cloudformation.managed",
    "costs.tag-active",
    "synthetics.canary",
}
# What is asked of functions that rewrite headers or choose between files: the router does neither.
NOT_OF_A_ROUTER = {"cloudfront.response-headers-policy", "cloudfront.accept-encoding-key"}
LEFT_OUT = NOT_SIMULATED | NOT_OF_A_ROUTER
ALL_PASS = dict.fromkeys((each for each in CHECKS if each not in LEFT_OUT), "pass")


@pytest.fixture(autouse=True)
def runtime_for_ever(monkeypatch):
    """The runtime of the demo's function grows old, these tests do not."""
    monkeypatch.setitem(lambda_runtimes.DEPRECATION, ROUTER_RUNTIME, date.max)


@pytest.fixture(scope="module")
def server():
    with SimulatedAWS() as server:
        yield server


def statuses(server, parameters):
    connection = Connection(keys=Keys("demo", "demo"), endpoint_url=server.endpoint_url)
    outcome = engine.run(applicable(parameters), connection=connection)
    return {result.check_id: result.status.value for result in outcome.results}


def test_every_gap_is_known_here():
    assert set(TURNS) == {gap.name for gap in GAPS}


def test_all_checks_apply_and_pass_on_the_complete_router(server):
    server.reset()

    assert statuses(server, seed_complete_router(server.endpoint_url)) == ALL_PASS


def test_each_gap_turns_what_it_should_and_nothing_else(server):
    server.reset()
    parameters = seed_complete_router(server.endpoint_url)
    expected = dict(ALL_PASS)

    for gap in GAPS:
        with closing(Account(server.endpoint_url)) as account:
            gap.open(account, parameters)
        expected |= TURNS[gap.name]
        assert statuses(server, parameters) == expected, gap.name


def test_the_demo_s_account_shows_each_gap(server):
    server.reset()
    expected = dict(ALL_PASS)
    for turned in TURNS.values():
        expected |= turned

    assert statuses(server, seed_asset_router(server.endpoint_url)) == expected
