from datetime import UTC, datetime

import pytest

from readiness.aws.errors import CouldNotLook, Failure, Status, SubjectMissing
from readiness.aws.facts import CamelShape, Facts, Moment, Shape
from readiness.aws.fetch import Answer, Fetch

NOW = datetime(2026, 11, 20, tzinfo=UTC)
BUCKET = Fetch.of("s3", "eu-west-1", "get_bucket_replication", Bucket="b")


class Replication(Shape):
    role: str
    priority: int = 0


class Groups(CamelShape):
    log_groups: list[str]


class Backup(Shape):
    last_backup_time: Moment


def facts(data=None, *, status=None, code=""):
    if status is None:
        return Facts({BUCKET: Answer(BUCKET, data)}, NOW)
    return Facts({BUCKET: Answer(BUCKET, failure=Failure(status, "Why not.", code))}, NOW)


def test_an_answer_is_parsed_into_its_shape():
    found = facts({"Role": "r", "Priority": 1, "Unknown": {}}).read(BUCKET, Replication)
    assert (found.role, found.priority) == ("r", 1)
    assert facts({"logGroups": ["a"]}).read(BUCKET, Groups).log_groups == ["a"]


@pytest.mark.parametrize("data", [{}, {"Role": 1}, {"role": "r"}, {"Role": "r", "Priority": "1"}])
def test_an_answer_that_does_not_fit_could_not_be_looked_at(data):
    with pytest.raises(CouldNotLook) as caught:
        facts(data).read(BUCKET, Replication)
    assert caught.value.status is Status.UNSUPPORTED


def test_a_misfit_is_named_by_its_place_and_never_by_its_value():
    with pytest.raises(CouldNotLook) as caught:
        facts({"Role": {"secret": 1}}).read(BUCKET, Replication)
    assert caught.value.reason == (
        "The answer to s3:GetReplicationConfiguration does not look as it should"
        " (Role: string_type)."
    )


def test_a_failure_is_raised_as_it_is():
    with pytest.raises(CouldNotLook) as caught:
        facts(status=Status.THROTTLED, code="SlowDown").read(BUCKET, Replication)
    error = caught.value
    assert (error.status, error.reason, error.code) == (Status.THROTTLED, "Why not.", "SlowDown")


def test_a_declared_absence_is_none_and_any_other_is_not():
    lacking = facts(status=Status.NOT_FOUND, code="NoReplication")
    assert lacking.read(BUCKET, Replication, absent=("NoReplication",)) is None
    with pytest.raises(CouldNotLook):
        lacking.read(BUCKET, Replication, absent=("NoEncryption",))
    with pytest.raises(CouldNotLook):
        lacking.read(BUCKET, Replication)


def test_a_subject_that_is_not_found_is_missing():
    gone = facts(status=Status.NOT_FOUND, code="NoSuchBucket")
    with pytest.raises(SubjectMissing, match="There is no bucket b"):
        gone.subject(BUCKET, Replication, missing="There is no bucket b.")


def test_a_subject_may_lack_a_setting_without_being_missing():
    lacking = facts(status=Status.NOT_FOUND, code="NoReplication")
    absent = ("NoReplication",)
    assert lacking.subject(BUCKET, Replication, missing="Gone.", absent=absent) is None


@pytest.mark.parametrize("status", [Status.NOT_AUTHORISED, Status.TIMEOUT, Status.ERROR])
def test_a_subject_that_could_not_be_looked_at_is_not_missing(status):
    with pytest.raises(CouldNotLook):
        facts(status=status).subject(BUCKET, Replication, missing="Gone.")


def test_a_glance_gives_the_answer_or_nothing():
    assert facts({"Role": "r"}).glance(BUCKET, Replication).role == "r"
    assert facts({}).glance(BUCKET, Replication) is None
    assert facts(status=Status.TIMEOUT).glance(BUCKET, Replication) is None


def test_facts_hold_what_was_read_well_or_not():
    assert facts({}).holds(BUCKET)
    assert facts(status=Status.TIMEOUT).holds(BUCKET)
    assert not Facts({}, NOW).holds(BUCKET)


def test_a_glance_at_what_was_not_asked_for_so_far_is_nothing():
    assert Facts({}, NOW).glance(BUCKET, Replication) is None


def test_what_was_never_asked_is_a_mistake_of_the_check():
    with pytest.raises(LookupError):
        Facts({}, NOW).read(BUCKET, Replication)


def test_what_did_not_come_in_time_could_not_be_looked_at():
    late = Facts({}, NOW, Failure(Status.TIMEOUT, "Late."))
    with pytest.raises(CouldNotLook, match="Late"):
        late.read(BUCKET, Replication)


def test_a_moment_is_the_same_fresh_from_aws_and_from_a_recording():
    for moment in (NOW, str(NOW), NOW.isoformat()):
        assert facts({"LastBackupTime": moment}).read(BUCKET, Backup).last_backup_time == NOW


@pytest.mark.parametrize("said", ["yesterday", "2026-11-20", 1763596800, None])
def test_what_is_no_moment_or_has_no_zone_does_not_fit(said):
    with pytest.raises(CouldNotLook):
        facts({"LastBackupTime": said}).read(BUCKET, Backup)
