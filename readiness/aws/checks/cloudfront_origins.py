"""Is there a second place to read from, and would the distribution go there?"""

from __future__ import annotations

from collections.abc import Iterable

from readiness.aws.distribution import (
    READS_DISTRIBUTION,
    ConfigAnswer,
    Counted,
    OnDistribution,
    distribution_fetch,
    mend_settings,
    read_config,
)
from readiness.aws.errors import Status
from readiness.aws.facts import Facts, Shape
from readiness.aws.fetch import Fetch
from readiness.aws.judging import Part, count, listing, look_at, to_mend
from readiness.aws.parameter_types import Buckets, HeaderName, RecordName, dns_name
from readiness.aws.registry import Observed, Verdict, check

HOST_ENDINGS = {
    "aws": "amazonaws.com",
    "aws-cn": "amazonaws.com.cn",
    "aws-us-gov": "amazonaws.com",
}


class Failover(OnDistribution):
    failover_header: HeaderName


class BucketOrigins(OnDistribution):
    buckets: Buckets
    record_name: RecordName | None = None

    def hosts(self, region: str, bucket: str) -> set[str]:
        """The host names that lead to the bucket in its region and nowhere else."""
        ending = HOST_ENDINGS[self.partition]
        places = {
            f"s3.{region}",
            f"s3-{region}",
            f"s3.dualstack.{region}",
            f"s3-website.{region}",
            f"s3-website-{region}",
        }
        if region == "us-east-1":
            places.add("s3")  # the name without a region is that of us-east-1
        return {f"{bucket}.{place}.{ending}" for place in places}


class Member(Shape):
    origin_id: str


class Criteria(Shape):
    status_codes: Counted[int]


class OriginGroup(Shape):
    id: str
    failover_criteria: Criteria
    members: Counted[Member]

    @property
    def origins(self) -> list[str]:
        """Their ids, the one that is asked first in front."""
        return [each.origin_id for each in self.members.items]


class DefaultTarget(Shape):
    target_origin_id: str


class TargetConfig(Shape):
    default_cache_behavior: DefaultTarget
    origin_groups: Counted[OriginGroup]


class CustomHeader(Shape):
    header_name: str


class HeadedOrigin(Shape):
    id: str
    custom_headers: Counted[CustomHeader]

    def has(self, header: str) -> bool:
        return any(each.header_name.lower() == header for each in self.custom_headers.items)


class HeadedConfig(Shape):
    origins: Counted[HeadedOrigin]
    origin_groups: Counted[OriginGroup]


class HostedOrigin(Shape):
    id: str
    domain_name: str


class HostedConfig(Shape):
    origins: Counted[HostedOrigin]


def _mend_group(params: Failover, observed: Observed) -> str:
    return mend_settings(
        params,
        "Under OriginGroups put a group of two origins with the status codes 500, 502, 503 and 504,"
        " and its id as TargetOriginId of the default behaviour",
    )


def _mend_header(params: Failover, observed: Observed) -> str:
    wrong = to_mend(observed, "origins", observed.get("origins", {}))
    where = listing(wrong) or "the origins of each group"
    return mend_settings(
        params,
        f"Give {params.failover_header} to the second origin of each group and to no first one:"
        f" CustomHeaders of {where}",
    )


def _mend_bucket_origins(params: BucketOrigins, observed: Observed) -> str:
    regions = {bucket: region for region, bucket in params.buckets.items()}
    hosts = [
        f"{bucket}.s3.{regions[bucket]}.{HOST_ENDINGS[params.partition]}"
        for bucket in to_mend(observed, "buckets", regions)
    ]
    return mend_settings(params, f"Under Origins there must be one for {listing(hosts)}")


@check(
    "cloudfront.origin-failover-group",
    version=1,
    criteria=["no-single-point", "dependency-failure", "recovery-independence"],
    params=Failover,
    reads=[READS_DISTRIBUTION],
    title="The default behaviour leads to a group with a second origin",
    severity="high",
    passes=(
        "The default behaviour's target is an origin group of at least two origins, with the status"
        " codes at which the second is asked. It is asked for GET, HEAD and OPTIONS only."
    ),
    why=(
        "Whatever the function chooses, only an origin group makes CloudFront ask again when the"
        " chosen origin fails. A group that no behaviour leads to does nothing."
    ),
    mend_console=(
        "CloudFront, the distribution, Origins, Create origin group; then Behaviors, the default"
        " one, Edit: choose the group as origin."
    ),
    mend_cli=_mend_group,
    documentation=(
        "Amazon CloudFront Developer Guide: Optimize high availability with CloudFront origin"
        " failover"
    ),
)
class OriginFailoverGroup:
    """The default target is a group with two origins and the criteria for failing over."""

    @staticmethod
    def needs(params: Failover) -> Iterable[Fetch]:
        yield distribution_fetch(params)

    @staticmethod
    def evaluate(facts: Facts, params: Failover) -> Verdict:
        config = read_config(facts, params, ConfigAnswer[TargetConfig])
        target = config.default_cache_behavior.target_origin_id
        groups = {each.id: each for each in config.origin_groups.items}
        if target not in groups:
            reason = f"The default behaviour leads to the single origin {target}, not to a group."
            return Verdict(Status.FAIL, reason, {"target": target, "is_group": False})
        origins = groups[target].origins
        codes = sorted(groups[target].failover_criteria.status_codes.items)
        observed: Observed = {"target": target, "is_group": True, "origins": origins}
        observed["status_codes"] = codes
        if len(origins) < 2:
            reason = f"The origin group {target} has {count(len(origins), 'origin')} only."
            return Verdict(Status.FAIL, reason, observed)
        if not codes:
            reason = f"The origin group {target} names no status code to fail over at."
            return Verdict(Status.FAIL, reason, observed)
        reason = (
            f"The origin group {target} fails over from {origins[0]} at {listing(map(str, codes))}."
        )
        return Verdict(Status.PASS, reason, observed)


