from __future__ import annotations

import pytest

from readiness.aws.parameter_types import REGIONAL_EDGE_CACHES
from readiness.operations.edge import (
    AIRPORTS,
    REGIONS,
    NotALocation,
    city_of,
    distance_km,
    nearest_first,
    parse_location,
)


@pytest.mark.parametrize(
    ("text", "name", "city"),
    [
        ("FRA56-P4", "FRA56-P4", "Frankfurt"),
        (" fra56-p4 ", "FRA56-P4", "Frankfurt"),
        ("x-amz-cf-pop: GRU50-C1", "GRU50-C1", "São Paulo"),
        ("X-Amz-Cf-Pop:SIN2-C1", "SIN2-C1", "Singapore"),
        ("DUB2", "DUB2", "Dublin"),
        ("FRA", "FRA", "Frankfurt"),
        ("XXX12-P1", "XXX12-P1", ""),
    ],
)
def test_parse_location_reads_the_header(text, name, city):
    location = parse_location(text)

    assert (location.name, location.city, location.code) == (name, city, name[:3])


@pytest.mark.parametrize("text", ["", "FR", "FRA56-P4<b>", "FRA56 P4", "FRA56-P4\nx", "12", "ÄÖÜ1"])
def test_parse_location_refuses_what_is_none(text):
    with pytest.raises(NotALocation, match="looks like FRA56-P4"):
        parse_location(text)


@pytest.mark.parametrize(
    ("code", "first"),
    [
        ("FRA", "eu-central-1"),
        ("DUB", "eu-west-1"),
        ("LHR", "eu-west-2"),
        ("IAD", "us-east-1"),
        ("CMH", "us-east-2"),
        ("SFO", "us-west-1"),
        ("SEA", "us-west-2"),
        ("GRU", "sa-east-1"),
        ("BOM", "ap-south-1"),
        ("SIN", "ap-southeast-1"),
        ("SYD", "ap-southeast-2"),
        ("NRT", "ap-northeast-1"),
        ("ICN", "ap-northeast-2"),
    ],
)
def test_where_a_region_is_its_airport_leads_to_it(code, first):
    assert nearest_first(REGIONS, code)[0] == first


@pytest.mark.parametrize(
    ("code", "region", "km"),
    # From tables of distances, to one per cent.
    [("LHR", "us-east-1", 5900), ("SYD", "ap-northeast-1", 7830), ("JNB", "eu-central-1", 8690)],
)
def test_distance_is_that_of_the_crow(code, region, km):
    assert distance_km(code, region) == pytest.approx(km, rel=0.01)


def test_what_is_not_known_has_no_distance_and_comes_last_in_its_order():
    assert distance_km("XXX", "eu-west-1") is None
    assert distance_km("FRA", "eu-north-1") is None
    assert nearest_first(["eu-north-1", "us-east-1", "me-south-1", "eu-west-2"], "FRA") == [
        "eu-west-2",
        "us-east-1",
        "eu-north-1",
        "me-south-1",
    ]
    assert nearest_first(["us-east-1", "eu-west-2"], "XXX") == ["us-east-1", "eu-west-2"]


def test_every_edge_cache_has_a_place_and_every_airport_lies_on_earth():
    assert set(REGIONS) == set(REGIONAL_EDGE_CACHES)
    assert city_of("eu-central-1") == "Frankfurt"
    assert city_of("eu-north-1") == ""
    for city, north, east in (*AIRPORTS.values(), *REGIONS.values()):
        assert city
        assert -60 < north < 70
        assert -180 <= east <= 180


def test_no_airport_is_far_from_every_region():
    """A sign that was mistyped would put one into the wrong hemisphere."""
    nearest = {code: distance_km(code, nearest_first(REGIONS, code)[0]) for code in AIRPORTS}

    assert {code for code, km in nearest.items() if km > 3500} == {
        "BOG",
        "CPT",
        "JNB",
        "LOS",
        "NBO",
    }
