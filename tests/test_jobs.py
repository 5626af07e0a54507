from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django_q.models import OrmQ, Schedule

from readiness import jobs
from readiness.models import CheckRun, JobState, User
from tests import factory
from tests.factory import NOW


def later(seconds):
    return NOW + timedelta(seconds=seconds)


@pytest.fixture
def run(component):
    return CheckRun.objects.create(component=component, requested_at=NOW)


def reloaded(run):
    return CheckRun.objects.get(pk=run.pk)


def test_claim_is_given_once(run):
    first = jobs.claim(CheckRun, run.pk, now=NOW)
    second = jobs.claim(CheckRun, run.pk, now=NOW)

    assert (first.state, first.attempt, second) == (JobState.RUNNING, 1, None)


def test_claim_of_what_ended_is_refused(run):
    for state in (JobState.FINISHED, JobState.FAILED, JobState.CANCELLED):
        CheckRun.objects.update(state=state)

        assert jobs.claim(CheckRun, run.pk, now=NOW) is None


def test_claim_takes_over_from_a_silent_worker_and_the_old_one_may_not_write(run):
    dead = jobs.claim(CheckRun, run.pk, now=NOW)

    alive = jobs.claim(CheckRun, run.pk, now=later(21))

    assert alive.attempt == 2
    with pytest.raises(jobs.ClaimLost):
        jobs.beat(dead, now=later(22))
    with pytest.raises(jobs.ClaimLost):
        jobs.end(dead, JobState.FINISHED, now=later(22))
    assert reloaded(run).state == JobState.RUNNING


def test_claim_leaves_a_worker_alone_that_is_heard_of(run):
    mine = jobs.claim(CheckRun, run.pk, now=NOW)
    jobs.beat(mine, now=later(15))

    assert jobs.claim(CheckRun, run.pk, now=later(34)) is None


def test_beat_writes_progress_and_hears_of_a_cancellation(run, component):
    mine = jobs.claim(CheckRun, run.pk, now=NOW)

    before = jobs.beat(mine, now=later(1), progress={"done": 3})
    jobs.cancel(reloaded(run), by=User.objects.first(), now=later(2))
    after = jobs.beat(mine, now=later(3))

    assert (before, after) == (False, True)
    assert (reloaded(run).progress, reloaded(run).message) == (
        {"done": 3},
        "Cancelled by Founder.",
    )


def test_cancel_ends_at_once_what_nobody_took_up(run):
    jobs.cancel(run, by=User.objects.first(), now=later(5))

    found = reloaded(run)
    assert (found.state, found.finished_at) == (JobState.CANCELLED, later(5))


def test_cancel_of_what_ended_changes_nothing(run):
    jobs.end(jobs.claim(CheckRun, run.pk, now=NOW), JobState.FINISHED, now=NOW)

    jobs.cancel(reloaded(run), by=User.objects.first(), now=later(5))

    assert (reloaded(run).state, reloaded(run).message) == (JobState.FINISHED, "")


def test_recover_leaves_alone_what_is_well(run):
    jobs.recover(run, now=later(20))
    mine = jobs.claim(CheckRun, run.pk, now=NOW)
    jobs.recover(mine, now=later(20))

    assert (reloaded(run).state, OrmQ.objects.count()) == (JobState.RUNNING, 0)


def test_recover_puts_a_lost_run_back_into_the_queue(run):
    mine = jobs.claim(CheckRun, run.pk, now=NOW)

    jobs.recover(mine, now=later(21))

    assert (mine.state, OrmQ.objects.count()) == (JobState.REQUESTED, 1)
    assert jobs.claim(CheckRun, run.pk, now=later(22)).attempt == 2


def test_recover_tells_the_queue_again_of_what_waits_but_not_all_the_time(run):
    for seconds in (19, 21, 22, 41, 42, 60):
        jobs.recover(run, now=later(seconds))

    assert (run.state, OrmQ.objects.count()) == (JobState.REQUESTED, 2)


def test_recover_fails_a_run_that_lost_its_second_worker(run):
    jobs.claim(CheckRun, run.pk, now=NOW)
    second = jobs.claim(CheckRun, run.pk, now=later(21))

    jobs.recover(second, now=later(42))

    assert (second.state, second.message) == (JobState.FAILED, jobs.LOST)


def test_recover_fails_a_run_that_no_worker_takes_up_again(run):
    mine = jobs.claim(CheckRun, run.pk, now=NOW)
    jobs.recover(mine, now=later(21))

    jobs.recover(mine, now=later(40))
    waiting = mine.state
    jobs.recover(mine, now=later(41))

    assert (waiting, mine.state, mine.message) == (
        JobState.REQUESTED,
        JobState.FAILED,
        jobs.ORPHANED,
    )


def test_recover_gives_the_queue_a_while_after_it_was_told(run):
    mine = jobs.claim(CheckRun, run.pk, now=NOW)
    for seconds in (75, 76, 94):  # nobody looked for more than a minute
        jobs.recover(mine, now=later(seconds))
    waiting = mine.state
    jobs.recover(mine, now=later(95))

    assert (waiting, mine.message) == (JobState.REQUESTED, jobs.ORPHANED)


