"""Many components of one account in one run: what they ask alike is asked once, and what it takes
grows with them no faster than they do."""

from __future__ import annotations

from collections import Counter

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from readiness.accounts import connections
from readiness.aws import runner
from readiness.aws.registry import applicable
from readiness.models import CheckResult, CheckRun, JobState, RunTrigger
from tests import factory
from tests.aws.recordings import complete as aws

# The ceiling of one more component: its results, what follows from them, its end; with savepoints.
QUERIES_EACH = 16


@pytest.fixture
def asked(db, monkeypatch):
    """Every read that is made of the account on which all checks pass."""
    source = aws.complete().source()
    made = []

    def reader():
        answer = source.reader()

        def read(fetch, stop):
            made.append(fetch)
            return answer(fetch, stop)

        return read

    account = type("Account", (), {"reader": staticmethod(reader), "now": source.now})
    monkeypatch.setattr(connections, "connect", lambda **way: account)
    return made


def components(number, start=0):
    """Like each other in what they look at, and each with a limit of its own: no two of their
    checks' parameters are all the same."""
    return [
        factory.make_component(
            slug=f"router-{n}", parameters=aws.PARAMETERS | {"cache_ttl_max": 3600 + n}
        )
        for n in range(start, start + number)
    ]


def run_together(made):
    runs = runner.request_together(components=made, now=timezone.now(), trigger=RunTrigger.SCHEDULE)
    with CaptureQueriesContext(connection) as queries:
        runner.run_task(runs[0].pk)
    # How often the worker says that it is alive depends on how long it takes.
    beats = [each for each in queries if "cancel_requested" in each["sql"]]
    beats += [each for each in queries if 'SET "heartbeat_at"' in each["sql"]]
    return len(queries) - len(beats)


def test_thirty_components_read_what_one_reads(asked):
    made = components(30)
    distinct = {read for bound in applicable(aws.PARAMETERS) for read in bound.needs()}

    run_together(made)

    assert set(CheckRun.objects.values_list("state", flat=True)) == {JobState.FINISHED}
    assert max(Counter(asked).values()) == 1
    assert distinct <= {fetch.in_account("default") for fetch in asked}
    assert sum(CheckRun.objects.values_list("reads_made", flat=True)) == len(asked)
    results = CheckResult.objects.all()
    assert results.count() == 30 * len(applicable(aws.PARAMETERS))
    assert set(results.values_list("status", flat=True)) == {"pass"}
    wanted = sum(len(reads) for reads in results.values_list("reads", flat=True))
    assert wanted > 30 * len(asked)


def test_reads_grow_with_resources_and_not_with_components(asked):
    run_together(components(3))
    of_three = len(asked)
    other = factory.make_component(
        slug="other", parameters=aws.PARAMETERS | {"distribution_id": "E9Z8Y7X6W5V4U3"}
    )

    asked.clear()
    run_together([*(run.component for run in CheckRun.objects.all()), other])

    # Those of its distribution, and no second one of what it shares with the others.
    more = [fetch for fetch in asked if "E9Z8Y7X6W5V4U3" in str(fetch.arguments)]
    assert len(asked) == of_three + len(more)
    assert 0 < len(more) < of_three / 4


def test_queries_of_one_more_component_are_few_and_no_more_than_those_of_the_last_one(asked):
    few, some, many = (run_together(components(number, 10 * number)) for number in (2, 4, 8))

    assert (some - few) / 2 <= QUERIES_EACH
    assert (many - some) / 4 <= QUERIES_EACH


def test_the_queue_waits_for_a_run_until_it_has_given_up_itself():
    timeout, retry = settings.Q_CLUSTER["timeout"], settings.Q_CLUSTER["retry"]
    assert timeout >= runner.RUN_SECONDS + 30
    assert retry >= timeout + 30
