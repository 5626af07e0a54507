import json
import threading
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from readiness.aws.engine import AT_A_TIME, run
from readiness.aws.errors import CouldNotLook, CredentialsExpired, Failure, Status, SubjectMissing
from readiness.aws.facts import CamelShape, Facts
from readiness.aws.fetch import READS_AT_ONCE, Answer, Fetch
from readiness.aws.parameters import CheckParameters
from readiness.aws.progress import Progress
from readiness.aws.registry import BoundCheck, Check, Verdict
from readiness.aws.sources import Sources
from readiness.aws.verdicts import OBSERVED_BYTES, judge

READS = (("logs", "describe_log_groups"), ("sns", "list_topics"), ("route53", "get_health_check"))

NOW = datetime(2026, 11, 20, tzinfo=UTC)


class Groups(CamelShape):
    log_groups: list[str]


def logs(region):
    return Fetch.of("logs", region, "describe_log_groups")


def topics(region):
    return Fetch.of("sns", region, "list_topics")


def passed(facts, params):
    return Verdict(Status.PASS, "Fine.", {})


def all_read(*fetches):
    """Passes if every answer can be read."""

    def evaluate(facts, params):
        names = [name for fetch in fetches for name in facts.read(fetch, Groups).log_groups]
        return Verdict(Status.PASS, "Fine.", {"names": names})

    return evaluate


def bound(check_id, needs=(), evaluate=None, needs_more=None):
    class Judge:
        """A check made for a test."""

    Judge.needs = staticmethod(needs if callable(needs) else lambda params: needs)
    Judge.evaluate = staticmethod(evaluate or all_read(*needs))
    if needs_more:
        Judge.needs_more = staticmethod(needs_more)
    made = Check(
        id=check_id,
        version=3,
        title="",
        severity="low",
        criteria=("c",),
        params=CheckParameters,
        reads=READS,
        passes="",
        why="",
        mend_console="",
        mend_cli="",
        documentation="",
        judge=Judge,
    )
    return BoundCheck(made, CheckParameters())


class AWS:
    """Answers with the region as the only log group, unless told otherwise."""

    def __init__(self, **failures):
        self.failures = {place.replace("_", "-"): said for place, said in failures.items()}
        self.made = []
        self.gates = {}

    def reader(self):
        return self.read

    def now(self):
        return NOW

    def read(self, fetch, stop):
        self.made.append(fetch)
        if gate := self.gates.get(fetch):
            gate.wait(5)
        said = self.failures.get(fetch.region, [])
        failure = said.pop(0) if said else None
        if isinstance(failure, Exception):
            raise failure
        if failure is not None:
            return Answer(fetch, failure=Failure(failure, f"{failure}.", code="Code"))
        return Answer(fetch, {"logGroups": [fetch.region]}, milliseconds=7, attempts=2)

    def hold(self, fetch):
        self.gates[fetch] = threading.Event()
        return self.gates[fetch]


def statuses(outcome):
    return {result.check_id: result.status for result in outcome.results}


def test_a_run_reads_each_fetch_once_and_says_who_shared_it():
    aws = AWS()
    first, second = bound("a.a", [logs("eu"), logs("us")]), bound("b.b", [logs("us"), logs("ap")])
    outcome = run([first, second], connection=aws)
    assert Counter(aws.made) == {logs("eu"): 1, logs("us"): 1, logs("ap"): 1}
    assert outcome.reads_made == 3
    assert not outcome.cancelled
    assert {answer.fetch for answer in outcome.answers} == set(aws.made)
    shared = [[(read.region, read.shared) for read in each.reads] for each in outcome.results]
    assert shared == [[("eu", False), ("us", False)], [("us", True), ("ap", False)]]


def test_a_result_tells_the_verdict_and_what_it_cost():
    outcome = run([bound("a.a", [logs("eu")])], connection=AWS())
    [result] = outcome.results
    assert (result.check_id, result.check_version) == ("a.a", 3)
    assert (result.status, result.reason) == (Status.PASS, "Fine.")
    assert result.observed == {"names": ["eu"]}
    assert result.duration_ms >= 0
    [read] = result.reads
    assert (read.service, read.operation, read.region) == ("logs", "describe_log_groups", "eu")
    assert (read.milliseconds, read.attempts, read.error_code) == (7, 2, None)


