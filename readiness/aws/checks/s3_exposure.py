"""Can anybody get at the buckets whom nobody let in, or listen on the way?"""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import Any, Literal

from readiness.aws.caller import READS_CALLER, caller_account, caller_fetch
from readiness.aws.checks.s3 import NOT_THERE, SameContent
from readiness.aws.errors import CouldNotLook, Status, SubjectMissing
from readiness.aws.facts import Facts, Shape
from readiness.aws.fetch import Fetch
from readiness.aws.judging import Part, count, listing, look_at, to_mend
from readiness.aws.registry import Observed, Verdict, check

NO_BLOCK = "NoSuchPublicAccessBlockConfiguration"
NO_POLICY = "NoSuchBucketPolicy"


class Block(Shape):
    block_public_acls: bool
    ignore_public_acls: bool
    block_public_policy: bool
    restrict_public_buckets: bool

    @property
    def on(self) -> frozenset[str]:
        return frozenset(name for name, value in self if value)


FLAGS = frozenset(Block.model_fields)


class BlockAnswer(Shape):
    public_access_block_configuration: Block


class PolicyStatus(Shape):
    is_public: bool


class PolicyStatusAnswer(Shape):
    policy_status: PolicyStatus


class PolicyAnswer(Shape):
    policy: str


class Statement(Shape):
    effect: Literal["Allow", "Deny"]
    principal: str | dict[str, str | list[str]] | None = None
    action: str | list[str] = []
    resource: str | list[str] = []
    condition: dict[str, dict[str, Any]] = {}

    @property
    def refuses_plain_http_to_all(self) -> bool:
        """Whether it denies every action to everybody, on no other condition than plain HTTP."""
        return (
            self.effect == "Deny"
            and self._is_for_everybody
            and any(each.lower() in ("*", "s3:*") for each in _listed(self.action))
            and self._is_of_plain_http_only
        )

    @property
    def _is_for_everybody(self) -> bool:
        named = self.principal
        return "*" in _listed(named.get("AWS", []) if isinstance(named, dict) else named or [])

    @property
    def _is_of_plain_http_only(self) -> bool:
        """Any other operator or key beside would let some plain requests pass."""
        if len(self.condition) != 1:
            return False
        ((operator, keys),) = self.condition.items()
        named = {key.lower(): value for key, value in keys.items()}
        if operator.lower() not in ("bool", "boolifexists") or set(named) != {SECURE}:
            return False
        values = named[SECURE]
        values = values if isinstance(values, list) else [values]
        return [str(value).lower() for value in values] == ["false"]

    def covers(self, arn: str) -> bool:
        return any(_matches(pattern, arn) for pattern in _listed(self.resource))


SECURE = "aws:securetransport"


class Policy(Shape):
    statement: Statement | list[Statement]

    @property
    def statements(self) -> list[Statement]:
        return self.statement if isinstance(self.statement, list) else [self.statement]


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def _matches(pattern: str, arn: str) -> bool:
    """As IAM compares: * is any text, ? is any one character, and nothing else is special."""
    return fnmatchcase(arn, pattern.replace("[", "[[]"))


def block_fetch(region: str, bucket: str) -> Fetch:
    return Fetch.of("s3", region, "get_public_access_block", Bucket=bucket)


def account_block_fetch(account: str, params: SameContent) -> Fetch:
    fetch = Fetch.of("s3control", params.home_region, "get_public_access_block", AccountId=account)
    return fetch.beside("s3")


def policy_status_fetch(region: str, bucket: str) -> Fetch:
    return Fetch.of("s3", region, "get_bucket_policy_status", Bucket=bucket)


def policy_fetch(region: str, bucket: str) -> Fetch:
    return Fetch.of("s3", region, "get_bucket_policy", Bucket=bucket)


