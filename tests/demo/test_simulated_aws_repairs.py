"""Each repair of moto, seen through boto3. Stock moto fails all but the controls among these."""

import io
import json
import zipfile

import pytest
from botocore.exceptions import ClientError

from demo.simulated_aws.account import ACCOUNT_ID, OTHER_ACCOUNT_ID, Account
from demo.simulated_aws.repairs import lambda_
from demo.simulated_aws.server import SimulatedAWS

ROLE = f"arn:aws:iam::{ACCOUNT_ID}:role/edge"
FUNCTION = f"arn:aws:lambda:us-east-1:{ACCOUNT_ID}:function:router"
CACHING_OPTIMIZED = "658327ea-f89d-4fab-a63d-7e88639e58f6"


@pytest.fixture(scope="module")
def server():
    with SimulatedAWS() as running:
        account = Account(running.endpoint_url)
        yield running, account
        account.close()


@pytest.fixture
def client(server):
    """Clients of an account that is empty at the start of each test."""
    running, account = server
    running.reset()
    return account.client


def _refusal(call, **arguments):
    with pytest.raises(ClientError) as refused:
        call(**arguments)
    response = refused.value.response
    return response["ResponseMetadata"]["HTTPStatusCode"], response["Error"]["Code"]


def _role(client, name, *services):
    trust = {"Effect": "Allow", "Principal": {"Service": services}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=document)


def _function(client, name="router", role="edge", **settings):
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as files:
        files.writestr(zipfile.ZipInfo("index.js"), name)
    return client("lambda").create_function(
        FunctionName=name,
        Role=f"arn:aws:iam::{ACCOUNT_ID}:role/{role}",
        Runtime="nodejs22.x",
        Handler="index.handler",
        Code={"ZipFile": archive.getvalue()},
        Publish=True,
        **settings,
    )


# CloudFront


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
    _role(client, "edge", "lambda.amazonaws.com", "edgelambda.amazonaws.com")
    _function(client)


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
    assert _refusal(
        client("cloudfront").create_distribution,
        DistributionConfig=_config(DefaultCacheBehavior=behaviour),
    ) == (400, "InvalidLambdaFunctionAssociation")


