"""How long does a wrong answer live, and who may be given somebody else's?"""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from typing import Literal

from pydantic import Field

from readiness.aws.checks.cloudfront import EdgeFunction, not_called, uses_of_function
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
from readiness.aws.errors import CouldNotLook, Status
from readiness.aws.facts import Facts, Shape
from readiness.aws.fetch import Fetch
from readiness.aws.judging import Part, count, listing, look_at, to_mend
from readiness.aws.parameter_types import DEFAULT_ERROR_TTL, CacheTtl, ErrorTtl
from readiness.aws.registry import Observed, Verdict, check

READS_POLICY = ("cloudfront", "get_cache_policy")

#: What CloudFront keeps of an error without a setting of its own, in seconds.
UNSET_ERROR_TTL = 10
#: The errors that it keeps although the origin did not ask for it.
KEPT_ERRORS = (404, 414, 500, 501, 502, 503, 504)
NEVER_KEPT = 416
NOTHING_CACHED = "nothing is cached"


class CachedErrors(OnDistribution):
    error_ttl_max: ErrorTtl = DEFAULT_ERROR_TTL


class CachedAnswers(OnDistribution):
    cache_ttl_max: CacheTtl


class ChoosesEncoding(EdgeFunction):
    precompressed: Literal["yes"]


class ErrorResponse(Shape):
    error_code: int
    ttl: int = Field(alias="ErrorCachingMinTTL")


class ErrorsConfig(Shape):
    custom_error_responses: Counted[ErrorResponse]


class ForwardedValues(Shape):
    headers: Counted[str] | None = None  # missing: none


class CachedBehaviour(Behaviour):
    """Cached by a policy, or by the older settings that policies took the place of."""

    cache_policy_id: str | None = Field(None, pattern=r"^[0-9A-Za-z-]{1,64}$")
    max_ttl: int | None = Field(None, alias="MaxTTL")
    forwarded_values: ForwardedValues | None = None


class HeadersInKey(Shape):
    headers: Counted[str] | None = None  # missing: none


class CacheKey(Shape):
    enable_accept_encoding_gzip: bool
    enable_accept_encoding_brotli: bool = False
    headers_config: HeadersInKey


class CachePolicyConfig(Shape):
    max_ttl: int = Field(alias="MaxTTL")
    parameters_in_cache_key_and_forwarded_to_origin: CacheKey


class CachePolicy(Shape):
    cache_policy_config: CachePolicyConfig


class CachePolicyAnswer(Shape):
    cache_policy: CachePolicy


def policy_fetch(policy: str, params: OnDistribution) -> Fetch:
    return Fetch.of("cloudfront", params.home_region, "get_cache_policy", Id=policy)


def cached_behaviours(facts: Facts, params: OnDistribution) -> dict[str, CachedBehaviour]:
    return read_config(facts, params, ConfigAnswer[BehavioursConfig[CachedBehaviour]]).behaviours


def _policies(facts: Facts, params: OnDistribution) -> Iterable[Fetch]:
    for behaviour in cached_behaviours(facts, params).values():
        if behaviour.cache_policy_id:
            yield policy_fetch(behaviour.cache_policy_id, params)


def _policy(policy: str, facts: Facts, params: OnDistribution) -> CachePolicyConfig:
    answer = facts.subject(
        policy_fetch(policy, params), CachePolicyAnswer, missing="its cache policy does not exist"
    )
    return answer.cache_policy.cache_policy_config


def _no_caching_settings() -> CouldNotLook:
    reason = "A behaviour came with neither a cache policy nor settings of its own."
    return CouldNotLook(Status.UNSUPPORTED, reason)


def _mend_errors(params: CachedErrors, observed: Observed) -> str:
    table = observed.get("errors", {})
    slow = [code for code, seen in table.items() if seen.get("seconds", 0) > params.error_ttl_max]
    which = f"of {listing(slow)}" if slow else "of each"
    return mend_settings(
        params,
        f"Under CustomErrorResponses set ErrorCachingMinTTL {which} to at most"
        f" {params.error_ttl_max}",
    )


def _mend_ttl(params: CachedAnswers, observed: Observed) -> str:
    return _mend_policies(
        params, observed, f"set MaxTTL (and DefaultTTL) to at most {params.cache_ttl_max}"
    )


