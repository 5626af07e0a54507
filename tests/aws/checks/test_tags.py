from dataclasses import replace

import pytest

from readiness.aws.checks import CHECKS
from readiness.aws.errors import Status
from readiness.aws.facts import Facts
from tests.aws.recordings import complete as aws
from tests.aws.recordings import governance as gov

OWNER = "tags.owner"
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
        "Resources without an owner: no tag team (bucket files-eu).",
    )
    command = CHECKS[OWNER].bind(aws.PARAMETERS).mend_command(verdict.observed)
    assert command == (
        "aws resourcegroupstaggingapi tag-resources --region eu-west-1"
        " --resource-arn-list arn:aws:s3:::files-eu --tags 'team=<OWNER>'"
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
    assert "arn:aws-cn:lambda:cn-northwest-1:<ACCOUNT_ID>:function:edge-router" in command
    assert "arn:aws-cn:cloudfront::<ACCOUNT_ID>:distribution/" in command


def test_owner_does_not_apply_to_a_component_that_names_no_resource():
    none = {"distribution_id": None, "function_name": None, "buckets": None}
    assert aws.complete().verdict(OWNER, **none)[:2] == (
        Status.NOT_APPLICABLE,
        "The component names neither a distribution nor a function nor buckets.",
    )
    assert CHECKS[OWNER].bind({**aws.PARAMETERS, "owner_tag": None}) is None


def test_owner_asks_each_account_for_the_tags_of_what_is_in_it():
    account = aws.complete()
    bound = replace(CHECKS[OWNER].bind(aws.PARAMETERS), accounts={"": "edge", "s3": "files"})
    asked = {
        (each.service, each.account, each.keywords.get("ResourceARNList")[0])
        for each in bound.needs()
        if each.service != "sts"
    }
    assert asked == {
        ("resourcegroupstaggingapi", "files", "arn:aws:s3:::files-eu"),
        ("resourcegroupstaggingapi", "files", "arn:aws:s3:::files-us"),
    }
    callers = [each for each in bound.needs() if each.service == "sts"]
    assert [each.account for each in callers] == ["edge"]
    answers = {callers[0]: account.answers[gov.CALLER]}
    more = bound.needs_more(Facts(answers, aws.NOW))
    assert {each.account for each in more} == {"edge"}
    assert len(more) == 2