def _own_block(bucket: str, facts: Facts, params: SameContent) -> frozenset[str]:
    """The flags that are on for the bucket itself. Raises CouldNotLook and SubjectMissing."""
    fetch = block_fetch(params.region_of[bucket], bucket)
    answer = facts.subject(fetch, BlockAnswer, missing=NOT_THERE, absent=(NO_BLOCK,))
    return answer.public_access_block_configuration.on if answer else frozenset()


def _account_block(facts: Facts, params: SameContent) -> frozenset[str]:
    """The flags that are on for all buckets of the account. Raises CouldNotLook."""
    fetch = account_block_fetch(caller_account("s3", facts, params), params)
    answer = facts.read(fetch, BlockAnswer, absent=(NO_BLOCK,))
    return answer.public_access_block_configuration.on if answer else frozenset()


def _some_bucket_is_open(facts: Facts, params: SameContent) -> bool:
    """Whether the account's own setting matters: some bucket is known not to block all itself."""
    for bucket in params.region_of:
        try:
            if _own_block(bucket, facts, params) != FLAGS:
                return True
        except (CouldNotLook, SubjectMissing):
            continue
    return False


def _mend_block(params: SameContent, observed: Observed) -> str:
    flags = ",".join(
        f"{name}=true"
        for name in (
            "BlockPublicAcls",
            "IgnorePublicAcls",
            "BlockPublicPolicy",
            "RestrictPublicBuckets",
        )
    )
    lines = []
    for bucket in to_mend(observed, "buckets", params.region_of):
        name = shlex.quote(bucket)
        lines += [
            f"aws s3api put-public-access-block --bucket {name}"
            f" --public-access-block-configuration {flags}",
            f"aws s3api get-bucket-policy --bucket {name}"
            "  # take out what lets everybody in, then put-bucket-policy",
        ]
    return "\n".join(lines)


