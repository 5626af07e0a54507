"""The Django side of a run: what is stored, what moves, what happens when things go wrong."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone
from django_q.models import OrmQ

from readiness import jobs
from readiness.accounts import connections
from readiness.aws import engine, runner
from readiness.aws.errors import CredentialsExpired, Status
from readiness.aws.fetch import Answer
from readiness.aws.recording import Recording as RecordedAnswers
from readiness.aws.registry import applicable
from readiness.models import (
    AccountWay,
    CheckResult,
    CheckRun,
    CheckState,
    ComponentAccount,
    Criterion,
    JobState,
    Requirement,
    RunTrigger,
    VerdictChange,
)
from tests import factory
from tests.factory import NOW

LOGS = "logs.group-in-every-region"
RETENTION = "logs.retention"
ROUTER = {"function_name": "router", "edge_regions": ["eu-west-1"], "log_group": "/edge/router"}


class FakeAWS:
    """Answers every read with the same thing; or raises it."""

    def __init__(self, answer):
        self.answer = answer

    def reader(self):
        def read(fetch, stop):
            if isinstance(self.answer, Exception):
                raise self.answer
            return Answer(fetch, data=self.answer)

        return read

    def now(self):
        return NOW


@pytest.fixture
def aws(monkeypatch):
    """Call it with what AWS shall answer."""

    def answering(answer):
        source = FakeAWS(answer)
        monkeypatch.setattr(connections, "connect", lambda **way: source)
        return source

    answering({"logGroups": [{"logGroupName": "/edge/router", "retentionInDays": 30}]})
    return answering


@pytest.fixture
def router(db):
    catalog = factory.make_catalog()
    Criterion.objects.filter(slug="c-0-0").update(slug="logs-findable")
    return factory.make_component(catalog=catalog, parameters=ROUTER)


def results():
    return {r.check_id: r.status for r in CheckResult.objects.all()}


def test_run_stores_results_and_moves_standings(router, aws):
    factory.make_decision(router, "logs-findable", "done")

    run, ours = runner.run_now(component=router, now=NOW)

    assert (run.state, ours, run.reads_made > 0) == (JobState.FINISHED, True, True)
    assert results()[LOGS] == "pass"
    state = factory.state_of(router, LOGS)
    assert (state.known, state.latest, state.unknown_since) == (state.latest, state.latest, None)
    assert Requirement.objects.get(criterion__slug="logs-findable").standing == "verified"


def test_run_says_when_no_check_applies(component):
    run, _ = runner.run_now(component=component, now=NOW)

    assert (run.state, run.message) == (
        JobState.FINISHED,
        "No check applies: parameters are missing.",
    )


def test_second_request_joins_the_first(router):
    first = runner.request_run(component=router, by=None, now=NOW)
    second = runner.request_run(component=router, by=None, now=NOW)
    from_terminal, ours = runner.run_now(component=router, now=NOW)

    assert (first, False) == (second, ours)
    assert from_terminal == first
    assert CheckRun.objects.count() == 1


def test_task_delivered_twice_does_nothing_the_second_time(router, aws):
    run = runner.request_run(component=router, by=None, now=NOW)

    runner.run_task(run.pk)
    stored = results()
    runner.run_task(run.pk)

    assert (stored, CheckRun.objects.get().attempt) == (results(), 1)


def test_expired_credentials_end_the_run_with_one_sentence(router, aws):
    aws(CredentialsExpired("The credentials have expired. Log in anew."))

    run, _ = runner.run_now(component=router, now=NOW)

    assert (run.state, run.message, results()) == (
        JobState.FAILED,
        "The credentials have expired. Log in anew.",
        {},
    )


def test_a_mistake_of_ours_fails_the_run_loudly(router, aws, monkeypatch):
    def stumble(*args, **kwargs):
        raise ZeroDivisionError

    monkeypatch.setattr(engine, "run", stumble)
    run = runner.request_run(component=router, by=None, now=NOW)

    with pytest.raises(ZeroDivisionError):
        runner.run_task(run.pk)

    run.refresh_from_db()
    assert (run.state, run.message) == (JobState.FAILED, runner.FAILED)


def test_cancelled_run_keeps_what_it_found_and_says_by_whom(router, aws, monkeypatch):
    run = runner.request_run(component=router, by=None, now=NOW)
    user = factory.make_user("emil")

    def cancelled_half_way(bound, *, is_cancelled, on_result, **kwargs):
        on_result(engine.Result(0, LOGS, 1, Status.PASS, "There.", {}, (), 1))
        jobs.cancel(CheckRun.objects.get(), by=user, now=NOW)
        assert is_cancelled()
        return engine.Outcome((), 1, True, {}, (), NOW)

    monkeypatch.setattr(engine, "run", cancelled_half_way)
    runner.run_task(run.pk)

    run.refresh_from_db()
    assert (run.state, run.message, results()) == (
        JobState.CANCELLED,
        "Cancelled by Emil.",
        {LOGS: "pass"},
    )


def test_worker_that_lost_its_claim_writes_nothing_more(router, aws, monkeypatch):
    run = runner.request_run(component=router, by=None, now=NOW)

    def overtaken(bound, *, is_cancelled, on_result, **kwargs):
        CheckRun.objects.update(claim="somebody else")
        on_result(engine.Result(0, LOGS, 1, Status.PASS, "There.", {}, (), 1))
        assert is_cancelled()
        return engine.Outcome((), 1, True, {}, (), NOW)

    monkeypatch.setattr(engine, "run", overtaken)
    runner.run_task(run.pk)

    assert (CheckRun.objects.get().state, results()) == (JobState.RUNNING, {})


@pytest.fixture
def three(router):
    """Routers with the same parameters, as if three teams ran one."""
    values = {"catalog": router.catalog, "parameters": ROUTER}
    return [router, *(factory.make_component(slug=f"router-{n}", **values) for n in (2, 3))]


def states():
    return {run.component.slug: run.state for run in CheckRun.objects.all()}


def test_runs_together_ask_once_and_each_has_its_own_results(three, aws):
    runs = runner.request_together(components=three, now=NOW, trigger=RunTrigger.SCHEDULE)

    runner.run_task(runs[0].pk)

    assert set(states().values()) == {JobState.FINISHED}
    assert CheckResult.objects.filter(check_id=LOGS, status="pass").count() == 3
    reads = [run.reads_made for run in CheckRun.objects.order_by("pk")]
    assert reads[0] > 0
    assert reads[1:] == [0, 0]
    assert {run.trigger for run in CheckRun.objects.all()} == {"schedule"}


def test_a_component_with_a_run_under_way_is_left_out_of_those_together(three):
    runner.request_run(component=three[0], by=None, now=NOW)

    runs = runner.request_together(components=three, now=NOW, trigger=RunTrigger.SCHEDULE)

    assert {run.component for run in runs} == set(three[1:])
    assert runner.request_together(components=three, now=NOW, trigger=RunTrigger.SCHEDULE) == []


def test_one_of_the_runs_together_can_be_cancelled(three, aws, monkeypatch):
    runs = runner.request_together(components=three, now=NOW, trigger=RunTrigger.SCHEDULE)
    real = engine.run

    def cancelled_before(bound, *, is_cancelled, **kwargs):
        jobs.cancel(runs[1], by=factory.make_user("emil"), now=NOW)
        assert not is_cancelled()
        return real(bound, is_cancelled=is_cancelled, **kwargs)

    monkeypatch.setattr(engine, "run", cancelled_before)
    runner.run_task(runs[0].pk)

    assert sorted(states().values()) == ["cancelled", "finished", "finished"]
    assert set(CheckResult.objects.values_list("run", flat=True)) == {runs[0].pk, runs[2].pk}


def test_the_others_are_taken_up_when_the_one_that_the_queue_was_told_of_is_cancelled(three, aws):
    runs = runner.request_together(components=three, now=NOW, trigger=RunTrigger.SCHEDULE)
    jobs.cancel(runs[0], by=factory.make_user("emil"), now=NOW)

    runner.run_task(runs[0].pk)
    runner.run_task(runs[0].pk)

    assert sorted(states().values()) == ["cancelled", "finished", "finished"]
    assert set(CheckRun.objects.values_list("attempt", flat=True)) == {0, 1}


def test_a_group_whose_worker_died_is_taken_up_again_as_a_group_and_finishes(three, aws):
    runs = runner.request_together(components=three, now=NOW, trigger=RunTrigger.SCHEDULE)
    then = timezone.now() - timedelta(minutes=1)
    dead = jobs.claim(CheckRun, runs[0].pk, now=then)
    jobs.claim_with(dead, CheckRun.objects.filter(dead.group), now=then)
    OrmQ.objects.all().delete()

    jobs.recover_all()
    [nudge] = OrmQ.objects.all()
    runner.run_task(*nudge.task["args"])

    assert set(states().values()) == {JobState.FINISHED}
    assert CheckResult.objects.filter(check_id=LOGS, status="pass").count() == 3
    assert sum(run.reads_made > 0 for run in CheckRun.objects.all()) == 1  # on one snapshot
    assert set(CheckRun.objects.values_list("attempt", flat=True)) == {2}


def test_the_worker_is_heard_of_while_it_writes_what_many_runs_said(
    three, aws, monkeypatch, time_machine
):
    runs = runner.request_together(components=three, now=NOW, trigger=RunTrigger.SCHEDULE)
    silences = []
    time_machine.move_to(NOW)

    def slowly(component, rows, *, now):
        heard = CheckRun.objects.filter(state=JobState.RUNNING).values_list(
            "heartbeat_at", flat=True
        )
        silences.extend(now - at for at in heard)
        time_machine.shift(timedelta(seconds=15))

    monkeypatch.setattr(runner, "remember", slowly)
    runner.run_task(runs[0].pk)

    assert set(states().values()) == {JobState.FINISHED}
    assert len(silences) == 3  # of two, of one, of none that were left
    assert max(silences) < jobs.HEARTBEAT


def test_an_account_that_refuses_takes_only_its_own_runs_along(three, monkeypatch):
    closed = factory.make_account(way=AccountWay.PROFILE, profile="closed", role_arn="")
    ComponentAccount.objects.create(component=three[1], account=closed)
    expired = CredentialsExpired("The credentials have expired. Log in anew.")
    answers = {"closed": FakeAWS(expired), None: FakeAWS({"logGroups": []})}
    monkeypatch.setattr(connections, "connect", lambda profile=None: answers[profile])
    runs = runner.request_together(components=three, now=NOW, trigger=RunTrigger.SCHEDULE)

    runner.run_task(runs[0].pk)

    said = {run.component: (run.state, run.message) for run in CheckRun.objects.all()}
    assert said.pop(three[1]) == (JobState.FAILED, str(expired))
    assert set(said.values()) == {(JobState.FINISHED, "")}
    assert not CheckResult.objects.filter(run__component=three[1]).exists()


def test_a_run_judged_from_a_recording_says_when_and_moves_nothing_that_is_newer(router, aws):
    then = NOW - timedelta(days=3)
    outcome = engine.run(applicable(ROUTER), connection=connections.connect())
    file = RecordedAnswers(outcome.answers, then).dump()
    recording = factory.make_recording(router, file, recorded_at=then)

    run, _ = runner.run_now(component=router, now=NOW, recording=recording)
    first = factory.state_of(router, LOGS)
    assert (run.state, run.trigger, run.message) == ("finished", "recording", "")
    assert (first.latest.status, first.latest.checked_at) == ("pass", then)

    newer = factory.make_result(router, LOGS, "fail", now=NOW - timedelta(days=1))
    runner.run_now(component=router, now=NOW, recording=recording)
    assert factory.state_of(router, LOGS).latest == newer


def test_a_recording_that_cannot_be_read_fails_the_run_with_its_reason(router):
    recording = factory.make_recording(router, b"{}", recorded_at=NOW)

    run, _ = runner.run_now(component=router, now=NOW, recording=recording)

    assert (run.state, run.message) == ("failed", "The file is no recording made by record_aws.")


def test_second_attempt_asks_only_what_the_first_did_not_store(router, aws, monkeypatch):
    run = runner.request_run(component=router, by=None, now=NOW)
    dead = jobs.claim(CheckRun, run.pk, now=NOW - timedelta(minutes=1))
    CheckResult.objects.create(
        run=dead, check_id=LOGS, check_version=1, params_digest="", status="pass",
        reason="There.", checked_at=NOW, duration_ms=1,
    )  # fmt: skip
    asked = []

    def remember(bound, **kwargs):
        asked.extend(b.check.id for b in bound)
        return engine.Outcome((), 0, False, {}, (), NOW)

    monkeypatch.setattr(engine, "run", remember)
    runner.run_task(run.pk)

    assert LOGS not in asked
    assert "logs.retention" in asked


@pytest.mark.parametrize("status", ["not_authorised", "throttled", "timeout", "error"])
def test_could_not_look_keeps_what_was_known(router, status):
    known = factory.make_result(router, LOGS, "pass", now=NOW)
    factory.make_result(router, LOGS, status, now=NOW + timedelta(hours=1))
    newest = factory.make_result(router, LOGS, status, now=NOW + timedelta(hours=2))

    state = factory.state_of(router, LOGS)
    assert (state.latest, state.known, state.unknown_since) == (
        newest,
        known,
        NOW + timedelta(hours=1),
    )


def test_the_last_look_is_the_newest_whatever_comes_later(router):
    for hour in (0, 3, 1):  # the last one is a recording of before
        factory.make_result(router, LOGS, "pass", now=NOW + timedelta(hours=hour))

    router.refresh_from_db()
    assert router.looked_at == NOW + timedelta(hours=3)


def test_known_since_is_when_the_verdict_turned(router):
    for hour, status in enumerate(["pass", "pass", "throttled", "pass", "fail", "fail"]):
        factory.make_result(router, LOGS, status, now=NOW + timedelta(hours=hour))

    state = factory.state_of(router, LOGS)
    assert (state.known.status, state.known_since) == ("fail", NOW + timedelta(hours=4))


def test_not_applicable_is_an_answer_but_no_verdict(router):
    known = factory.make_result(router, LOGS, "fail")
    factory.make_result(router, LOGS, "throttled")
    factory.make_result(router, LOGS, "not_applicable")

    state = factory.state_of(router, LOGS)
    assert (state.known, state.unknown_since) == (known, None)


def history(component):
    return [
        (c.before and c.before.status, c.after.status, c.at, c.contradicts)
        for c in VerdictChange.objects.filter(component=component, check_id=LOGS).order_by("at")
    ]


def test_history_has_a_row_where_the_word_changes(router):
    hour = timedelta(hours=1)
    said = ["pass", "pass", "throttled", "timeout", "fail", "fail", "not_applicable"]
    for number, status in enumerate(said):
        factory.make_result(router, LOGS, status, now=NOW + number * hour)

    assert history(router) == [
        (None, "pass", NOW, []),
        ("pass", "throttled", NOW + 2 * hour, []),
        ("timeout", "fail", NOW + 4 * hour, []),
        ("fail", "not_applicable", NOW + 6 * hour, []),
    ]


def test_what_was_verified_and_is_contradicted_now_is_a_regression(router):
    factory.make_decision(router, "logs-findable", "done")
    factory.make_decision(router, "c-0-1", "done")
    hour = timedelta(hours=1)
    for number, status in enumerate(["pass", "fail", "throttled", "fail", "pass", "fail"]):
        factory.make_result(router, LOGS, status, now=NOW + number * hour)

    # Not where nobody could look in between: it was contradicted all the time.
    assert [contradicts for *_, contradicts in history(router)] == [
        [],
        ["logs-findable"],
        [],
        [],
        [],
        ["logs-findable"],
    ]


def test_a_fail_of_what_was_only_said_to_be_done_is_no_regression(router):
    factory.make_decision(router, "logs-findable", "done")
    factory.make_result(router, LOGS, "fail")

    assert history(router) == [(None, "fail", NOW, [])]


def test_a_muted_check_makes_nothing_fall(router):
    factory.make_decision(router, "logs-findable", "done")
    factory.make_result(router, LOGS, "pass")
    factory.make_result(router, RETENTION, "pass")
    requirement = Requirement.objects.get(criterion__slug="logs-findable")
    factory.add_check(requirement, RETENTION)
    factory.mute_check(requirement, LOGS)

    factory.make_result(router, LOGS, "fail", now=NOW + timedelta(hours=1))
    assert [contradicts for *_, contradicts in history(router)] == [[], []]

    factory.make_result(router, RETENTION, "fail", now=NOW + timedelta(hours=2))
    assert VerdictChange.objects.get(check_id=RETENTION, before__isnull=False).contradicts == [
        "logs-findable"
    ]


def test_history_of_a_run_is_written_with_its_results(router, aws):
    factory.make_decision(router, "logs-findable", "done")
    runner.run_now(component=router, now=NOW)
    aws({"logGroups": []})
    runner.run_now(component=router, now=NOW)

    assert [(before, after, c) for before, after, _, c in history(router)] == [
        (None, "pass", []),
        ("pass", "fail", ["logs-findable"]),
    ]


@pytest.mark.parametrize("answer", [{"logGroups": [{"logGroupName": "\x00\ud800"}]}])
def test_answers_that_no_database_takes_are_stored_mended(router, aws, answer):
    aws(answer)

    run, _ = runner.run_now(component=router, now=NOW)

    assert run.state == JobState.FINISHED
    assert runner.storable({"\x00": ["\ud800", 1, None]}) == {"\ufffd": ["?", 1, None]}


def test_command_prints_results_as_json(router, aws, capsys):
    call_command("run_checks", "asset-router", "--json")

    printed = json.loads(capsys.readouterr().out)
    assert printed["state"] == "finished"
    assert {c["id"]: c["status"] for c in printed["checks"]} == results()
    assert CheckState.objects.count() == len(results())
