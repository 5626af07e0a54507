"""Is the Lambda@Edge function where it should be on the distribution, and in which version?"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from pydantic import Field

from readiness.aws.distribution import (
    READS_DISTRIBUTION,
    Behaviour,
    BehavioursConfig,
    ConfigAnswer,
    Counted,
    OnDistribution,
    distribution_fetch,
    mend_settings,
    read_config,
)
from readiness.aws.errors import Status
from readiness.aws.facts import Facts, Shape
from readiness.aws.fetch import Fetch
from readiness.aws.functions import (
    READS_VERSIONS,
    Function,
    FunctionVersion,
    VersionsAnswer,
    function_options,
    published,
    read_versions,
    versions_fetch,
)
from readiness.aws.judging import count, listing
from readiness.aws.parameter_types import DEFAULT_EVENT, FunctionEvent
from readiness.aws.registry import Observed, Verdict, check


class EdgeFunction(OnDistribution, Function):
    function_event: FunctionEvent = DEFAULT_EVENT


class Association(Shape):
    arn: str = Field(
        alias="LambdaFunctionARN",
        pattern=r"^arn:[^:]+:lambda:[^:]+:[^:]*:function:[^:]+(:[^:]+)?$",
    )
    event_type: str


class CallingBehaviour(Behaviour):
    lambda_function_associations: Counted[Association]


class Use(NamedTuple):
    """One place where CloudFront calls the function."""

    path: str
    event: str
    version: str  # "" where the ARN has none

    @property
    def is_published(self) -> bool:
        return self.version.isdigit()

    @property
    def place(self) -> str:
        return f"{self.path} {self.event}"


def uses_of_function(facts: Facts, params: EdgeFunction) -> list[Use]:
    """Where the distribution calls the function, the default behaviour first."""
    config = read_config(facts, params, ConfigAnswer[BehavioursConfig[CallingBehaviour]])
    uses = []
    for path, behaviour in config.behaviours.items():
        for association in behaviour.lambda_function_associations.items:
            name, _, version = association.arn.split(":", 6)[6].partition(":")
            if name == params.function_name:
                uses.append(Use(path, association.event_type, version))
    return uses


def _observed(uses: Iterable[Use], **more: Any) -> Observed:
    table = {use.place: {"version": use.version or "none"} for use in uses}
    return {"associations": table, **more}


def not_called(params: EdgeFunction) -> Verdict:
    reason = f"No behaviour of {params.distribution_id} calls {params.function_name}."
    return Verdict(Status.NOT_APPLICABLE, reason, _observed([]))


def _mend_association(params: EdgeFunction, observed: Observed) -> str:
    return mend_settings(
        params,
        "Under LambdaFunctionAssociations put the function's ARN with"
        f" {_version_wanted(observed)}, for {params.function_event}",
    )


def _version_wanted(observed: Observed) -> str:
    newest = observed.get("newest_version")
    return f"version {newest}" if newest else "its version"


def _mend_publication(params: EdgeFunction, observed: Observed) -> str:
    publish = f"aws lambda publish-version {function_options(params)}"
    return f"{publish}\n{_mend_association(params, observed)}"


def _mend_drift(params: EdgeFunction, observed: Observed) -> str:
    newest = (
        f"aws lambda list-versions-by-function {function_options(params)}"
        " --query 'Versions[-1].Version'"
    )
    return f"{newest}\n{_mend_association(params, observed)}"


@check(
    "cloudfront.function-associated",
    version=1,
    criteria=["inventory-complete"],
    params=EdgeFunction,
    reads=[READS_DISTRIBUTION],
    title="The distribution calls the function",
    severity="high",
    passes="At least one behaviour, the default or for a path, calls the function at its event.",
    why=(
        "A function that no behaviour calls does nothing, however well it is tested. The paper says"
        " what should be called; the distribution is what answers users."
    ),
    mend_console=(
        "CloudFront, the distribution, Behaviors, the behaviour, Edit: under Function associations"
        " choose Lambda@Edge for the event and give the ARN with its version."
    ),
    mend_cli=_mend_association,
    documentation="Amazon CloudFront Developer Guide: Add triggers for a Lambda@Edge function",
)
class FunctionAssociated:
    """Some behaviour of the distribution has the function at the event."""

    @staticmethod
    def needs(params: EdgeFunction) -> Iterable[Fetch]:
        yield distribution_fetch(params)

    @staticmethod
    def evaluate(facts: Facts, params: EdgeFunction) -> Verdict:
        uses = uses_of_function(facts, params)
        at_event = [use for use in uses if use.event == params.function_event]
        if at_event:
            where = f"at {params.function_event} on {listing(use.path for use in at_event)}"
            reason = f"The function {params.function_name} is called {where}."
            return Verdict(Status.PASS, reason, _observed(uses))
        reason = (
            f"No behaviour of {params.distribution_id} calls {params.function_name}"
            f" at {params.function_event}"
        )
        if uses:
            reason += f"; it is called at {listing(use.event + ' on ' + use.path for use in uses)}"
        return Verdict(Status.FAIL, f"{reason}.", _observed(uses))


@check(
    "cloudfront.published-version",
    version=1,
    criteria=["immutable-artifact"],
    params=EdgeFunction,
    reads=[READS_DISTRIBUTION],
    title="Only published versions are called",
    severity="medium",
    passes="Every association of the function names a numbered version.",
    why=(
        "A numbered version cannot change any more, so it can be named in a review and returned to"
        " during an incident."
    ),
    mend_console=(
        "Lambda, the function, Versions, Publish new version; then CloudFront, the distribution,"
        " Behaviors: put the ARN of that version into the association."
    ),
    mend_cli=_mend_publication,
    documentation="AWS Lambda Developer Guide: Manage Lambda function versions",
)
class PublishedVersion:
    """Every association ARN of the function ends in a number."""

    @staticmethod
    def needs(params: EdgeFunction) -> Iterable[Fetch]:
        yield distribution_fetch(params)

    @staticmethod
    def evaluate(facts: Facts, params: EdgeFunction) -> Verdict:
        uses = uses_of_function(facts, params)
        if not uses:
            return not_called(params)
        loose = [use for use in uses if not use.is_published]
        if loose:
            reason = f"No numbered version is named on {listing(use.place for use in loose)}."
            return Verdict(Status.FAIL, reason, _observed(uses))
        reason = f"All {count(len(uses), 'association')} name a numbered version."
        return Verdict(Status.PASS, reason, _observed(uses))


@check(
    "cloudfront.same-newest-version",
    version=1,
    criteria=["no-drift"],
    params=EdgeFunction,
    reads=[READS_DISTRIBUTION, READS_VERSIONS],
    title="Every behaviour calls the newest version",
    severity="medium",
    passes="All behaviours call the same version, and nothing newer was published.",
    why=(
        "Two versions on one distribution are a deployment that stopped half way: some paths have"
        " the repair, others still have the fault."
    ),
    mend_console=(
        "CloudFront, the distribution, Behaviors: bring every association of the function to the"
        " newest version listed under Lambda, the function, Versions."
    ),
    mend_cli=_mend_drift,
    documentation="Amazon CloudFront Developer Guide: Choose how to update Lambda@Edge functions",
)
class SameNewestVersion:
    """One version on all behaviours, equal to the newest published one."""

    @staticmethod
    def needs(params: EdgeFunction) -> Iterable[Fetch]:
        yield distribution_fetch(params)
        yield versions_fetch(params)

    @staticmethod
    def evaluate(facts: Facts, params: EdgeFunction) -> Verdict:
        uses = uses_of_function(facts, params)
        if not uses:
            return not_called(params)
        # What the distribution alone proves does not wait for Lambda's answer.
        if len({use.version for use in uses}) > 1:
            versions = listing(f"{use.version or 'none'} on {use.place}" for use in uses)
            reason = (
                f"The distribution {params.distribution_id} calls different versions: {versions}."
            )
            return Verdict(Status.FAIL, reason, _observed(uses))
        if not uses[0].is_published:
            reason = f"The distribution {params.distribution_id} calls no numbered version."
            return Verdict(Status.FAIL, reason, _observed(uses))
        called, newest = int(uses[0].version), _newest_version(facts, params)
        observed = _observed(uses, newest_version=newest)
        if called != newest:
            reason = f"Version {called} is called everywhere, but {newest} is the newest published."
            return Verdict(Status.FAIL, reason, observed)
        reason = f"Version {newest}, the newest published, is called everywhere."
        return Verdict(Status.PASS, reason, observed)


def _newest_version(facts: Facts, params: EdgeFunction) -> int:
    """0 if the function was never published."""
    versions = read_versions(facts, params, VersionsAnswer[FunctionVersion])
    return max(published(versions), default=0)
