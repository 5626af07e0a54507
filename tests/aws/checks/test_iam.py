import json
from urllib.parse import quote

import pytest

from readiness.aws.errors import Status
from tests.aws.clients import answering, connection, read
from tests.aws.recordings import complete as aws
from tests.aws.recordings import lambdas
from tests.aws.recordings.lambdas import allow, inline, managed, role, trust

TRUST = "iam.edge-trust"
LEAST = "iam.least-privilege"
LAMBDA, EDGE = "lambda.amazonaws.com", "edgelambda.amazonaws.com"


def trusting(*statements):
    account = aws.complete()
    account.says(lambdas.GET_ROLE, role(*statements))
    return account


def granting(*statements):
    account = aws.complete()
    account.says(lambdas.INLINE, inline(*statements))
    return account


def test_trust_passes_with_the_two_services():
    assert aws.complete().verdict(TRUST) == (
        Status.PASS,
        "The role edge-router trusts Lambda and its edge, and nobody else.",
        {"role": "edge-router", "missing": [], "others": 0, "conditions": 0},
    )


@pytest.mark.parametrize(
    "statements",
    [
        [trust(LAMBDA), trust(EDGE)],
        [{**trust(), "Principal": {"Service": LAMBDA}, "Action": "sts:AssumeRole"}, trust(EDGE)],
        [{**trust(LAMBDA, EDGE), "Action": ["sts:AssumeRole", "sts:TagSession"]}],
        [{**trust(LAMBDA, EDGE), "Action": "sts:*"}],
        [trust(LAMBDA, EDGE), {**trust("ec2.amazonaws.com"), "Effect": "Deny"}],
    ],
)
def test_trust_may_be_written_in_several_ways(statements):
    assert trusting(*statements).verdict(TRUST).status is Status.PASS


def test_trust_may_be_one_statement_without_a_list_around_it():
    account = aws.complete()
    said = role()
    said["Role"]["AssumeRolePolicyDocument"]["Statement"] = lambdas.EDGE_TRUST
    account.says(lambdas.GET_ROLE, said)
    assert account.verdict(TRUST).status is Status.PASS


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        (trust(LAMBDA), f"it does not trust {EDGE}"),
        (trust(EDGE), f"it does not trust {LAMBDA}"),
        ({**trust(LAMBDA, EDGE), "Effect": "Deny"}, f"it does not trust {LAMBDA} and {EDGE}"),
        (
            {**trust(LAMBDA, EDGE), "Action": ["sts:TagSession"]},
            f"it does not trust {LAMBDA} and {EDGE}",
        ),
        (trust(LAMBDA, EDGE, "ec2.amazonaws.com"), "1 other may assume it"),
        (
            {**trust(LAMBDA, EDGE), "Principal": "*"},
            f"it does not trust {LAMBDA} and {EDGE}; 1 other may assume it",
        ),
    ],
)
def test_trust_fails_on_a_service_too_few_and_on_anybody_too_many(statement, said):
    verdict = trusting(statement).verdict(TRUST)
    assert verdict[:2] == (Status.FAIL, f"The trust of the role edge-router is wrong: {said}.")


def test_trust_counts_others_and_names_no_account():
    other = {**trust(), "Principal": {"AWS": "arn:aws:iam::210987654321:root"}}
    verdict = trusting(lambdas.EDGE_TRUST, other).verdict(TRUST)
    assert verdict.observed["others"] == 1
    assert "210987654321" not in repr(verdict)


def test_trust_shows_that_there_are_conditions():
    condition = {"StringEquals": {"aws:SourceAccount": "123456789012"}}
    verdict = trusting(trust(LAMBDA, EDGE, Condition=condition)).verdict(TRUST)
    assert (verdict.status, verdict.observed["conditions"]) == (Status.PASS, 1)


@pytest.mark.parametrize("check_id", [TRUST, LEAST])
def test_a_role_that_is_gone_is_a_fail(check_id):
    account = aws.complete()
    account.fails(lambdas.GET_ROLE, Status.NOT_FOUND, "NoSuchEntity")
    assert account.verdict(check_id) == (
        Status.FAIL,
        "There is no role edge-router, which edge-router should run as.",
        {"exists": False},
    )


def test_the_role_is_that_of_the_newest_version_and_found_below_its_path():
    account = aws.complete()
    other = "arn:aws:iam::123456789012:role/a/b/other"
    versions = [lambdas.version("$LATEST"), lambdas.version("9"), lambdas.version("10", Role=other)]
    account.says(aws.VERSIONS, {"Versions": versions})
    account.says(lambdas.iam("get_role", RoleName="other"), role())
    assert account.verdict(TRUST).observed["role"] == "other"


def test_the_role_of_a_function_that_was_never_published_is_its_own():
    account = aws.complete()
    account.says(aws.VERSIONS, {"Versions": [lambdas.version("$LATEST")]})
    assert account.verdict(TRUST).status is Status.PASS


