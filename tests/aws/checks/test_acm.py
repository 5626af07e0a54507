import pytest

from readiness.aws.checks import CHECKS
from readiness.aws.errors import Status
from tests.aws.clients import connection, read, stubbed
from tests.aws.recordings import complete as aws
from tests.aws.recordings import edge

VALID = "acm.certificate-valid"


def account_with(days=200, **changes):
    account = aws.complete()
    account.says(edge.CERTIFICATE, edge.certificate(days, **changes))
    return account


def in_use(**certificate):
    account = aws.complete()
    account.says(aws.DISTRIBUTION, edge.with_settings(ViewerCertificate=certificate))
    return account


def test_passes_and_shows_the_days_left():
    assert aws.complete().verdict(VALID) == (
        Status.PASS,
        "The certificate is issued and has 200 days left.",
        {
            "certificate": edge.CERTIFICATE_ID,
            "status": "ISSUED",
            "type": "AMAZON_ISSUED",
            "not_after": "2027-06-08",
            "days_left": 200,
        },
    )


@pytest.mark.parametrize(
    ("days", "status", "reason"),
    [
        (30.01, Status.PASS, "The certificate is issued and has 30 days left."),
        (30, Status.FAIL, "The certificate has only 30 days left."),
        (1.5, Status.FAIL, "The certificate has only 1 day left."),
        (0, Status.FAIL, "The certificate expired on 2026-11-20."),
        (-3, Status.FAIL, "The certificate expired on 2026-11-17."),
    ],
)
def test_judges_by_the_days_that_are_left(days, status, reason):
    assert account_with(days).verdict(VALID)[:2] == (status, reason)


def test_the_date_may_come_from_a_recording():
    account = account_with(days=29)
    certificate = account.answers[edge.CERTIFICATE].data["Certificate"]
    certificate["NotAfter"] = str(certificate["NotAfter"])
    assert account.verdict(VALID).status is Status.FAIL


@pytest.mark.parametrize(
    "status",
    ["EXPIRED", "FAILED", "INACTIVE", "PENDING_VALIDATION", "REVOKED", "VALIDATION_TIMED_OUT"],
)
def test_fails_unless_it_is_issued(status):
    account = account_with(Status=status)
    del account.answers[edge.CERTIFICATE].data["Certificate"]["NotAfter"]
    assert account.verdict(VALID)[:2] == (
        Status.FAIL,
        f"The certificate is not issued: its status is {status}.",
    )


def test_a_status_that_nobody_knows_is_not_judged():
    assert account_with(Status="SUSPENDED").verdict(VALID).status is Status.UNSUPPORTED


def test_fails_when_the_certificate_or_the_distribution_is_gone():
    account = aws.complete()
    account.fails(edge.CERTIFICATE, Status.NOT_FOUND, "ResourceNotFoundException")
    assert account.verdict(VALID)[:2] == (
        Status.FAIL,
        "The certificate of E1A2B3C4D5E6F7 does not exist.",
    )
    account.fails(aws.DISTRIBUTION, Status.NOT_FOUND, "NoSuchDistribution")
    assert account.verdict(VALID).reason == "There is no distribution E1A2B3C4D5E6F7."


def test_the_certificate_of_cloudfront_and_one_in_iam_are_not_judged():
    assert in_use(CloudFrontDefaultCertificate=True).verdict(VALID)[:2] == (
        Status.NOT_APPLICABLE,
        "The certificate is that of cloudfront.net, which AWS renews.",
    )
    account = in_use(CloudFrontDefaultCertificate=False, IAMCertificateId="ASCAEXAMPLE")
    assert account.verdict(VALID)[:2] == (
        Status.NOT_APPLICABLE,
        "The certificate is kept in IAM, not in ACM: watch its end yourself.",
    )
    assert in_use(CloudFrontDefaultCertificate=False).verdict(VALID).status is Status.UNSUPPORTED


@pytest.mark.parametrize(
    "arn",
    [
        edge.CERTIFICATE_ARN.replace("us-east-1", "eu-west-1"),
        edge.CERTIFICATE_ARN.replace(":acm:", ":s3:"),
        f"{edge.CERTIFICATE_ARN}\n",
        "certificate",
    ],
)
def test_what_is_no_certificate_of_the_home_region_is_not_asked_for(arn):
    account = in_use(CloudFrontDefaultCertificate=False, ACMCertificateArn=arn)
    assert account.verdict(VALID)[:2] == (
        Status.UNSUPPORTED,
        "The certificate is not one of ACM in us-east-1.",
    )
    assert account.reads_of(VALID) == [aws.DISTRIBUTION]


def test_judges_what_the_client_of_aws_parsed():
    made = connection()
    _, stubber = stubbed(made, "acm")
    expected = {"CertificateArn": edge.CERTIFICATE_ARN}
    stubber.add_response("describe_certificate", edge.certificate(), expected)
    account = aws.complete()
    account.answers[edge.CERTIFICATE] = read(made, edge.CERTIFICATE)
    assert account.verdict(VALID).status is Status.PASS


def test_the_command_names_the_certificate():
    bound = CHECKS[VALID].bind(aws.PARAMETERS)
    command = bound.mend_command(account_with(days=1).verdict(VALID).observed)
    assert f"arn:aws:acm:us-east-1:<ACCOUNT_ID>:certificate/{edge.CERTIFICATE_ID}" in command
