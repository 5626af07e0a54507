import pytest

from readiness.aws.checks import CHECKS
from readiness.aws.errors import Status
from tests.aws.recordings import complete as aws

VERSIONING = "s3.versioning"
BOTH_WAYS = "s3.replication-both-ways"
NONE = "ReplicationConfigurationNotFoundError"


def test_versioning_passes_when_enabled_everywhere():
    assert aws.complete().verdict(VERSIONING) == (
        Status.PASS,
        "Versioning is enabled on 2 buckets.",
        {
            "buckets": {
                "files-eu": {"region": "eu-west-1", "versioning": "Enabled"},
                "files-us": {"region": "us-east-1", "versioning": "Enabled"},
            }
        },
    )


@pytest.mark.parametrize(
    ("answer", "said"), [({}, "never enabled"), ({"Status": "Suspended"}, "suspended")]
)
def test_versioning_fails_when_it_is_off(answer, said):
    account = aws.complete()
    account.says(aws.versioning("eu-west-1"), answer)
    assert account.verdict(VERSIONING)[:2] == (
        Status.FAIL,
        f"Overwritten objects would be lost: versioning {said} (files-eu).",
    )


def test_versioning_does_not_know_other_words():
    account = aws.complete()
    account.says(aws.versioning("eu-west-1"), {"Status": "enabled"})
    assert account.verdict(VERSIONING).status is Status.UNSUPPORTED


@pytest.mark.parametrize(
    ("check_id", "read"), [(VERSIONING, aws.versioning), (BOTH_WAYS, aws.replication)]
)
def test_a_bucket_that_does_not_exist_is_a_fail_that_names_it(check_id, read):
    account = aws.complete()
    account.fails(read("eu-west-1"), Status.NOT_FOUND, "NoSuchBucket")
    verdict = account.verdict(check_id)
    assert verdict.status is Status.FAIL
    assert "the bucket does not exist (files-eu)" in verdict.reason
    assert verdict.observed["buckets"]["files-eu"] == {"exists": False}


@pytest.mark.parametrize(
    ("check_id", "read"), [(VERSIONING, aws.versioning), (BOTH_WAYS, aws.replication)]
)
def test_a_bucket_that_refuses_is_unknown_unless_the_other_fails(check_id, read):
    account = aws.complete()
    account.denies(read("eu-west-1"), "s3:Whatever")
    assert account.verdict(check_id)[:2] == (
        Status.NOT_AUTHORISED,
        "Could not look: AWS refused s3:Whatever (files-eu).",
    )
    account.fails(read("us-east-1"), Status.NOT_FOUND, "NoSuchBucket")
    assert account.verdict(check_id).status is Status.FAIL


def test_replication_passes_when_it_goes_both_ways():
    verdict = aws.complete().verdict(BOTH_WAYS)
    assert verdict[:2] == (Status.PASS, "Each of 2 buckets replicates to every other.")
    assert verdict.observed["buckets"]["files-eu"] == {
        "region": "eu-west-1",
        "whole_to": ["files-us"],
        "not_whole_to": [],
        "part_only_to": [],
    }


def test_replication_fails_when_it_goes_one_way():
    account = aws.complete()
    account.fails(aws.replication("eu-west-1"), Status.NOT_FOUND, NONE)
    assert account.verdict(BOTH_WAYS)[:2] == (
        Status.FAIL,
        "Content would drift apart: no rule to files-us (files-eu).",
    )


@pytest.mark.parametrize(
    "rules",
    [[], [aws.rule("files-us", Status="Disabled")], [aws.rule("files-asia")]],
    ids=["none", "disabled", "elsewhere"],
)
def test_replication_fails_without_an_enabled_rule_to_the_other_side(rules):
    verdict = aws.replicating(*rules).verdict(BOTH_WAYS)
    assert verdict.status is Status.FAIL
    assert "no rule to files-us (files-eu)" in verdict.reason


@pytest.mark.parametrize(
    "limit",
    [
        {"Filter": {"Prefix": "img/"}},
        {"Filter": {"Tag": {"Key": "replicate", "Value": "yes"}}},
        {"Filter": {"And": {"Prefix": "", "Tags": [{"Key": "a", "Value": "b"}]}}},
        {"Prefix": "img/"},
    ],
    ids=["prefix", "tag", "and", "old"],
)
def test_replication_of_a_part_is_not_the_whole(limit):
    assert aws.replicating(aws.rule("files-us", **limit)).verdict(BOTH_WAYS)[:2] == (
        Status.FAIL,
        "Content would drift apart: only a part goes to files-us (files-eu).",
    )


def test_replication_may_have_a_partial_rule_beside_the_whole_one():
    account = aws.replicating(aws.rule("files-us", Filter={"Prefix": "img/"}), aws.rule("files-us"))
    assert account.verdict(BOTH_WAYS).status is Status.PASS


def test_replication_knows_the_old_kind_of_rule_and_the_empty_prefix():
    old = aws.rule("files-us", Prefix="")
    del old["Filter"]
    assert aws.replicating(old).verdict(BOTH_WAYS).status is Status.PASS
    new = aws.rule("files-us", Filter={"Prefix": ""})
    assert aws.replicating(new).verdict(BOTH_WAYS).status is Status.PASS


def test_replication_among_three_buckets_needs_every_pair():
    assert aws.complete().verdict(BOTH_WAYS).status is Status.PASS
    account = aws.complete()
    buckets = {**aws.BUCKETS, "ap-northeast-1": "files-ap"}
    third = aws.Fetch.of("s3", "ap-northeast-1", "get_bucket_replication", Bucket="files-ap")
    account.says(third, aws.replication_to(aws.rule("files-eu"), aws.rule("files-us")))
    verdict = account.verdict(BOTH_WAYS, buckets=buckets)
    assert verdict[:2] == (
        Status.FAIL,
        "Content would drift apart: no rule to files-ap (files-eu and files-us).",
    )


def test_replication_needs_two_buckets_to_apply_and_versioning_needs_one():
    one = {"buckets": {"eu-west-1": "files-eu"}}
    assert CHECKS[BOTH_WAYS].bind(one) is None
    assert CHECKS[BOTH_WAYS].wants(one) == ("buckets",)
    assert CHECKS[VERSIONING].bind(one) is not None
