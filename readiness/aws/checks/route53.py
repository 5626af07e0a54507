"""Can traffic be moved between the sides, and does DNS notice when one is sick?"""

from __future__ import annotations

import shlex
from collections.abc import Iterable

from pydantic import Field

from readiness.aws.errors import CouldNotLook, Status
from readiness.aws.facts import Facts, Shape
from readiness.aws.fetch import Fetch
from readiness.aws.judging import Part, count, listing, look_at, to_mend
from readiness.aws.parameter_types import DEFAULT_TTL, HostedZoneId, RecordName, RecordTtl, dns_name
from readiness.aws.parameters import CheckParameters
from readiness.aws.registry import Observed, Verdict, check

READS_RECORDS = ("route53", "list_resource_record_sets")
READS_HEALTH_CHECK = ("route53", "get_health_check")

#: The types of record that lead a client somewhere; the others are not traffic.
STEERING_TYPES = ("A", "AAAA", "CNAME")
PAGE = "300"  # the most that Route 53 gives at once; it wants a text


class WeightedRecords(CheckParameters):
    hosted_zone_id: HostedZoneId
    record_name: RecordName
    record_ttl_max: RecordTtl = DEFAULT_TTL


class Alias(Shape):
    hosted_zone_id: str
    dns_name: str = Field(alias="DNSName")
    evaluate_target_health: bool


class Value(Shape):
    value: str


class RecordSet(Shape):
    name: str
    type: str
    set_identifier: str = ""
    weight: int | None = None
    ttl: int | None = Field(None, alias="TTL")
    alias_target: Alias | None = None
    resource_records: list[Value] = []
    health_check_id: str | None = None

    @property
    def label(self) -> str:
        return f"{self.type} {self.set_identifier}".strip()

    @property
    def target(self) -> str:
        """Where it leads: two sets with one target are one side."""
        if self.alias_target is not None:
            return dns_name(self.alias_target.dns_name)
        return ", ".join(sorted(dns_name(each.value) for each in self.resource_records))


class RecordSetsAnswer(Shape):
    resource_record_sets: list[RecordSet]
    is_truncated: bool
    next_record_name: str | None = None


class HealthCheckConfig(Shape):
    type: str
    disabled: bool = False


class HealthCheck(Shape):
    health_check_config: HealthCheckConfig


class HealthCheckAnswer(Shape):
    health_check: HealthCheck


def records_fetch(params: WeightedRecords) -> Fetch:
    """Starts at the name, where the wanted sets come first: the rest of the zone is not read."""
    return Fetch.first_page(
        "route53",
        params.home_region,
        "list_resource_record_sets",
        HostedZoneId=params.hosted_zone_id,
        StartRecordName=params.record_name,
        MaxItems=PAGE,
    )


def health_check_fetch(health_check_id: str, params: WeightedRecords) -> Fetch:
    return Fetch.of(
        "route53", params.home_region, "get_health_check", HealthCheckId=health_check_id
    )


def sets_at_name(facts: Facts, params: WeightedRecords) -> list[RecordSet]:
    """The record sets at the name that lead traffic somewhere."""
    answer = facts.subject(
        records_fetch(params),
        RecordSetsAnswer,
        missing=f"There is no hosted zone {params.hosted_zone_id}.",
    )
    if answer.is_truncated and dns_name(answer.next_record_name or "") == params.record_name:
        reason = f"{params.record_name} has more record sets than fit on one page."
        raise CouldNotLook(Status.ERROR, reason)
    here = (
        each for each in answer.resource_record_sets if dns_name(each.name) == params.record_name
    )
    return [each for each in here if each.type in STEERING_TYPES]


def _seen(sets: Iterable[RecordSet]) -> dict[str, dict[str, object]]:
    return {
        each.label: {"weight": each.weight, "ttl": each.ttl, "target": each.target} for each in sets
    }


def _mend_record(params: WeightedRecords, observed: Observed) -> str:
    zone, name = shlex.quote(params.hosted_zone_id), shlex.quote(params.record_name)
    return (
        f"aws route53 list-resource-record-sets --hosted-zone-id {zone}"
        f" --start-record-name {name} --max-items 10 > records.json\n"
        f"# Make one set for each side, with a weight above 0 and a TTL of at most"
        f" {params.record_ttl_max} seconds, as a change batch with UPSERT.\n"
        f"aws route53 change-resource-record-sets --hosted-zone-id {zone}"
        " --change-batch file://change.json"
    )


def _mend_health_check(params: WeightedRecords, observed: Observed) -> str:
    table = observed.get("records", {})
    wrong = [table[label] for label in to_mend(observed, "records", table)]
    targets = [seen["target"] for seen in wrong if "target" in seen]
    lines = [
        "aws route53 create-health-check --caller-reference"
        f" {shlex.quote('readiness-' + target.rstrip('.'))} --health-check-config"
        f" Type=HTTPS,FullyQualifiedDomainName={shlex.quote(target.rstrip('.'))},"
        "Port=443,ResourcePath=/,RequestInterval=10,FailureThreshold=3"
        for target in targets or ["<HOST>"]
    ]
    zone = shlex.quote(params.hosted_zone_id)
    return "\n".join(
        [
            *lines,
            f"aws route53 change-resource-record-sets --hosted-zone-id {zone}"
            " --change-batch file://change.json  # UPSERT each set with its HealthCheckId",
        ]
    )


