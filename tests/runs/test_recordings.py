from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from readiness.aws.recording import Recording as Answers
from readiness.aws.recording import RecordingRefused
from readiness.aws.registry import CHECKS
from readiness.models import CheckResult, CheckRun, JobState, Recording
from readiness.runs.actions import keep_recording
from readiness.runs.recordings import judge_again
from tests import factory
from tests.aws.recordings import complete as aws

NOW = aws.NOW + timedelta(hours=1)


@pytest.fixture
def file():
    return Answers(aws.complete().answers.values(), aws.NOW).dump()


@pytest.fixture
def router(db):
    return factory.make_component(parameters=aws.PARAMETERS)


def keep(component, content, **values):
    given = {"filename": "rec.json", "by": None, "now": NOW} | values
    return keep_recording(component=component, content=content, **given)


def test_a_recording_is_kept_whole_and_once(router, file):
    ada = factory.make_user("ada")
    kept = keep(router, file, filename="../../etc/rec.json", by=ada)

    assert (bytes(kept.content), kept.size, kept.filename) == (file, len(file), "rec.json")
    assert (kept.recorded_at, kept.uploaded_by) == (aws.NOW, ada)
    assert keep(router, file) == kept
    assert Recording.objects.count() == 1


def test_what_is_not_a_recording_of_these_resources_is_refused_and_not_kept(router, file):
    with pytest.raises(RecordingRefused, match="cut off"):
        keep(router, file[:-2])
    with pytest.raises(RecordingRefused, match="later than now"):
        keep(router, file, now=aws.NOW - timedelta(seconds=1))
    router.parameters = {"buckets": {"eu-west-1": "other"}}
    with pytest.raises(RecordingRefused, match="other resources"):
        keep(router, file)
    assert not Recording.objects.exists()


def run(*arguments):
    out = StringIO()
    call_command("run_checks", *arguments, stdout=out)
    return out.getvalue()


def test_command_judges_a_recording_as_a_run_of_its_own(router, file, tmp_path, time_machine):
    time_machine.move_to(NOW, tick=False)
    path = tmp_path / "rec.json"
    path.write_bytes(file)

    said = json.loads(run("asset-router", "--recording", str(path), "--json"))

    assert {check["status"] for check in said["checks"]} == {"pass"}
    made = CheckRun.objects.get()
    assert (made.trigger, made.recording.sha256) == ("recording", Recording.objects.get().sha256)
    assert {r.checked_at for r in made.results.all()} == {aws.NOW}


def test_command_says_why_a_file_is_not_judged(router, tmp_path):
    path = tmp_path / "rec.json"
    path.write_bytes(b"{}")

    with pytest.raises(CommandError, match="no recording made by record_aws"):
        run("asset-router", "--recording", str(path))
    with pytest.raises(CommandError, match="cannot be read"):
        run("asset-router", "--recording", str(tmp_path / "nothing"))
    assert not CheckRun.objects.exists()


def test_recording_is_judged_again_when_a_check_on_it_has_changed(
    router, file, tmp_path, time_machine
):
    time_machine.move_to(NOW, tick=False)
    path = tmp_path / "rec.json"
    path.write_bytes(file)
    run("asset-router", "--recording", str(path))
    judge_again()
    assert CheckRun.objects.count() == 1

    CheckResult.objects.filter(check_id="s3.versioning").update(check_version=0)
    judge_again()

    again = CheckRun.objects.get(state=JobState.REQUESTED)
    assert (again.recording, again.trigger) == (Recording.objects.get(), "recording")
    assert CHECKS["s3.versioning"].version > 0
