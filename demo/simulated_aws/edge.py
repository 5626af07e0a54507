"""The function at the edge, and the distribution that runs it."""

from typing import Any

from demo.simulated_aws.account import (
    ACCOUNT_ID,
    BUCKETS,
    COMMENT,
    FAILOVER_HEADER,
    FUNCTION_EVENT,
    FUNCTION_NAME,
    HOME_REGION,
    LOG_BUCKETS,
    LOG_GROUP,
    SITE,
    TAG_LIST,
    TAGS,
    Account,
    bucket_host,
    function_arn,
)
from demo.simulated_aws.front import create_cache_policy, create_web_acl, turn_on_metrics
from demo.simulated_aws.functions import create_code_signing, zipped
from demo.simulated_aws.policies import allow, create_role, put_role_policy

ROUTER_RUNTIME = "nodejs24.x"

# The three versions that were published; each one was the router once.
ROUTER_VERSIONS = (
    """exports.handler = async ({ Records: [{ cf: { request } }] }) => {
  request.headers.host = [{ key: 'Host', value: request.origin.s3.domainName }];
  return request;
};
""",
    """const { resolveCname } = require('dns').promises;
exports.handler = async ({ Records: [{ cf: { request } }] }) => {
  const [value] = await resolveCname('assets-origin.example.net');
  request.origin.s3.domainName = value;
  request.headers.host = [{ key: 'Host', value }];
  return request;
};
""",
    """const { resolveCname } = require('dns').promises;
let known = { until: 0 };
exports.handler = async ({ Records: [{ cf: { request } }] }) => {
  if (request.origin.s3.customHeaders['x-failover']) return request;
  if (known.until < Date.now()) {
    const [value] = await resolveCname('assets-origin.example.net');
    known = { value, until: Date.now() + 10000 };
  }
  request.origin.s3.domainName = known.value;
  request.headers.host = [{ key: 'Host', value: known.value }];
  return request;
};
""",
)


def create_function(account: Account) -> None:
    _function_role(account)
    functions = account.client("lambda")
    functions.create_function(
        FunctionName=FUNCTION_NAME,
        Description="Sends a request for an asset to the bucket that DNS chooses",
        Runtime=ROUTER_RUNTIME,
        Handler="index.handler",
        Role=f"arn:aws:iam::{ACCOUNT_ID}:role/{FUNCTION_NAME}",
        Code={"ZipFile": zipped("index.js", ROUTER_VERSIONS[0])},
        CodeSigningConfigArn=create_code_signing(account),
        MemorySize=128,
        Timeout=5,
        Tags=TAGS | {"git_sha": "8c2f6d1e0b7a"},
    )
    functions.publish_version(FunctionName=FUNCTION_NAME)
    for source in ROUTER_VERSIONS[1:]:
        code = zipped("index.js", source)
        functions.update_function_code(FunctionName=FUNCTION_NAME, ZipFile=code)
        functions.publish_version(FunctionName=FUNCTION_NAME)


def _function_role(account: Account) -> None:
    iam = account.client("iam")
    logs = f"arn:aws:logs:*:{ACCOUNT_ID}:log-group:{LOG_GROUP}:*"
    write = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"]
    create_role(iam, FUNCTION_NAME, "lambda.amazonaws.com", "edgelambda.amazonaws.com")
    put_role_policy(iam, FUNCTION_NAME, allow(write, logs))


def create_distribution(account: Account) -> str:
    cloudfront = account.client("cloudfront")
    certificate = account.client("acm").request_certificate(
        DomainName=SITE, ValidationMethod="DNS", Tags=TAG_LIST
    )["CertificateArn"]
    access_control = cloudfront.create_origin_access_control(
        OriginAccessControlConfig={
            "Name": FUNCTION_NAME,
            "SigningProtocol": "sigv4",
            "SigningBehavior": "always",
            "OriginAccessControlOriginType": "s3",
        }
    )["OriginAccessControl"]["Id"]
    created = cloudfront.create_distribution_with_tags(
        DistributionConfigWithTags={
            "DistributionConfig": _distribution_config(
                certificate, access_control, create_cache_policy(account), create_web_acl(account)
            ),
            "Tags": {"Items": TAG_LIST},
        }
    )
    distribution_id = str(created["Distribution"]["Id"])
    turn_on_metrics(account, distribution_id)
    return distribution_id


def _distribution_config(
    certificate: str, access_control: str, cache_policy: str, web_acl: str
) -> dict[str, Any]:
    origins = [
        {
            "Id": bucket,
            "DomainName": bucket_host(region),
            "OriginAccessControlId": access_control,
            "S3OriginConfig": {"OriginAccessIdentity": ""},
        }
        for region, bucket in BUCKETS.items()
    ]
    # So that the function knows the second attempt, and leaves it alone.
    marker = {"HeaderName": FAILOVER_HEADER, "HeaderValue": "1"}
    origins[1] |= {"CustomHeaders": _listed([marker])}
    failover = {
        "Id": "either-region",
        "FailoverCriteria": {"StatusCodes": _listed([500, 502, 503, 504])},
        "Members": _listed([{"OriginId": bucket} for bucket in BUCKETS.values()]),
    }
    newest = {
        "LambdaFunctionARN": function_arn(len(ROUTER_VERSIONS)),
        "EventType": FUNCTION_EVENT,
        "IncludeBody": False,
    }
    behaviour = {
        "TargetOriginId": failover["Id"],
        "ViewerProtocolPolicy": "redirect-to-https",
        "CachePolicyId": cache_policy,
        "Compress": True,
        "LambdaFunctionAssociations": _listed([newest]),
    }
    return {
        "CallerReference": FUNCTION_NAME,
        "Comment": COMMENT,
        "Enabled": True,
        "Aliases": _listed([SITE]),
        "Origins": _listed(origins),
        "OriginGroups": _listed([failover]),
        "DefaultCacheBehavior": behaviour,
        "CacheBehaviors": _listed([behaviour | {"PathPattern": "/images/*"}]),
        "ViewerCertificate": {
            "ACMCertificateArn": certificate,
            "SSLSupportMethod": "sni-only",
            "MinimumProtocolVersion": "TLSv1.2_2021",
        },
        "WebACLId": web_acl,
        "Logging": {
            "Enabled": True,
            "IncludeCookies": False,
            "Bucket": f"{LOG_BUCKETS[HOME_REGION]}.s3.amazonaws.com",
            "Prefix": "cloudfront/",
        },
    }


def _listed(items: list[Any]) -> dict[str, Any]:
    return {"Quantity": len(items), "Items": items}
