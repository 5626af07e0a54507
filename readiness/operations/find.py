"""Finding the log lines of one request over all regions. Pure.

CloudFront gives each request an id (the header x-amz-cf-id), and Lambda each invocation another (a
UUID). Every line of a function's log carries the second; the first is in it only where the function
writes it (`config.requestId` of its event).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from readiness.aws.console_state import insights_url
from readiness.operations.edge import (
    CLOSE_KM,
    Location,
    distance_km,
    nearest_first,
)
from readiness.operations.places import Places, RegionPlaces


class IdKind(Enum):
    CLOUDFRONT = "CloudFront's id of a request"
    LAMBDA = "Lambda's id of an invocation"


_HEADERS = re.compile(r"^(x-amz-cf-id|x-edge-request-id|x-amzn-requestid):\s*", re.IGNORECASE)
_CLOUDFRONT = re.compile(r"[A-Za-z0-9_-]{40,64}={0,2}")
_LAMBDA = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class NotARequestId(ValueError):
    """A text that is the id of no request."""


@dataclass(frozen=True, slots=True)
class RequestId:
    kind: IdKind
    text: str


def parse_request_id(text: str) -> RequestId:
    """Return the id in a text, also with its header before it. Raises NotARequestId."""
    plain = _HEADERS.sub("", text.strip())
    if _LAMBDA.fullmatch(plain.lower()):
        return RequestId(IdKind.LAMBDA, plain.lower())
    if _CLOUDFRONT.fullmatch(plain):
        return RequestId(IdKind.CLOUDFRONT, plain)
    raise NotARequestId(
        "This is neither CloudFront's id (x-amz-cf-id, some 56 letters and digits) nor Lambda's"
        " (such as 79b9da39-b7ae-408a-a6bc-864b2829c622)."
    )


def quoted(text: str) -> str:
    """Return a text as a string of CloudWatch Logs Insights."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def query_for(wanted: RequestId) -> str:
    """Return the query of CloudWatch Logs Insights that finds the lines of a request."""
    named = quoted(wanted.text)
    found = f"@message like {named}"
    if wanted.kind is IdKind.LAMBDA:
        found = f"@requestId = {named} or {found}"
    return (
        "fields @timestamp, @requestId, @message, @logStream\n"
        f"| filter {found}\n"
        "| sort @timestamp asc\n"
        "| limit 500"
    )


@dataclass(frozen=True, slots=True)
class Step:
    """A region in which to look, in its turn."""

    place: RegionPlaces
    url: str
    # From the edge location; None where it is not known.
    km: int | None
    # Whether it is as likely as the first.
    likely: bool


def steps(places: Places, wanted: RequestId, location: Location | None, seconds: int) -> list[Step]:
    """Return every region of a component with the link to its query, the likeliest first.

    Where the edge location is known, the nearest to it is first; else the order is that of the
    parameters. Regions where the function has left no log group come last; none is left out.
    """
    code = location.code if location else ""
    by_region = {each.region: each for each in places.regions}
    order = [
        *nearest_first((each.region for each in places.ran), code),
        *nearest_first((each.region for each in places.elsewhere), code),
    ]
    query = query_for(wanted)
    found: list[Step] = []
    for region in order:
        place, km = by_region[region], distance_km(code, region)
        # Only the group that is sure to be there once the function ran: a query over one that is
        # missing is refused as a whole.
        url = insights_url(
            query, place.groups[:1], region=region, seconds=seconds, partition=places.partition
        )
        if url:
            found.append(Step(place, url, km, likely=_is_likely(place, km, found)))
    return found


def _is_likely(place: RegionPlaces, km: int | None, before: Sequence[Step]) -> bool:
    if km is None or place.seen is False:
        return False
    return not before or km - (before[0].km or 0) <= CLOSE_KM
