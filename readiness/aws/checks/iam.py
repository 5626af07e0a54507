"""Who may put on the role of the function at the edge, and what may it do then?"""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterable, Iterator
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from readiness.aws.errors import Status
from readiness.aws.facts import Facts, Shape
from readiness.aws.fetch import Fetch
from readiness.aws.functions import (
    READS_VERSIONS,
    Function,
    FunctionVersion,
    VersionsAnswer,
    published,
    read_versions,
    unpublished,
    versions_fetch,
)
from readiness.aws.judging import Part, capped, count, listing, look_at
from readiness.aws.registry import Observed, Verdict, check

READS_ROLE = ("iam", "get_role")
READS_INLINE = [("iam", "list_role_policies"), ("iam", "get_role_policy")]
READS_ATTACHED = [
    ("iam", "list_attached_role_policies"),
    ("iam", "get_policy"),
    ("iam", "get_policy_version"),
]

#: Lambda runs the function, its edge makes the replicas: each puts on the role in its own name.
EDGE_SERVICES = ("lambda.amazonaws.com", "edgelambda.amazonaws.com")


def _as_list(value: object) -> object:
    """A policy may say one thing without a list around it."""
    return [value] if isinstance(value, str | dict) else value


Texts = Annotated[list[str], BeforeValidator(_as_list)]


class Statement(Shape):
    effect: Literal["Allow", "Deny"]
    action: Texts = []
    not_action: Texts = []
    resource: Texts = []

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if not self.action and not self.not_action:
            raise ValueError("names no action")
        return self

    def wide(self) -> Iterator[str]:
        """What it allows of a whole service, or of all of them."""
        if self.effect == "Deny":
            return
        if self.not_action:
            yield f"everything but {listing(self.not_action)}"
        for action in self.action:
            service, _, name = action.partition(":")
            if set(name or service) <= {"*", "?"}:
                yield action


class TrustStatement(Statement):
    principal: Annotated[dict[str, Texts], Field(min_length=1)] | Literal["*"]
    condition: dict[str, Any] = {}

    def trusted(self) -> Iterator[str]:
        """Who may put on the role by this statement: a service, an account, an identity."""
        if self.effect == "Deny" or not self._lets_assume():
            return
        if isinstance(self.principal, str):
            yield self.principal
            return
        for names in self.principal.values():
            yield from names

    def _lets_assume(self) -> bool:
        wanted = {"sts:assumerole", "sts:assume*", "sts:*", "*"}
        return bool(self.not_action) or any(each.lower() in wanted for each in self.action)


class TrustPolicy(Shape):
    statement: Annotated[list[TrustStatement], BeforeValidator(_as_list), Field(min_length=1)]


class Policy(Shape):
    statement: Annotated[list[Statement], BeforeValidator(_as_list), Field(min_length=1)]


class Boundary(Shape):
    permissions_boundary_arn: str


class TrustedRole(Shape):
    assume_role_policy_document: TrustPolicy


class TrustAnswer(Shape):
    role: TrustedRole


class BoundedRole(Shape):
    role_name: str
    permissions_boundary: Boundary | None = None


class BoundaryAnswer(Shape):
    role: BoundedRole


class InlineList(Shape):
    policy_names: list[str]


class Attached(Shape):
    policy_name: str
    policy_arn: str


class AttachedList(Shape):
    attached_policies: list[Attached]


class InlineAnswer(Shape):
    policy_document: Policy


class Versioned(Shape):
    default_version_id: str


class PolicyAnswer(Shape):
    policy: Versioned


class VersionDocument(Shape):
    document: Policy


class PolicyVersionAnswer(Shape):
    policy_version: VersionDocument


class RoleOfVersion(FunctionVersion):
    role: str = Field(pattern=r"^arn:[^:]+:iam::[0-9]{12}:role/([^:]*/)?[A-Za-z0-9+=,.@_-]{1,64}$")


def role_of(facts: Facts, params: Function) -> str:
    """The name of the role that the newest version runs as; an unpublished function's own.

    Raises SubjectMissing if there is no such function, and CouldNotLook.
    """
    versions = read_versions(facts, params, VersionsAnswer[RoleOfVersion])
    numbered = published(versions)
    newest = numbered[max(numbered)] if numbered else unpublished(versions)
    return newest.role.rpartition("/")[2]