def _mend_key(params: ChoosesEncoding, observed: Observed) -> str:
    return _mend_policies(
        params, observed, "set EnableAcceptEncodingGzip and EnableAcceptEncodingBrotli to true"
    )


def _mend_policies(params: OnDistribution, observed: Observed, change: str) -> str:
    """Policies of AWS itself cannot be changed: a behaviour then gets one of your own."""
    table = observed.get("behaviours", {})
    wrong = [table[path].get("policy", "none") for path in to_mend(observed, "behaviours", table)]
    policy = next((shlex.quote(each) for each in wrong if each != "none"), "<POLICY_ID>")
    create = (
        f"aws cloudfront get-cache-policy-config --id {policy} --query CachePolicyConfig"
        " > policy.json\n"
        f"# Give it another Name, and {change}.\n"
        "aws cloudfront create-cache-policy --cache-policy-config file://policy.json"
    )
    return f"{create}\n{mend_settings(params, 'Set CachePolicyId of the behaviours to its id')}"


@check(
    "cloudfront.error-caching",
    version=1,
    criteria=["bad-output-purge"],
    params=CachedErrors,
    reads=[READS_DISTRIBUTION],
    title="CloudFront does not keep errors for long",
    severity="medium",
    passes=(
        "Each error with a setting of its own is kept no longer than the limit. An error without"
        f" one is kept for {UNSET_ERROR_TTL} seconds. A Cache-Control header on the error itself"
        " may make it longer; that is not seen here."
    ),
    why=(
        "CloudFront answers with the error that it has, and does not ask again until its time is"
        " over. After a repair users go on seeing the fault for just that long."
    ),
    mend_console=(
        "CloudFront, the distribution, Error pages, the code, Edit: Error caching minimum TTL."
    ),
    mend_cli=_mend_errors,
    documentation="Amazon CloudFront Developer Guide: Control how long CloudFront caches errors",
)
class ErrorCaching:
    """No error is kept for longer than the limit, by a setting or by CloudFront's own rule."""

    @staticmethod
    def needs(params: CachedErrors) -> Iterable[Fetch]:
        yield distribution_fetch(params)

    @staticmethod
    def evaluate(facts: Facts, params: CachedErrors) -> Verdict:
        limit = params.error_ttl_max
        config = read_config(facts, params, ConfigAnswer[ErrorsConfig])
        set_ = {each.error_code: each.ttl for each in config.custom_error_responses.items}
        set_.pop(NEVER_KEPT, None)
        kept = {**dict.fromkeys(KEPT_ERRORS, UNSET_ERROR_TTL), **set_}

        def look(code: str) -> Part:
            seconds = kept[int(code)]
            seen = {"seconds": seconds, "set": int(code) in set_}
            return Part(seconds <= limit, seen, wrong=count(seconds, "second"))

        tally = look_at(map(str, sorted(kept)), look)
        return tally.verdict(
            {"errors": tally.table},
            passed=f"No error is kept for more than {count(limit, 'second')}",
            failed=f"Errors are kept for more than {count(limit, 'second')}: {tally.wrongs()}",
        )


@check(
    "cloudfront.cache-policy",
    version=1,
    criteria=["bad-output-purge"],
    params=CachedAnswers,
    reads=[READS_DISTRIBUTION, READS_POLICY],
    title="CloudFront does not keep a wrong answer for long",
    severity="medium",
    passes=(
        "On every behaviour the longest time to live, of its cache policy or of its older settings,"
        " is within the limit."
    ),
    why=(
        "What a faulty function has put into the caches stays there when the function is repaired."
        " Where nobody finds every path to invalidate, the longest time to live is what counts."
    ),
    mend_console=(
        "CloudFront, Policies, Cache, Create cache policy with a shorter Maximum TTL; then the"
        " distribution, Behaviors, the behaviour, Edit: Cache policy."
    ),
    mend_cli=_mend_ttl,
    documentation="Amazon CloudFront Developer Guide: Manage how long content stays in the cache",
)
class CachePolicyTtl:
    """No behaviour lets anything live longer than the limit."""

    @staticmethod
    def needs(params: CachedAnswers) -> Iterable[Fetch]:
        yield distribution_fetch(params)

    @staticmethod
    def needs_more(facts: Facts, params: CachedAnswers) -> Iterable[Fetch]:
        return _policies(facts, params)

    @staticmethod
    def evaluate(facts: Facts, params: CachedAnswers) -> Verdict:
        behaviours = cached_behaviours(facts, params)
        limit = params.cache_ttl_max

        def look(path: str) -> Part:
            policy = behaviours[path].cache_policy_id
            seconds = _policy(policy, facts, params).max_ttl if policy else behaviours[path].max_ttl
            if seconds is None:
                raise _no_caching_settings()
            seen = {"policy": policy or "none", "max_seconds": seconds}
            return Part(seconds <= limit, seen, wrong=f"up to {count(seconds, 'second')}")

        tally = look_at(behaviours, look)
        return tally.verdict(
            {"behaviours": tally.table},
            passed=f"Nothing is cached for more than {count(limit, 'second')}",
            failed=f"A wrong answer may stay for more than {count(limit, 'second')}:"
            f" {tally.wrongs()}",
        )


