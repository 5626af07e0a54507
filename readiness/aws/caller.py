"""Whose account it is: some names of resources, and some reads, need its number."""

from __future__ import annotations

from pydantic import Field

from readiness.aws.facts import Facts, Shape
from readiness.aws.fetch import Fetch
from readiness.aws.parameters import CheckParameters

READS_CALLER = ("sts", "get_caller_identity")


class CallerAnswer(Shape):
    account: str = Field(alias="Account", pattern=r"^[0-9]{12}$")


def caller_fetch(service: str, params: CheckParameters) -> Fetch:
    return Fetch.of(READS_CALLER[0], params.home_region, READS_CALLER[1]).beside(service)


def caller_account(service: str, facts: Facts, params: CheckParameters) -> str:
    """The number of the account in which `service` is looked at. Raises CouldNotLook."""
    return facts.read(caller_fetch(service, params), CallerAnswer).account