def test_a_run_of_nothing_is_over_at_once():
    outcome = run([], connection=AWS())
    assert (outcome.results, outcome.reads_made, outcome.cancelled) == ((), 0, False)


def test_a_check_without_reads_is_judged_too():
    assert statuses(run([bound("a.a", [], passed)], connection=AWS())) == {"a.a": Status.PASS}


def test_a_verdict_lands_as_soon_as_its_own_reads_are_in_and_in_the_callers_thread():
    aws = AWS()
    gate = aws.hold(logs("slow"))
    landed = []

    def on_result(result):
        landed.append((result.check_id, threading.current_thread()))
        gate.set()

    run(
        [bound("a.a", [logs("slow")]), bound("b.b", [logs("eu")])],
        connection=aws,
        on_result=on_result,
    )
    assert landed == [("b.b", threading.current_thread()), ("a.a", threading.current_thread())]


def test_results_come_in_the_order_of_the_checks_given():
    aws = AWS()
    gate = aws.hold(logs("slow"))
    checks = [bound("a.a", [logs("slow")]), bound("b.b", [logs("eu")])]
    outcome = run(checks, connection=aws, on_result=lambda result: gate.set())
    assert [result.check_id for result in outcome.results] == ["a.a", "b.b"]


def test_a_second_round_reads_what_the_first_answers_name():
    def needs_more(facts, params):
        return [topics(name) for name in facts.read(logs("eu"), Groups).log_groups]

    aws = AWS()
    check = bound("a.a", [logs("eu")], all_read(logs("eu"), topics("eu")), needs_more)
    outcome = run([check], connection=aws)
    assert statuses(outcome) == {"a.a": Status.PASS}
    assert aws.made == [logs("eu"), topics("eu")]


def test_there_is_a_fourth_round_and_no_fifth():
    def needs_more(facts, params):
        regions = ("1", "2", "3", "4", "5")
        return [logs(region) for region in regions[: len(facts._answers) + 1]]

    aws = AWS()
    outcome = run([bound("a.a", [logs("1")], passed, needs_more)], connection=aws)
    assert aws.made == [logs("1"), logs("2"), logs("3"), logs("4")]
    assert statuses(outcome) == {"a.a": Status.PASS}


def test_a_second_round_shares_what_another_check_has_read_already():
    aws = AWS()
    more = bound("b.b", [logs("us")], all_read(logs("us"), logs("eu")), lambda *_: [logs("eu")])
    outcome = run([bound("a.a", [logs("eu")]), more], connection=aws)
    assert Counter(aws.made) == {logs("eu"): 1, logs("us"): 1}
    assert [read.shared for read in outcome.results[1].reads] == [False, True]


def test_a_second_round_that_cannot_be_named_leaves_the_word_to_the_verdict():
    def needs_more(facts, params):
        return [topics(name) for name in facts.read(logs("eu"), Groups).log_groups]

    aws = AWS(eu=[Status.NOT_AUTHORISED])
    outcome = run([bound("a.a", [logs("eu")], None, needs_more)], connection=aws)
    assert statuses(outcome) == {"a.a": Status.NOT_AUTHORISED}
    assert outcome.results[0].reads[0].error_code == "Code"


def test_progress_counts_reads_by_region_and_service_and_grows_with_the_second_round():
    seen = []
    health = Fetch.of("route53", "us-east-1", "get_health_check", HealthCheckId="h")
    check = bound("a.a", [logs("eu")], passed, lambda *_: [health])
    run([check], connection=AWS(), on_progress=seen.append)
    assert seen == [
        Progress(1, 1, "eu logs", {"eu": (1, 1)}, {"logs": (1, 1)}),
        Progress(
            2,
            2,
            "global route53",
            {"eu": (1, 1), "global": (1, 1)},
            {"logs": (1, 1), "route53": (1, 1)},
        ),
    ]


def test_a_throttled_read_is_made_once_more_when_all_else_is_done():
    aws = AWS(eu=[Status.THROTTLED])
    landed = []
    checks = [bound("a.a", [logs("eu")]), bound("b.b", [logs("us")])]
    outcome = run(checks, connection=aws, on_result=lambda each: landed.append(each.check_id))
    assert statuses(outcome) == {"a.a": Status.PASS, "b.b": Status.PASS}
    assert landed == ["b.b", "a.a"]
    assert aws.made.count(logs("eu")) == 2
    assert outcome.reads_made == 3


