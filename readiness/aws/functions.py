"""The versions of the function at the edge: one read, of which each check parses what it judges."""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from typing import Generic, TypeVar

from pydantic import Field

from readiness.aws.errors import CouldNotLook, Status
from readiness.aws.facts import Facts, Shape
from readiness.aws.fetch import Fetch
from readiness.aws.parameter_types import FunctionName
from readiness.aws.parameters import CheckParameters

READS_VERSIONS = ("lambda", "list_versions_by_function")


class Function(CheckParameters):
    function_name: FunctionName


class FunctionVersion(Shape):
    version: str = Field(pattern=r"^([0-9]+|\$LATEST(\.PUBLISHED)?)$")


VersionT = TypeVar("VersionT", bound=FunctionVersion)


class VersionsAnswer(Shape, Generic[VersionT]):
    """Each version comes with the configuration it was published with, unlike the function."""

    versions: list[VersionT]


def versions_fetch(params: Function) -> Fetch:
    return Fetch.of(
        "lambda",
        params.home_region,
        "list_versions_by_function",
        FunctionName=params.function_name,
    )


def read_versions(
    facts: Facts, params: Function, shape: type[VersionsAnswer[VersionT]]
) -> list[VersionT]:
    """All versions, $LATEST among them.

    Raises SubjectMissing if there is no such function, and CouldNotLook.
    """
    answer = facts.subject(
        versions_fetch(params),
        shape,
        missing=f"There is no function {params.function_name} in {params.home_region}.",
    )
    if not answer.versions:
        # Every function has $LATEST, so an empty list is not a function without versions.
        reason = "lambda:ListVersionsByFunction listed nothing, not even $LATEST."
        raise CouldNotLook(Status.UNSUPPORTED, reason)
    return answer.versions


def published(versions: Iterable[VersionT]) -> dict[int, VersionT]:
    """The numbered ones by their number, the oldest first. AWS counts in text: "10" before "9"."""
    numbered = {int(each.version): each for each in versions if each.version.isdigit()}
    return dict(sorted(numbered.items()))


def unpublished(versions: Iterable[VersionT]) -> VersionT:
    """$LATEST, which is what would be published next. Raises CouldNotLook if it is not listed."""
    for each in versions:
        if each.version == "$LATEST":
            return each
    reason = "lambda:ListVersionsByFunction did not list $LATEST."
    raise CouldNotLook(Status.UNSUPPORTED, reason)


def function_options(params: Function) -> str:
    """For a command to copy."""
    region, function = shlex.quote(params.home_region), shlex.quote(params.function_name)
    return f"--region {region} --function-name {function}"
