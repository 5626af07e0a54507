"""Session policies that STS takes: the reads of a run, over as many sessions as they need.

docs/decisions has why: a policy too long for one session is shared out by service, never widened.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from readiness.aws.iam_policy import policy

#: Characters of a policy. STS takes 2,048; it packs them to a second limit that it does not tell.
LONGEST = 1500

#: Services that tell of other services' resources, and are asked where those are (Fetch.beside):
#: any account of a component may be asked for them.
FOLLOWERS = frozenset({"backup", "resourcegroupstaggingapi", "s3control", "sts"})

ReadName = tuple[str, str]  # service and operation, as boto3 spells them


@dataclass(frozen=True, slots=True)
class Reads:
    """What iam_policy.policy wants to know of a check, for reads of many checks together."""

    reads: tuple[ReadName, ...]

    @property
    def policy(self) -> dict[str, Any]:
        return policy([self])


@dataclass(frozen=True, slots=True)
class SessionPolicy:
    """The policy of one session, and the services that are read through it."""

    services: tuple[str, ...]
    document: dict[str, Any]


def session_policies(reads: Iterable[ReadName]) -> tuple[SessionPolicy, ...]:
    """Share the reads out over as few sessions as are needed, a service never over two of them."""
    by_service: dict[str, list[ReadName]] = defaultdict(list)
    for read in sorted(set(reads)):
        by_service[read[0]].append(read)
    groups: list[list[ReadName]] = []
    for wanted in by_service.values():
        if groups and _length(groups[-1] + wanted) <= LONGEST:
            groups[-1] += wanted
        else:
            groups.append(wanted)
    return tuple(_of(group) for group in groups)


def source_identity(team_slug: str) -> str:
    """On whose behalf a session reads, for CloudTrail. STS takes up to 64 characters."""
    return f"readiness-{team_slug}"[:64]


def _of(reads: list[ReadName]) -> SessionPolicy:
    services = tuple(sorted({service for service, _ in reads}))
    return SessionPolicy(services, Reads(tuple(reads)).policy)


def _length(reads: list[ReadName]) -> int:
    return len(json.dumps(Reads(tuple(reads)).policy))
