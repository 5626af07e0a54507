from dataclasses import replace

import pytest

from readiness.aws.checks import CHECKS
from readiness.aws.errors import Status
from readiness.aws.facts import Facts
from tests.aws.recordings import complete as aws
from tests.aws.recordings import governance as gov

BLOCK = "s3.public-access-block"
TLS = "s3.tls-only-policy"
NO_BLOCK = "NoSuchPublicAccessBlockConfiguration"
EU = "arn:aws:s3:::files-eu"


def account_with_block(bucket, whole_account=None):
    account = aws.complete()
    account.says(gov.of_bucket("get_public_access_block", "eu-west-1"), bucket)
    if whole_account is None:
        account.fails(gov.ACCOUNT_BLOCK, Status.NOT_FOUND, NO_BLOCK)
    else:
        account.says(gov.ACCOUNT_BLOCK, whole_account)
    return account


def account_with_policy(*statements):
    account = aws.complete()
    account.says(gov.of_bucket("get_bucket_policy", "eu-west-1"), gov.policy(*statements))
    return account


def test_block_passes_without_a_look_at_the_account_where_the_buckets_suffice():
    account = aws.complete()
    assert account.verdict(BLOCK)[:2] == (
        Status.PASS,
        "The public is kept out of 2 buckets.",
    )
    read = {fetch.service for fetch in account.reads_of(BLOCK)}
    assert read == {"s3"}


@pytest.mark.parametrize("flag", gov.FLAGS)
def test_block_fails_when_one_flag_is_off_everywhere(flag):
    verdict = account_with_block(gov.block(**{flag: False})).verdict(BLOCK)
    assert verdict.status is Status.FAIL
    assert "off (files-eu)" in verdict.reason
    assert len(verdict.observed["buckets"]["files-eu"]["off"]) == 1


def test_block_of_the_account_stands_in_for_that_of_a_bucket():
    open_ = gov.block(BlockPublicAcls=False)
    assert account_with_block(open_, gov.block()).verdict(BLOCK).status is Status.PASS
    complement = gov.block(RestrictPublicBuckets=False)
    assert account_with_block(open_, complement).verdict(BLOCK).status is Status.PASS
    assert account_with_block(open_, open_).verdict(BLOCK).status is Status.FAIL


def test_block_that_was_never_set_leaves_the_account_s():
    account = account_with_block(gov.block(), gov.block())
    fetch = gov.of_bucket("get_public_access_block", "eu-west-1")
    account.fails(fetch, Status.NOT_FOUND, NO_BLOCK)
    assert account.verdict(BLOCK).status is Status.PASS
    account.fails(gov.ACCOUNT_BLOCK, Status.NOT_FOUND, NO_BLOCK)
    verdict = account.verdict(BLOCK)
    assert verdict.status is Status.FAIL
    assert len(verdict.observed["buckets"]["files-eu"]["off"]) == 4


def test_block_is_unknown_where_the_account_would_decide_and_cannot_be_seen():
    account = account_with_block(gov.block(BlockPublicAcls=False))
    account.denies(gov.ACCOUNT_BLOCK, "s3:GetAccountPublicAccessBlock")
    assert account.verdict(BLOCK)[:2] == (
        Status.NOT_AUTHORISED,
        "Could not look: AWS refused s3:GetAccountPublicAccessBlock (files-eu).",
    )
    account.denies(gov.CALLER, "sts:GetCallerIdentity")
    assert account.verdict(BLOCK)[1] == (
        "Could not look: AWS refused sts:GetCallerIdentity (files-eu)."
    )


def test_block_fails_on_a_public_policy_whatever_the_flags():
    account = aws.complete()
    status = gov.of_bucket("get_bucket_policy_status", "eu-west-1")
    account.says(status, gov.policy_status(public=True))
    assert account.verdict(BLOCK)[:2] == (
        Status.FAIL,
        "The public is not kept out: its policy is public (files-eu).",
    )


def test_block_needs_no_policy():
    account = aws.complete()
    status = gov.of_bucket("get_bucket_policy_status", "eu-west-1")
    account.fails(status, Status.NOT_FOUND, "NoSuchBucketPolicy")
    assert account.verdict(BLOCK).status is Status.PASS


def test_tls_passes_with_one_statement_that_refuses_everything():
    assert aws.complete().verdict(TLS)[:2] == (
        Status.PASS,
        "Plain HTTP is refused by 2 buckets.",
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"Principal": {"AWS": "*"}},
        {"Principal": {"AWS": ["*"]}},
        {"Action": "*"},
        {"Action": ["S3:*"]},
        {"Resource": "*"},
        {"Resource": f"{EU}*"},
        {"Condition": {"Bool": {"aws:SecureTransport": ["false"]}}},
        {"Condition": {"Bool": {"AWS:securetransport": False}}},
        {"Condition": {"BoolIfExists": {"aws:SecureTransport": "False"}}},
    ],
    ids=str,
)
def test_tls_knows_the_ways_to_write_the_same(changes):
    account = account_with_policy(gov.tls_only("eu-west-1", **changes))
    assert account.verdict(TLS).status is Status.PASS


