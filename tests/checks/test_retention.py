"""Old answers go; what stands, what history tells and what a decision froze stays."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from readiness.checks.retention import clear_before, clear_old_results, cleared_counts
from readiness.models import CheckResult, CheckRun, CheckState, JobState, VerdictChange
from tests import factory
from tests.factory import NOW

LOGS = "logs.group-in-every-region"
RETENTION = "logs.retention"
ROUTER = {"function_name": "router", "edge_regions": ["eu-west-1"]}
HOUR = timedelta(hours=1)
LATER = NOW + timedelta(days=100)


@pytest.fixture
def router(db):
    return factory.make_component(parameters=ROUTER)


def say(component, *said, check_id=LOGS):
    return [
        factory.make_result(component, check_id, status, now=NOW + number * HOUR)
        for number, status in enumerate(said)
    ]


def test_what_nothing_refers_to_goes(router):
    first, *middle, last = say(router, "pass", "pass", "pass", "pass")

    cleared = clear_before(LATER)

    assert cleared == (2, 2)
    assert set(CheckResult.objects.all()) == {first, last}
    assert set(CheckRun.objects.all()) == {first.run, last.run}
    assert middle


def test_both_sides_of_every_change_stay(router):
    say(router, "pass", "pass", "fail", "fail", "throttled")
    before = [(c.before, c.after) for c in VerdictChange.objects.all()]

    clear_before(LATER)

    assert [(c.before, c.after) for c in VerdictChange.objects.all()] == before
    assert [r.status for r in CheckResult.objects.order_by("checked_at")] == [
        "pass",
        "pass",
        "fail",
        "fail",
        "throttled",
    ]


def test_the_last_known_answer_stays_while_nobody_can_look(router):
    _, known, *_, latest = say(router, "pass", "pass", "throttled", "throttled", "timeout")

    clear_before(LATER)

    state = CheckState.objects.get()
    assert (state.known, state.latest) == (known, latest)
    assert CheckResult.objects.count() == 4  # the first word and the first throttled one, too


def test_nothing_younger_than_the_day_goes(router):
    say(router, "pass", "pass", "pass")

    assert clear_before(NOW + HOUR) == (0, 0)
    assert clear_before(NOW + 2 * HOUR) == (1, 1)


def test_a_run_that_keeps_a_result_keeps_its_counts(router):
    [kept] = say(router, "pass")
    for check_id, status in ((RETENTION, "fail"), ("alarms.actions-live", "throttled")):
        CheckResult.objects.create(
            run=kept.run, check_id=check_id, check_version=1, params_digest="", status=status,
            reason="It is so.", checked_at=NOW, duration_ms=1,
        )  # fmt: skip

    assert clear_before(LATER) == (2, 0)

    run = CheckRun.objects.get()
    assert (list(run.results.all()), cleared_counts(run)) == (
        [kept],
        {"fail": 1, "could_not_look": 1},
    )


def test_counts_add_up_over_batches(router):
    [kept] = say(router, "pass")
    for number in range(5):
        CheckResult.objects.create(
            run=kept.run, check_id=f"a.b-{number}", check_version=1, params_digest="",
            status="fail", reason="It is so.", checked_at=NOW, duration_ms=1,
        )  # fmt: skip

    assert clear_before(LATER, batch=2) == (5, 0)
    assert cleared_counts(CheckRun.objects.get()) == {"fail": 5}


def test_a_decision_keeps_the_facts_it_was_made_on(router):
    factory.make_result(router, LOGS, "pass", observed={"regions": {"eu-west-1": {"group": True}}})
    seen = factory.make_result(router, LOGS, "pass", now=NOW + HOUR, reason="Seen.")
    decision = factory.make_decision(router, "c-0-0", "done")
    factory.add_check(decision.requirement, LOGS)
    decision = factory.make_decision(router, "c-0-0", "done")
    facts = decision.facts
    factory.make_result(router, LOGS, "pass", now=NOW + 2 * HOUR)

    clear_before(LATER)

    assert not CheckResult.objects.filter(pk=seen.pk).exists()
    decision.refresh_from_db()
    assert decision.facts == facts
    assert "Seen." in facts


def test_the_newest_run_of_a_component_stays_and_one_under_way(router):
    old = [
        CheckRun.objects.create(component=router, requested_at=NOW + n * HOUR, state=state)
        for n, state in enumerate([JobState.FAILED, JobState.RUNNING, JobState.FAILED])
    ]

    assert clear_before(LATER) == (0, 1)
    assert list(CheckRun.objects.order_by("requested_at")) == old[1:]


def test_the_setting_says_how_long_answers_are_kept(router, settings):
    settings.CHECK_RESULTS_KEPT_DAYS = 90
    now = timezone.now()
    for days in (200, 91, 89, 1):
        factory.make_result(router, LOGS, "pass", now=now - timedelta(days=days))

    clear_old_results()

    ages = [(now - r.checked_at).days for r in CheckResult.objects.order_by("checked_at")]
    assert ages == [200, 89, 1]  # the first word is the beginning of its history
