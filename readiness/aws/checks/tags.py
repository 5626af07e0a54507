"""Does every resource say whose it is?"""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from typing import NamedTuple

from pydantic import Field

from readiness.aws.caller import READS_CALLER, CallerAnswer, caller_account, caller_fetch
from readiness.aws.errors import Status
from readiness.aws.facts import Facts, Shape
from readiness.aws.fetch import Fetch
from readiness.aws.judging import Part, count, look_at, to_mend
from readiness.aws.parameter_types import Buckets, DistributionId, FunctionName, TagKey
from readiness.aws.parameters import CheckParameters
from readiness.aws.registry import Observed, Verdict, check

READS_TAGS = ("resourcegroupstaggingapi", "get_resources")


class Owned(CheckParameters):
    owner_tag: TagKey
    distribution_id: DistributionId | None = None
    function_name: FunctionName | None = None
    buckets: Buckets | None = None


class Tag(Shape):
    key: str
    value: str


class TaggedResource(Shape):
    arn: str = Field(alias="ResourceARN")
    tags: list[Tag]


class TaggedAnswer(Shape):
    resource_tag_mapping_list: list[TaggedResource]


class Resource(NamedTuple):
    """One that the parameters name. In its ARN {account} stands for what only AWS can tell."""

    service: str
    region: str
    arn: str

    @property
    def needs_account(self) -> bool:
        return "{account}" in self.arn


def _resources(params: Owned) -> dict[str, Resource]:
    """Each with a name for people. Log groups and alarms are not known by the parameters."""
    home, start = params.home_region, f"arn:{params.partition}"
    found = {}
    if params.distribution_id:
        arn = f"{start}:cloudfront::{{account}}:distribution/{params.distribution_id}"
        found[f"distribution {params.distribution_id}"] = Resource("cloudfront", home, arn)
    if params.function_name:
        arn = f"{start}:lambda:{home}:{{account}}:function:{params.function_name}"
        found[f"function {params.function_name}"] = Resource("lambda", home, arn)
    for region, bucket in (params.buckets or {}).items():
        found[f"bucket {bucket}"] = Resource("s3", region, f"{start}:s3:::{bucket}")
    return found


def tags_fetch(resource: Resource, account: str = "") -> Fetch:
    """By its ARN: a resource that never had a tag is in no other answer."""
    arns = [resource.arn.format(account=account)]
    fetch = Fetch.of(READS_TAGS[0], resource.region, READS_TAGS[1], ResourceARNList=arns)
    return fetch.beside(resource.service)


def _mend_tags(params: Owned, observed: Observed) -> str:
    resources = _resources(params)
    return "\n".join(
        "aws resourcegroupstaggingapi tag-resources"
        f" --region {shlex.quote(resources[name].region)}"
        f" --resource-arn-list {shlex.quote(resources[name].arn.format(account='<ACCOUNT_ID>'))}"
        f" --tags {shlex.quote(params.owner_tag + '=<OWNER>')}"
        for name in to_mend(observed, "resources", resources)
    )


@check(
    "tags.owner",
    version=1,
    criteria=["owner-named", "inventory-complete"],
    params=Owned,
    reads=[READS_TAGS, READS_CALLER],
    title="Every resource has an owner tag",
    severity="medium",
    passes=(
        "The distribution, the function and the buckets of the component each have the owner tag,"
        " with a value. Whether that team agrees, a person has to say."
    ),
    why=(
        "Whoever finds a strange bucket or a strange bill at night has nothing but its tags to"
        " learn whom to wake."
    ),
    mend_console="Resource Groups and Tag Editor, Tag Editor: find the resource, Manage tags.",
    mend_cli=_mend_tags,
    documentation="Tagging AWS Resources User Guide: Best practices and strategies",
)
class OwnerTag:
    """Each resource that the parameters name has the tag."""

    @staticmethod
    def needs(params: Owned) -> Iterable[Fetch]:
        for each in _resources(params).values():
            named = each.needs_account
            yield caller_fetch(each.service, params) if named else tags_fetch(each)

    @staticmethod
    def needs_more(facts: Facts, params: Owned) -> Iterable[Fetch]:
        for each in _resources(params).values():
            if not each.needs_account:
                continue
            caller = facts.glance(caller_fetch(each.service, params), CallerAnswer)
            if caller is not None:
                yield tags_fetch(each, caller.account)

    @staticmethod
    def evaluate(facts: Facts, params: Owned) -> Verdict:
        resources = _resources(params)
        if not resources:
            reason = "The component names neither a distribution nor a function nor buckets."
            return Verdict(Status.NOT_APPLICABLE, reason, {"resources": {}})

        def look(name: str) -> Part:
            resource = resources[name]
            account = ""
            if resource.needs_account:
                account = caller_account(resource.service, facts, params)
            arn = resource.arn.format(account=account)
            answer = facts.read(tags_fetch(resource, account), TaggedAnswer)
            tags = [
                tag
                for each in answer.resource_tag_mapping_list
                if each.arn == arn
                for tag in each.tags
            ]
            tagged = any(tag.key == params.owner_tag and tag.value.strip() for tag in tags)
            seen = {"region": resource.region, "tagged": tagged}
            return Part(tagged, seen, wrong=f"no tag {params.owner_tag}")

        tally = look_at(resources, look)
        return tally.verdict(
            {"resources": tally.table, "tag": params.owner_tag},
            passed=f"Each of {count(tally.total, 'resource')} has the tag {params.owner_tag}",
            failed=f"Resources without an owner: {tally.wrongs()}",
        )
