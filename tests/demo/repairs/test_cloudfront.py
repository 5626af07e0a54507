"""CloudFront, and the certificates of ACM."""

import pytest
from botocore.exceptions import ClientError

from demo.simulated_aws.account import ACCOUNT_ID
from tests.demo.repairs.made import FUNCTION, make_function, make_role, refusal

CACHING_OPTIMIZED = "658327ea-f89d-4fab-a63d-7e88639e58f6"


def _listed(*items):
    return {"Quantity": len(items), "Items": list(items)}


def _association(arn=f"{FUNCTION}:1"):
    return {"LambdaFunctionARN": arn, "EventType": "origin-request", "IncludeBody": False}


def _config(**changes):
    origins = [
        {
            "Id": region,
            "DomainName": f"b.s3.{region}.amazonaws.com",
            "OriginAccessControlId": "E2OAC",
            "S3OriginConfig": {"OriginAccessIdentity": ""},
        }
        for region in ("us-east-1", "us-west-2")
    ]
    config = {
        "CallerReference": "one",
        "Comment": "",
        "Enabled": True,
        "Origins": _listed(*origins),
        "DefaultCacheBehavior": {
            "TargetOriginId": "us-east-1",
            "ViewerProtocolPolicy": "https-only",
            "CachePolicyId": CACHING_OPTIMIZED,
        },
    }
    return config | changes


def _behaviour(**changes):
    return _config()["DefaultCacheBehavior"] | changes


def _create(client, **changes):
    created = client("cloudfront").create_distribution(DistributionConfig=_config(**changes))
    return created["Distribution"]["Id"]


def _read(client, distribution_id):
    read = client("cloudfront").get_distribution_config(Id=distribution_id)
    return read["DistributionConfig"], read["ETag"]


@pytest.fixture
def edge_function(client):
    make_role(client, "edge", "lambda.amazonaws.com", "edgelambda.amazonaws.com")
    make_function(client)


@pytest.mark.usefixtures("edge_function")
def test_cloudfront_keeps_function_associations(client):
    viewer = {
        "FunctionARN": f"arn:aws:cloudfront::{ACCOUNT_ID}:function/f",
        "EventType": "viewer-request",
    }
    behaviour = _behaviour(
        LambdaFunctionAssociations=_listed(_association()), FunctionAssociations=_listed(viewer)
    )
    distribution_id = _create(
        client,
        DefaultCacheBehavior=behaviour,
        CacheBehaviors=_listed(behaviour | {"PathPattern": "/images/*"}),
    )
    config, _ = _read(client, distribution_id)
    for read in (config["DefaultCacheBehavior"], *config["CacheBehaviors"]["Items"]):
        assert read["LambdaFunctionAssociations"] == _listed(_association())
        assert read["FunctionAssociations"] == _listed(viewer)


def test_cloudfront_shows_a_cache_policy_or_forwarded_values_but_not_both(client):
    by_values = _behaviour(
        PathPattern="/old/*",
        ForwardedValues={"QueryString": True, "Cookies": {"Forward": "all"}},
        MinTTL=5,
    )
    del by_values["CachePolicyId"]
    config, _ = _read(client, _create(client, CacheBehaviors=_listed(by_values)))
    default, (old,) = config["DefaultCacheBehavior"], config["CacheBehaviors"]["Items"]
    assert default["CachePolicyId"] == CACHING_OPTIMIZED
    assert {"ForwardedValues", "MinTTL"} & set(default) == set()
    assert (old["ForwardedValues"]["QueryString"], old["MinTTL"]) == (True, 5)
    assert "CachePolicyId" not in old


@pytest.mark.usefixtures("edge_function")
@pytest.mark.parametrize(
    "arn",
    [
        FUNCTION,
        f"{FUNCTION}:$LATEST",
        f"{FUNCTION}:live",
        f"{FUNCTION}:2",
        f"{FUNCTION}:1".replace("us-east-1", "eu-west-1"),
        f"{FUNCTION}-of-nobody:1",
    ],
)
def test_cloudfront_associates_only_numbered_versions_in_us_east_1(client, arn):
    behaviour = _behaviour(LambdaFunctionAssociations=_listed(_association(arn)))
    assert refusal(
        client("cloudfront").create_distribution,
        DistributionConfig=_config(DefaultCacheBehavior=behaviour),
    ) == (400, "InvalidLambdaFunctionAssociation")


def test_cloudfront_associates_only_functions_whose_role_trusts_the_edge(client):
    make_role(client, "regional", "lambda.amazonaws.com")
    make_function(client, role="regional")
    behaviour = _behaviour(LambdaFunctionAssociations=_listed(_association()))
    with pytest.raises(ClientError, match="assumable with edgelambda.amazonaws.com"):
        _create(client, DefaultCacheBehavior=behaviour)


def test_cloudfront_keeps_origin_access(client):
    config, _ = _read(client, _create(client))
    for origin in config["Origins"]["Items"]:
        assert origin["OriginAccessControlId"] == "E2OAC"
        assert origin["S3OriginConfig"] == {"OriginAccessIdentity": ""}