@pytest.fixture
def group(component):
    """Runs that were made together."""
    components = [component, *(factory.make_component(slug=f"other-{n}") for n in (1, 2))]
    return [
        CheckRun.objects.create(component=each, requested_at=NOW, together="t")
        for each in components
    ]


def test_one_nudge_is_for_all_that_are_taken_up_together(group, time_machine):
    alone = factory.make_component(slug="alone")
    run = CheckRun.objects.create(component=alone, requested_at=NOW)
    for moment in (later(30), later(90)):
        time_machine.move_to(moment)
        jobs.recover_all()
    told = [task.task["args"] for task in OrmQ.objects.order_by("pk")]
    jobs.tell_again(now=later(91))

    assert sorted(told) == sorted([(group[0].pk,), (run.pk,)] * 2)
    assert OrmQ.objects.count() == 6
    assert {each.nudged_at for each in CheckRun.objects.all()} == {later(91)}


def test_a_group_that_lost_its_worker_is_told_of_once_and_taken_up_as_one(group, time_machine):
    first = jobs.claim(CheckRun, group[0].pk, now=NOW)
    jobs.claim_with(first, CheckRun.objects.filter(first.group), now=NOW)
    jobs.end(first, JobState.FINISHED, now=NOW)
    time_machine.move_to(later(60))

    jobs.recover_all()

    [nudge] = OrmQ.objects.all()
    again = jobs.claim(CheckRun, nudge.task["args"][0], now=later(61))
    others = jobs.claim_with(again, CheckRun.objects.filter(again.group), now=later(61))
    assert {again.pk, *(each.pk for each in others)} == {each.pk for each in group[1:]}
    assert {each.attempt for each in (again, *others)} == {2}


def test_recover_ends_a_cancelled_run_whose_worker_died(run):
    mine = jobs.claim(CheckRun, run.pk, now=NOW)
    jobs.cancel(mine, by=User.objects.first(), now=NOW)

    jobs.recover(reloaded(run), now=later(21))

    assert reloaded(run).state == JobState.CANCELLED


def test_recover_all_looks_at_every_active_job(run, time_machine):
    jobs.claim(CheckRun, run.pk, now=NOW)
    time_machine.move_to(later(30))

    jobs.recover_all()

    assert reloaded(run).state == JobState.REQUESTED


def test_nobody_takes_up_when_a_job_waits_beside_an_idle_worker(run, component):
    other = factory.make_component(slug="other")
    jobs.enqueue(run, now=NOW)

    fresh = jobs.nobody_takes_up(workers=1, now=later(10))
    stuck = jobs.nobody_takes_up(workers=1, now=later(11))
    busy = CheckRun.objects.create(component=other, requested_at=NOW)
    jobs.claim(CheckRun, busy.pk, now=NOW)

    assert (fresh, stuck) == (False, True)
    assert jobs.nobody_takes_up(workers=1, now=later(11)) is False
    assert jobs.nobody_takes_up(workers=2, now=later(11)) is True


def test_tell_again_tells_of_what_waits_and_of_nothing_else(run, component):
    other = CheckRun.objects.create(
        component=factory.make_component(slug="other"), requested_at=NOW
    )
    jobs.claim(CheckRun, other.pk, now=NOW)

    jobs.tell_again(now=NOW)

    assert [task.task["args"] for task in OrmQ.objects.all()] == [(run.pk,)]


def test_unattended_is_what_waits_for_long(run):
    assert [jobs.is_unattended(run, now=later(s)) for s in (10, 11)] == [False, True]
    assert not jobs.is_unattended(jobs.claim(CheckRun, run.pk, now=NOW), now=later(60))


def test_database_allows_one_active_run_per_component(run, component):
    with pytest.raises(IntegrityError), transaction.atomic():
        CheckRun.objects.create(component=component, requested_at=NOW)

    CheckRun.objects.update(state=JobState.FINISHED)
    CheckRun.objects.create(component=component, requested_at=NOW)
    assert CheckRun.objects.count() == 2


def test_schedules_are_written_once(db):
    jobs.ensure_schedules()
    jobs.ensure_schedules()

    assert dict(Schedule.objects.values_list("func", "schedule_type")) == {
        "readiness.jobs.recover_all": "I",
        "readiness.decisions.actions.refresh_due_standings": "H",
        "readiness.runs.schedules.run_due": "I",
        "readiness.runs.recordings.judge_again": "H",
        "readiness.confidence.actions.close_due_rounds": "I",
        "readiness.notices.jobs.remind": "I",
        "readiness.notices.jobs.nudge_due": "I",
        "readiness.trends.rollup.roll_up": "H",
        "readiness.checks.retention.clear_old_results": "D",
    }


def test_every_task_can_be_imported():
    for func in [*jobs.TASKS.values(), *(func for func, *_ in jobs.SCHEDULES.values())]:
        module, _, name = func.rpartition(".")
        assert callable(getattr(__import__(module, fromlist=[name]), name))


def test_enqueue_puts_ids_and_nothing_else_into_the_queue(run):
    jobs.enqueue(run, now=NOW)

    task = OrmQ.objects.get().task
    assert (task["func"], task["args"], task["kwargs"]) == (
        "readiness.aws.runner.run_task",
        (run.pk,),
        {},
    )
