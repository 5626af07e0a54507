"""Does an alarm say what to do, and has anybody ever seen it fire?"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable
from datetime import timedelta
from typing import Any, NamedTuple

from pydantic import ValidationError

from readiness.aws.errors import CouldNotLook, Status
from readiness.aws.facts import CamelShape, Facts, Moment, Shape
from readiness.aws.fetch import Fetch
from readiness.aws.judging import Part, Tally, capped, count, listing, look_at
from readiness.aws.parameter_types import LinkStart
from readiness.aws.registry import Observed, Verdict, check
from readiness.aws.watching import (
    READS_ALARMS,
    Alarm,
    AlarmsAnswer,
    EdgeAlarms,
    MetricAlarm,
    alarms_fetch,
    read_alarms,
    speakers,
    watches,
    watching,
)

READS_HISTORY = ("cloudwatch", "describe_alarm_history")

LINK = re.compile(r"https?://[^\s<>\"']+")

PROOF_DAYS = 90
#: The Amazon CloudWatch User Guide, in "Using Amazon CloudWatch alarms".
HISTORY_DAYS = 30
NEWEST = 100  # the most that CloudWatch gives in one page


class LinkedAlarms(EdgeAlarms):
    runbook_prefix: LinkStart | None = None


def _has_link(alarm: Alarm, prefix: str | None) -> bool:
    links = LINK.findall(alarm.alarm_description)
    return any(link.startswith(prefix or "http") for link in links)


def _told_by(alarm: MetricAlarm, answer: AlarmsAnswer) -> list[Alarm]:
    """The alarms whose text people get when `alarm` fires; its own where none speaks."""
    return speakers(alarm, answer.composite_alarms) or [alarm]


def _mend_links(params: LinkedAlarms, observed: Observed) -> str:
    link = f"Runbook: {params.runbook_prefix or 'https://<RUNBOOK>'}"
    lines = [
        f"aws cloudwatch describe-alarms --region {shlex.quote(region)}"
        f" --alarm-names {shlex.quote(name)} --alarm-types MetricAlarm CompositeAlarm"
        "  # then put it again with the same values and --alarm-description"
        f" {shlex.quote(link)}"
        for region, seen in observed.get("regions", {}).items()
        for name in seen.get("no_link") or []
    ]
    return "\n".join(lines) or (
        "aws cloudwatch put-metric-alarm --cli-input-json file://alarm.json"
        f" --alarm-description {shlex.quote(link)}"
    )


@check(
    "alarms.runbook-link",
    version=1,
    criteria=["alerts-actionable"],
    params=LinkedAlarms,
    reads=[READS_ALARMS],
    title="Every alarm on the component links to its runbook",
    severity="medium",
    passes=(
        "The description of each alarm on the function or the distribution has a link; with a"
        " runbook address given for the component, one that begins with it. Where a composite alarm"
        " speaks for others, its description counts."
    ),
    why=(
        "The description is what arrives on the phone. With a link in it the first minutes go into"
        " the repair instead of the search for the page that explains it."
    ),
    mend_console=(
        "CloudWatch, in the region, All alarms, the alarm, Actions, Edit, to the step Add name and"
        " description: put the link to the runbook into the description."
    ),
    mend_cli=_mend_links,
    documentation="Amazon CloudWatch User Guide: Using Amazon CloudWatch alarms",
)
class RunbookLink:
    """Whatever tells people of a fault of the component has a link in its description."""

    @staticmethod
    def needs(params: LinkedAlarms) -> Iterable[Fetch]:
        return (alarms_fetch(region) for region in params.alarm_regions)

    @staticmethod
    def evaluate(facts: Facts, params: LinkedAlarms) -> Verdict:
        def look(region: str) -> Part:
            answer = read_alarms(region, facts)
            told = (each for alarm in watching(answer, params) for each in _told_by(alarm, answer))
            alarms = {each.alarm_name: each for each in told}
            bare = [
                name for name, each in alarms.items() if not _has_link(each, params.runbook_prefix)
            ]
            seen = {"alarms": len(alarms), "no_link": capped(bare)}
            return Part(not bare if alarms else None, seen, listing(bare, 3))

        tally = look_at(params.alarm_regions, look)
        observed: Observed = {"regions": tally.table}
        if len(tally.nothing) == tally.total:
            return _no_alarm(params, observed)
        link = f"link that begins with {params.runbook_prefix}" if params.runbook_prefix else "link"
        return tally.verdict(
            observed,
            passed=f"Every alarm on the component has a {link}",
            failed=f"Alarms without a {link}: {tally.wrongs()}",
        )


def _no_alarm(params: EdgeAlarms, observed: Observed) -> Verdict:
    reason = f"No alarm watches {params.function_name} or its distribution."
    return Verdict(Status.NOT_APPLICABLE, reason, observed)


class StatefulAlarm(MetricAlarm):
    state_value: str
    state_updated_timestamp: Moment
    state_transitioned_timestamp: Moment | None = None

    @property
    def changed_at(self) -> Moment:
        """When its state became what it is; the last evaluation where AWS does not say."""
        return self.state_transitioned_timestamp or self.state_updated_timestamp

    @property
    def is_firing(self) -> bool:
        return self.state_value == "ALARM"


class StatesAnswer(Shape):
    metric_alarms: list[StatefulAlarm]


class NewState(CamelShape):
    state_value: str


class StateChange(CamelShape):
    new_state: NewState


class ConfigurationChange(CamelShape):
    type: str


class HistoryItem(Shape):
    timestamp: Moment
    history_item_type: str
    history_data: str  # JSON

    @property
    def is_to_alarm(self) -> bool:
        """Raises ValidationError."""
        if self.history_item_type != "StateUpdate":
            return False
        return StateChange.model_validate_json(self.history_data).new_state.state_value == "ALARM"

    @property
    def is_creation(self) -> bool:
        """Raises ValidationError."""
        if self.history_item_type != "ConfigurationUpdate":
            return False
        return ConfigurationChange.model_validate_json(self.history_data).type == "Create"


class HistoryAnswer(Shape):
    alarm_history_items: list[HistoryItem]
    next_token: str | None = None

    @property
    def is_whole_life(self) -> bool:
        """Whether it reaches back to the making of the alarm. Raises ValidationError."""
        return self.next_token is None and any(
            each.is_creation for each in self.alarm_history_items
        )


def history_fetch(region: str, name: str) -> Fetch:
    """The newest of an alarm's history: one that flaps would have thousands of pages."""
    return Fetch.first_page(
        "cloudwatch",
        region,
        "describe_alarm_history",
        AlarmName=name,
        AlarmTypes=["MetricAlarm"],
        MaxRecords=NEWEST,
        ScanBy="TimestampDescending",
    )