def test_cloudfront_targets_an_origin_group(client):
    group = {
        "Id": "either",
        "FailoverCriteria": {"StatusCodes": _listed(500, 503)},
        "Members": _listed({"OriginId": "us-east-1"}, {"OriginId": "us-west-2"}),
    }
    grouped = {
        "OriginGroups": _listed(group),
        "DefaultCacheBehavior": _behaviour(TargetOriginId="either"),
    }
    config, _ = _read(client, _create(client, **grouped))
    assert config["DefaultCacheBehavior"]["TargetOriginId"] == "either"
    assert config["OriginGroups"]["Items"][0]["Members"] == group["Members"]
    nowhere = grouped | {
        "CacheBehaviors": _listed(_behaviour(PathPattern="/a", TargetOriginId="no"))
    }
    assert refusal(
        client("cloudfront").create_distribution, DistributionConfig=_config(**nowhere)
    ) == (404, "NoSuchOrigin")


def test_cloudfront_names_the_certificate_in_use(client):
    arn = f"arn:aws:acm:us-east-1:{ACCOUNT_ID}:certificate/1"
    own = {"ACMCertificateArn": arn, "MinimumProtocolVersion": "TLSv1.2_2021"}
    config, _ = _read(client, _create(client, ViewerCertificate=own))
    certificate = config["ViewerCertificate"]
    assert certificate["CloudFrontDefaultCertificate"] is False
    assert (certificate["Certificate"], certificate["CertificateSource"]) == (arn, "acm")
    default = {"CloudFrontDefaultCertificate": True, "MinimumProtocolVersion": "TLSv1.2_2021"}
    config, _ = _read(client, _create(client, CallerReference="two", ViewerCertificate=default))
    assert config["ViewerCertificate"]["CloudFrontDefaultCertificate"] is True
    assert config["ViewerCertificate"]["MinimumProtocolVersion"] == "TLSv1"


@pytest.mark.usefixtures("edge_function")
def test_cloudfront_updates_only_the_version_that_was_read(client):
    cloudfront, distribution_id = client("cloudfront"), _create(client)
    config, etag = _read(client, distribution_id)
    config["DefaultCacheBehavior"] |= {"LambdaFunctionAssociations": _listed(_association())}
    update = {"Id": distribution_id, "DistributionConfig": config, "IfMatch": etag}
    updated = cloudfront.update_distribution(**update)
    assert updated["Distribution"]["Status"] == "InProgress"
    assert updated["ETag"] != etag
    changed, etag = _read(client, distribution_id)
    assert etag == updated["ETag"]
    assert changed["DefaultCacheBehavior"]["LambdaFunctionAssociations"] == _listed(_association())
    assert cloudfront.get_distribution(Id=distribution_id)["Distribution"]["Status"] == "Deployed"
    assert refusal(cloudfront.update_distribution, **update) == (412, "PreconditionFailed")


def test_cloudfront_tells_no_subscription_from_no_distribution(client):
    cloudfront, distribution = client("cloudfront"), {"DistributionId": _create(client)}
    config = {"RealtimeMetricsSubscriptionConfig": {"RealtimeMetricsSubscriptionStatus": "Enabled"}}
    missing = (404, "NoSuchMonitoringSubscription")
    assert refusal(cloudfront.get_monitoring_subscription, **distribution) == missing
    cloudfront.create_monitoring_subscription(**distribution, MonitoringSubscription=config)
    read = cloudfront.get_monitoring_subscription(**distribution)
    assert read["MonitoringSubscription"] == config
    cloudfront.delete_monitoring_subscription(**distribution)
    assert refusal(cloudfront.delete_monitoring_subscription, **distribution) == missing
    gone = refusal(cloudfront.get_monitoring_subscription, DistributionId="E0")
    assert gone == (404, "NoSuchDistribution")


def test_cloudfront_keeps_cache_policies(client):
    cloudfront = client("cloudfront")
    config = {
        "Name": "assets",
        "MinTTL": 0,
        "DefaultTTL": 60,
        "MaxTTL": 3600,
        "ParametersInCacheKeyAndForwardedToOrigin": {
            "EnableAcceptEncodingGzip": True,
            "EnableAcceptEncodingBrotli": False,
            "HeadersConfig": {"HeaderBehavior": "whitelist", "Headers": _listed("Origin")},
            "CookiesConfig": {"CookieBehavior": "none"},
            "QueryStringsConfig": {"QueryStringBehavior": "none"},
        },
    }
    made = cloudfront.create_cache_policy(CachePolicyConfig=config)
    policy = {"Id": made["CachePolicy"]["Id"]}
    read = cloudfront.get_cache_policy(**policy)
    assert read["CachePolicy"] == made["CachePolicy"]
    assert read["CachePolicy"]["CachePolicyConfig"] == config
    again = cloudfront.get_cache_policy_config(**policy)
    assert (again["CachePolicyConfig"], again["ETag"]) == (config, made["ETag"])
    assert refusal(cloudfront.get_cache_policy, Id="none") == (404, "NoSuchCachePolicy")


def test_acm_issues_at_once(client):
    arn = client("acm").request_certificate(DomainName="a.example.net", ValidationMethod="DNS")
    described = client("acm").describe_certificate(CertificateArn=arn["CertificateArn"])
    assert described["Certificate"]["Status"] == "ISSUED"
