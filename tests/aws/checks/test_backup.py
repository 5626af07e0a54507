import pytest

from readiness.aws.checks import CHECKS
from readiness.aws.errors import Status
from tests.aws.clients import connection, read, stubbed
from tests.aws.recordings import complete as aws
from tests.aws.recordings import governance as gov

BACKUP = "backup.covers-buckets"


def test_backup_passes_when_each_bucket_has_a_recent_one():
    verdict = aws.complete().verdict(BACKUP)
    assert verdict[:2] == (Status.PASS, "The backup of each bucket is at most 2 days old.")
    assert verdict.observed["buckets"]["files-eu"] == {
        "region": "eu-west-1",
        "backup": True,
        "days_old": 0,
    }


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"Results": []}, "never backed up"),
        (gov.backed_up("us-east-1"), "never backed up"),
        (gov.backed_up("eu-west-1", hours=49), "last backed up over 2 days ago"),
    ],
    ids=["none", "of another", "old"],
)
def test_backup_fails_without_a_recent_one(answer, said):
    account = aws.complete()
    account.says(gov.protected("eu-west-1"), answer)
    verdict = account.verdict(BACKUP)
    assert verdict[:2] == (
        Status.FAIL,
        f"Backups are missing or too old: {said} (files-eu).",
    )
    command = CHECKS[BACKUP].bind(aws.PARAMETERS).mend_command(verdict.observed)
    assert "--region eu-west-1" in command
    assert "files-us" not in command


def test_backup_counts_the_last_of_several_and_does_not_judge_one_without_a_time():
    account = aws.complete()
    old, new = (gov.backed_up("eu-west-1", hours=hours)["Results"] for hours in (99, 9))
    account.says(gov.protected("eu-west-1"), {"Results": [*old, *new]})
    assert account.verdict(BACKUP).status is Status.PASS
    timeless = [{**each, "LastBackupTime": None} for each in old]
    account.says(gov.protected("eu-west-1"), {"Results": timeless})
    assert account.verdict(BACKUP).status is Status.UNSUPPORTED


def test_backup_applies_only_where_a_longest_age_is_given():
    assert CHECKS[BACKUP].bind({"buckets": aws.BUCKETS}) is None
    assert CHECKS[BACKUP].wants({"buckets": aws.BUCKETS}) == ("backup_days_max",)


def test_backup_reads_what_aws_sends_page_by_page():
    made = connection()
    _, stubber = stubbed(made, "backup", "eu-west-1")
    other, found = gov.backed_up("eu-west-1")["Results"]
    stubber.add_response("list_protected_resources", {"Results": [other], "NextToken": "2"})
    stubber.add_response("list_protected_resources", {"Results": [found]}, {"NextToken": "2"})
    account = aws.complete()
    account.answers[gov.protected("eu-west-1")] = read(made, gov.protected("eu-west-1"))
    assert account.verdict(BACKUP).status is Status.PASS
    stubber.assert_no_pending_responses()
