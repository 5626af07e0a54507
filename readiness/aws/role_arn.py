"""The ARN of a role as somebody typed it: what it says about where the role is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self

from readiness.aws.fetch import HOME_REGIONS

FORM = re.compile(
    r"arn:(?P<partition>[a-z-]{1,20}):iam::(?P<account_id>[0-9]{12})"
    r":role(?P<path>/(?:[\w+=,.@-]{1,128}/){0,8})(?P<name>[\w+=,.@-]{1,64})",
    re.ASCII,
)
EXPECTED = "A role's ARN reads arn:aws:iam::, twelve digits and :role/ with its name."


@dataclass(frozen=True, slots=True)
class RoleArn:
    partition: str
    account_id: str
    path: str  # begins and ends with a slash
    name: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises ValueError with a sentence for whoever typed it."""
        found = FORM.fullmatch(text)
        if found is None:
            raise ValueError(EXPECTED)
        if found["partition"] not in HOME_REGIONS:
            known = ", ".join(HOME_REGIONS)
            raise ValueError(f"Readiness knows the partitions {known} and no other.")
        return cls(found["partition"], found["account_id"], found["path"], found["name"])