@check(
    "cloudfront.failover-header",
    version=1,
    criteria=["dependency-failure"],
    params=Failover,
    reads=[READS_DISTRIBUTION],
    title="The function can tell the second attempt from the first",
    severity="high",
    passes=(
        "Each second origin of a group has the custom header, and no first one has it. Upper and"
        " lower case are the same. The value is not looked at."
    ),
    why=(
        "On failover the function runs again. Without the header it chooses the same origin once"
        " more, and the failover goes back to what has just failed."
    ),
    mend_console=(
        "CloudFront, the distribution, Origins, the second origin, Edit: Add custom header."
    ),
    mend_cli=_mend_header,
    documentation="Amazon CloudFront Developer Guide: Add custom headers to origin requests",
)
class FailoverHeader:
    """Second origins carry the header, first ones do not."""

    @staticmethod
    def needs(params: Failover) -> Iterable[Fetch]:
        yield distribution_fetch(params)

    @staticmethod
    def evaluate(facts: Facts, params: Failover) -> Verdict:
        header = params.failover_header
        config = read_config(facts, params, ConfigAnswer[HeadedConfig])
        origins = {each.id: each for each in config.origins.items}
        groups = [each.origins for each in config.origin_groups.items]
        seconds = {name for group in groups for name in group[1:]}
        if not seconds:
            name = f"The distribution {params.distribution_id}"
            reason = f"{name} has no origin group with a second origin."
            return Verdict(Status.NOT_APPLICABLE, reason, {"header": header, "origins": {}})

        def look(name: str) -> Part:
            has, second = origins[name].has(header), name in seconds
            wrong = f"no {header}" if second else f"{header} on a first origin"
            return Part(has is second, {"second": second, "has": has}, wrong)

        tally = look_at(sorted({name for group in groups for name in group}), look)
        return tally.verdict(
            {"header": header, "origins": tally.table},
            passed=f"{header} marks {listing(sorted(seconds))} and no first origin",
            failed=f"The function could not tell attempts apart: {tally.wrongs()}",
        )


@check(
    "cloudfront.bucket-origins",
    version=1,
    criteria=["no-single-point"],
    params=BucketOrigins,
    reads=[READS_DISTRIBUTION],
    title="Each bucket is an origin, by the name of its region",
    severity="medium",
    passes=(
        "For each bucket there is an origin whose host name has the bucket and its region. Not"
        " judged where an origin is the record whose DNS answers choose the bucket."
    ),
    why=(
        "CloudFront signs its requests for the origins that it knows. A host name without the"
        " region goes through us-east-1, and fails with that region."
    ),
    mend_console=(
        "CloudFront, the distribution, Origins, Create origin: choose the bucket, and see that the"
        " domain has its region in it."
    ),
    mend_cli=_mend_bucket_origins,
    documentation="Amazon CloudFront Developer Guide: Use various origins with distributions",
)
class EachBucketAnOrigin:
    """An origin with the regional host name for each bucket."""

    @staticmethod
    def needs(params: BucketOrigins) -> Iterable[Fetch]:
        yield distribution_fetch(params)

    @staticmethod
    def evaluate(facts: Facts, params: BucketOrigins) -> Verdict:
        config = read_config(facts, params, ConfigAnswer[HostedConfig])
        hosts = {each.id: each.domain_name.lower() for each in config.origins.items}
        if params.record_name and params.record_name in map(dns_name, hosts.values()):
            reason = f"An origin is {params.record_name[:-1]}: DNS chooses the bucket."
            return Verdict(Status.NOT_APPLICABLE, reason, {"buckets": {}})
        region_of = {bucket: region for region, bucket in params.buckets.items()}

        def look(bucket: str) -> Part:
            right = params.hosts(region_of[bucket], bucket)
            found = [name for name, host in hosts.items() if host in right]
            alike = [host for host in hosts.values() if host.startswith(f"{bucket}.s3")]
            wrong = f"only as {listing(alike)}" if alike else "no origin"
            return Part(bool(found), {"region": region_of[bucket], "origins": found}, wrong)

        tally = look_at(region_of, look)
        return tally.verdict(
            {"buckets": tally.table},
            passed=f"Each of {count(tally.total, 'bucket')} is an origin in its region",
            failed=f"Buckets that CloudFront does not reach in their region: {tally.wrongs()}",
        )
