"""Can what the component costs be told from all the rest?"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from readiness.aws.errors import Status
from readiness.aws.facts import Facts, Shape
from readiness.aws.fetch import Fetch
from readiness.aws.parameter_types import TagKey
from readiness.aws.parameters import CheckParameters
from readiness.aws.registry import Observed, Verdict, check

READS_COST_TAGS = ("ce", "list_cost_allocation_tags")


class CostTagged(CheckParameters):
    cost_tag: TagKey


class CostTag(Shape):
    tag_key: str
    status: Literal["Active", "Inactive"]


class CostTagsAnswer(Shape):
    cost_allocation_tags: list[CostTag]


def cost_tags_fetch(params: CostTagged) -> Fetch:
    service, operation = READS_COST_TAGS
    return Fetch.of(service, params.home_region, operation, TagKeys=[params.cost_tag])


@check(
    "costs.tag-active",
    version=1,
    criteria=["cost-visible"],
    params=CostTagged,
    reads=[READS_COST_TAGS],
    title="Costs can be told apart by tag",
    severity="low",
    passes=(
        "The tag is active as a cost allocation tag. Only the account that pays for the others can"
        " look; from another one AWS refuses, and the check says so. AWS charges about one US cent"
        " for this request to Cost Explorer, each time the check runs."
    ),
    why=(
        "A tag that billing does not know changes nothing on the bill: the costs of the component"
        " stay lost among all others, and nothing is counted for the time before it is active."
    ),
    mend_console=(
        "In the account that pays: Billing and Cost Management, Cost allocation tags, the tag,"
        " Activate. It takes up to a day."
    ),
    mend_cli=(
        "aws ce update-cost-allocation-tags-status"
        " --cost-allocation-tags-status TagKey={cost_tag},Status=Active"
    ),
    documentation="AWS Billing User Guide: Activating user-defined cost allocation tags",
)
class CostTagActive:
    """Billing knows the tag and uses it."""

    @staticmethod
    def needs(params: CostTagged) -> Iterable[Fetch]:
        yield cost_tags_fetch(params)

    @staticmethod
    def evaluate(facts: Facts, params: CostTagged) -> Verdict:
        key = params.cost_tag
        answer = facts.read(cost_tags_fetch(params), CostTagsAnswer)
        # One that AWS generates may have the same key as one of ours.
        found = [each.status for each in answer.cost_allocation_tags if each.tag_key == key]
        observed: Observed = {"tag": key, "known": bool(found), "active": "Active" in found}
        if not found:
            reason = f"Billing does not know the tag {key}; it learns of a tag within a day."
            return Verdict(Status.FAIL, reason, observed)
        if "Active" not in found:
            return Verdict(Status.FAIL, f"The tag {key} is not active.", observed)
        return Verdict(Status.PASS, f"The tag {key} is active.", observed)
