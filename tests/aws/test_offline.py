import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from readiness.aws.checks import CHECKS
from readiness.aws.errors import AwsError, CredentialsRejected, Status
from readiness.aws.offline import ParametersRefused, judge_recording, read_parameters, record
from readiness.aws.recording import Recording, RecordingRefused
from tests.aws.recordings import complete as aws

ROOT = Path(__file__).resolve().parents[2]


def test_parameters_are_read_from_yaml_and_from_json_as_a_component_has_them():
    as_yaml = b"function_name: router\nedge_regions: [eu-west-1]\nstack_name:\n"
    as_json = json.dumps({"function_name": "router", "edge_regions": ["eu-west-1"]}).encode()
    found = read_parameters(as_yaml)
    assert found == read_parameters(as_json)
    assert (found["function_name"], found["edge_regions"]) == ("router", ["eu-west-1"])
    assert "stack_name" not in found


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"a: [", "neither YAML nor JSON: line 1"),
        (b"a: &a [x]\nb: *a", "line 2: aliases"),
        (b"- router", "must map parameters to values"),
        (b"", "must map parameters to values"),
        (b"functionname: router", "functionname: There is no parameter of this name."),
        (b"edge_regions: [Frankfurt]", "edge_regions: A region is a code"),
        (b" " * 1_000_001, "longer than 1 MB"),
        (b"\xff\xfe\x01", "neither YAML nor JSON"),
    ],
)
def test_parameters_that_cannot_be_used_are_refused_with_what_is_wrong(text, reason):
    with pytest.raises(ParametersRefused, match=reason):
        read_parameters(text)


def test_what_was_recorded_is_judged_as_it_was_live():
    outcome, file = record(aws.PARAMETERS, aws.complete().source(), {})
    again = judge_recording(file, aws.PARAMETERS)
    said = [(each.check_id, each.status, each.reason, each.observed) for each in outcome.results]
    assert said == [(r.check_id, r.status, r.reason, r.observed) for r in again.results]
    assert {each.status for each in again.results} == {Status.PASS}


def test_a_recording_does_not_tell_whose_accounts_were_asked():
    class Anyone:
        """Answers for every account what the complete one says."""

        def reader(self):
            read = aws.complete().source().reader()

            def anywhere(fetch, stop):
                return replace(read(fetch.in_account("default"), stop), fetch=fetch)

            return anywhere

        def now(self):
            return aws.NOW

    _, file = record(aws.PARAMETERS, Anyone(), {"": "secret-account"})
    assert b"secret-account" not in file


def test_nothing_is_recorded_where_nobody_lets_us_in():
    class Closed:
        def reader(self):
            def refuse(fetch, stop):
                raise CredentialsRejected("We cannot assume the role.")

            return refuse

        def now(self):
            return aws.NOW

    with pytest.raises(AwsError, match="We cannot assume the role"):
        record(aws.PARAMETERS, Closed(), {})
    with pytest.raises(AwsError, match="No check applies"):
        record({}, Closed(), {})


def test_a_recording_of_other_resources_is_refused():
    _, file = record(aws.PARAMETERS, aws.complete().source(), {})
    other = {"buckets": {"eu-west-1": "other-files"}}
    with pytest.raises(RecordingRefused, match="of other resources"):
        judge_recording(file, other)


def judged(tmp_path, account, *more):
    (tmp_path / "rec.json").write_bytes(Recording(account.answers.values(), aws.NOW).dump())
    (tmp_path / "params.yaml").write_text(json.dumps(aws.PARAMETERS))
    return subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-m", "readiness.aws", tmp_path / "rec.json", "--parameters",
         tmp_path / "params.yaml", *more],
        cwd=ROOT, env={}, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_a_recording_is_judged_from_the_terminal_without_settings(tmp_path):
    account = aws.complete()
    done = judged(tmp_path, account)
    assert (done.returncode, done.stderr) == (0, "")
    assert f"{len(CHECKS)} checks, recorded at 2026-" in done.stdout

    account.denies(aws.versioning("eu-west-1"), "s3:GetBucketVersioning")
    done = judged(tmp_path, account)
    assert done.returncode == 2
    assert "could not look   s3.versioning: Could not look: AWS refused" in done.stdout

    account.says(aws.versioning("us-east-1"), {})
    done = judged(tmp_path, account, "--json")
    assert done.returncode == 1
    said = {check["id"]: check["status"] for check in json.loads(done.stdout)["checks"]}
    assert said["s3.versioning"] == "fail"


def test_a_file_that_is_no_recording_is_refused_on_the_terminal_in_one_sentence(tmp_path):
    account = aws.complete()
    judged(tmp_path, account)
    done = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-m", "readiness.aws", tmp_path / "params.yaml", "--parameters",
         tmp_path / "params.yaml"],
        cwd=ROOT, env={}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (3, "The file is no recording made by record_aws.\n")