def test_tls_takes_one_statement_that_is_no_list_and_two_that_share_the_work():
    account = aws.complete()
    alone = gov.policy(gov.tls_only("eu-west-1"))["Policy"].replace("[{", "{").replace("}]}", "}}")
    account.says(gov.of_bucket("get_bucket_policy", "eu-west-1"), {"Policy": alone})
    assert account.verdict(TLS).status is Status.PASS
    halves = [gov.tls_only("eu-west-1", Resource=each) for each in (EU, f"{EU}/*")]
    assert account_with_policy(*halves).verdict(TLS).status is Status.PASS


@pytest.mark.parametrize(
    ("changes", "open_"),
    [
        ({"Effect": "Allow"}, "the bucket and its objects"),
        ({"Principal": {"AWS": "arn:aws:iam::123456789012:root"}}, "the bucket and its objects"),
        ({"Principal": {"Service": "*"}}, "the bucket and its objects"),
        (
            {"Principal": None, "NotPrincipal": {"AWS": "arn:aws:iam::123456789012:role/old"}},
            "the bucket and its objects",
        ),
        ({"Action": "s3:GetObject"}, "the bucket and its objects"),
        ({"Action": None, "NotAction": "s3:GetObject"}, "the bucket and its objects"),
        ({"Resource": None, "NotResource": f"{EU}/open/*"}, "the bucket and its objects"),
        ({"Resource": EU}, "its objects"),
        ({"Resource": [EU, f"{EU}/img/*"]}, "its objects"),
        ({"Resource": f"{EU}/*"}, "the bucket"),
        ({"Resource": ["arn:aws:s3:::files-us", "arn:aws:s3:::files-us/*"]}, "the bucket"),
        ({"Condition": None}, "the bucket and its objects"),
        ({"Condition": {"Bool": {"aws:SecureTransport": "true"}}}, "the bucket and its objects"),
        (
            {"Condition": {"Bool": {"aws:SecureTransport": ["false", "true"]}}},
            "the bucket and its objects",
        ),
        ({"Condition": {"Null": {"aws:SecureTransport": "false"}}}, "the bucket and its objects"),
        (
            {
                "Condition": {
                    "Bool": {"aws:SecureTransport": "false"},
                    "NotIpAddress": {"aws:SourceIp": "10.0.0.0/8"},
                }
            },
            "the bucket and its objects",
        ),
        (
            {"Condition": {"Bool": {"aws:SecureTransport": "false", "aws:ViaAWSService": "false"}}},
            "the bucket and its objects",
        ),
    ],
    ids=str,
)
def test_tls_fails_where_some_plain_requests_would_pass(changes, open_):
    verdict = account_with_policy(gov.tls_only("eu-west-1", **changes)).verdict(TLS)
    assert verdict.status is Status.FAIL
    assert f"plain HTTP is allowed to {open_}" in verdict.reason


def test_tls_fails_without_a_policy():
    account = aws.complete()
    fetch = gov.of_bucket("get_bucket_policy", "eu-west-1")
    account.fails(fetch, Status.NOT_FOUND, "NoSuchBucketPolicy")
    assert account.verdict(TLS)[:2] == (
        Status.FAIL,
        "Answers could be read on the way: no bucket policy (files-eu).",
    )


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "7", '{"Statement": 7}', '{"Statement": [{"Effect": "deny"}]}', "[" * 9999],
)
def test_tls_does_not_judge_what_is_no_policy(text):
    account = aws.complete()
    account.says(gov.of_bucket("get_bucket_policy", "eu-west-1"), {"Policy": text})
    assert account.verdict(TLS)[:2] == (
        Status.UNSUPPORTED,
        "Could not look: The bucket policy does not look as it should (files-eu).",
    )


@pytest.mark.parametrize(
    ("check_id", "operation"),
    [
        (BLOCK, "get_public_access_block"),
        (BLOCK, "get_bucket_policy_status"),
        (TLS, "get_bucket_policy"),
    ],
)
def test_a_bucket_that_is_gone_is_a_fail(check_id, operation):
    account = aws.complete()
    account.fails(gov.of_bucket(operation, "eu-west-1"), Status.NOT_FOUND, "NoSuchBucket")
    verdict = account.verdict(check_id)
    assert verdict.status is Status.FAIL
    assert "the bucket does not exist (files-eu)" in verdict.reason


def test_block_of_the_account_is_that_of_the_buckets_account():
    account = account_with_block(gov.block(BlockPublicAcls=False))
    bound = replace(CHECKS[BLOCK].bind(aws.PARAMETERS), accounts={"": "edge", "s3": "files"})
    answers = {each: account.answers[each.in_account("default")] for each in bound.needs()}
    for _ in range(2):
        more = bound.needs_more(Facts(answers, aws.NOW))
        assert {each.account for each in more} == {"files"}
        answers.update({each: account.answers[each.in_account("default")] for each in more})
    assert bound.evaluate(Facts(answers, aws.NOW)).status is Status.FAIL
