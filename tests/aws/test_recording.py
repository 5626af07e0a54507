import hashlib
import json
from datetime import UTC, datetime

import pytest

from readiness.aws.checks import CHECKS
from readiness.aws.engine import run
from readiness.aws.errors import Failure, Status
from readiness.aws.fetch import Answer, Fetch
from readiness.aws.recording import MAX_BYTES, Recording, RecordingRefused
from readiness.aws.registry import applicable
from tests.aws.recordings import complete as aws

TAKEN = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


def through_json(recording):
    return Recording.load(recording.dump())


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


def test_a_recording_tells_no_secret_and_is_judged_all_the_same():
    account = aws.complete()
    bound = applicable(aws.PARAMETERS)
    file = Recording(account.answers.values(), TAKEN).dump()
    assert aws.SECRET not in file.decode()
    again = run(bound, connection=Recording.load(file))
    assert {each.check_id: each.status for each in again.results} == dict.fromkeys(
        CHECKS, Status.PASS
    )


def changed(**values):
    document = json.loads(Recording(aws.complete().answers.values(), TAKEN).dump())
    return json.dumps(document | values).encode()


def entry(**values):
    return {
        "service": "s3", "region": "eu-west-1", "operation": "get_bucket_versioning",
        "arguments": {"Bucket": "b"}, "one_page": False, "milliseconds": 1, "attempts": 1,
        "data": {},
    } | values  # fmt: skip


def signed(**values):
    """Whole and with its digest, but not made by us."""
    content = {"format": 3, "taken_at": TAKEN.isoformat(), "answers": []} | values
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return json.dumps(content | {"digest": hashlib.sha256(text.encode()).hexdigest()}).encode()


WHOLE = Recording([], TAKEN).dump()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "no JSON, or it was cut off"),
        (WHOLE[:-9], "no JSON, or it was cut off"),
        (b"\xff\xfe\x00", "no JSON, or it was cut off"),
        (b"[" * 100_000, "no JSON, or it was cut off"),
        (b" " * (MAX_BYTES + 1), "longer than 20 MB"),
        (b"[]", "no recording made by record_aws"),
        (b'{"some": "JSON"}', "no recording made by record_aws"),
        (changed(format=2), "not of format 3"),
        (changed(taken_at="2026-11-21T09:30:00+00:00"), "was changed after it was made"),
        (changed(answers=[]), "was changed after it was made"),
        (changed(digest="0" * 64), "was changed after it was made"),
        (changed(more=1), r"\(more: extra_forbidden\)"),
        (changed(taken_at="2026-11-20"), r"\(taken_at: "),
        (changed(answers={}), r"\(answers: list_type\)"),
        (signed(answers=[entry(operation="delete_bucket")]), "delete_bucket is not a read"),
        (signed(answers=[entry(operation="../etc")]), r"answers.0.operation: string_pattern"),
        (signed(answers=[entry(data=None)]), "either data or a failure"),
        (signed(answers=[entry(data=[1])]), r"answers.0.data: dict_type"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_whole_recording_of_ours_is_refused_with_its_reason(data, reason):
    with pytest.raises(RecordingRefused, match=reason):
        Recording.load(data)


def test_a_file_that_is_signed_as_ours_are_is_read():
    [answer] = Recording.load(signed(answers=[entry()])).answers()
    assert answer.data == {}
