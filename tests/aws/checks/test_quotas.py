from readiness.aws.errors import Status
from tests.aws.clients import connection, read, stubbed
from tests.aws.recordings import complete as aws
from tests.aws.recordings import lambdas

QUOTA = "quotas.lambda-concurrency"


def test_quota_passes_with_the_applied_value_or_else_the_default():
    assert aws.complete().verdict(QUOTA) == (
        Status.PASS,
        "The quota allows 1000 executions or more in 3 edge regions.",
        {
            "regions": {
                "ap-northeast-1": {"quota": 1000, "default": False},
                "eu-west-1": {"quota": 1000, "default": True},
                "us-east-1": {"quota": 1000, "default": False},
            },
            "wanted": 1000,
        },
    )


def test_quota_asks_for_the_default_only_where_aws_knows_of_no_other():
    asked = [(fetch.operation, fetch.region) for fetch in aws.complete().reads_of(QUOTA)]
    defaults = [place for place in asked if place[0] == "get_aws_default_service_quota"]
    assert defaults == [("get_aws_default_service_quota", "eu-west-1")]


def test_quota_fails_region_by_region_and_mends_just_these():
    account = aws.complete()
    account.says(lambdas.quota("us-east-1"), lambdas.quota_of(10))
    verdict = account.verdict(QUOTA)
    assert verdict[:2] == (
        Status.FAIL,
        "1000 executions at the same time are wanted: the quota is 10 (us-east-1).",
    )
    bound = aws.CHECKS[QUOTA].bind(aws.PARAMETERS)
    assert bound.mend_command(verdict.observed) == (
        "aws service-quotas request-service-quota-increase --region us-east-1"
        " --service-code lambda --quota-code L-B99A9384 --desired-value 1000"
    )


def test_quota_fails_on_a_default_that_is_too_small():
    account = aws.complete()
    account.says(lambdas.default_quota("eu-west-1"), lambdas.quota_of(500))
    assert account.verdict(QUOTA).reason.endswith("the quota is 500 (eu-west-1).")


def test_quota_that_may_not_be_seen_is_unknown_and_its_default_no_substitute():
    account = aws.complete()
    account.denies(lambdas.quota("eu-west-1"), "servicequotas:GetServiceQuota")
    assert account.verdict(QUOTA).status is Status.NOT_AUTHORISED
    assert lambdas.default_quota("eu-west-1") not in account.reads_of(QUOTA)


def test_quota_whose_default_does_not_exist_either_is_unknown():
    account = aws.complete()
    account.fails(lambdas.default_quota("eu-west-1"), Status.NOT_FOUND, "NoSuchResourceException")
    assert account.verdict(QUOTA).status is Status.NOT_FOUND


def test_service_quotas_says_what_the_check_counts_on():
    """The demo's account never has a quota of its own: this is botocore's model of one."""
    made = connection()
    _, stubber = stubbed(made, "service-quotas", "us-east-1")
    asked = {"ServiceCode": "lambda", "QuotaCode": "L-B99A9384"}
    stubber.add_response("get_service_quota", lambdas.quota_of(250), asked)
    stubber.add_client_error("get_service_quota", "NoSuchResourceException", expected_params=asked)
    stubber.add_response("get_aws_default_service_quota", lambdas.quota_of(1000), asked)

    account = aws.complete()
    fetch = lambdas.quota("us-east-1")
    account.answers[fetch] = read(made, fetch)
    assert account.verdict(QUOTA).observed["regions"]["us-east-1"]["quota"] == 250

    account.answers[fetch] = read(made, fetch)
    default = lambdas.default_quota("us-east-1")
    account.answers[default] = read(made, default)
    assert account.verdict(QUOTA).observed["regions"]["us-east-1"] == {
        "quota": 1000,
        "default": True,
    }
    stubber.assert_no_pending_responses()