def test_a_read_that_is_throttled_twice_stays_throttled():
    aws = AWS(eu=[Status.THROTTLED, Status.THROTTLED, Status.THROTTLED])
    outcome = run([bound("a.a", [logs("eu")])], connection=aws)
    assert statuses(outcome) == {"a.a": Status.THROTTLED}
    assert len(aws.made) == 2


def test_expired_credentials_stop_the_run_with_one_error_and_keep_what_had_landed():
    aws = AWS(eu=[CredentialsExpired("Expired.")])
    gate = aws.hold(logs("eu"))
    landed = []

    def on_result(result):
        landed.append(result.check_id)
        gate.set()

    checks = [bound("a.a", [logs("eu")]), bound("b.b", [logs("us")])]
    outcome = run(checks, connection=aws, on_result=on_result)
    assert outcome.refused == {"default": "Expired."}
    assert (landed, list(statuses(outcome))) == (["b.b"], ["b.b"])


def test_an_account_that_refuses_takes_only_its_own_checks_along():
    ours, theirs = AWS(), AWS(eu=[CredentialsExpired("Expired.")] * 9)
    here, there = {"": "ours"}, {"": "ours", "logs": "theirs"}
    checks = [
        replace(bound("a.a", [logs("eu")]), accounts=here),
        replace(bound("b.b", [logs("eu")]), accounts=there),
        replace(bound("c.c", [logs("eu"), logs("us")]), accounts=there),
    ]
    outcome = run(checks, connection=Sources({"ours": ours, "theirs": theirs}))
    assert outcome.refused == {"theirs": "Expired."}
    assert [result.position for result in outcome.results] == [0]
    assert [fetch.account for fetch in ours.made] == ["ours"]


def test_each_service_is_asked_in_the_account_that_was_named_for_it():
    ours, theirs = AWS(), AWS()
    accounts = {"": "ours", "logs": "theirs"}
    check = replace(bound("a.a", [logs("eu")]), accounts=accounts)
    same = replace(bound("a.a", [logs("eu")]), accounts=accounts)
    outcome = run([check, same], connection=Sources({"ours": ours, "theirs": theirs}))
    assert (len(ours.made), len(theirs.made)) == (0, 1)
    assert [result.status for result in outcome.results] == [Status.PASS, Status.PASS]
    assert [result.reads[0].shared for result in outcome.results] == [False, True]


def test_a_cancelled_run_returns_at_once_with_the_results_so_far():
    aws = AWS()
    gate = aws.hold(logs("slow"))
    landed = []
    checks = [bound("a.a", [logs("slow")]), bound("b.b", [logs("eu")])]
    outcome = run(
        checks, connection=aws, on_result=landed.append, is_cancelled=lambda: bool(landed)
    )
    assert outcome.cancelled
    assert statuses(outcome) == {"b.b": Status.PASS}
    assert not gate.is_set()
    gate.set()


def test_a_run_cancelled_before_it_began_has_no_results():
    aws = AWS()
    gate = aws.hold(logs("eu"))
    outcome = run([bound("a.a", [logs("eu")])], connection=aws, is_cancelled=lambda: True)
    assert (outcome.results, outcome.cancelled) == ((), True)
    gate.set()


