"""Route 53."""

import pytest
from botocore.exceptions import ClientError

from tests.demo.repairs.made import refusal


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
    assert refusal(
        route53.create_health_check, CallerReference="one", HealthCheckConfig=config | {"Port": 80}
    ) == (409, "HealthCheckAlreadyExists")
    zone(_change("CREATE", identifier="east", HealthCheckId=made["Id"]))
    with pytest.raises(ClientError, match="NoSuchHealthCheck"):
        zone(_change("CREATE", identifier="west", HealthCheckId="00000000"))
