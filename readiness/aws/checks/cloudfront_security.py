"""Who may come in through the distribution, and how well is the way there protected?"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

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
from readiness.aws.errors import CouldNotLook, Status
from readiness.aws.facts import Facts, Shape
from readiness.aws.fetch import Fetch
from readiness.aws.judging import Part, count, listing, look_at
from readiness.aws.registry import Observed, Verdict, check

#: Security policies with TLS 1.2 or later and only ciphers that authenticate what they encrypt.
STRONG_POLICIES = ("TLSv1.2_2021", "TLSv1.2_2025", "TLSv1.3_2025")
#: Those with older protocols, or with ciphers in CBC mode. One in neither list is not known yet.
WEAK_POLICIES = ("SSLv3", "TLSv1", "TLSv1_2016", "TLSv1.1_2016", "TLSv1.2_2018", "TLSv1.2_2019")


class FirewallConfig(Shape):
    web_acl_id: str = Field(alias="WebACLId")


class Certificate(Shape):
    cloud_front_default_certificate: bool = False
    minimum_protocol_version: str


class PolicedBehaviour(Behaviour):
    viewer_protocol_policy: Literal["allow-all", "https-only", "redirect-to-https"]


class TlsConfig(BehavioursConfig[PolicedBehaviour]):
    viewer_certificate: Certificate


class S3Settings(Shape):
    origin_access_identity: str


class GuardedOrigin(Shape):
    id: str
    # Missing from a custom origin: the website endpoint of a bucket, or no bucket at all.
    s3_origin_config: S3Settings | None = None
    origin_access_control_id: str = ""

    @property
    def guard(self) -> str:
        if self.origin_access_control_id:
            return "origin access control"
        identity = self.s3_origin_config and self.s3_origin_config.origin_access_identity
        return "origin access identity" if identity else "none"


class GuardedConfig(Shape):
    origins: Counted[GuardedOrigin]


def _mend_web_acl(params: OnDistribution, observed: Observed) -> str:
    listed = "aws wafv2 list-web-acls --scope CLOUDFRONT --region us-east-1"
    return f"{listed}\n{mend_settings(params, 'Set WebACLId to the ARN of one of these')}"


def _mend_tls(params: OnDistribution, observed: Observed) -> str:
    return mend_settings(
        params,
        f"Under ViewerCertificate set MinimumProtocolVersion to {STRONG_POLICIES[0]}, with a"
        " certificate of your own; under each behaviour ViewerProtocolPolicy to redirect-to-https",
    )


def _mend_access(params: OnDistribution, observed: Observed) -> str:
    table = observed.get("origins", {})
    open_ = [origin for origin, seen in table.items() if seen.get("guard") == "none"]
    create = (
        "aws cloudfront create-origin-access-control --origin-access-control-config"
        " Name=s3,SigningProtocol=sigv4,SigningBehavior=always,OriginAccessControlOriginType=s3"
    )
    where = listing(open_) or "the S3 origins"
    change = f"Set OriginAccessControlId of {where} to the id of that origin access control"
    return f"{create}\n{mend_settings(params, change)}"


@check(
    "cloudfront.web-acl",
    version=1,
    criteria=["exposure-minimal"],
    params=OnDistribution,
    reads=[READS_DISTRIBUTION],
    title="The distribution has a web ACL",
    severity="medium",
    passes="The distribution names a web ACL. What its rules are is not looked at.",
    why=(
        "Each request that misses the cache runs the function and is paid for. A web ACL is the"
        " only place where a flood can be turned away before that."
    ),
    mend_console=(
        "CloudFront, the distribution, Security, Web Application Firewall (WAF), Edit: Enable"
        " security protections, or choose a web ACL that exists."
    ),
    mend_cli=_mend_web_acl,
    documentation="Amazon CloudFront Developer Guide: Use AWS WAF protections",
)
class WebAcl:
    """The distribution names a web ACL."""

    @staticmethod
    def needs(params: OnDistribution) -> Iterable[Fetch]:
        yield distribution_fetch(params)

    @staticmethod
    def evaluate(facts: Facts, params: OnDistribution) -> Verdict:
        named = bool(read_config(facts, params, ConfigAnswer[FirewallConfig]).web_acl_id)
        observed: Observed = {"web_acl": named}
        if named:
            return Verdict(
                Status.PASS, f"The distribution {params.distribution_id} has a web ACL.", observed
            )
        return Verdict(
            Status.FAIL, f"The distribution {params.distribution_id} has no web ACL.", observed
        )


@check(
    "cloudfront.tls-minimum",
    version=1,
    criteria=["transport-secured"],
    params=OnDistribution,
    reads=[READS_DISTRIBUTION],
    title="Viewers must use HTTPS with a recent TLS",
    severity="high",
    passes=(
        f"The security policy is {STRONG_POLICIES[0]} or a later one, with a certificate of your"
        " own, and no behaviour answers over plain HTTP."
    ),
    why=(
        "The certificate of cloudfront.net comes with TLS 1.0, whatever else is set. One behaviour"
        " that allows HTTP is enough to read, or to change, what its users get."
    ),
    mend_console=(
        "CloudFront, the distribution, General, Settings, Edit: Security policy; and Behaviors, the"
        " behaviour, Edit: Redirect HTTP to HTTPS."
    ),
    mend_cli=_mend_tls,
    documentation=(
        "Amazon CloudFront Developer Guide: Supported protocols and ciphers between viewers and"
        " CloudFront"
    ),
)
class TlsMinimum:
    """A strong security policy, and HTTPS on every behaviour."""

    @staticmethod
    def needs(params: OnDistribution) -> Iterable[Fetch]:
        yield distribution_fetch(params)

    @staticmethod
    def evaluate(facts: Facts, params: OnDistribution) -> Verdict:
        config = read_config(facts, params, ConfigAnswer[TlsConfig])
        certificate, policies = (
            config.viewer_certificate,
            {path: each.viewer_protocol_policy for path, each in config.behaviours.items()},
        )
        observed: Observed = {
            "security_policy": certificate.minimum_protocol_version,
            "default_certificate": certificate.cloud_front_default_certificate,
            "behaviours": {path: {"viewer_protocol": each} for path, each in policies.items()},
        }
        plain = [path for path, policy in policies.items() if policy == "allow-all"]
        wrong = [f"plain HTTP is answered on {listing(plain)}"] if plain else []
        weakness = _weakness(certificate, known_wrong=bool(plain))
        wrong += [weakness] if weakness else []
        if wrong:
            reason = f"On the distribution {params.distribution_id} {'; '.join(wrong)}."
            return Verdict(Status.FAIL, reason, observed)
        policy = certificate.minimum_protocol_version
        reason = f"The distribution {params.distribution_id} wants HTTPS everywhere, with {policy}."
        return Verdict(Status.PASS, reason, observed)


def _weakness(certificate: Certificate, *, known_wrong: bool) -> str:
    """What is wrong with the security policy, "" if nothing.

    Raises CouldNotLook if it is newer than our lists, unless there is something wrong anyway.
    """
    policy = certificate.minimum_protocol_version
    if certificate.cloud_front_default_certificate:
        return "the certificate of cloudfront.net allows TLS 1.0"
    if policy in WEAK_POLICIES:
        return f"the security policy {policy} allows old protocols or ciphers"
    if policy not in STRONG_POLICIES and not known_wrong:
        reason = f"This software does not know the security policy {policy[:40]}."
        raise CouldNotLook(Status.UNSUPPORTED, reason)
    return ""


@check(
    "cloudfront.origin-access",
    version=1,
    criteria=["exposure-minimal"],
    params=OnDistribution,
    reads=[READS_DISTRIBUTION],
    title="CloudFront signs its requests to S3",
    severity="high",
    passes=(
        "Each S3 origin has an origin access control or an origin access identity. Website"
        " endpoints and other custom origins cannot have one and are not judged."
    ),
    why=(
        "Without a signature the bucket can only be open to everybody, or closed to CloudFront"
        " too. An open bucket is a way around the function and the web ACL."
    ),
    mend_console=(
        "CloudFront, the distribution, Origins, the origin, Edit: Origin access control settings;"
        " then copy the policy that is offered into the bucket."
    ),
    mend_cli=_mend_access,
    documentation=(
        "Amazon CloudFront Developer Guide: Restrict access to an Amazon Simple Storage Service"
        " origin"
    ),
)
class OriginAccess:
    """Each S3 origin is read with an access control or an identity."""

    @staticmethod
    def needs(params: OnDistribution) -> Iterable[Fetch]:
        yield distribution_fetch(params)

    @staticmethod
    def evaluate(facts: Facts, params: OnDistribution) -> Verdict:
        config = read_config(facts, params, ConfigAnswer[GuardedConfig])
        origins = {each.id: each for each in config.origins.items}

        def look(name: str) -> Part:
            origin = origins[name]
            if origin.s3_origin_config is None:
                return Part(None, {"guard": "custom origin"})
            return Part(origin.guard != "none", {"guard": origin.guard}, wrong="not signed")

        tally = look_at(origins, look)
        observed: Observed = {"origins": tally.table}
        if len(tally.nothing) == tally.total:
            reason = f"The distribution {params.distribution_id} has no S3 origin."
            return Verdict(Status.NOT_APPLICABLE, reason, observed)
        return tally.verdict(
            observed,
            passed=f"{count(len(tally.good), 'S3 origin')}, each read with a signature",
            failed=f"Buckets are asked without a signature: {tally.wrongs()}",
        )
