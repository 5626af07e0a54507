"""Do the headers that matter survive without the function?"""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from typing import Any

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
from readiness.aws.facts import Facts, Shape
from readiness.aws.fetch import Fetch
from readiness.aws.judging import Part, capped, count, listing, look_at
from readiness.aws.parameter_types import HeaderNames
from readiness.aws.registry import Observed, Verdict, check

READS_POLICY = ("cloudfront", "get_response_headers_policy")

CORS_HEADERS = (
    "access-control-allow-headers",
    "access-control-allow-methods",
    "access-control-allow-origin",
)


class SetHeaders(OnDistribution):
    response_headers: HeaderNames
    stripped_headers: HeaderNames | None = None


class HeadersBehaviour(Behaviour):
    # AWS leaves it out where there is none.
    response_headers_policy_id: str | None = Field(None, pattern=r"^[0-9A-Za-z-]{1,64}$")


class SecurityHeaders(Shape):
    """Each has a table of settings if it is set, and is missing if not."""

    content_security_policy: dict[str, Any] | None = None
    content_type_options: dict[str, Any] | None = None
    frame_options: dict[str, Any] | None = None
    referrer_policy: dict[str, Any] | None = None
    strict_transport_security: dict[str, Any] | None = None
    xss_protection: dict[str, Any] | None = Field(None, alias="XSSProtection")

    @property
    def names(self) -> set[str]:
        settings = {
            "content-security-policy": self.content_security_policy,
            "x-content-type-options": self.content_type_options,
            "x-frame-options": self.frame_options,
            "referrer-policy": self.referrer_policy,
            "strict-transport-security": self.strict_transport_security,
            "x-xss-protection": self.xss_protection,
        }
        return {name for name, setting in settings.items() if setting is not None}


class NamedHeader(Shape):
    header: str


class PolicyConfig(Shape):
    security_headers_config: SecurityHeaders | None = None
    custom_headers_config: Counted[NamedHeader] | None = None
    cors_config: dict[str, Any] | None = None
    remove_headers_config: Counted[NamedHeader] | None = None

    @property
    def sets(self) -> set[str]:
        security = self.security_headers_config
        cors = CORS_HEADERS if self.cors_config is not None else ()
        return {
            *(security.names if security else ()),
            *_lower(self.custom_headers_config),
            *cors,
        }

    @property
    def removes(self) -> set[str]:
        return _lower(self.remove_headers_config)


class Policy(Shape):
    response_headers_policy_config: PolicyConfig


class PolicyAnswer(Shape):
    response_headers_policy: Policy


def _lower(headers: Counted[NamedHeader] | None) -> set[str]:
    return {each.header.lower() for each in headers.items} if headers else set()


def policy_fetch(policy: str, params: OnDistribution) -> Fetch:
    return Fetch.of("cloudfront", params.home_region, "get_response_headers_policy", Id=policy)


def policies_by_path(facts: Facts, params: OnDistribution) -> dict[str, str | None]:
    config = read_config(facts, params, ConfigAnswer[BehavioursConfig[HeadersBehaviour]])
    return {path: each.response_headers_policy_id for path, each in config.behaviours.items()}


def _mend_policy(params: SetHeaders, observed: Observed) -> str:
    table = observed.get("behaviours", {})
    known = (seen.get("policy", "none") for seen in table.values())
    policy = next((shlex.quote(each) for each in known if each != "none"), "<POLICY_ID>")
    removed = f", and remove {listing(params.stripped_headers)}" if params.stripped_headers else ""
    create = (
        f"aws cloudfront get-response-headers-policy-config --id {policy}"
        " --query ResponseHeadersPolicyConfig > headers.json\n"
        f"# Give it another Name, and set {listing(params.response_headers)}{removed}.\n"
        "aws cloudfront create-response-headers-policy"
        " --response-headers-policy-config file://headers.json"
    )
    change = "Set ResponseHeadersPolicyId of the behaviours to its id"
    return f"{create}\n{mend_settings(params, change)}"


@check(
    "cloudfront.response-headers-policy",
    version=1,
    criteria=["self-failure", "kill-switch"],
    params=SetHeaders,
    reads=[READS_DISTRIBUTION, READS_POLICY],
    title="A policy sets the headers that must not be missing",
    severity="medium",
    passes=(
        "Each behaviour has a response headers policy that sets the headers which every answer is"
        " to have, and removes those which none is to have. Their values are not looked at."
    ),
    why=(
        "Headers that a function sets are gone when it fails or is taken out of the path. A policy"
        " sets them on every answer, CloudFront's own errors included."
    ),
    mend_console=(
        "CloudFront, Policies, Response headers, Create response headers policy; then the"
        " distribution, Behaviors, each behaviour, Edit: Response headers policy."
    ),
    mend_cli=_mend_policy,
    documentation=(
        "Amazon CloudFront Developer Guide: Add or remove HTTP headers in CloudFront responses with"
        " a policy"
    ),
)
class ResponseHeadersPolicy:
    """Every behaviour's policy sets and removes the headers that the component names."""

    @staticmethod
    def needs(params: SetHeaders) -> Iterable[Fetch]:
        yield distribution_fetch(params)

    @staticmethod
    def needs_more(facts: Facts, params: SetHeaders) -> Iterable[Fetch]:
        policies = policies_by_path(facts, params).values()
        return (policy_fetch(each, params) for each in policies if each)

    @staticmethod
    def evaluate(facts: Facts, params: SetHeaders) -> Verdict:
        policies = policies_by_path(facts, params)

        def look(path: str) -> Part:
            policy = policies[path]
            if policy is None:
                return Part(False, {"policy": "none"}, wrong="no response headers policy")
            return _judged(policy, facts, params)

        tally = look_at(policies, look)
        return tally.verdict(
            {"behaviours": tally.table},
            passed=f"The headers are set by policy on {count(tally.total, 'behaviour')}",
            failed=f"Headers depend on the function alone: {tally.wrongs()}",
        )


def _judged(policy: str, facts: Facts, params: SetHeaders) -> Part:
    answer = facts.subject(
        policy_fetch(policy, params), PolicyAnswer, missing="its policy does not exist"
    )
    config = answer.response_headers_policy.response_headers_policy_config
    not_set = [each for each in params.response_headers if each not in config.sets]
    left = [each for each in params.stripped_headers or () if each not in config.removes]
    seen = {"policy": policy, "not_set": capped(not_set), "not_removed": capped(left)}
    said = [f"{listing(not_set)} not set"] if not_set else []
    said += [f"{listing(left)} not removed"] if left else []
    return Part(not said, seen, wrong=", ".join(said))
