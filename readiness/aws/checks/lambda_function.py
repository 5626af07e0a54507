"""Is the function at the edge built on what is supported, released, kept and signed?"""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from typing import Literal

from pydantic import Field

from readiness.aws.checks.cloudfront import EdgeFunction, uses_of_function
from readiness.aws.distribution import READS_DISTRIBUTION, distribution_fetch
from readiness.aws.errors import CouldNotLook, Status
from readiness.aws.facts import Facts, Shape
from readiness.aws.fetch import Fetch
from readiness.aws.functions import (
    READS_VERSIONS,
    Function,
    FunctionVersion,
    VersionsAnswer,
    VersionT,
    function_options,
    published,
    read_versions,
    unpublished,
    versions_fetch,
)
from readiness.aws.judging import Part, capped, count, look_at
from readiness.aws.lambda_runtimes import DEPRECATION, TABLE_OF
from readiness.aws.registry import Observed, Verdict, check

READS_SIGNING = ("lambda", "get_function_code_signing_config")
READS_SIGNING_POLICY = ("lambda", "get_code_signing_config")

NOTICE_DAYS = 90  # to move to another runtime and let it prove itself; AWS itself warns 180 before
KEPT_MIN = 2  # the one that is called and the one to return to


class RunningVersion(FunctionVersion):
    runtime: str


class BuiltVersion(FunctionVersion):
    code_sha256: str = Field(min_length=1)


class SigningAnswer(Shape):
    function_name: str
    #: Left out or empty: nothing is signed.
    code_signing_config_arn: str = Field(
        "", pattern=r"^(arn:[^:]+:lambda:[^:]+:[0-9]{12}:code-signing-config:csc-[a-z0-9]+)?$"
    )


class SigningPolicies(Shape):
    untrusted_artifact_on_deployment: Literal["Enforce", "Warn"]


class SigningConfig(Shape):
    code_signing_policies: SigningPolicies


class SigningPolicyAnswer(Shape):
    code_signing_config: SigningConfig


def versions_in_question(
    facts: Facts, params: EdgeFunction, shape: type[VersionsAnswer[VersionT]]
) -> dict[str, VersionT]:
    """The versions that the distribution calls, and the newest, which it would call next.

    Each by a name for a person. Raises SubjectMissing and CouldNotLook.
    """
    numbered = published(read_versions(facts, params, shape))
    uses = uses_of_function(facts, params)
    wanted = {int(use.version) for use in uses if use.is_published} | set([*numbered][-1:])
    if not wanted <= set(numbered):
        reason = "lambda:ListVersionsByFunction did not list a version that is called."
        raise CouldNotLook(Status.UNSUPPORTED, reason)
    return {f"version {number}": numbered[number] for number in sorted(wanted)}


def not_published(params: Function) -> Verdict:
    reason = f"No version of {params.function_name} is published."
    return Verdict(Status.NOT_APPLICABLE, reason, {"versions": {}})


def signing_fetch(params: Function) -> Fetch:
    return Fetch.of(
        "lambda",
        params.home_region,
        "get_function_code_signing_config",
        FunctionName=params.function_name,
    )


def _mend_runtime(params: EdgeFunction, observed: Observed) -> str:
    options = function_options(params)
    return (
        f"aws lambda update-function-configuration {options} --runtime <RUNTIME>\n"
        f"aws lambda wait function-updated-v2 {options}\n"
        f"aws lambda publish-version {options}  # then put it on the distribution"
    )


def _mend_release(params: Function, observed: Observed) -> str:
    return (
        f"aws lambda publish-version {function_options(params)}"
        "  # or put back the code of the newest version"
    )


def _mend_kept(params: Function, observed: Observed) -> str:
    return f"aws lambda publish-version {function_options(params)}  # and delete none of the last"


def _mend_signing(params: Function, observed: Observed) -> str:
    if arn := observed.get("config"):
        return (
            f"aws lambda update-code-signing-config --region {shlex.quote(params.home_region)}"
            f" --code-signing-config-arn {shlex.quote(arn)}"
            " --code-signing-policies UntrustedArtifactOnDeployment=Enforce"
        )
    return (
        f"aws lambda put-function-code-signing-config {function_options(params)}"
        " --code-signing-config-arn <ARN>"
    )