def role_fetch(params: Function, role: str) -> Fetch:
    return _iam(params, "get_role", RoleName=role)


def _iam(params: Function, operation: str, **arguments: str) -> Fetch:
    return Fetch.of("iam", params.home_region, operation, **arguments)


def _missing(params: Function, role: str) -> str:
    return f"There is no role {role}, which {params.function_name} should run as."


def _mend_trust(params: Function, observed: Observed) -> str:
    role = shlex.quote(observed.get("role", "<ROLE>"))
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": list(EDGE_SERVICES)},
        "Action": "sts:AssumeRole",
    }
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    return (
        f"aws iam update-assume-role-policy --role-name {role}"
        f" --policy-document {shlex.quote(document)}"
    )


def _mend_policies(params: Function, observed: Observed) -> str:
    role = shlex.quote(observed.get("role", "<ROLE>"))
    return (
        f"aws iam list-role-policies --role-name {role}\n"
        f"aws iam list-attached-role-policies --role-name {role}\n"
        f"aws iam put-role-policy --role-name {role} --policy-name <NAME>"
        " --policy-document file://policy.json  # with the actions it uses, one by one"
    )


@check(
    "iam.edge-trust",
    version=1,
    criteria=["least-privilege"],
    params=Function,
    reads=[READS_VERSIONS, READS_ROLE],
    title="The role trusts Lambda and its edge, and nobody else",
    severity="high",
    passes=(
        "The role of the function may be assumed by lambda.amazonaws.com and by"
        " edgelambda.amazonaws.com, and by no other."
    ),
    why=(
        "Without the second service CloudFront takes no version of the function: the next"
        " deployment fails. Anybody else in the trust may act with the function's permissions."
    ),
    mend_console="IAM, Roles, the role, Trust relationships, Edit trust policy.",
    mend_cli=_mend_trust,
    documentation=(
        "Amazon CloudFront Developer Guide: Set up IAM permissions and roles for Lambda@Edge"
    ),
)
class EdgeTrust:
    """The trust policy allows sts:AssumeRole to just the two services."""

    @staticmethod
    def needs(params: Function) -> Iterable[Fetch]:
        yield versions_fetch(params)

    @staticmethod
    def needs_more(facts: Facts, params: Function) -> Iterable[Fetch]:
        yield role_fetch(params, role_of(facts, params))

    @staticmethod
    def evaluate(facts: Facts, params: Function) -> Verdict:
        role = role_of(facts, params)
        answer = facts.subject(
            role_fetch(params, role), TrustAnswer, missing=_missing(params, role)
        )
        statements = answer.role.assume_role_policy_document.statement
        trusted = {name for statement in statements for name in statement.trusted()}
        absent = [service for service in EDGE_SERVICES if service not in trusted]
        others = trusted - set(EDGE_SERVICES)
        observed = {
            "role": role,
            "missing": absent,
            "others": len(others),
            "conditions": sum(bool(each.condition) for each in statements),
        }
        wrong = [f"it does not trust {listing(absent)}"] if absent else []
        if others:
            wrong.append(f"{count(len(others), 'other')} may assume it")
        if wrong:
            return Verdict(
                Status.FAIL, f"The trust of the role {role} is wrong: {'; '.join(wrong)}.", observed
            )
        reason = f"The role {role} trusts Lambda and its edge, and nobody else."
        return Verdict(Status.PASS, reason, observed)


