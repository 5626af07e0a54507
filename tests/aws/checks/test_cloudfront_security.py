import pytest

from readiness.aws.checks.cloudfront_security import STRONG_POLICIES, WEAK_POLICIES
from readiness.aws.errors import Status
from tests.aws.recordings import complete as aws
from tests.aws.recordings import edge

WEB_ACL = "cloudfront.web-acl"
TLS = "cloudfront.tls-minimum"
ACCESS = "cloudfront.origin-access"
CUSTOM = {
    "Id": "site",
    "DomainName": "files-eu.s3-website-eu-west-1.amazonaws.com",
    "CustomHeaders": {"Quantity": 0},
    "CustomOriginConfig": {"HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "http-only"},
    "OriginAccessControlId": "",
}


def certified(**certificate):
    return edge.account_with(edge.with_settings(ViewerCertificate=certificate))


def origins(*origins):
    return edge.account_with(edge.with_settings(Origins=edge.listed(*origins)))


def test_web_acl_passes_and_fails_by_its_name():
    assert aws.complete().verdict(WEB_ACL) == (
        Status.PASS,
        "The distribution E1A2B3C4D5E6F7 has a web ACL.",
        {"web_acl": True},
    )
    assert edge.account_with(edge.with_settings(WebACLId="")).verdict(WEB_ACL) == (
        Status.FAIL,
        "The distribution E1A2B3C4D5E6F7 has no web ACL.",
        {"web_acl": False},
    )


def test_tls_passes_and_shows_what_it_saw():
    assert aws.complete().verdict(TLS) == (
        Status.PASS,
        "The distribution E1A2B3C4D5E6F7 wants HTTPS everywhere, with TLSv1.2_2021.",
        {
            "security_policy": "TLSv1.2_2021",
            "default_certificate": False,
            "behaviours": {
                "default": {"viewer_protocol": "redirect-to-https"},
                "/images/*": {"viewer_protocol": "redirect-to-https"},
            },
        },
    )


@pytest.mark.parametrize("policy", STRONG_POLICIES)
def test_tls_passes_with_each_strong_policy(policy):
    assert certified(MinimumProtocolVersion=policy).verdict(TLS).status is Status.PASS


@pytest.mark.parametrize("policy", WEAK_POLICIES)
def test_tls_fails_with_each_weak_policy(policy):
    verdict = certified(MinimumProtocolVersion=policy).verdict(TLS)
    assert verdict[:2] == (
        Status.FAIL,
        f"On the distribution E1A2B3C4D5E6F7 the security policy {policy}"
        " allows old protocols or ciphers.",
    )


def test_tls_fails_with_the_certificate_of_cloudfront_whatever_else_is_set():
    account = certified(CloudFrontDefaultCertificate=True, MinimumProtocolVersion="TLSv1.2_2021")
    assert account.verdict(TLS)[:2] == (
        Status.FAIL,
        "On the distribution E1A2B3C4D5E6F7 the certificate of cloudfront.net allows TLS 1.0.",
    )


def test_tls_does_not_judge_a_policy_that_it_does_not_know():
    account = certified(MinimumProtocolVersion="TLSv1.4_2030")
    assert account.verdict(TLS)[:2] == (
        Status.UNSUPPORTED,
        "This software does not know the security policy TLSv1.4_2030.",
    )


def test_tls_fails_on_plain_http_though_the_policy_is_not_known():
    def change(config):
        config["CacheBehaviors"]["Items"][0]["ViewerProtocolPolicy"] = "allow-all"
        config["ViewerCertificate"]["MinimumProtocolVersion"] = "TLSv1.4_2030"

    verdict = edge.account_with(edge.changed(change)).verdict(TLS)
    assert verdict[:2] == (
        Status.FAIL,
        "On the distribution E1A2B3C4D5E6F7 plain HTTP is answered on /images/*.",
    )


def test_tls_says_both_things_that_are_wrong():
    def change(config):
        config["DefaultCacheBehavior"]["ViewerProtocolPolicy"] = "allow-all"
        config["ViewerCertificate"]["MinimumProtocolVersion"] = "TLSv1"

    assert edge.account_with(edge.changed(change)).verdict(TLS).reason == (
        "On the distribution E1A2B3C4D5E6F7 plain HTTP is answered on default;"
        " the security policy TLSv1 allows old protocols or ciphers."
    )


def test_https_only_is_as_good_as_a_redirect():
    account = edge.account_with(edge.with_behaviour(ViewerProtocolPolicy="https-only"))
    assert account.verdict(TLS).status is Status.PASS


def test_the_two_lists_of_policies_have_nothing_in_common():
    assert not set(STRONG_POLICIES) & set(WEAK_POLICIES)


def test_access_passes_with_a_control_or_an_identity():
    with_identity = {
        **edge.origin("us-east-1"),
        "S3OriginConfig": {"OriginAccessIdentity": "origin-access-identity/cloudfront/E1"},
        "OriginAccessControlId": "",
    }
    verdict = origins(edge.origin("eu-west-1"), with_identity).verdict(ACCESS)
    assert verdict[:2] == (Status.PASS, "2 S3 origins, each read with a signature.")
    assert verdict.observed["origins"] == {
        "files-eu": {"guard": "origin access control"},
        "files-us": {"guard": "origin access identity"},
    }


@pytest.mark.parametrize("said", [{"OriginAccessControlId": ""}, {}])
def test_access_fails_without_either(said):
    bare = edge.origin("us-east-1")
    del bare["OriginAccessControlId"]
    verdict = origins(edge.origin("eu-west-1"), {**bare, **said}).verdict(ACCESS)
    assert verdict[:2] == (
        Status.FAIL,
        "Buckets are asked without a signature: not signed (files-us).",
    )


def test_custom_origins_are_not_judged():
    assert origins(CUSTOM).verdict(ACCESS)[:2] == (
        Status.NOT_APPLICABLE,
        "The distribution E1A2B3C4D5E6F7 has no S3 origin.",
    )
    verdict = origins(CUSTOM, edge.origin("eu-west-1")).verdict(ACCESS)
    assert verdict[:2] == (Status.PASS, "1 S3 origin, each read with a signature.")