def _mend_policy(params: SameContent, observed: Observed) -> str:
    lines = []
    for bucket in to_mend(observed, "buckets", params.region_of):
        arn, name = params.arn_of(bucket), shlex.quote(bucket)
        statement = {
            "Sid": "EncryptedOnly",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [arn, f"{arn}/*"],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
        lines += [
            f"aws s3api get-bucket-policy --bucket {name}"
            " --query Policy --output text > policy.json  # if there is one",
            f"# Add to its statements: {json.dumps(statement)}",
            f"aws s3api put-bucket-policy --bucket {name} --policy file://policy.json",
        ]
    return "\n".join(lines)


@check(
    "s3.public-access-block",
    version=1,
    criteria=["exposure-minimal"],
    params=SameContent,
    reads=[
        ("s3", "get_public_access_block"),
        ("s3", "get_bucket_policy_status"),
        ("s3control", "get_public_access_block"),
        READS_CALLER,
    ],
    title="The buckets are closed to the public",
    severity="high",
    passes=(
        "All four settings of Block Public Access are on for every bucket, by itself or by its"
        " account, and no bucket policy is public."
    ),
    why=(
        "One wrong policy or ACL is enough to let anybody read the bucket past the distribution."
        " The block holds even then."
    ),
    mend_console=(
        "S3, the bucket, Permissions, Block public access, Edit, Block all public access; then"
        " Bucket policy, and take out what lets everybody in."
    ),
    mend_cli=_mend_block,
    documentation="Amazon S3 User Guide: Blocking public access to your Amazon S3 storage",
)
class PublicAccessBlock:
    """All four flags are on, by bucket or by account, and the policy is not public."""

    @staticmethod
    def needs(params: SameContent) -> Iterable[Fetch]:
        for region, bucket in params.buckets.items():
            yield block_fetch(region, bucket)
            yield policy_status_fetch(region, bucket)

    @staticmethod
    def needs_more(facts: Facts, params: SameContent) -> Iterable[Fetch]:
        """The account's setting, only where a bucket's own does not suffice."""
        if _some_bucket_is_open(facts, params):
            yield caller_fetch("s3", params)
            if facts.holds(caller_fetch("s3", params)):
                yield account_block_fetch(caller_account("s3", facts, params), params)

    @staticmethod
    def evaluate(facts: Facts, params: SameContent) -> Verdict:
        def look(bucket: str) -> Part:
            region = params.region_of[bucket]
            fetch = policy_status_fetch(region, bucket)
            missing = NOT_THERE
            status = facts.subject(fetch, PolicyStatusAnswer, missing=missing, absent=(NO_POLICY,))
            public = status is not None and status.policy_status.is_public
            seen = {"region": region, "public_policy": public}
            if public:
                return Part(False, seen, wrong="its policy is public")
            on = _own_block(bucket, facts, params)
            if on != FLAGS:
                on |= _account_block(facts, params)
            off = sorted(FLAGS - on)
            wrong = f"{listing(off)} off".replace("_", " ")
            return Part(not off, {**seen, "off": off}, wrong)

        tally = look_at(params.region_of, look)
        return tally.verdict(
            {"buckets": tally.table},
            passed=f"The public is kept out of {count(tally.total, 'bucket')}",
            failed=f"The public is not kept out: {tally.wrongs()}",
        )


@check(
    "s3.tls-only-policy",
    version=1,
    criteria=["transport-secured"],
    params=SameContent,
    reads=[("s3", "get_bucket_policy")],
    title="The buckets refuse plain HTTP",
    severity="medium",
    passes=(
        "Every bucket's policy denies everybody every action, on the bucket and on its objects,"
        " when aws:SecureTransport is false. An exemption for somebody does not count."
    ),
    why="S3 answers plain HTTP too: whoever sits on the way reads along, or changes the answer.",
    mend_console=(
        "S3, the bucket, Permissions, Bucket policy, Edit: add a statement that denies s3:* to"
        " everybody under the condition that aws:SecureTransport is false."
    ),
    mend_cli=_mend_policy,
    documentation="Amazon S3 User Guide: Security best practices for Amazon S3",
)
class TlsOnlyPolicy:
    """A policy statement denies everything that comes without TLS."""

    @staticmethod
    def needs(params: SameContent) -> Iterable[Fetch]:
        return (policy_fetch(region, bucket) for region, bucket in params.buckets.items())

    @staticmethod
    def evaluate(facts: Facts, params: SameContent) -> Verdict:
        def look(bucket: str) -> Part:
            region = params.region_of[bucket]
            fetch = policy_fetch(region, bucket)
            answer = facts.subject(fetch, PolicyAnswer, missing=NOT_THERE, absent=(NO_POLICY,))
            if answer is None:
                return Part(False, {"region": region, "policy": False}, wrong="no bucket policy")
            arn = params.arn_of(bucket)
            refusing = [each for each in _statements(answer) if each.refuses_plain_http_to_all]
            open_ = [
                what
                for what, name in (("the bucket", arn), ("its objects", f"{arn}/{ANY_KEY}"))
                if not any(each.covers(name) for each in refusing)
            ]
            seen = {"region": region, "policy": True}
            return Part(not open_, seen, wrong=f"plain HTTP is allowed to {listing(open_)}")

        tally = look_at(params.region_of, look)
        return tally.verdict(
            {"buckets": tally.table},
            passed=f"Plain HTTP is refused by {count(tally.total, 'bucket')}",
            failed=f"Answers could be read on the way: {tally.wrongs()}",
        )


#: Stands for every object: a pattern that leads to one prefix only does not match it.
ANY_KEY = "0/any/object"


def _statements(answer: PolicyAnswer) -> list[Statement]:
    """Raises CouldNotLook if the policy is not one."""
    try:
        return Policy.model_validate(json.loads(answer.policy)).statements
    except (ValueError, RecursionError) as error:
        reason = "The bucket policy does not look as it should."
        raise CouldNotLook(Status.UNSUPPORTED, reason) from error