class Place(NamedTuple):
    region: str
    alarm: StatefulAlarm

    @property
    def name(self) -> str:
        return f"{self.alarm.alarm_name} in {self.region}"


def _places(region: str, answer: StatesAnswer, params: EdgeAlarms) -> list[Place]:
    return [Place(region, alarm) for alarm in answer.metric_alarms if watches(alarm, params)]


def _mend_proof(params: EdgeAlarms, observed: Observed) -> str:
    table = observed.get("alarms", {})
    lines = [
        f"aws cloudwatch set-alarm-state --region {shlex.quote(seen['region'])}"
        f" --alarm-name {shlex.quote(seen['alarm'])}"
        " --state-value ALARM --state-reason 'Drill: does it arrive?'"
        for seen in table.values()
        if seen.get("proven") is False
    ]
    return "\n".join(lines) or (
        "aws cloudwatch set-alarm-state --alarm-name <ALARM_NAME>"
        " --state-value ALARM --state-reason 'Drill: does it arrive?'"
    )


@check(
    "alarms.proven",
    version=1,
    criteria=["alerts-proven"],
    params=EdgeAlarms,
    reads=[READS_ALARMS, READS_HISTORY],
    title="Every alarm on the component has gone off lately",
    severity="medium",
    passes=(
        f"Each alarm on the function or the distribution went into alarm in the last {PROOF_DAYS}"
        " days, in earnest or in a drill. CloudWatch tells when the state last changed, and for"
        f" {HISTORY_DAYS} days into what. An alarm fails that has not changed its state for"
        f" {PROOF_DAYS} days, or not gone off since it was made; for any other that did not go off"
        f" in those {HISTORY_DAYS} days we cannot know."
    ),
    why=(
        "An alarm on a misspelt metric stays green for ever and looks like good news. Seeing it go"
        " off once, all the way to the phone, is the only proof that it can."
    ),
    mend_console=(
        "Test it in quiet hours from AWS CloudShell with the command beside; the alarm returns to"
        " its own state at its next evaluation. Tell the on-call before, and ask what arrived."
    ),
    mend_cli=_mend_proof,
    documentation="Amazon CloudWatch API Reference: DescribeAlarmHistory",
)
class Proven:
    """Each alarm on the component is known to have gone into alarm within the last 90 days."""

    @staticmethod
    def needs(params: EdgeAlarms) -> Iterable[Fetch]:
        return (alarms_fetch(region) for region in params.alarm_regions)

    @staticmethod
    def needs_more(facts: Facts, params: EdgeAlarms) -> Iterable[Fetch]:
        for region in params.alarm_regions:
            answer = facts.glance(alarms_fetch(region), StatesAnswer)
            for place in _places(region, answer, params) if answer else ():
                if not place.alarm.is_firing:
                    yield history_fetch(region, place.alarm.alarm_name)

    @staticmethod
    def evaluate(facts: Facts, params: EdgeAlarms) -> Verdict:
        places: dict[str, Place] = {}

        def look_for_alarms(region: str) -> Part:
            here = _places(region, facts.read(alarms_fetch(region), StatesAnswer), params)
            places.update({place.name: place for place in here})
            return Part(None, {"alarms": len(here)})

        regions = look_at(params.alarm_regions, look_for_alarms)
        tally = look_at(places, lambda name: _look_at_alarm(places[name], facts))
        observed = {"alarms": tally.table, "regions": regions.table}
        if not places and not regions.unknown:
            return _no_alarm(params, observed)
        return _said_of_proof(tally, regions, observed)