@check(
    "iam.least-privilege",
    version=1,
    criteria=["least-privilege"],
    params=Function,
    reads=[READS_VERSIONS, READS_ROLE, *READS_INLINE, *READS_ATTACHED],
    title="The role allows no whole service",
    severity="high",
    passes=(
        "No policy of the function's role allows every action, every action of a service, or"
        " everything but some. A permissions boundary is shown, and not judged."
    ),
    why=(
        "The function reads what strangers send. If one of them ever takes it over, the"
        " policy is the only limit left; a wildcard in it is a limit that nobody chose."
    ),
    mend_console=(
        "IAM, Roles, the role, Permissions: replace the policy named by one with the actions that"
        " the function uses. Last Accessed shows them."
    ),
    mend_cli=_mend_policies,
    documentation="AWS Identity and Access Management User Guide: Security best practices in IAM",
)
class LeastPrivilege:
    """No Allow statement of the role has an action `*` or `service:*`, or a NotAction."""

    @staticmethod
    def needs(params: Function) -> Iterable[Fetch]:
        yield versions_fetch(params)

    @staticmethod
    def needs_more(facts: Facts, params: Function) -> Iterable[Fetch]:
        role = role_of(facts, params)
        yield role_fetch(params, role)
        yield _inline_list(params, role)
        yield _attached_list(params, role)
        if inline := facts.glance(_inline_list(params, role), InlineList):
            yield from (_inline_fetch(params, role, name) for name in inline.policy_names)
        if attached := facts.glance(_attached_list(params, role), AttachedList):
            for each in attached.attached_policies:
                yield _policy_fetch(params, each.policy_arn)
                if policy := facts.glance(_policy_fetch(params, each.policy_arn), PolicyAnswer):
                    yield _version_fetch(params, each.policy_arn, policy)

    @staticmethod
    def evaluate(facts: Facts, params: Function) -> Verdict:
        role = role_of(facts, params)
        missing = _missing(params, role)
        found = facts.subject(role_fetch(params, role), BoundaryAnswer, missing=missing).role
        inline = facts.read(_inline_list(params, role), InlineList).policy_names
        attached = facts.read(_attached_list(params, role), AttachedList).attached_policies
        arns = {f"policy {each.policy_name}": each.policy_arn for each in attached}
        names = {f"inline policy {name}": name for name in inline}

        def look(shown: str) -> Part:
            if shown in names:
                policy = read_inline(facts, params, role, names[shown])
            else:
                policy = read_attached(facts, params, arns[shown])
            wide = [what for statement in policy.statement for what in statement.wide()]
            anywhere = sum("*" in each.resource for each in policy.statement)
            seen = {"wide": capped(wide), "statements_on_any_resource": anywhere}
            return Part(not wide, seen, wrong=f"{listing(wide)} allowed")

        tally = look_at([*names, *arns], look)
        boundary = found.permissions_boundary is not None
        observed = {"role": role, "boundary": boundary, "policies": tally.table}
        if not tally.total:
            reason = f"The role {role} has no policy."
            return Verdict(Status.NOT_APPLICABLE, reason, observed)
        within = ", within a permissions boundary" if boundary else ""
        return tally.verdict(
            observed,
            passed=f"No wildcard in {count(tally.total, 'policy', 'policies')} of the role {role}",
            failed=f"The role {role} may do too much{within}: {tally.wrongs()}",
        )


def read_inline(facts: Facts, params: Function, role: str, name: str) -> Policy:
    """Raises CouldNotLook."""
    return facts.read(_inline_fetch(params, role, name), InlineAnswer).policy_document


def read_attached(facts: Facts, params: Function, arn: str) -> Policy:
    """The version of it that counts. Raises CouldNotLook."""
    policy = facts.read(_policy_fetch(params, arn), PolicyAnswer)
    answer = facts.read(_version_fetch(params, arn, policy), PolicyVersionAnswer)
    return answer.policy_version.document


def _inline_list(params: Function, role: str) -> Fetch:
    return _iam(params, "list_role_policies", RoleName=role)


def _attached_list(params: Function, role: str) -> Fetch:
    return _iam(params, "list_attached_role_policies", RoleName=role)


def _inline_fetch(params: Function, role: str, name: str) -> Fetch:
    return _iam(params, "get_role_policy", RoleName=role, PolicyName=name)


def _policy_fetch(params: Function, arn: str) -> Fetch:
    return _iam(params, "get_policy", PolicyArn=arn)


def _version_fetch(params: Function, arn: str, answer: PolicyAnswer) -> Fetch:
    version = answer.policy.default_version_id
    return _iam(params, "get_policy_version", PolicyArn=arn, VersionId=version)