@check(
    "lambda.runtime-supported",
    version=1,
    criteria=["runtime-patched"],
    params=EdgeFunction,
    reads=[READS_DISTRIBUTION, READS_VERSIONS],
    title="The runtime is supported for another 90 days",
    severity="high",
    passes=(
        "Each version that the distribution calls, and the newest, has a runtime that AWS keeps up"
        f" to date for {NOTICE_DAYS} days or longer."
    ),
    why=(
        "A version keeps the runtime it was published with. After its day nobody closes its holes,"
        " and a little later the function can no longer be changed, not even to repair it."
    ),
    mend_console=(
        "Lambda, the function, Code, Runtime settings, Edit: choose a later runtime, test, then"
        " Actions, Publish new version, and put that version on the distribution."
    ),
    mend_cli=_mend_runtime,
    documentation="AWS Lambda Developer Guide: Lambda runtimes",
)
class RuntimeSupported:
    """No version in question has a runtime past its day, or within NOTICE_DAYS of it."""

    @staticmethod
    def needs(params: EdgeFunction) -> Iterable[Fetch]:
        yield distribution_fetch(params)
        yield versions_fetch(params)

    @staticmethod
    def evaluate(facts: Facts, params: EdgeFunction) -> Verdict:
        versions = versions_in_question(facts, params, VersionsAnswer[RunningVersion])
        if not versions:
            return not_published(params)

        def look(name: str) -> Part:
            runtime = versions[name].runtime
            last_day = DEPRECATION.get(runtime)
            if last_day is None:
                reason = f"our table of runtimes, of {TABLE_OF}, does not have {runtime}"
                raise CouldNotLook(Status.UNSUPPORTED, reason)
            left = (last_day - facts.now.date()).days
            seen = {"runtime": runtime, "supported_until": last_day.isoformat(), "days": left}
            if left <= 0:
                return Part(False, seen, f"{runtime} is deprecated since {last_day}")
            return Part(left > NOTICE_DAYS, seen, f"{runtime} is deprecated on {last_day}")

        tally = look_at(versions, look)
        return tally.verdict(
            {"versions": tally.table, "table_of": TABLE_OF},
            passed=(
                f"The runtime of {params.function_name} is supported"
                f" in {count(tally.total, 'version')} looked at"
            ),
            failed=f"The runtime is not supported for long: {tally.wrongs()}",
        )


@check(
    "lambda.published-matches-latest",
    version=1,
    criteria=["no-drift"],
    params=Function,
    reads=[READS_VERSIONS],
    title="No code waits unpublished",
    severity="low",
    passes="The code of the newest published version is the code of $LATEST.",
    why=(
        "Code that was uploaded and never published is a change that somebody believes to be live,"
        " or that goes live with the next, unrelated release."
    ),
    mend_console=(
        "Lambda, the function: compare the code with that of the newest version; then Actions,"
        " Publish new version, or upload the package of the newest version again."
    ),
    mend_cli=_mend_release,
    documentation="AWS Lambda Developer Guide: Manage Lambda function versions",
)
class PublishedMatchesLatest:
    """$LATEST and the newest numbered version have one code digest."""

    @staticmethod
    def needs(params: Function) -> Iterable[Fetch]:
        yield versions_fetch(params)

    @staticmethod
    def evaluate(facts: Facts, params: Function) -> Verdict:
        versions = read_versions(facts, params, VersionsAnswer[BuiltVersion])
        numbered = published(versions)
        if not numbered:
            return not_published(params)
        newest = max(numbered)
        matches = numbered[newest].code_sha256 == unpublished(versions).code_sha256
        observed = {"newest_version": newest, "matches": matches}
        if matches:
            reason = f"Version {newest}, the newest published, has the code of $LATEST."
            return Verdict(Status.PASS, reason, observed)
        reason = f"The code of $LATEST is not that of version {newest}, the newest published."
        return Verdict(Status.FAIL, reason, observed)


