"""Addresses of the AWS console: the right page, and nothing that a name could break out of."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readiness.aws.console import ARNS, GLOBAL, HOSTS, PATHS, of_arn, of_row, places, url

EU = "eu-west-1"
AT_EU = "https://eu-west-1.console.aws.amazon.com/"
AT_HOME = "https://us-east-1.console.aws.amazon.com/"


@pytest.mark.parametrize(
    ("kind", "name", "expected"),
    [
        (
            "log_group",
            "/aws/lambda/us-east-1.router",
            "cloudwatch/home?region=eu-west-1#logsV2:log-groups/log-group/"
            "$252Faws$252Flambda$252Fus-east-1.router",
        ),
        ("alarm", "Edge 5xx", "cloudwatch/home?region=eu-west-1#alarmsV2:alarm/Edge%205xx"),
        ("dashboard", "edge", "cloudwatch/home?region=eu-west-1#dashboards/dashboard/edge"),
        ("function", "router", "lambda/home?region=eu-west-1#/functions/router"),
        ("function", "router:7", "lambda/home?region=eu-west-1#/functions/router/versions/7"),
        ("function", "router:live", "lambda/home?region=eu-west-1#/functions/router"),
        ("bucket", "files-eu", "s3/buckets/files-eu?region=eu-west-1"),
        (
            "topic",
            "arn:aws:sns:eu-west-1:123456789012:oncall",
            "sns/v3/home?region=eu-west-1#/topic/"
            "arn%3Aaws%3Asns%3Aeu-west-1%3A123456789012%3Aoncall",
        ),
        (
            "pipeline",
            "edge",
            "codesuite/codepipeline/pipelines/edge/view?region=eu-west-1",
        ),
        (
            "stack",
            "edge",
            "cloudformation/home?region=eu-west-1#/stacks/stackinfo?stackId=edge",
        ),
        ("config", "all", "config/home?region=eu-west-1#/settings"),
    ],
)
def test_page_of_a_resource_in_its_region(kind, name, expected):
    assert url(kind, name, region=EU) == AT_EU + expected


@pytest.mark.parametrize(
    ("kind", "name", "expected"),
    [
        ("distribution", "E2EXAMPLE", "cloudfront/v4/home#/distributions/E2EXAMPLE"),
        ("hosted_zone", "Z3EXAMPLE", "route53/v2/hostedzones#ListRecordSets/Z3EXAMPLE"),
        ("role", "edge", "iam/home#/roles/details/edge"),
    ],
)
def test_page_of_what_has_no_region_is_at_home(kind, name, expected):
    assert url(kind, name) == url(kind, name, region=EU) == AT_HOME + expected


@pytest.mark.parametrize(
    ("partition", "region", "host"),
    [
        ("aws-cn", "cn-northwest-1", "cn-northwest-1.console.amazonaws.cn"),
        ("aws-us-gov", "us-gov-west-1", "us-gov-west-1.console.amazonaws-us-gov.com"),
    ],
)
def test_other_partitions_have_consoles_of_their_own(partition, region, host):
    link = url("bucket", "files", region=region, partition=partition)
    assert link == f"https://{host}/s3/buckets/files?region={region}"


@pytest.mark.parametrize(
    ("kind", "name", "where"),
    [
        ("distribution", "E2EXAMPLE", {"partition": "aws-us-gov"}),
        ("bucket", "files", {"region": EU, "partition": "aws-iso"}),
        ("bucket", "files", {"region": "evil.example.com/"}),
        ("bucket", "files", {}),
        ("bucket", "", {"region": EU}),
    ],
)
def test_no_link_where_there_is_no_such_page(kind, name, where):
    assert url(kind, name, **where) is None


@given(st.sampled_from(sorted(PATHS)), st.text(min_size=1), st.sampled_from(sorted(HOSTS)))
def test_no_name_breaks_out_of_the_address(kind, name, partition):
    region = {"aws": EU, "aws-cn": "cn-north-1", "aws-us-gov": "us-gov-east-1"}[partition]
    try:
        name.encode()
    except UnicodeEncodeError:
        return
    link = url(kind, name, region=region, partition=partition)
    if link is None:
        return
    parts = urlsplit(link)
    home = region if kind not in GLOBAL else parts.hostname.split(".")[0]
    assert (parts.scheme, parts.hostname) == ("https", f"{home}.{HOSTS[partition]}")
    assert link.isascii()
    assert not set(link) & set(" \"'<>\\\n")


@given(st.text(st.characters(codec="utf-8"), min_size=1))
def test_name_of_a_log_group_can_be_read_back(name):
    link = url("log_group", name, region=EU)
    encoded = link.partition("log-groups/log-group/")[2]
    assert set(encoded) <= set("$-._~") | set(map(chr, range(128))) - set("%/#?&")
    assert unquote(unquote(encoded.replace("$", "%"))) == name


@pytest.mark.parametrize(
    ("arn", "expected"),
    [
        (
            "arn:aws:sns:eu-west-1:123456789012:oncall",
            url("topic", "arn:aws:sns:eu-west-1:123456789012:oncall", region=EU),
        ),
        (
            "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:Edge: 5xx",
            url("alarm", "Edge: 5xx", region=EU),
        ),
        (
            "arn:aws:lambda:us-east-1:123456789012:function:router:7",
            url("function", "router:7", region="us-east-1"),
        ),
        (
            "arn:aws:logs:eu-west-1:123456789012:log-group:/edge/router:*",
            url("log_group", "/edge/router", region=EU),
        ),
        ("arn:aws:s3:::files-eu", url("bucket", "files-eu", region="us-east-1")),
        ("arn:aws:iam::123456789012:role/service/edge", url("role", "edge")),
        (
            "arn:aws:acm:us-east-1:123456789012:certificate/12ab",
            url("certificate", "12ab", region="us-east-1"),
        ),
        (
            "arn:aws:cloudtrail:eu-west-1:123456789012:trail/all",
            AT_EU + "cloudtrailv2/home?region=eu-west-1#/trails/"
            "arn%3Aaws%3Acloudtrail%3Aeu-west-1%3A123456789012%3Atrail%2Fall",
        ),
        (
            "arn:aws:cloudformation:eu-west-1:123456789012:stack/edge/12ab-34cd",
            url("stack", "edge", region=EU),
        ),
        (
            "arn:aws:cloudfront::123456789012:distribution/E2EXAMPLE",
            url("distribution", "E2EXAMPLE"),
        ),
        ("arn:aws:route53:::hostedzone/Z3EXAMPLE", url("hosted_zone", "Z3EXAMPLE")),
        (
            "arn:aws-cn:codepipeline:cn-north-1:123456789012:edge",
            url("pipeline", "edge", region="cn-north-1", partition="aws-cn"),
        ),
    ],
)
def test_page_of_what_an_arn_names(arn, expected):
    assert expected is not None
    assert of_arn(arn) == expected


@pytest.mark.parametrize(
    "arn",
    [
        "nonsense",
        "arn:aws:sns",
        "arn:aws:dynamodb:eu-west-1:123456789012:table/t",
        "arn:aws:iam::123456789012:user/emil",
        "arn:aws:sns:evil.example.com/:123456789012:oncall",
        "arn:aws-iso:s3:::files",
    ],
)
def test_no_page_of_another_text(arn):
    assert of_arn(arn) is None


def test_every_kind_of_an_arn_has_a_path():
    assert {kind for _, kind in ARNS.values()} <= set(PATHS)


def test_pages_of_what_the_parameters_name():
    found = places(
        {
            "distribution_id": "E2EXAMPLE",
            "function_name": "router",
            "stack_name": "edge",
            "stack_region": EU,
            "pipeline_name": None,
            "partition": "aws",
        },
        {"role": "edge", "certificate": "", "status": "ISSUED"},
    )

    assert [(place.label, place.url) for place in found] == [
        ("Distribution E2EXAMPLE", url("distribution", "E2EXAMPLE")),
        ("Function router", url("function", "router", region="us-east-1")),
        ("Stack edge", url("stack", "edge", region=EU)),
        ("Role edge", url("role", "edge")),
    ]


@pytest.mark.parametrize(
    ("service", "table", "row", "expected"),
    [
        ("logs", "regions", EU, url("log_group", "/edge/router", region=EU)),
        ("alarms", "regions", EU, url("alarms", "all", region=EU)),
        ("config", "regions", EU, url("config", "all", region=EU)),
        (
            "lambda",
            "regions",
            EU,
            AT_EU + "servicequotas/home/services/lambda/quotas?region=eu-west-1",
        ),
        ("tags", "regions", EU, None),
        ("s3", "buckets", "files-eu", url("bucket", "files-eu", region=EU)),
        ("s3", "buckets", "files-us", url("bucket", "files-us", region="us-east-1")),
        ("route53", "records", "CNAME eu", url("hosted_zone", "Z3EXAMPLE")),
        ("cloudfront", "associations", "default origin-request", url("distribution", "E2EXAMPLE")),
        ("lambda", "versions", "version 7", url("function", "router:7", region="us-east-1")),
        ("cloudfront", "errors", "404", url("distribution", "E2EXAMPLE")),
        ("lambda", "versions", "7", url("function", "router:7", region="us-east-1")),
        (
            "alarms",
            "alarms",
            "5xx in the edge in eu-west-1",
            url("alarm", "5xx in the edge", region=EU),
        ),
        ("sns", "topics", "arn:aws:sns:eu-west-1:1:t", of_arn("arn:aws:sns:eu-west-1:1:t")),
        ("s3", "ways", "files-eu to files-us", None),
    ],
)
def test_page_of_a_row_of_observed_facts(service, table, row, expected):
    parameters = {
        "hosted_zone_id": "Z3EXAMPLE",
        "distribution_id": "E2EXAMPLE",
        "function_name": "router",
    }
    observed = {"log_group": "/edge/router", "buckets": {"files-eu": {"region": EU}}}

    assert of_row(service, table, row, parameters, observed) == expected


def test_rows_lead_nowhere_without_what_would_name_the_page():
    assert of_row("logs", "regions", EU, {}, {}) is None
    assert of_row("route53", "records", "CNAME eu", {}, {}) is None
    assert of_row("lambda", "versions", "7", {}, {}) is None
