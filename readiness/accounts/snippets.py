"""The read-only role of an account as CloudFormation and as Terraform, ready to be applied."""

from __future__ import annotations

import json
from dataclasses import dataclass

from readiness.aws.role_arn import RoleArn

#: What our source identities begin with: see session_policy.source_identity.
IDENTITIES = "readiness-*"


@dataclass(frozen=True, slots=True)
class RoleWanted:
    """What a snippet says. An empty principal or external id is asked for when it is applied."""

    arn: RoleArn
    principal: str
    external_id: str
    actions: tuple[str, ...]


def cloudformation(role: RoleWanted) -> str:
    """Return a template in YAML. Texts of ours are JSON strings, which YAML reads as they are."""
    actions = "\n".join(f"                  - {action}" for action in role.actions)
    return f"""\
# The role that Readiness reads this account through: it can read what the checks ask for, and
# change nothing. Save it as readiness-role.yaml, then:
#   aws cloudformation deploy --stack-name readiness-role --template-file readiness-role.yaml \\
#     --capabilities CAPABILITY_NAMED_IAM{_overrides(role)}
AWSTemplateFormatVersion: "2010-09-09"
Description: Read-only role of Readiness
Parameters:
  TrustedPrincipal:
    Type: String
    Description: Account id of Readiness, or the ARN of the role that it runs as
{_default(role.principal)}\
  ExternalIds:
    Type: CommaDelimitedList
    Description: One for each team that uses the role; keep those of other teams, with commas
{_default(role.external_id)}\
Resources:
  ReadinessRole:
    Type: AWS::IAM::Role
    Properties:
      RoleName: {json.dumps(role.arn.name)}
      Path: {json.dumps(role.arn.path)}
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Principal:
              AWS: !Ref TrustedPrincipal
            Action: sts:AssumeRole
            Condition:
              StringEquals:
                sts:ExternalId: !Ref ExternalIds
          - Effect: Allow
            Principal:
              AWS: !Ref TrustedPrincipal
            Action: sts:SetSourceIdentity
            Condition:
              StringLike:
                sts:SourceIdentity: "{IDENTITIES}"
      Policies:
        - PolicyName: readiness-checks
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - Effect: Allow
                Action:
{actions}
                Resource: "*"
Outputs:
  RoleArn:
    Value: !GetAtt ReadinessRole.Arn
"""


def terraform(role: RoleWanted) -> str:
    """Return a configuration for the AWS provider."""
    actions = "\n".join(f"        {json.dumps(action)}," for action in role.actions)
    external_ids = f"\n  default     = [{json.dumps(role.external_id)}]" if role.external_id else ""
    principal = f"\n  default     = {json.dumps(role.principal)}" if role.principal else ""
    return f"""\
# The role that Readiness reads this account through: it can read what the checks ask for, and
# change nothing.
variable "readiness_principal" {{
  type        = string
  description = "Account id of Readiness, or the ARN of the role that it runs as"{principal}
}}

variable "readiness_external_ids" {{
  type        = list(string)
  description = "One for each team that uses the role; keep those of other teams"{external_ids}
}}

resource "aws_iam_role" "readiness" {{
  name = {json.dumps(role.arn.name)}
  path = {json.dumps(role.arn.path)}

  assume_role_policy = jsonencode({{
    Version = "2012-10-17"
    Statement = [
      {{
        Effect    = "Allow"
        Principal = {{ AWS = var.readiness_principal }}
        Action    = "sts:AssumeRole"
        Condition = {{ StringEquals = {{ "sts:ExternalId" = var.readiness_external_ids }} }}
      }},
      {{
        Effect    = "Allow"
        Principal = {{ AWS = var.readiness_principal }}
        Action    = "sts:SetSourceIdentity"
        Condition = {{ StringLike = {{ "sts:SourceIdentity" = "{IDENTITIES}" }} }}
      }},
    ]
  }})
}}

resource "aws_iam_role_policy" "readiness" {{
  name = "readiness-checks"
  role = aws_iam_role.readiness.id

  policy = jsonencode({{
    Version = "2012-10-17"
    Statement = [{{
      Effect = "Allow"
      Action = [
{actions}
      ]
      Resource = "*"
    }}]
  }})
}}

output "readiness_role_arn" {{
  value = aws_iam_role.readiness.arn
}}
"""


def _default(value: str) -> str:
    return f"    Default: {json.dumps(value)}\n" if value else ""


def _overrides(role: RoleWanted) -> str:
    """The parameters that have no default, for the command line."""
    asked = [
        f"{name}=..."
        for name, value in (("TrustedPrincipal", role.principal), ("ExternalIds", role.external_id))
        if not value
    ]
    return f" \\\n#     --parameter-overrides {' '.join(asked)}" if asked else ""
