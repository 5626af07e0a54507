"""How long will browsers go on trusting the certificate?"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Literal

from pydantic import Field

from readiness.aws.distribution import (
    READS_DISTRIBUTION,
    ConfigAnswer,
    OnDistribution,
    distribution_fetch,
    read_config,
)
from readiness.aws.errors import CouldNotLook, Status
from readiness.aws.facts import Facts, Moment, Shape
from readiness.aws.fetch import Fetch
from readiness.aws.judging import count
from readiness.aws.registry import Observed, Verdict, check

READS_CERTIFICATE = ("acm", "describe_certificate")

#: ACM renews 60 days before the end; at this distance it has failed for a month.
LEFT_AT_LEAST = timedelta(days=30)


class ViewerCertificate(Shape):
    cloud_front_default_certificate: bool
    acm_certificate_arn: str = Field("", alias="ACMCertificateArn")
    iam_certificate_id: str = Field("", alias="IAMCertificateId")


class CertifiedConfig(Shape):
    viewer_certificate: ViewerCertificate


class Certificate(Shape):
    status: Literal[
        "EXPIRED",
        "FAILED",
        "INACTIVE",
        "ISSUED",
        "PENDING_VALIDATION",
        "REVOKED",
        "VALIDATION_TIMED_OUT",
    ]
    type: str
    not_after: Moment | None = None  # missing until it was issued


class CertificateAnswer(Shape):
    certificate: Certificate


def certificate_fetch(arn: str, params: OnDistribution) -> Fetch:
    """CloudFront takes certificates from the home region only.

    Raises CouldNotLook for what is no ARN of a certificate there.
    """
    pattern = rf"arn:{params.partition}:acm:{params.home_region}:[0-9]{{12}}:certificate/[\w-]+"
    if not re.fullmatch(pattern, arn, re.ASCII):
        reason = f"The certificate is not one of ACM in {params.home_region}."
        raise CouldNotLook(Status.UNSUPPORTED, reason)
    return Fetch.of("acm", params.home_region, "describe_certificate", CertificateArn=arn)


def _in_use(facts: Facts, params: OnDistribution) -> ViewerCertificate:
    return read_config(facts, params, ConfigAnswer[CertifiedConfig]).viewer_certificate


def _mend_certificate(params: OnDistribution, observed: Observed) -> str:
    region = shlex.quote(params.home_region)
    certificate = shlex.quote(str(observed.get("certificate", "<CERTIFICATE_ID>")))
    arn = f"arn:{params.partition}:acm:{region}:<ACCOUNT_ID>:certificate/{certificate}"
    return (
        f"aws acm describe-certificate --region {region} --certificate-arn {arn}"
        " --query Certificate.DomainValidationOptions\n"
        "# Put the CNAME records that it names into DNS: ACM validates and renews by them. An"
        " imported certificate is replaced:\n"
        f"aws acm import-certificate --region {region} --certificate-arn {arn}"
        " --certificate fileb://certificate.pem --private-key fileb://key.pem"
    )


@check(
    "acm.certificate-valid",
    version=1,
    criteria=["transport-secured"],
    params=OnDistribution,
    reads=[READS_DISTRIBUTION, READS_CERTIFICATE],
    title="The certificate is valid for another 30 days",
    severity="high",
    passes=(
        "The certificate of the distribution is issued and has more than"
        f" {LEFT_AT_LEAST.days} days left."
    ),
    why=(
        "ACM renews by itself only while its DNS records are there, and never what was imported."
        " On the last day every user is turned away at once."
    ),
    mend_console=(
        "Certificate Manager in us-east-1, the certificate: Domains, Create records in Route 53;"
        " or Reimport for one that was imported."
    ),
    mend_cli=_mend_certificate,
    documentation="AWS Certificate Manager User Guide: Managed certificate renewal",
)
class CertificateValid:
    """Issued, and not about to expire."""

    @staticmethod
    def needs(params: OnDistribution) -> Iterable[Fetch]:
        yield distribution_fetch(params)

    @staticmethod
    def needs_more(facts: Facts, params: OnDistribution) -> Iterable[Fetch]:
        if arn := _in_use(facts, params).acm_certificate_arn:
            yield certificate_fetch(arn, params)

    @staticmethod
    def evaluate(facts: Facts, params: OnDistribution) -> Verdict:
        in_use = _in_use(facts, params)
        if not in_use.acm_certificate_arn:
            return _not_of_acm(in_use)
        arn = in_use.acm_certificate_arn
        fetch = certificate_fetch(arn, params)
        missing = f"The certificate of {params.distribution_id} does not exist."
        found = facts.subject(fetch, CertificateAnswer, missing=missing).certificate
        observed: Observed = {
            "certificate": arn.rpartition("/")[2],
            "status": found.status,
            "type": found.type,
        }
        if found.status != "ISSUED":
            reason = f"The certificate is not issued: its status is {found.status}."
            return Verdict(Status.FAIL, reason, observed)
        if found.not_after is None:
            reason = "The certificate is issued, but came without the date of its end."
            raise CouldNotLook(Status.UNSUPPORTED, reason)
        return _judged(found.not_after, facts.now, observed)


def _not_of_acm(in_use: ViewerCertificate) -> Verdict:
    """Raises CouldNotLook if the distribution names no certificate at all."""
    if in_use.cloud_front_default_certificate:
        reason = "The certificate is that of cloudfront.net, which AWS renews."
        return Verdict(Status.NOT_APPLICABLE, reason, {"certificate": "cloudfront.net"})
    if in_use.iam_certificate_id:
        reason = "The certificate is kept in IAM, not in ACM: watch its end yourself."
        return Verdict(Status.NOT_APPLICABLE, reason, {"certificate": "IAM"})
    raise CouldNotLook(Status.UNSUPPORTED, "The distribution came without its certificate.")


def _judged(not_after: datetime, now: datetime, observed: Observed) -> Verdict:
    left = not_after - now
    observed = {**observed, "not_after": not_after.date().isoformat(), "days_left": left.days}
    if left <= timedelta():
        reason = f"The certificate expired on {not_after.date().isoformat()}."
        return Verdict(Status.FAIL, reason, observed)
    if left <= LEFT_AT_LEAST:
        reason = f"The certificate has only {count(left.days, 'day')} left."
        return Verdict(Status.FAIL, reason, observed)
    reason = f"The certificate is issued and has {count(left.days, 'day')} left."
    return Verdict(Status.PASS, reason, observed)
