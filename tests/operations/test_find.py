from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readiness.aws.console_state import jsurl
from readiness.operations.edge import parse_location
from readiness.operations.find import (
    IdKind,
    NotARequestId,
    RequestId,
    parse_request_id,
    query_for,
    quoted,
    steps,
)
from readiness.operations.places import Seen, places_of

OF_CLOUDFRONT = "4TyzHTaYWb1GX1qTfsHhEqV6HUDd_BzoBZnwfnvQc_1oF26ClkoUSEQ=="
OF_LAMBDA = "79b9da39-b7ae-408a-a6bc-864b2829c622"
ROUTER = {
    "function_name": "router",
    "edge_regions": ["us-east-1", "eu-central-1", "eu-west-1", "eu-west-2"],
}


@pytest.mark.parametrize(
    ("text", "kind", "id"),
    [
        (OF_CLOUDFRONT, IdKind.CLOUDFRONT, OF_CLOUDFRONT),
        (f"  {OF_CLOUDFRONT}\n", IdKind.CLOUDFRONT, OF_CLOUDFRONT),
        (f"X-Amz-Cf-Id: {OF_CLOUDFRONT}", IdKind.CLOUDFRONT, OF_CLOUDFRONT),
        (OF_LAMBDA, IdKind.LAMBDA, OF_LAMBDA),
        (OF_LAMBDA.upper(), IdKind.LAMBDA, OF_LAMBDA),
        (f"x-amzn-RequestId: {OF_LAMBDA}", IdKind.LAMBDA, OF_LAMBDA),
    ],
)
def test_parse_request_id_knows_both_kinds(text, kind, id):
    assert parse_request_id(text) == RequestId(kind, id)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "abc",
        OF_LAMBDA[:-1],
        OF_CLOUDFRONT[:30],
        OF_CLOUDFRONT + "x",
        OF_CLOUDFRONT * 2,
        f'{OF_CLOUDFRONT[:-2]}" or 1',
        f"{OF_CLOUDFRONT} {OF_CLOUDFRONT}",
        f"{OF_LAMBDA}\n| fields @x",
        "<script>" + "a" * 48,
    ],
)
def test_parse_request_id_refuses_what_is_none(text):
    with pytest.raises(NotARequestId, match="neither CloudFront's id"):
        parse_request_id(text)


def test_query_of_each_kind():
    assert query_for(parse_request_id(OF_CLOUDFRONT)) == (
        "fields @timestamp, @requestId, @message, @logStream\n"
        f'| filter @message like "{OF_CLOUDFRONT}"\n'
        "| sort @timestamp asc\n"
        "| limit 500"
    )
    assert f'| filter @requestId = "{OF_LAMBDA}" or @message like "{OF_LAMBDA}"\n' in query_for(
        parse_request_id(OF_LAMBDA)
    )


@given(st.text())
def test_no_text_ends_its_quotation(text):
    inner = quoted(text)[1:-1].replace("\\\\", "")

    assert inner.count('"') == inner.count('\\"') == text.count('"')


def regions(found):
    return [(step.place.region, step.likely) for step in found]


def find(location="", seen=None, parameters=ROUTER):
    places = places_of(parameters, seen or Seen())
    where = parse_location(location) if location else None
    return steps(places, parse_request_id(OF_CLOUDFRONT), where, 3600)


def test_the_region_behind_the_edge_location_is_first():
    found = find("FRA56-P4")

    assert regions(found) == [
        ("eu-central-1", True),
        ("eu-west-2", False),
        ("eu-west-1", False),
        ("us-east-1", False),
    ]
    assert [step.km for step in found] == [13, 634, 1089, 6553]


def test_two_that_are_about_as_far_are_both_likely():
    assert regions(find("AMS54-C1"))[:2] == [("eu-west-2", True), ("eu-central-1", True)]


def test_each_step_opens_the_query_in_its_region():
    first = find("FRA56-P4")[0]

    assert first.url.startswith(
        "https://eu-central-1.console.aws.amazon.com/cloudwatch/home?region=eu-central-1"
        "#logsV2:logs-insights$3FqueryDetail$3D~(end~0~start~-3600~"
    )
    assert jsurl(query_for(parse_request_id(OF_CLOUDFRONT))) in first.url
    assert first.url.endswith("~source~(~'*2faws*2flambda*2fus-east-1.router))")


@pytest.mark.parametrize("location", ["", "XXX1-C1"])
def test_without_a_known_place_the_order_is_that_of_what_was_seen(location):
    found = find(location, Seen({"us-east-1": False, "eu-west-1": True}))

    assert regions(found) == [
        ("eu-west-1", False),
        ("eu-central-1", False),
        ("eu-west-2", False),
        ("us-east-1", False),
    ]
    assert {step.km for step in found} == {None}


def test_a_region_without_a_log_group_is_last_however_near():
    found = find("FRA56-P4", Seen({"eu-central-1": False}))

    assert regions(found) == [
        ("eu-west-2", True),
        ("eu-west-1", False),
        ("us-east-1", False),
        ("eu-central-1", False),
    ]


def test_only_the_group_that_every_run_leaves_is_searched():
    found = find(parameters=ROUTER | {"distribution_id": "E1A2B3C4D5E6F7"})

    assert "*2faws*2fcloudfront*2fLambdaEdge" not in found[0].url
    assert found[0].place.groups[1] == "/aws/cloudfront/LambdaEdge/E1A2B3C4D5E6F7"


def test_a_component_without_a_function_has_nowhere_to_look():
    assert find(parameters={"hosted_zone_id": "Z0123456789ABCDEF"}) == []
