import pytest

from readiness.aws.checks import CHECKS
from readiness.aws.errors import Status
from tests.aws.clients import connection, read, stubbed
from tests.aws.recordings import complete as aws
from tests.aws.recordings import governance as gov

OWNER = "tags.owner"
BACKUP = "backup.covers-buckets"
BUCKET_TAGS = gov.tags("eu-west-1", "arn:aws:s3:::files-eu")


def test_owner_passes_when_each_known_resource_has_the_tag():
    verdict = aws.complete().verdict(OWNER)
    assert verdict[:2] == (Status.PASS, "Each of 4 resources has the tag team.")
    assert verdict.observed == {
        "tag": "team",
        "resources": {
            "distribution E1A2B3C4D5E6F7": {"region": "us-east-1", "tagged": True},
            "function edge-router": {"region": "us-east-1", "tagged": True},
            "bucket files-eu": {"region": "eu-west-1", "tagged": True},
            "bucket files-us": {"region": "us-east-1", "tagged": True},
        },
    }


@pytest.mark.parametrize(
    "answer",
    [
        {"ResourceTagMappingList": []},
        gov.tagged("arn:aws:s3:::files-eu"),
        gov.tagged("arn:aws:s3:::files-eu", Team="edge"),
        gov.tagged("arn:aws:s3:::files-eu", team=" "),
        gov.tagged("arn:aws:s3:::files-us", team="edge"),
    ],
    ids=["never tagged", "no tag", "other case", "blank", "of another"],
)
def test_owner_fails_for_a_resource_without_the_tag(answer):
    account = aws.complete()
    account.says(BUCKET_TAGS, answer)
    verdict = account.verdict(OWNER)
    assert verdict[:2] == (
        Status.FAIL,
        "Nobody could tell whose they are: no tag team (bucket files-eu).",
    )
    command = CHECKS[OWNER].bind(aws.PARAMETERS).mend_command(verdict.observed)
    assert command == (
        "aws resourcegroupstaggingapi tag-resources --region eu-west-1"
        " --resource-arn-list arn:aws:s3:::files-eu --tags team=OWNER"
    )


def test_owner_asks_whose_account_it_is_only_where_an_arn_needs_that():
    account = aws.complete()
    account.denies(gov.CALLER, "sts:GetCallerIdentity")
    assert account.verdict(OWNER)[:2] == (
        Status.NOT_AUTHORISED,
        "Could not look: AWS refused sts:GetCallerIdentity"
        " (distribution E1A2B3C4D5E6F7 and function edge-router).",
    )
    buckets_only = {"distribution_id": None, "function_name": None}
    assert account.verdict(OWNER, **buckets_only).status is Status.PASS
    account.says(BUCKET_TAGS, {"ResourceTagMappingList": []})
    assert account.verdict(OWNER).status is Status.FAIL


def test_owner_knows_the_arns_of_other_partitions():
    bound = CHECKS[OWNER].bind({**aws.PARAMETERS, "partition": "aws-cn", "buckets": None})
    command = bound.mend_command({})
    assert "arn:aws-cn:lambda:cn-northwest-1:ACCOUNT_ID:function:edge-router" in command
    assert "arn:aws-cn:cloudfront::ACCOUNT_ID:distribution/" in command


def test_owner_does_not_apply_to_a_component_that_names_no_resource():
    none = {"distribution_id": None, "function_name": None, "buckets": None}
    assert aws.complete().verdict(OWNER, **none)[:2] == (
        Status.NOT_APPLICABLE,
        "The component names neither a distribution nor a function nor buckets.",
    )
    assert CHECKS[OWNER].bind({**aws.PARAMETERS, "owner_tag": None}) is None


def test_backup_passes_when_each_bucket_has_a_recent_one():
    verdict = aws.complete().verdict(BACKUP)
    assert verdict[:2] == (Status.PASS, "The backup of each bucket is at most 2 days old.")
    assert verdict.observed["buckets"]["files-eu"] == {
        "region": "eu-west-1",
        "backup": True,
        "days_old": 0,
        "good": True,
    }


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"Results": []}, "never backed up"),
        (gov.backed_up("us-east-1"), "never backed up"),
        (gov.backed_up("eu-west-1", hours=49), "last backed up 2 days ago"),
    ],
    ids=["none", "of another", "old"],
)
def test_backup_fails_without_a_recent_one(answer, said):
    account = aws.complete()
    account.says(gov.protected("eu-west-1"), answer)
    verdict = account.verdict(BACKUP)
    assert verdict[:2] == (
        Status.FAIL,
        f"What is lost could not be brought back: {said} (files-eu).",
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