@check(
    "cloudfront.accept-encoding-key",
    version=1,
    criteria=["bad-output-purge", "config-validated"],
    params=ChoosesEncoding,
    reads=[READS_DISTRIBUTION, READS_POLICY],
    title="Compressed and plain answers are cached apart",
    severity="high",
    passes=(
        "Accept-Encoding is part of the cache key on every behaviour that calls the function on the"
        " way to the origin or back, or nothing is cached there."
    ),
    why=(
        "Behind the cache the function chooses for the first user who asks. If the key does not"
        " know what that one accepts, all others get the same, compressed or not."
    ),
    mend_console=(
        "CloudFront, Policies, Cache, the policy, Edit: Compression support Gzip and Brotli; then"
        " the distribution, Behaviors, the behaviour, Edit: Cache policy."
    ),
    mend_cli=_mend_key,
    documentation="Amazon CloudFront Developer Guide: Serve compressed files",
)
class AcceptEncodingKey:
    """The cache key has Accept-Encoding wherever the function chooses behind the cache."""

    @staticmethod
    def needs(params: ChoosesEncoding) -> Iterable[Fetch]:
        yield distribution_fetch(params)

    @staticmethod
    def needs_more(facts: Facts, params: ChoosesEncoding) -> Iterable[Fetch]:
        return _policies(facts, params)

    @staticmethod
    def evaluate(facts: Facts, params: ChoosesEncoding) -> Verdict:
        uses = uses_of_function(facts, params)
        if not uses:
            return not_called(params)
        paths = dict.fromkeys(use.path for use in uses if use.event.startswith("origin-"))
        if not paths:
            # A path that was rewritten for the viewer is itself part of the key.
            reason = f"The function {params.function_name} is called before the cache only."
            return Verdict(Status.NOT_APPLICABLE, reason, {"behaviours": {}})
        behaviours = cached_behaviours(facts, params)

        def look(path: str) -> Part:
            policy = behaviours[path].cache_policy_id
            how = _encoding_in(behaviours[path], facts, params)
            seen = {"policy": policy or "none", "key": how or "without"}
            return Part(bool(how), seen, wrong="not in the key")

        tally = look_at(paths, look)
        return tally.verdict(
            {"behaviours": tally.table},
            passed=f"Accept-Encoding is in the key of {count(tally.total, 'behaviour')}",
            failed=f"Accept-Encoding is missing from cache keys: {tally.wrongs()}",
        )


def _encoding_in(behaviour: CachedBehaviour, facts: Facts, params: OnDistribution) -> str:
    """How the cache key tells encodings apart, "" if it does not. Raises as facts.subject."""
    if behaviour.cache_policy_id is None:
        if behaviour.forwarded_values is None:
            raise _no_caching_settings()
        if behaviour.max_ttl == 0:
            return NOTHING_CACHED
        return "header" if _names_it(behaviour.forwarded_values.headers) else ""
    config = _policy(behaviour.cache_policy_id, facts, params)
    key = config.parameters_in_cache_key_and_forwarded_to_origin
    if config.max_ttl == 0:
        return NOTHING_CACHED
    if key.enable_accept_encoding_gzip or key.enable_accept_encoding_brotli:
        return "compression support"
    return "header" if _names_it(key.headers_config.headers) else ""


def _names_it(headers: Counted[str] | None) -> bool:
    names = headers.items if headers else []
    return any(each.lower() in ("accept-encoding", "*") for each in names)