def test_least_passes_and_shows_each_policy():
    assert aws.complete().verdict(LEAST) == (
        Status.PASS,
        "No wildcard in 2 policies of the role edge-router.",
        {
            "role": "edge-router",
            "boundary": False,
            "policies": {
                "inline policy create-log-groups": {"wide": [], "statements_on_any_resource": 1},
                "policy write-edge-logs": {"wide": [], "statements_on_any_resource": 0},
            },
        },
    )


@pytest.mark.parametrize(
    ("statement", "wide"),
    [
        (allow("*", Resource="*"), "*"),
        (allow("*:*", Resource="*"), "*:*"),
        (allow("s3:*", Resource="*"), "s3:*"),
        (allow("s3:GetObject", "s3:?*", Resource="*"), "s3:?*"),
        ({"Effect": "Allow", "Action": "iam:*", "Resource": "*"}, "iam:*"),
        (
            {"Effect": "Allow", "NotAction": ["iam:PassRole"], "Resource": "*"},
            "everything but iam:PassRole",
        ),
    ],
)
def test_least_fails_on_what_allows_a_whole_service_or_more(statement, wide):
    assert granting(statement).verdict(LEAST)[:2] == (
        Status.FAIL,
        f"The role edge-router may do too much: {wide} allowed (inline policy create-log-groups).",
    )


@pytest.mark.parametrize(
    "statement",
    [
        allow("s3:GetObject*", Resource="*"),
        {"Effect": "Deny", "Action": "*", "Resource": "*"},
        {"Effect": "Deny", "NotAction": ["logs:*"], "Resource": "*"},
    ],
)
def test_least_passes_on_part_of_a_service_and_on_any_prohibition(statement):
    assert granting(statement).verdict(LEAST).status is Status.PASS


def test_least_looks_into_the_version_of_an_attached_policy_that_counts():
    account = aws.complete()
    account.says(lambdas.MANAGED_VERSION, managed(allow("dynamodb:*", Resource="*")))
    assert account.verdict(LEAST)[:2] == (
        Status.FAIL,
        "The role edge-router may do too much: dynamodb:* allowed (policy write-edge-logs).",
    )


def test_least_notes_a_boundary_and_does_not_take_it_for_an_excuse():
    account = granting(allow("s3:*", Resource="*"))
    boundary = {
        "PermissionsBoundaryType": "Policy",
        "PermissionsBoundaryArn": "arn:aws:iam::123456789012:policy/edge",
    }
    account.says(lambdas.GET_ROLE, role(PermissionsBoundary=boundary))
    verdict = account.verdict(LEAST)
    assert verdict.reason.startswith(
        "The role edge-router may do too much, within a permissions boundary: s3:* allowed"
    )
    assert verdict.observed["boundary"] is True


def test_least_does_not_apply_to_a_role_without_any_policy():
    account = aws.complete()
    account.says(lambdas.INLINE_LIST, {"PolicyNames": []})
    account.says(lambdas.ATTACHED_LIST, {"AttachedPolicies": []})
    assert account.verdict(LEAST)[:2] == (
        Status.NOT_APPLICABLE,
        "The role edge-router has no policy.",
    )


def test_least_fails_on_one_policy_though_another_may_not_be_read():
    account = granting(allow("s3:*", Resource="*"))
    account.denies(lambdas.MANAGED_VERSION, "iam:GetPolicyVersion")
    verdict = account.verdict(LEAST)
    assert verdict.status is Status.FAIL
    assert "could not look: AWS refused iam:GetPolicyVersion (policy write-edge-logs)" in (
        verdict.reason
    )


def test_a_policy_that_names_no_action_is_not_judged():
    statement = {"Effect": "Allow", "Resource": "*"}
    assert granting(statement).verdict(LEAST).status is Status.UNSUPPORTED


def test_iam_sends_a_document_as_text_and_it_arrives_as_what_it_says():
    document = quote(json.dumps(lambdas.policy(lambdas.EDGE_TRUST)))
    body = (
        "<GetRoleResponse xmlns='https://iam.amazonaws.com/doc/2010-05-08/'><GetRoleResult><Role>"
        "<Path>/</Path><RoleName>edge-router</RoleName><RoleId>AROAEXAMPLE</RoleId>"
        "<Arn>arn:aws:iam::123456789012:role/edge-router</Arn>"
        "<CreateDate>2026-01-01T00:00:00Z</CreateDate>"
        f"<AssumeRolePolicyDocument>{document}</AssumeRolePolicyDocument>"
        "</Role></GetRoleResult><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata>"
        "</GetRoleResponse>"
    )
    made = connection()
    answering(made, "iam", "us-east-1", body.encode())
    account = aws.complete()
    account.answers[lambdas.GET_ROLE] = read(made, lambdas.GET_ROLE)
    assert account.verdict(TRUST).status is Status.PASS