@check(
    "route53.weighted-both-sides",
    version=1,
    criteria=["no-single-point", "traffic-steering"],
    params=WeightedRecords,
    reads=[READS_RECORDS],
    title="Both sides take traffic, and it can be moved quickly",
    severity="high",
    passes=(
        "For each kind of address at the name, at least two weighted sets with a weight above 0"
        " lead to different targets, and their TTL is within the limit."
    ),
    why=(
        "A side that takes no traffic today may not be able to take it tomorrow. A long TTL keeps"
        " users on the sick side after the weight was changed."
    ),
    mend_console=(
        "Route 53, Hosted zones, the zone, Create record: routing policy weighted, one record for"
        " each side under the same name, with a short TTL."
    ),
    mend_cli=_mend_record,
    documentation="Amazon Route 53 Developer Guide: Weighted routing",
)
class WeightedBothSides:
    """Two weighted sets with different targets take traffic, and their TTL is short."""

    @staticmethod
    def needs(params: WeightedRecords) -> Iterable[Fetch]:
        yield records_fetch(params)

    @staticmethod
    def evaluate(facts: Facts, params: WeightedRecords) -> Verdict:
        name = params.record_name.rstrip(".")
        sets = sets_at_name(facts, params)
        observed: Observed = {"records": _seen(sets)}
        if not sets:
            reason = f"There is no A, AAAA or CNAME record at {name}."
            return Verdict(Status.FAIL, reason, observed)
        wrong = [
            problem
            for type_ in STEERING_TYPES
            for problem in _one_sided([each for each in sets if each.type == type_])
        ]
        slow = [each for each in sets if _ttl(each) > params.record_ttl_max]
        if slow:
            ttls = listing(f"{each.label} for {each.ttl} seconds" for each in slow)
            wrong.append(f"resolvers keep {ttls}, and {params.record_ttl_max} is the most wanted")
        if wrong:
            return Verdict(Status.FAIL, f"At {name} {'; '.join(wrong)}.", observed)
        reason = f"{count(len(sets), 'weighted set')} at {name} share the traffic."
        return Verdict(Status.PASS, reason, observed)


def _one_sided(sets: list[RecordSet]) -> list[str]:
    """What keeps the sets of one type from being two sides: one sentence part, or nothing."""
    if not sets:
        return []
    kind = sets[0].type
    taking = [each for each in sets if each.weight]
    if not taking:
        return [f"no {kind} set has a weight above 0"]
    if len(taking) == 1:
        return [f"only {taking[0].label} has a weight above 0"]
    if len({each.target for each in taking}) == 1:
        return [f"all weighted {kind} sets lead to {taking[0].target.rstrip('.')}"]
    return []


def _ttl(record: RecordSet) -> int:
    """In seconds; an alias has none of its own."""
    if record.alias_target is not None:
        return 0
    if record.ttl is None:
        raise CouldNotLook(Status.UNSUPPORTED, f"The set {record.label} came without a TTL.")
    return record.ttl


@check(
    "route53.health-checks",
    version=1,
    criteria=["traffic-steering", "dependency-failure", "recovery-independence"],
    params=WeightedRecords,
    reads=[READS_RECORDS, READS_HEALTH_CHECK],
    title="Each side is watched by a health check",
    severity="high",
    passes=(
        "Each weighted set names a health check that exists and is not disabled, or is an alias"
        " that evaluates its target's health."
    ),
    why=(
        "Without health checks DNS goes on sending half of the users to a side that is down, until"
        " somebody changes a weight by hand."
    ),
    mend_console=(
        "Route 53, Health checks, Create health check for each side; then Hosted zones, the zone,"
        " the record, Edit record: choose the health check."
    ),
    mend_cli=_mend_health_check,
    documentation="Amazon Route 53 Developer Guide: Creating health checks and DNS failover",
)
class HealthChecks:
    """Each weighted set has a working health check, or is an alias that evaluates its target."""

    @staticmethod
    def needs(params: WeightedRecords) -> Iterable[Fetch]:
        yield records_fetch(params)

    @staticmethod
    def needs_more(facts: Facts, params: WeightedRecords) -> Iterable[Fetch]:
        for each in sets_at_name(facts, params):
            if each.weight is not None and each.health_check_id:
                yield health_check_fetch(each.health_check_id, params)

    @staticmethod
    def evaluate(facts: Facts, params: WeightedRecords) -> Verdict:
        name = params.record_name.rstrip(".")
        sets = {each.label: each for each in sets_at_name(facts, params) if each.weight is not None}
        if not sets:
            reason = f"There are no weighted sets at {name}."
            return Verdict(Status.NOT_APPLICABLE, reason, {"records": {}})

        def look(label: str) -> Part:
            record = sets[label]
            how, wrong = _health(record, facts, params)
            seen = {"target": record.target, "health_check": how}
            return Part(not wrong, seen, wrong)

        tally = look_at(sets, look)
        return tally.verdict(
            {"records": tally.table},
            passed=f"Each of {count(tally.total, 'weighted set')} at {name} is watched",
            failed=f"DNS would not notice a sick side: {tally.wrongs()}",
        )


def _health(record: RecordSet, facts: Facts, params: WeightedRecords) -> tuple[str, str]:
    """How the set is watched, and what is wrong with that ("" if nothing)."""
    if record.health_check_id:
        fetch = health_check_fetch(record.health_check_id, params)
        found = facts.subject(fetch, HealthCheckAnswer, missing="its health check does not exist")
        disabled = found.health_check.health_check_config.disabled
        return record.health_check_id, "its health check is disabled" if disabled else ""
    if record.alias_target is not None and record.alias_target.evaluate_target_health:
        return "alias evaluates its target", ""
    return "none", "no health check"