class Clock:
    """Goes on by a second each time somebody looks at it."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        self.now += 1
        return self.now


def test_a_check_whose_time_is_up_is_a_timeout_and_the_others_are_not():
    aws = AWS()
    gate = aws.hold(logs("slow"))
    checks = [bound("a.a", [logs("slow"), logs("eu")]), bound("b.b", [logs("eu")])]
    outcome = run(checks, connection=aws, read_seconds=5, run_seconds=9999, clock=Clock())
    gate.set()
    assert statuses(outcome) == {"a.a": Status.TIMEOUT, "b.b": Status.PASS}
    late = outcome.results[0]
    assert late.reason == "AWS had not answered within 5 seconds."
    assert [(read.region, read.error_code) for read in late.reads] == [
        ("slow", "NoAnswerYet"),
        ("eu", None),
    ]


def test_what_is_known_when_time_is_up_may_still_be_a_fail():
    def evaluate(facts, params):
        if facts.read(logs("eu"), Groups).log_groups == ["eu"]:
            return Verdict(Status.FAIL, "Known.", {})
        return passed(facts, params)

    aws = AWS()
    gate = aws.hold(logs("slow"))
    check = bound("a.a", [logs("slow"), logs("eu")], evaluate)
    outcome = run([check], connection=aws, read_seconds=5, run_seconds=9999, clock=Clock())
    gate.set()
    assert statuses(outcome) == {"a.a": Status.FAIL}


def test_a_run_whose_time_is_up_leaves_nothing_open():
    aws = AWS()
    gates = [aws.hold(logs(region)) for region in ("1", "2")]
    checks = [bound("a.a", [logs("1")]), bound("b.b", [logs("2")]), bound("c.c", [logs("eu")])]
    outcome = run(checks, connection=aws, read_seconds=9999, run_seconds=9, clock=Clock())
    for gate in gates:
        gate.set()
    assert statuses(outcome) == {
        "a.a": Status.TIMEOUT,
        "b.b": Status.TIMEOUT,
        "c.c": Status.PASS,
    }
    assert outcome.results[0].reason == "The run was over before AWS had answered."


def test_the_time_of_a_check_does_not_run_while_its_reads_queue_for_a_worker():
    aws = AWS()
    gates = [aws.hold(logs(str(number))) for number in range(16)]  # every worker is busy
    busy = bound("a.a", [logs(str(number)) for number in range(16)])
    queued = bound("b.b", [topics("eu")], all_read(topics("eu")))
    landed = []

    def on_result(result):
        landed.append((result.check_id, result.status))
        for gate in gates:
            gate.set()

    run(
        [busy, queued],
        connection=aws,
        on_result=on_result,
        read_seconds=5,
        run_seconds=9999,
        clock=Clock(),
    )
    assert landed[0] == ("a.a", Status.TIMEOUT)
    assert landed[1] == ("b.b", Status.PASS)


def test_a_read_that_waits_for_its_turn_has_all_its_time_before_it():
    aws = AWS()
    busy = [Fetch.of("logs", "eu", "describe_log_groups", limit=n) for n in range(READS_AT_ONCE)]
    gates = [aws.hold(fetch) for fetch in busy]
    last = bound("b.b", [topics("eu"), logs("eu")])  # the one is answered at once, the other waits
    landed = []

    def on_result(result):
        landed.append((result.check_id, result.status))
        for gate in gates:
            gate.set()

    checks = [bound("a.a", busy), last]
    run(
        checks, connection=aws, on_result=on_result, read_seconds=5, run_seconds=9999, clock=Clock()
    )
    assert landed == [("a.a", Status.TIMEOUT), ("b.b", Status.PASS)]


def test_a_flood_of_answers_keeps_nobody_from_cancelling():
    answered = []
    run(
        [bound("a.a", [logs(str(number)) for number in range(200)], passed)],
        connection=AWS(),
        on_progress=lambda progress: answered.append(progress.done),
        is_cancelled=lambda: len(answered) > 20,
    )
    assert len(answered) <= 20 + AT_A_TIME + 1


def test_an_error_of_the_callback_ends_the_run():
    def on_result(result):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run([bound("a.a", [logs("eu")])], connection=AWS(), on_result=on_result)


@pytest.mark.parametrize(
    ("raised", "status", "reason"),
    [
        (CouldNotLook(Status.TIMEOUT, "Slow."), Status.TIMEOUT, "Slow."),
        (SubjectMissing("It is gone."), Status.FAIL, "It is gone."),
        (
            KeyError("logGroups"),
            Status.ERROR,
            "The check stumbled over an answer from AWS (KeyError).",
        ),
        (TypeError(), Status.ERROR, "The check stumbled over an answer from AWS (TypeError)."),
        (
            AttributeError(),
            Status.ERROR,
            "The check stumbled over an answer from AWS (AttributeError).",
        ),
    ],
)
@pytest.mark.parametrize("half", ["needs", "evaluate", "needs_more"])
def test_what_a_check_raises_becomes_its_verdict_and_harms_no_other(half, raised, status, reason):
    def trip(*_):
        raise raised

    halves = {"needs": [], "evaluate": passed, "needs_more": lambda *_: [], half: trip}
    if half == "needs_more" and isinstance(raised, CouldNotLook | SubjectMissing):
        status, reason = Status.PASS, "Fine."  # evaluate has the word
    outcome = run([bound("a.a", **halves), bound("b.b", [logs("eu")])], connection=AWS())
    assert statuses(outcome) == {"a.a": status, "b.b": Status.PASS}
    assert outcome.results[0].reason == reason


@pytest.mark.parametrize("half", ["needs", "needs_more"])
def test_a_read_that_is_not_declared_is_never_made(half, caplog):
    secret = Fetch.of("secretsmanager", "eu", "get_secret_value", SecretId="s")
    halves = {"needs": lambda params: [], half: lambda *_: [secret]}
    aws = AWS()
    outcome = run([bound("a.a", evaluate=passed, **halves)], connection=aws)
    assert aws.made == []
    assert outcome.results[0].status is Status.ERROR
    assert outcome.results[0].reason == "The check asked for a read that it does not declare."
    assert "secretsmanager get_secret_value" in caplog.text


def test_a_check_sees_no_answer_that_it_did_not_ask_for():
    curious = bound("b.b", [logs("us")], all_read(logs("us"), logs("eu")))
    outcome = run([bound("a.a", [logs("eu")]), curious], connection=AWS())
    assert statuses(outcome) == {"a.a": Status.PASS, "b.b": Status.ERROR}


def observed_by(observed):
    check = bound("a.a", [], lambda facts, params: Verdict(Status.PASS, "Fine.", observed))
    return judge(check, Facts({}, NOW))


def test_every_check_knows_the_moment_of_its_source_and_no_other():
    def evaluate(facts, params):
        return Verdict(Status.PASS, "Fine.", {"now": facts.now.isoformat()})

    asked = [bound("a.a", [], evaluate), bound("b.b", [logs("eu")], evaluate)]
    outcome = run(asked, connection=AWS())
    assert {each.observed["now"] for each in outcome.results} == {NOW.isoformat()}
    assert outcome.taken_at == NOW


def test_what_was_observed_is_as_it_will_come_back_from_json():
    assert observed_by({"names": ("a", "b"), "rows": {1: None}}).observed == {
        "names": ["a", "b"],
        "rows": {"1": None},
    }


def test_what_was_observed_and_is_no_json_is_an_error():
    assert observed_by({"when": object()}).status is Status.ERROR


def test_what_was_observed_is_cut_to_what_can_be_kept():
    rows = {f"region-{number}": {"alarms": "x" * 1000} for number in range(40)}
    observed = observed_by({"function": "edge-router", "regions": rows, "other": 3}).observed
    assert len(json.dumps(observed)) <= OBSERVED_BYTES
    assert observed["function"] == "edge-router"
    assert observed["other"] == 3
    assert observed["left_out"] == 40 - len(observed["regions"])
    assert len(observed["regions"]) > 10


def test_one_huge_fact_leaves_the_verdict():
    verdict = observed_by({"text": "x" * 100_000, "small": 1})
    assert verdict.observed == {"small": 1, "left_out": 1}
    assert verdict.status is Status.PASS


LOOKS_ALL_THE_TIME = bound("b.b", [logs("eu"), logs("slow")])
COMES_LATER = bound(
    "b.b", [logs("slow")], all_read(logs("slow"), logs("eu")), lambda *_: [logs("eu")]
)


@pytest.mark.parametrize(("other", "times"), [(LOOKS_ALL_THE_TIME, 1), (COMES_LATER, 2)])
def test_an_answer_keeps_its_shapes_while_an_open_check_looks_at_it(monkeypatch, other, times):
    aws = AWS()
    gate = aws.hold(logs("slow"))
    shaped = []
    real = Groups.model_validate
    monkeypatch.setattr(
        Groups, "model_validate", lambda data: (shaped.append(data["logGroups"]), real(data))[1]
    )
    checks = [bound("a.a", [logs("eu")]), other]
    outcome = run(checks, connection=aws, on_result=lambda result: gate.set())
    assert statuses(outcome) == {"a.a": Status.PASS, "b.b": Status.PASS}
    assert shaped.count(["eu"]) == times


def test_results_that_are_not_kept_were_handed_over_all_the_same():
    landed = []
    checks = [bound("a.a", [logs("eu")]), bound("b.b", [logs("us")])]
    outcome = run(checks, connection=AWS(), on_result=landed.append, keep_results=False)
    assert outcome.results == ()
    assert sorted(result.check_id for result in landed) == ["a.a", "b.b"]