def _said_of_proof(tally: Tally, regions: Tally, observed: Observed) -> Verdict:
    return tally.verdict(
        observed,
        passed=f"{count(tally.total, 'alarm')}, each in alarm within the last {PROOF_DAYS} days",
        failed=f"Alarms that have not gone off lately: {tally.wrongs()}",
        also_unknown=regions.unknown,
    )


def _look_at_alarm(place: Place, facts: Facts) -> Part:
    alarm = place.alarm
    seen: dict[str, Any] = {
        "alarm": alarm.alarm_name,
        "region": place.region,
        "state": alarm.state_value,
        "state_since": alarm.changed_at.date().isoformat(),
    }
    if facts.now - alarm.changed_at > timedelta(days=PROOF_DAYS):
        wrong = f"no change of state for {PROOF_DAYS} days"
        return Part(False, {**seen, "proven": False}, wrong)
    if alarm.is_firing:
        return Part(True, {**seen, "proven": True})
    history = facts.read(history_fetch(place.region, alarm.alarm_name), HistoryAnswer)
    try:
        fired = [each.timestamp for each in history.alarm_history_items if each.is_to_alarm]
        was_made_lately = history.is_whole_life
    except ValidationError as error:
        reason = "The answer to cloudwatch:DescribeAlarmHistory does not look as it should."
        raise CouldNotLook(Status.UNSUPPORTED, reason) from error
    if fired:
        last = max(fired).date().isoformat()
        return Part(True, {**seen, "proven": True, "last_in_alarm": last})
    if was_made_lately:
        return Part(False, {**seen, "proven": False}, "not once since it was made")
    reason = f"Its history, of {HISTORY_DAYS} days at most, shows no alarm."
    raise CouldNotLook(Status.UNSUPPORTED, reason)