@check(
    "lambda.versions-kept",
    version=1,
    criteria=["immutable-artifact", "fast-rollback"],
    params=Function,
    reads=[READS_VERSIONS],
    title="There is a version to return to",
    severity="high",
    passes="At least two numbered versions of the function exist.",
    why=(
        "To return to the version before is the quickest repair there is, as long as that version"
        " is there and nobody has to build it again."
    ),
    mend_console=(
        "Lambda, the function, Versions: publish each release, and delete none of the last ones."
    ),
    mend_cli=_mend_kept,
    documentation="AWS Lambda Developer Guide: Manage Lambda function versions",
)
class VersionsKept:
    """Two or more numbered versions are listed."""

    @staticmethod
    def needs(params: Function) -> Iterable[Fetch]:
        yield versions_fetch(params)

    @staticmethod
    def evaluate(facts: Facts, params: Function) -> Verdict:
        numbered = published(read_versions(facts, params, VersionsAnswer[FunctionVersion]))
        newest_first = [str(number) for number in reversed(numbered)]
        observed = {"kept": len(numbered), "newest_first": capped(newest_first)}
        if len(numbered) >= KEPT_MIN:
            reason = (
                f"{len(numbered)} versions are kept; before {newest_first[0]} came"
                f" {newest_first[1]}."
            )
            return Verdict(Status.PASS, reason, observed)
        only = f"only version {newest_first[0]} exists" if numbered else "none was ever published"
        reason = f"There is no earlier version to return to: {only}."
        return Verdict(Status.FAIL, reason, observed)


@check(
    "lambda.code-signing",
    version=1,
    criteria=["automated-deploy", "change-access"],
    params=Function,
    reads=[READS_SIGNING, READS_SIGNING_POLICY],
    title="Only signed code is accepted",
    severity="medium",
    passes="The function has a code signing configuration, and it refuses what is not trusted.",
    why=(
        "With code signing that refuses, a package can only come from whoever holds the signing"
        " profile: the pipeline. One that only warns lets everything through."
    ),
    mend_console=(
        "Lambda, Code signing configurations: create one with the pipeline's signing profile and"
        " Enforce; then the function, Configuration, Code signing, Edit."
    ),
    mend_cli=_mend_signing,
    documentation="AWS Lambda Developer Guide: Using code signing to verify code integrity",
)
class CodeSigning:
    """A code signing configuration is set, and its policy is Enforce."""

    @staticmethod
    def needs(params: Function) -> Iterable[Fetch]:
        yield signing_fetch(params)

    @staticmethod
    def needs_more(facts: Facts, params: Function) -> Iterable[Fetch]:
        if arn := _signing_config(facts, params):
            yield _policy_fetch(params, arn)

    @staticmethod
    def evaluate(facts: Facts, params: Function) -> Verdict:
        arn = _signing_config(facts, params)
        if not arn:
            reason = f"The function {params.function_name} accepts code that nobody has signed."
            return Verdict(Status.FAIL, reason, {"config": ""})
        config = facts.read(_policy_fetch(params, arn), SigningPolicyAnswer).code_signing_config
        policy = config.code_signing_policies.untrusted_artifact_on_deployment
        observed = {"config": arn, "policy": policy}
        if policy == "Enforce":
            reason = "The function refuses code that is not signed by whom it trusts."
            return Verdict(Status.PASS, reason, observed)
        reason = "The function warns of untrusted code and accepts it."
        return Verdict(Status.FAIL, reason, observed)


def _signing_config(facts: Facts, params: Function) -> str:
    """Its ARN, or "". Raises SubjectMissing if there is no such function, and CouldNotLook."""
    answer = facts.subject(
        signing_fetch(params),
        SigningAnswer,
        missing=f"There is no function {params.function_name} in {params.home_region}.",
        absent=("CodeSigningConfigNotFoundException",),
    )
    return answer.code_signing_config_arn if answer else ""


def _policy_fetch(params: Function, arn: str) -> Fetch:
    return Fetch.of(
        "lambda", params.home_region, "get_code_signing_config", CodeSigningConfigArn=arn
    )
