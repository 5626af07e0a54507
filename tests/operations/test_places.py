from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from readiness.aws.console_state import jsurl
from readiness.aws.parameter_types import REGIONAL_EDGE_CACHES
from readiness.operations.places import Places, Seen, places_of
from tests.factory import NOW

ROUTER = {
    "distribution_id": "E1A2B3C4D5E6F7",
    "function_name": "router",
    "edge_regions": ["eu-west-1", "us-east-1", "sa-east-1"],
    "buckets": {"eu-west-1": "files-eu", "us-east-1": "files-us"},
    "hosted_zone_id": "Z0123456789ABCDEF",
    "record_name": "origin.example.com",
    "dashboard_name": "edge",
}
GROUP = "/aws/lambda/us-east-1.router"


def labels(places):
    return [place.label for place in places]


def test_everything_that_parameters_name_has_a_link():
    places = places_of(ROUTER, Seen())

    assert labels(places.everywhere) == [
        "Distribution E1A2B3C4D5E6F7",
        "CloudFront monitoring",
        "CloudFront reports (in its menu)",
        "Invalidations",
        "Errors that users get",
        "Alarms in us-east-1",
        "Function router",
        "Route 53 record origin.example.com",
        "Bucket files-eu in eu-west-1",
        "Bucket files-us in us-east-1",
        "Dashboard edge",
    ]
    addresses = dict(zip(labels(places.everywhere), places.everywhere, strict=True))
    assert addresses["Errors that users get"].url.startswith(
        "https://us-east-1.console.aws.amazon.com/cloudwatch/home?region=us-east-1#metricsV2?graph="
        "~(metrics~(~(~'AWS*2fCloudFront~'Requests~'Region~'Global~'DistributionId~'E1A2B3C4D5E6F7"
    )
    assert addresses["Bucket files-eu in eu-west-1"].url == (
        "https://eu-west-1.console.aws.amazon.com/s3/buckets/files-eu?region=eu-west-1"
    )


def test_each_edge_region_has_logs_errors_metrics_and_alarms_of_the_replica():
    region = places_of(ROUTER, Seen()).regions[0]

    assert (region.region, region.city, region.seen) == ("eu-west-1", "Ireland", None)
    assert region.groups == (GROUP, "/aws/cloudfront/LambdaEdge/E1A2B3C4D5E6F7")
    links = {place.label: place.url for place in region.links}
    assert list(links) == ["Logs", "Refused answers", "Recent errors", "Metrics"]
    assert {urlsplit(url).hostname for url in links.values()} == {
        "eu-west-1.console.aws.amazon.com"
    }
    assert links["Logs"].endswith(
        "#logsV2:log-groups/log-group/$252Faws$252Flambda$252Fus-east-1.router"
    )
    assert links["Recent errors"].endswith(f"~source{jsurl([GROUP])})")
    assert "~'Errors~'FunctionName~'us-east-1.router~(stat~'Sum)" in links["Metrics"]
    assert labels(region.alarms) == ["Alarms"]


def test_where_it_ran_comes_from_what_was_seen():
    seen = Seen({"us-east-1": True, "eu-west-1": False}, looked_at=NOW)

    places = places_of(ROUTER, seen)

    assert [each.region for each in places.regions] == ["us-east-1", "sa-east-1", "eu-west-1"]
    assert [each.region for each in places.ran] == ["us-east-1", "sa-east-1"]
    assert [each.region for each in places.elsewhere] == ["eu-west-1"]
    assert (places.looked_at, places.assumed) == (NOW, False)


def test_without_edge_regions_every_one_may_be_it():
    places = places_of({"function_name": "router"}, Seen())

    assert [each.region for each in places.ran] == list(REGIONAL_EDGE_CACHES)
    assert (places.assumed, places.looked_at, places.elsewhere) == (True, None, ())
    assert places.regions[0].groups == (GROUP,)


def test_alarms_that_were_seen_are_named():
    seen = Seen({}, {"eu-west-1": ["router-errors"]}, {"us-east-1": ["edge-5xx"]})

    places = places_of(ROUTER, seen)

    by_region = {each.region: labels(each.alarms) for each in places.regions}
    assert by_region["eu-west-1"] == ["Alarm router-errors"]
    assert by_region["sa-east-1"] == by_region["us-east-1"] == ["Alarms"]
    assert "Alarm edge-5xx" in labels(places.everywhere)


def test_a_log_group_of_ones_own_has_no_prefix():
    places = places_of(ROUTER | {"log_group": "/edge/router"}, Seen())

    assert places.group == "/edge/router"


def test_a_component_with_a_plain_function_has_its_one_region():
    places = places_of(
        {"plain_function_name": "purger", "plain_function_region": "eu-west-1"}, Seen()
    )

    (region,) = places.ran
    assert (places.group, region.groups) == ("/aws/lambda/purger", ("/aws/lambda/purger",))
    assert labels(region.links) == ["Logs", "Recent errors", "Metrics"]
    assert labels(places.everywhere) == ["Function purger"]


@pytest.mark.parametrize("partition", ["aws-cn", "aws-us-gov"])
def test_other_partitions_have_their_own_console_and_no_edge(partition):
    places = places_of(
        {"partition": partition, "function_name": "router", "hosted_zone_id": "Z0123456789ABCDEF"},
        Seen(),
    )

    assert places.regions == ()
    assert all(
        urlsplit(place.url).hostname.endswith(("console.amazonaws.cn", "amazonaws-us-gov.com"))
        for place in places.everywhere
    )
    assert places.everywhere


@pytest.mark.parametrize(
    "parameters", [{}, {"function_name": "../../x"}, {"unknown": 1}, {"edge_regions": "x"}]
)
def test_parameters_that_name_nothing_lead_nowhere(parameters):
    assert places_of(parameters, Seen()) == Places()
    assert not places_of(parameters, Seen())
