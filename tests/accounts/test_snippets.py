from __future__ import annotations

import json
import re

import pytest
import yaml

from readiness.accounts.snippets import RoleWanted, cloudformation, terraform
from readiness.aws.role_arn import RoleArn

ROLE = RoleWanted(
    arn=RoleArn.parse("arn:aws-cn:iam::123456789012:role/audit/readiness"),
    principal="210987654321",
    external_id="-Zx_9",
    actions=("logs:DescribeLogGroups", "s3:GetBucketVersioning"),
)
UNKNOWN = RoleWanted(ROLE.arn, "", "", ROLE.actions)


class Template(yaml.SafeLoader):
    """Reads CloudFormation's short functions as a plain mapping."""


Template.add_constructor("!Ref", lambda loader, node: {"Ref": node.value})
Template.add_constructor("!GetAtt", lambda loader, node: {"Fn::GetAtt": node.value})


def read(text):
    return yaml.load(text, Template)  # noqa: S506 - a SafeLoader


def role_of(template):
    return template["Resources"]["ReadinessRole"]["Properties"]


def test_cloudformation_trusts_one_principal_with_the_external_id_and_our_source_identity():
    properties = role_of(read(cloudformation(ROLE)))
    enter, say = properties["AssumeRolePolicyDocument"]["Statement"]

    assert (properties["RoleName"], properties["Path"]) == ("readiness", "/audit/")
    assert enter["Principal"] == say["Principal"] == {"AWS": {"Ref": "TrustedPrincipal"}}
    assert enter["Action"] == "sts:AssumeRole"
    assert enter["Condition"] == {"StringEquals": {"sts:ExternalId": {"Ref": "ExternalIds"}}}
    assert say["Action"] == "sts:SetSourceIdentity"
    assert say["Condition"] == {"StringLike": {"sts:SourceIdentity": "readiness-*"}}


def test_cloudformation_grants_the_actions_and_nothing_else():
    (policy,) = role_of(read(cloudformation(ROLE)))["Policies"]

    assert policy["PolicyDocument"] == {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": list(ROLE.actions), "Resource": "*"}],
    }


def test_cloudformation_has_defaults_for_what_is_known_and_asks_for_the_rest():
    known, unknown = read(cloudformation(ROLE)), read(cloudformation(UNKNOWN))

    assert known["Parameters"]["TrustedPrincipal"]["Default"] == "210987654321"
    assert known["Parameters"]["ExternalIds"]["Default"] == "-Zx_9"
    assert all("Default" not in each for each in unknown["Parameters"].values())
    assert "TrustedPrincipal=... ExternalIds=..." in cloudformation(UNKNOWN)
    assert "parameter-overrides" not in cloudformation(ROLE)


def test_terraform_says_the_same():
    text = terraform(ROLE)

    assert re.findall(r'"(\w+:[A-Z]\w+)"', text) == [
        "sts:AssumeRole",
        "sts:ExternalId",
        "sts:SetSourceIdentity",
        "sts:SourceIdentity",
        *ROLE.actions,
    ]
    assert 'default     = "210987654321"' in text
    assert 'default     = ["-Zx_9"]' in text
    assert 'path = "/audit/"' in text


def test_terraform_asks_for_what_is_not_known():
    assert "default" not in terraform(UNKNOWN)


@pytest.mark.parametrize("role", [ROLE, UNKNOWN])
def test_terraform_has_balanced_brackets_outside_of_texts(role):
    code = re.sub(r'"[^"\n]*"|#.*', "", terraform(role))

    for opening, closing in ("{}", "[]", "()"):
        assert code.count(opening) == code.count(closing) > 0


def test_texts_of_ours_are_quoted():
    hostile = RoleWanted(ROLE.arn, 'a"\n: !Ref', "x", ROLE.actions)

    assert read(cloudformation(hostile))["Parameters"]["TrustedPrincipal"]["Default"] == (
        'a"\n: !Ref'
    )
    assert json.dumps('a"\n: !Ref') in terraform(hostile)