def test_cloudfront_associates_only_functions_whose_role_trusts_the_edge(client):
    _role(client, "regional", "lambda.amazonaws.com")
    _function(client, role="regional")
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
    assert _refusal(
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
    assert _refusal(cloudfront.update_distribution, **update) == (412, "PreconditionFailed")


def test_cloudfront_tells_no_subscription_from_no_distribution(client):
    cloudfront, distribution = client("cloudfront"), {"DistributionId": _create(client)}
    config = {"RealtimeMetricsSubscriptionConfig": {"RealtimeMetricsSubscriptionStatus": "Enabled"}}
    missing = (404, "NoSuchMonitoringSubscription")
    assert _refusal(cloudfront.get_monitoring_subscription, **distribution) == missing
    cloudfront.create_monitoring_subscription(**distribution, MonitoringSubscription=config)
    read = cloudfront.get_monitoring_subscription(**distribution)
    assert read["MonitoringSubscription"] == config
    cloudfront.delete_monitoring_subscription(**distribution)
    assert _refusal(cloudfront.delete_monitoring_subscription, **distribution) == missing
    gone = _refusal(cloudfront.get_monitoring_subscription, DistributionId="E0")
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
    assert _refusal(cloudfront.get_cache_policy, Id="none") == (404, "NoSuchCachePolicy")


# ACM


def test_acm_issues_at_once(client):
    arn = client("acm").request_certificate(DomainName="a.example.net", ValidationMethod="DNS")
    described = client("acm").describe_certificate(CertificateArn=arn["CertificateArn"])
    assert described["Certificate"]["Status"] == "ISSUED"


# CloudWatch


def _alarm(client, name, **changes):
    client("cloudwatch").put_metric_alarm(
        AlarmName=name,
        Namespace="AWS/Lambda",
        MetricName="Errors",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanThreshold",
        **changes,
    )


@pytest.fixture
def alarms(client):
    for name in ("c", "a", "b"):
        _alarm(client, name)
    client("cloudwatch").put_composite_alarm(
        AlarmName="any", AlarmRule="ALARM(a) OR ALARM(b)", AlarmActions=["arn:aws:sns:x"]
    )
    return client("cloudwatch")


def _names(page):
    return [
        [alarm["AlarmName"] for alarm in page[f"{kind}Alarms"]] for kind in ("Metric", "Composite")
    ]


def test_cloudwatch_describes_metric_alarms_unless_asked_for_composite_ones(alarms):
    assert _names(alarms.describe_alarms()) == [["a", "b", "c"], []]
    composite = alarms.describe_alarms(AlarmTypes=["CompositeAlarm"])
    assert _names(composite) == [[], ["any"]]
    assert composite["CompositeAlarms"][0]["AlarmRule"] == "ALARM(a) OR ALARM(b)"
    assert composite["CompositeAlarms"][0]["ActionsEnabled"] is True


def test_cloudwatch_describes_alarms_in_pages_over_both_kinds(alarms):
    both = {"AlarmTypes": ["MetricAlarm", "CompositeAlarm"]}
    page = alarms.describe_alarms(MaxRecords=2, **both)
    assert _names(page) == [["a"], ["any"]]
    page = alarms.describe_alarms(MaxRecords=2, NextToken=page["NextToken"], **both)
    assert _names(page) == [["b", "c"], []]
    assert "NextToken" not in page
    assert _refusal(alarms.describe_alarms, NextToken="never given") == (400, "InvalidNextToken")


def test_cloudwatch_combines_filters(client, alarms):
    _alarm(client, "abc", AlarmActions=["arn:aws:sns:y"])
    page = alarms.describe_alarms(AlarmNamePrefix="a", StateValue="INSUFFICIENT_DATA")
    assert _names(page) == [["a", "abc"], []]
    page = alarms.describe_alarms(AlarmNamePrefix="a", ActionPrefix="arn:aws:sns")
    assert _names(page) == [["abc"], []]


def test_cloudwatch_alarm_starts_without_data_and_keeps_its_state(client, alarms):
    def state():
        return alarms.describe_alarms(AlarmNames=["a"])["MetricAlarms"][0]["StateValue"]

    assert state() == "INSUFFICIENT_DATA"
    alarms.set_alarm_state(AlarmName="a", StateValue="ALARM", StateReason="tried")
    _alarm(client, "a", AlarmDescription="put again")
    assert state() == "ALARM"


def test_cloudwatch_tells_the_history_of_an_alarm_newest_first(alarms):
    for state in ("OK", "ALARM", "ALARM"):
        alarms.set_alarm_state(AlarmName="a", StateValue=state, StateReason="tried")

    def told(**filters):
        items = alarms.describe_alarm_history(AlarmName="a", **filters)["AlarmHistoryItems"]
        return [each["HistorySummary"] for each in items]

    changes = ["Alarm updated from OK to ALARM", "Alarm updated from INSUFFICIENT_DATA to OK"]
    assert told() == [*changes, 'Alarm "a" created']
    assert told(ScanBy="TimestampAscending") == ['Alarm "a" created', *reversed(changes)]
    assert told(HistoryItemType="StateUpdate") == changes
    assert told(AlarmTypes=["CompositeAlarm"]) == []


def test_logs_knows_of_no_policy_for_the_whole_account(client):
    asked = {"policyType": "SUBSCRIPTION_FILTER_POLICY"}
    assert client("logs").describe_account_policies(**asked)["accountPolicies"] == []


# Lambda


@pytest.fixture
def functions(client):
    _role(client, "edge", "lambda.amazonaws.com")
    return client("lambda")


def test_lambda_lists_versions_in_pages(client, functions, monkeypatch):
    monkeypatch.setattr(lambda_, "LARGEST_PAGE", 2)
    _function(client)
    for number in ("2", "3", "4"):
        functions.update_function_configuration(FunctionName="router", Description=number)
        functions.publish_version(FunctionName="router")
    page = functions.list_versions_by_function(FunctionName="router", MaxItems=1)
    assert [version["Version"] for version in page["Versions"]] == ["$LATEST"]
    page = functions.list_versions_by_function(FunctionName=FUNCTION, Marker=page["NextMarker"])
    assert [version["Version"] for version in page["Versions"]] == ["1", "2"]
    page = functions.list_versions_by_function(FunctionName="router", Marker=page["NextMarker"])
    assert [version["Version"] for version in page["Versions"]] == ["3", "4"]
    assert "NextMarker" not in page


def test_lambda_has_no_versions_of_a_missing_function(functions):
    assert _refusal(functions.list_versions_by_function, FunctionName="gone") == (
        404,
        "ResourceNotFoundException",
    )


def test_lambda_keeps_dead_letters_and_logging(client, functions):
    queue = f"arn:aws:sqs:us-east-1:{ACCOUNT_ID}:failed"
    created = _function(client, DeadLetterConfig={"TargetArn": queue})
    assert created["DeadLetterConfig"] == {"TargetArn": queue}
    assert created["LoggingConfig"] == {"LogFormat": "Text", "LogGroup": "/aws/lambda/router"}
    functions.update_function_configuration(
        FunctionName="router",
        DeadLetterConfig={"TargetArn": ""},
        LoggingConfig={"LogFormat": "JSON", "LogGroup": "edge"},
        TracingConfig={"Mode": "Active"},
    )
    read = functions.get_function_configuration(FunctionName="router")
    assert "DeadLetterConfig" not in read
    assert read["LoggingConfig"] == {"LogFormat": "JSON", "LogGroup": "edge"}
    assert read["TracingConfig"] == {"Mode": "Active"}
    version = functions.get_function_configuration(FunctionName="router", Qualifier="1")
    assert version["DeadLetterConfig"] == {"TargetArn": queue}


def test_lambda_tells_the_limits_of_the_account(client, functions):
    _function(client)
    functions.put_function_concurrency(FunctionName="router", ReservedConcurrentExecutions=100)
    settings = functions.get_account_settings()
    assert settings["AccountLimit"]["ConcurrentExecutions"] == 1000
    assert settings["AccountLimit"]["UnreservedConcurrentExecutions"] == 900
    assert settings["AccountUsage"]["FunctionCount"] == 1


def test_lambda_knows_what_code_signing_refuses(functions):
    policies = {"UntrustedArtifactOnDeployment": "Enforce"}
    publishers = {"SigningProfileVersionArns": [f"arn:aws:signer:us-east-1:{ACCOUNT_ID}:/a/b/c"]}
    created = functions.create_code_signing_config(
        AllowedPublishers=publishers, CodeSigningPolicies=policies
    )["CodeSigningConfig"]
    arn = created["CodeSigningConfigArn"]
    read = functions.get_code_signing_config(CodeSigningConfigArn=arn)["CodeSigningConfig"]
    assert read == created
    assert read["CodeSigningPolicies"] == policies
    loose = functions.create_code_signing_config(AllowedPublishers=publishers)
    assert loose["CodeSigningConfig"]["CodeSigningPolicies"] == {
        "UntrustedArtifactOnDeployment": "Warn"
    }


def test_lambda_has_no_code_signing_config_that_was_never_made(functions):
    arn = f"arn:aws:lambda:us-east-1:{ACCOUNT_ID}:code-signing-config:csc-0123456789abcdef0"
    assert _refusal(functions.get_code_signing_config, CodeSigningConfigArn=arn) == (
        404,
        "ResourceNotFoundException",
    )


# Service Quotas


def test_quotas_of_an_account_that_never_asked_for_more_are_the_defaults(client):
    quotas = client("service-quotas")
    concurrency = {"ServiceCode": "lambda", "QuotaCode": "L-B99A9384"}
    assert _refusal(quotas.get_service_quota, **concurrency) == (400, "NoSuchResourceException")
    default = quotas.get_aws_default_service_quota(**concurrency)["Quota"]
    assert (default["QuotaCode"], default["Value"]) == ("L-B99A9384", 1000.0)
    assert _refusal(
        quotas.get_aws_default_service_quota, ServiceCode="lambda", QuotaCode="L-00000000"
    ) == (400, "NoSuchResourceException")


# Route 53


def _change(action, name="www.example.net", identifier=None, value="a.example.com", **more):
    record = {"Name": name, "Type": "CNAME", "TTL": 60, "ResourceRecords": [{"Value": value}]}
    if identifier:
        record |= {"SetIdentifier": identifier, "Weight": 50}
    return {"Action": action, "ResourceRecordSet": record | more}


@pytest.fixture
def zone(client):
    """Changes the records of a zone; `zone.read` lists them page by page."""
    route53 = client("route53")
    created = route53.create_hosted_zone(Name="example.net", CallerReference="zone")
    zone_id = created["HostedZone"]["Id"]

    def change(*changes):
        batch = {"Changes": list(changes)}
        return route53.change_resource_record_sets(HostedZoneId=zone_id, ChangeBatch=batch)

    def read(**arguments):
        return route53.list_resource_record_sets(HostedZoneId=zone_id, **arguments)

    change.read = read
    return change


def _sets(page):
    return [(each["Name"], each.get("SetIdentifier")) for each in page["ResourceRecordSets"]]


def test_route53_pages_between_weighted_sets(zone):
    zone(
        _change("CREATE", identifier="west"),
        _change("CREATE", identifier="east"),
        _change("CREATE", name="zzz.example.net"),
    )
    page = zone.read(StartRecordName="www.example.net", MaxItems="1")
    assert _sets(page) == [("www.example.net.", "east")]
    start = ("www.example.net.", "CNAME", "west")
    following = (page["NextRecordName"], page["NextRecordType"], page["NextRecordIdentifier"])
    assert (page["IsTruncated"], following) == (True, start)
    page = zone.read(
        StartRecordName=start[0], StartRecordType=start[1], StartRecordIdentifier=start[2]
    )
    assert _sets(page) == [("www.example.net.", "west"), ("zzz.example.net.", None)]
    assert page["IsTruncated"] is False


def test_route53_boto3_pages_over_weighted_sets(client, zone):
    zone(*(_change("CREATE", identifier=str(number)) for number in range(5)))
    zone_id = client("route53").list_hosted_zones()["HostedZones"][0]["Id"]
    pages = (
        client("route53")
        .get_paginator("list_resource_record_sets")
        .paginate(HostedZoneId=zone_id, PaginationConfig={"PageSize": 2})
    )
    identifiers = [identifier for page in pages for _, identifier in _sets(page)]
    assert identifiers == [None, None, "0", "1", "2", "3", "4"]


def test_route53_new_zone_has_a_readable_soa_record(zone):
    _, soa = zone.read()["ResourceRecordSets"]
    (record,) = soa["ResourceRecords"]
    assert record["Value"].split()[1:3] == ["hostmaster.example.com.", "1"]


def test_route53_tells_sets_apart_by_name_and_identifier(zone):
    first = [_change("CREATE", name, "east") for name in ("www.example.net", "api.example.net")]
    zone(*first, _change("CREATE", identifier="west"))
    zone(_change("DELETE", "www.example.net", "east"))
    zone(_change("UPSERT", identifier="west", value="b.example.com"))
    page = zone.read(StartRecordName="api.example.net")
    assert _sets(page) == [("api.example.net.", "east"), ("www.example.net.", "west")]
    assert page["ResourceRecordSets"][1]["ResourceRecords"] == [{"Value": "b.example.com"}]


@pytest.mark.parametrize(
    "refused",
    [
        [_change("CREATE", identifier="east", value="other.example.com")],
        [_change("CREATE", "new.example.net"), _change("DELETE", "gone.example.net")],
        [_change("DELETE", identifier="east", TTL=300)],
        [_change("CREATE")],
        [_change("CREATE", "www.example.org")],
    ],
    ids=["there already", "the other one fails", "other values", "plain beside weighted", "zone"],
)
def test_route53_changes_all_or_nothing(zone, refused):
    zone(_change("CREATE", identifier="east"))
    before = zone.read()["ResourceRecordSets"]
    with pytest.raises(ClientError) as refusal:
        zone(*refused)
    assert refusal.value.response["Error"]["Code"] == "InvalidChangeBatch"
    assert zone.read()["ResourceRecordSets"] == before


def test_route53_health_check_is_made_once_and_must_exist(client, zone):
    route53 = client("route53")
    config = {"Type": "HTTPS", "FullyQualifiedDomainName": "a.example.net", "Port": 443}
    made, again = (
        route53.create_health_check(CallerReference="one", HealthCheckConfig=config)["HealthCheck"]
        for _ in range(2)
    )
    assert made["Id"] == again["Id"]
    assert _refusal(
        route53.create_health_check, CallerReference="one", HealthCheckConfig=config | {"Port": 80}
    ) == (409, "HealthCheckAlreadyExists")
    zone(_change("CREATE", identifier="east", HealthCheckId=made["Id"]))
    with pytest.raises(ClientError, match="NoSuchHealthCheck"):
        zone(_change("CREATE", identifier="west", HealthCheckId="00000000"))


# S3


@pytest.fixture
def bucket(client):
    s3 = client("s3")
    s3.create_bucket(Bucket="assets")
    s3.put_bucket_versioning(Bucket="assets", VersioningConfiguration={"Status": "Enabled"})
    return s3


@pytest.mark.parametrize(
    "wanted",
    [
        {"Filter": {"Prefix": ""}},
        {"Filter": {"Prefix": "images/"}},
        {"Filter": {"And": {"Prefix": "a/", "Tags": [{"Key": "k", "Value": "v"}] * 2}}},
    ],
)
@pytest.mark.parametrize("deletes", ["Enabled", "Disabled"])
def test_s3_replication_comes_back_as_put(bucket, wanted, deletes):
    rule = wanted | {
        "ID": "all",
        "Priority": 3,
        "Status": "Enabled",
        "DeleteMarkerReplication": {"Status": deletes},
        "Destination": {
            "Bucket": "arn:aws:s3:::c",
            "ReplicationTime": {"Status": "Enabled", "Time": {"Minutes": 15}},
            "Metrics": {"Status": "Enabled", "EventThreshold": {"Minutes": 15}},
        },
    }
    configuration = {"Role": ROLE, "Rules": [rule, rule | {"ID": "second", "Priority": 4}]}
    bucket.put_bucket_replication(Bucket="assets", ReplicationConfiguration=configuration)
    read = bucket.get_bucket_replication(Bucket="assets")
    assert read["ReplicationConfiguration"] == configuration


def test_s3_bucket_without_replication_says_so(bucket):
    assert _refusal(bucket.get_bucket_replication, Bucket="assets") == (
        404,
        "ReplicationConfigurationNotFoundError",
    )


def test_s3_conditional_denial_does_not_lock_everybody_out(bucket):
    deny = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": "arn:aws:s3:::assets/*",
    }
    condition = {"Condition": {"Bool": {"aws:SecureTransport": "false"}}}
    policy = {"Version": "2012-10-17", "Statement": [deny | condition]}
    bucket.put_bucket_policy(Bucket="assets", Policy=json.dumps(policy))
    bucket.put_object(Bucket="assets", Key="k", Body=b"here")
    assert bucket.get_object(Bucket="assets", Key="k")["Body"].read() == b"here"
    policy["Statement"].append(deny)
    bucket.put_bucket_policy(Bucket="assets", Policy=json.dumps(policy))
    assert _refusal(bucket.get_object, Bucket="assets", Key="k")[0] == 403


# SNS


@pytest.fixture
def topic(client):
    return client("sns").create_topic(Name="oncall")["TopicArn"]


@pytest.mark.parametrize(
    ("protocol", "endpoint"),
    [("email", "oncall@example.net"), ("https", "https://oncall.example.net/sns")],
)
def test_sns_subscription_waits_for_confirmation(client, topic, protocol, endpoint):
    sns = client("sns")

    def counts():
        attributes = sns.get_topic_attributes(TopicArn=topic)["Attributes"]
        return attributes["SubscriptionsPending"], attributes["SubscriptionsConfirmed"]

    def listed():
        return [
            subscription["SubscriptionArn"]
            for page in (sns.list_subscriptions_by_topic(TopicArn=topic), sns.list_subscriptions())
            for subscription in page["Subscriptions"]
        ]

    wanted = {"TopicArn": topic, "Protocol": protocol, "Endpoint": endpoint}
    assert sns.subscribe(**wanted)["SubscriptionArn"] == "pending confirmation"
    assert (listed(), counts()) == (["PendingConfirmation"] * 2, ("1", "0"))
    arn = sns.subscribe(**wanted, ReturnSubscriptionArn=True)["SubscriptionArn"]
    attributes = sns.get_subscription_attributes(SubscriptionArn=arn)["Attributes"]
    assert attributes["PendingConfirmation"] == "true"
    assert _refusal(sns.confirm_subscription, TopicArn=topic, Token="wrong") == (
        400,
        "InvalidParameter",
    )
    confirmed = sns.confirm_subscription(TopicArn=topic, Token=endpoint)
    assert confirmed["SubscriptionArn"] == arn
    assert (listed(), counts()) == ([arn] * 2, ("0", "1"))
    assert sns.subscribe(**wanted)["SubscriptionArn"] == arn


def test_sns_subscription_of_a_function_needs_no_confirmation(client, topic):
    arn = client("sns").subscribe(TopicArn=topic, Protocol="lambda", Endpoint=FUNCTION)
    assert arn["SubscriptionArn"].startswith(topic)


def test_sns_publishes_nothing_to_the_world_outside(client, topic, monkeypatch):
    def no_request(*_, **__):
        raise AssertionError("a request left the machine")

    monkeypatch.setattr("moto.sns.models.requests.post", no_request)
    endpoint = "https://oncall.example.net/sns"
    client("sns").subscribe(TopicArn=topic, Protocol="https", Endpoint=endpoint)
    client("sns").confirm_subscription(TopicArn=topic, Token=endpoint)
    assert client("sns").publish(TopicArn=topic, Message="test")["MessageId"]


@pytest.mark.parametrize(
    ("operation", "arguments"),
    [
        ("list_subscriptions_by_topic", {}),
        ("get_topic_attributes", {}),
        ("publish", {"Message": "m"}),
        ("subscribe", {"Protocol": "email", "Endpoint": "a@example.net"}),
    ],
)
def test_sns_topic_of_another_account_is_closed(client, operation, arguments):
    foreign = f"arn:aws:sns:us-east-1:{OTHER_ACCOUNT_ID}:central"
    call = getattr(client("sns"), operation)
    assert _refusal(call, TopicArn=foreign, **arguments) == (403, "AuthorizationError")


def test_sns_missing_topic_of_this_account_is_missing(client, topic):
    assert _refusal(client("sns").list_subscriptions_by_topic, TopicArn=f"{topic}-gone") == (
        404,
        "NotFound",
    )
