"""Amazon Route 53. Documentation: https://docs.aws.amazon.com/Route53/latest/APIReference/"""

from collections.abc import Callable
from typing import Any

from moto.core.responses import ActionResult
from moto.route53 import models
from moto.route53.exceptions import (
    DnsNameInvalidForZone,
    InvalidActionValue,
    InvalidInput,
    NoSuchHealthCheck,
    Route53ClientError,
)
from moto.route53.models import FakeZone, HealthCheck, RecordSet, Route53Backend
from moto.route53.responses import Route53
from moto.route53.utils import validate_domain_name

from demo.simulated_aws.repairs.patching import expect, wrap

LARGEST_PAGE = 300


def apply() -> None:
    expect(RecordSet.__init__, "set_identifier", "health_check_id", "ResourceRecords")
    expect(Route53Backend.create_health_check, "set_children", "set_regions", "health_checks")
    wrap(models, "create_route53_zone_id", id_as_engineers_know_it)
    wrap(FakeZone, "add_rrset", keep_plain_values)
    wrap(Route53, "list_resource_record_sets", list_record_sets_in_pages)
    wrap(Route53Backend, "change_resource_record_sets", change_record_sets)
    wrap(Route53Backend, "create_health_check", create_health_check_once)


def id_as_engineers_know_it(original: Callable[..., str], *args: Any, **kwargs: Any) -> str:
    # Ids of hosted zones start with Z. API_GetHostedZone.html
    return "Z" + original(*args, **kwargs)[1:]


def keep_plain_values(original: Callable[..., Any], self: Any, record_set: dict[str, Any]) -> Any:
    # Values are texts; moto makes the SOA record of a new zone of a printed dict.
    # https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/SOA-NSrecords.html
    values = [
        value["Value"] if isinstance(value, dict) else value
        for value in record_set.get("ResourceRecords", ())
    ]
    return original(self, record_set | {"ResourceRecords": values})


def list_record_sets_in_pages(original: Callable[..., Any], self: Route53) -> ActionResult:
    # Sorted by the reversed labels of the name, by type, by identifier; a page starts where all
    # three say, so that it may end between two weighted sets. API_ListResourceRecordSets.html
    name, kind, identifier = (
        self._get_param(f"StartRecord{part}") or "" for part in ("Name", "Type", "Identifier")
    )
    if (kind and not name) or (identifier and not kind):
        raise InvalidInput("The input is not valid")
    validate_domain_name(name)
    start = (_labels(name), kind, identifier) if name else ()
    size = min(self._get_int_param("MaxItems", LARGEST_PAGE), LARGEST_PAGE)
    zone = self.backend.get_hosted_zone(self._get_param("HostedZoneId"))
    found = [record for record in sorted(zone.rrsets, key=_position) if _position(record) >= start]
    following = found[size] if found[size:] else None
    return ActionResult(
        {
            "ResourceRecordSets": found[:size],
            "IsTruncated": following is not None,
            "NextRecordName": following and following.name,
            "NextRecordType": following and following.type,
            "NextRecordIdentifier": following and following.set_identifier,
            "MaxItems": size,
        }
    )


def change_record_sets(
    original: Callable[..., Any], self: Any, zoneid: str, change_list: list[dict[str, Any]]
) -> None:
    # All changes or none; a set is told apart by name, type and identifier, and deleted only by
    # all of its values. API_ChangeResourceRecordSets.html
    zone = self.get_hosted_zone(zoneid)
    records = {_position(record): record for record in zone.rrsets}
    for change in change_list:
        wanted, action = _record_set(zone.name, change["ResourceRecordSet"]), change["Action"]
        current = records.get(_position(wanted))
        if action == "DELETE":
            _check_deletion(wanted, current)
            del records[_position(wanted)]
        elif action in ("CREATE", "UPSERT"):
            if action == "CREATE" and current:
                raise _invalid("create", wanted, "but it already exists")
            if wanted.health_check_id and wanted.health_check_id not in self.health_checks:
                raise NoSuchHealthCheck(wanted.health_check_id)
            records[_position(wanted)] = wanted
        else:
            raise InvalidActionValue(action)
    _check_identifiers(list(records.values()))
    zone.rrsets = list(records.values())


def create_health_check_once(
    original: Callable[..., Any], self: Any, caller_reference: str, health_check_args: Any
) -> Any:
    # The same reference with the same settings is the same health check; with others it is
    # refused. API_CreateHealthCheck.html
    for known in self.health_checks.values():
        if known.caller_reference == caller_reference:
            wanted = HealthCheck(known.id, caller_reference, health_check_args)  # type: ignore[abstract]  # as moto does
            wanted.set_children(health_check_args.get("children", []))
            wanted.set_regions(health_check_args.get("regions", []))
            if wanted.health_check_config == known.health_check_config:
                return known
            raise Route53ClientError(
                "HealthCheckAlreadyExists",
                "A health check has already been created with the specified caller reference.",
            )
    return original(self, caller_reference, health_check_args)


def _labels(name: str) -> tuple[str, ...]:
    return tuple(reversed(name.rstrip(".").split(".")))


def _position(record: Any) -> tuple[tuple[str, ...], str, str]:
    return _labels(record.name), record.type or "", record.set_identifier or ""


def _record_set(zone_name: str, wanted: dict[str, Any]) -> RecordSet:
    name = wanted["Name"].rstrip(".") + "."
    validate_domain_name(name, code="InvalidChangeBatch")
    if name != zone_name and not name.endswith(f".{zone_name}"):
        raise DnsNameInvalidForZone(name=wanted["Name"], zone_name=zone_name)
    values = [record["Value"] for record in wanted.get("ResourceRecords") or []]
    return RecordSet(wanted | {"Name": name, "ResourceRecords": values})  # type: ignore[abstract]  # as moto does


def _check_deletion(wanted: RecordSet, current: RecordSet | None) -> None:
    if current is None:
        raise _invalid("delete", wanted, "but it was not found")
    if vars(wanted) != vars(current):
        raise _invalid("delete", wanted, "but the values provided do not match the current values")


def _check_identifiers(records: list[Any]) -> None:
    plain = {_position(record)[:2] for record in records if not record.set_identifier}
    for record in records:
        if record.set_identifier and _position(record)[:2] in plain:
            raise _invalid("create", record, "but other RRSets exist with the same name and type")


def _invalid(verb: str, record: Any, reason: str) -> Route53ClientError:
    named = f"name='{record.name}', type='{record.type}'"
    if record.set_identifier:
        named += f", set identifier='{record.set_identifier}'"
    message = f"Tried to {verb} resource record set [{named}] {reason}"
    return Route53ClientError("InvalidChangeBatch", f"[{message}]")
