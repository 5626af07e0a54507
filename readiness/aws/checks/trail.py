"""Is there a record of who changed what, wherever it was done?"""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from typing import Literal

from pydantic import Field

from readiness.aws.errors import CouldNotLook, Status
from readiness.aws.facts import Facts, Shape
from readiness.aws.fetch import Fetch
from readiness.aws.judging import Part, Tally, look_at
from readiness.aws.parameter_types import EdgeRegions
from readiness.aws.parameters import CheckParameters
from readiness.aws.registry import Observed, Verdict, check

READS_TRAILS = ("cloudtrail", "describe_trails")
READS_STATUS = ("cloudtrail", "get_trail_status")
READS_SELECTORS = ("cloudtrail", "get_event_selectors")


class TrailRegions(CheckParameters):
    edge_regions: EdgeRegions


class Trail(Shape):
    arn: str = Field(alias="TrailARN")
    name: str
    home_region: str
    is_multi_region_trail: bool
    include_global_service_events: bool
    has_custom_event_selectors: bool

    @property
    def narrow(self) -> str:
        """Why it cannot see all that is changed, whatever it records ("" if it can)."""
        if not self.is_multi_region_trail:
            return f"sees {self.home_region} only"
        return "" if self.include_global_service_events else "leaves out global services"


class TrailsAnswer(Shape):
    trails: list[Trail] = Field(alias="trailList")


class TrailStatusAnswer(Shape):
    is_logging: bool
    latest_delivery_error: str = ""

    @property
    def wrong(self) -> str:
        if not self.is_logging:
            return "is not logging"
        return "cannot deliver its log files" if self.latest_delivery_error else ""


class Selector(Shape):
    include_management_events: bool
    read_write_type: Literal["All", "ReadOnly", "WriteOnly"]

    @property
    def takes_changes(self) -> bool:
        return self.include_management_events and self.read_write_type != "ReadOnly"


class FieldSelector(Shape):
    field: str
    equals: list[str] | None = None


class AdvancedSelector(Shape):
    field_selectors: list[FieldSelector]

    @property
    def takes_changes(self) -> bool:
        """Of management events. It may leave out the sources of KMS and of RDS, and no others."""
        wanted = {each.field: each.equals for each in self.field_selectors}
        return wanted.get("eventCategory") == ["Management"] and wanted.get("readOnly") != ["true"]


class SelectorsAnswer(Shape):
    event_selectors: list[Selector] | None = None
    advanced_event_selectors: list[AdvancedSelector] | None = None


def trails_fetch(params: TrailRegions) -> Fetch:
    """From one region: those of the others that see all regions come along as shadows."""
    return Fetch.of(*_call(READS_TRAILS, params.home_region), includeShadowTrails=True)


def status_fetch(trail: Trail) -> Fetch:
    """By the ARN, as the trail of an organisation is known by that alone."""
    return Fetch.of(*_call(READS_STATUS, trail.home_region), Name=trail.arn)


def selectors_fetch(trail: Trail) -> Fetch:
    return Fetch.of(*_call(READS_SELECTORS, trail.home_region), TrailName=trail.arn)


def _call(read: tuple[str, str], region: str) -> tuple[str, str, str]:
    service, operation = read
    return service, region, operation


def _takes_changes(trail: Trail, facts: Facts) -> bool:
    """Whether it records management events that write: every trail does until told otherwise."""
    if not trail.has_custom_event_selectors:
        return True
    answer = facts.read(selectors_fetch(trail), SelectorsAnswer)
    basic, advanced = answer.event_selectors or [], answer.advanced_event_selectors or []
    if not basic and not advanced:
        raise CouldNotLook(Status.UNSUPPORTED, f"{trail.name} came without its event selectors.")
    return any(each.takes_changes for each in basic) or any(each.takes_changes for each in advanced)


def _mend_trail(params: TrailRegions, observed: Observed) -> str:
    table = observed.get("trails", {})
    stopped = [name for name, seen in table.items() if seen.get("logging") is False]
    if stopped:
        return "\n".join(
            f"aws cloudtrail start-logging --region {shlex.quote(table[arn]['home'])}"
            f" --name {shlex.quote(arn)}"
            for arn in stopped
        )
    region = shlex.quote(params.home_region)
    return (
        f"aws cloudtrail create-trail --region {region} --name all-regions"
        " --s3-bucket-name <TRAIL_BUCKET> --is-multi-region-trail --include-global-service-events"
        " --enable-log-file-validation\n"
        f"aws cloudtrail start-logging --region {region} --name all-regions"
    )


@check(
    "trail.multi-region",
    version=1,
    criteria=["change-trail"],
    params=TrailRegions,
    reads=[READS_TRAILS, READS_STATUS, READS_SELECTORS],
    title="Changes are recorded in every region",
    severity="high",
    passes=(
        "One trail of CloudTrail sees all regions and the global services, records management"
        " events that change something, is logging, and can deliver its files. The trail of an"
        " organisation counts."
    ),
    why=(
        "An incident begins with the question what was changed just before, and by whom. A trail"
        " of one region knows nothing of CloudFront, of IAM, or of the other regions."
    ),
    mend_console=(
        "CloudTrail, Trails, Create trail: management events, read and write. A trail made in the"
        " console sees all regions. If there is one already: open it, Start logging."
    ),
    mend_cli=_mend_trail,
    documentation="AWS CloudTrail User Guide: Multi-Region trails and single-Region trails",
)
class MultiRegionTrail:
    """At least one trail sees everything that is changed, and is on."""

    @staticmethod
    def needs(params: TrailRegions) -> Iterable[Fetch]:
        yield trails_fetch(params)

    @staticmethod
    def needs_more(facts: Facts, params: TrailRegions) -> Iterable[Fetch]:
        for trail in facts.read(trails_fetch(params), TrailsAnswer).trails:
            if not trail.narrow:
                yield status_fetch(trail)
                if trail.has_custom_event_selectors:
                    yield selectors_fetch(trail)

    @staticmethod
    def evaluate(facts: Facts, params: TrailRegions) -> Verdict:
        trails = {each.arn: each for each in facts.read(trails_fetch(params), TrailsAnswer).trails}

        def look(arn: str) -> Part:
            trail = trails[arn]
            seen: Observed = {"name": trail.name, "home": trail.home_region}
            if trail.narrow:
                return Part(False, seen, wrong=trail.narrow)
            status = facts.read(status_fetch(trail), TrailStatusAnswer)
            seen["logging"] = status.is_logging
            if status.wrong:
                return Part(False, seen, wrong=status.wrong)
            seen["changes"] = _takes_changes(trail, facts)
            return Part(seen["changes"], seen, wrong="does not record changes")

        tally = look_at(trails, look)
        return _one_suffices(tally, trails)


def _one_suffices(tally: Tally, trails: dict[str, Trail]) -> Verdict:
    """One good trail is enough; without one, any that could not be seen may be it."""
    observed: Observed = {"trails": tally.table}
    if tally.good:
        reason = f"The trail {trails[tally.good[0]].name} records changes in every region."
        return Verdict(Status.PASS, reason, observed)
    if not trails:
        return Verdict(Status.FAIL, "There is no trail.", observed)
    failed = f"No trail records changes in every region: {tally.wrongs()}"
    if tally.unknown:
        tally.wrong.clear()
    return tally.verdict(observed, passed="", failed=failed)
