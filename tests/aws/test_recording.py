import json
from datetime import UTC, datetime

import pytest

from readiness.aws.checks import CHECKS
from readiness.aws.engine import run
from readiness.aws.errors import Failure, Status
from readiness.aws.fetch import Answer, Fetch
from readiness.aws.recording import Recording
from readiness.aws.registry import applicable
from tests.aws.recordings import complete as aws

TAKEN = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


def through_json(recording):
    return Recording.load(json.loads(json.dumps(recording.dump(), default=str)))


def test_a_run_can_be_recorded_and_judged_again_without_aws():
    account = aws.complete()
    account.denies(aws.groups("eu-west-1"), "logs:DescribeLogGroups")
    bound = applicable(aws.PARAMETERS)
    first = run(bound, connection=account.source())
    again = run(bound, connection=through_json(Recording(first.answers, first.taken_at)))
    assert [each[2:] for each in map(_said, again.results)] == [
        each[2:] for each in map(_said, first.results)
    ]
    assert {each.status for each in first.results} == {Status.PASS, Status.NOT_AUTHORISED}


def _said(result):
    return (result.reads, result.duration_ms, result.check_id, result.status, result.observed)


def test_a_recorded_answer_comes_back_as_it_was():
    fetch = Fetch.first_page("route53", "us-east-1", "list_resource_record_sets", MaxItems="300")
    failed = Fetch.of("logs", "eu-west-1", "describe_log_groups")
    failure = Failure(Status.NOT_AUTHORISED, "No.", "AccessDenied", "logs:DescribeLogGroups")
    answers = (
        Answer(fetch, {"ResourceRecordSets": []}, milliseconds=8, attempts=2),
        Answer(failed, failure=failure),
    )
    assert through_json(Recording(answers, TAKEN)).answers() == answers


def test_the_times_in_an_answer_are_recorded_as_text():
    fetch = Fetch.of("cloudwatch", "eu-west-1", "describe_alarms")
    when = datetime(2026, 11, 20, tzinfo=UTC)
    [answer] = through_json(Recording([Answer(fetch, {"At": when})], TAKEN)).answers()
    assert answer.data == {"At": "2026-11-20 00:00:00+00:00"}


def test_the_moment_of_a_recording_stays_the_present_of_whoever_judges_it_again():
    kept = through_json(Recording([], TAKEN))
    assert kept.now() == TAKEN
    assert run([], connection=kept).taken_at == TAKEN


def test_what_was_not_recorded_could_not_be_looked_at():
    nothing = Recording([], TAKEN)
    outcome = run([CHECKS["s3.versioning"].bind(aws.PARAMETERS)], connection=nothing)
    assert outcome.results[0].status is Status.ERROR
    assert "The recording has no answer to get_bucket_versioning" in outcome.results[0].reason


def test_another_format_is_refused():
    with pytest.raises(ValueError, match="format 2"):
        Recording.load({"format": 1, "answers": []})


def test_a_recorded_change_is_refused():
    entry = {"service": "s3", "region": "r", "operation": "delete_bucket", "arguments": {}}
    with pytest.raises(Exception, match="not a read"):
        Recording.load({"format": 2, "taken_at": TAKEN.isoformat(), "answers": [entry]})
