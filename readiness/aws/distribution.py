"""The distribution of a component: one read, of which each check parses just what it judges."""

from __future__ import annotations

import shlex
from typing import Generic, Self, TypeVar

from pydantic import model_validator

from readiness.aws.facts import Facts, Shape
from readiness.aws.fetch import Fetch
from readiness.aws.parameter_types import DistributionId
from readiness.aws.parameters import CheckParameters

READS_DISTRIBUTION = ("cloudfront", "get_distribution")


class OnDistribution(CheckParameters):
    distribution_id: DistributionId


ItemT = TypeVar("ItemT")


class Counted(Shape, Generic[ItemT]):
    """A list as CloudFront sends it; an empty one has no items at all."""

    quantity: int
    items: list[ItemT] = []

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        """One that was cut short must not look like an empty one."""
        if self.quantity != len(self.items):
            raise ValueError("counts more than it holds")
        return self


class Behaviour(Shape):
    path_pattern: str = "default"


BehaviourT = TypeVar("BehaviourT", bound=Behaviour)


class BehavioursConfig(Shape, Generic[BehaviourT]):
    default_cache_behavior: BehaviourT
    cache_behaviors: Counted[BehaviourT]

    @model_validator(mode="after")
    def _is_told_apart(self) -> Self:
        if len(self.behaviours) <= len(self.cache_behaviors.items):
            raise ValueError("two behaviours of one path")
        return self

    @property
    def behaviours(self) -> dict[str, BehaviourT]:
        """All of them by their path, the default one first."""
        all_ = (self.default_cache_behavior, *self.cache_behaviors.items)
        return {each.path_pattern: each for each in all_}


ConfigT = TypeVar("ConfigT", bound=Shape)


class Configured(Shape, Generic[ConfigT]):
    distribution_config: ConfigT


class ConfigAnswer(Shape, Generic[ConfigT]):
    distribution: Configured[ConfigT]


AnswerT = TypeVar("AnswerT", bound=Shape)


def distribution_fetch(params: OnDistribution) -> Fetch:
    return Fetch.of("cloudfront", params.home_region, "get_distribution", Id=params.distribution_id)


def read_distribution(facts: Facts, params: OnDistribution, shape: type[AnswerT]) -> AnswerT:
    """Raises SubjectMissing if there is no such distribution, and CouldNotLook."""
    missing = f"There is no distribution {params.distribution_id}."
    return facts.subject(distribution_fetch(params), shape, missing=missing)


def read_config(
    facts: Facts, params: OnDistribution, shape: type[ConfigAnswer[ConfigT]]
) -> ConfigT:
    """As `read_distribution`, for who wants nothing but the settings."""
    return read_distribution(facts, params, shape).distribution.distribution_config


def mend_settings(params: OnDistribution, change: str) -> str:
    """The commands around `change`, a sentence without its full stop about the settings."""
    distribution = shlex.quote(params.distribution_id)
    return (
        f"etag=$(aws cloudfront get-distribution-config --id {distribution}"
        " --query ETag --output text)\n"
        f"aws cloudfront get-distribution-config --id {distribution}"
        " --query DistributionConfig > distribution.json\n"
        f"# {change}.\n"
        f'aws cloudfront update-distribution --id {distribution} --if-match "$etag"'
        " --distribution-config file://distribution.json"
    )
