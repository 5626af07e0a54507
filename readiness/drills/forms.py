"""The forms of drills: a plan, what is written down afterwards, a stamp, a finding, a scenario."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from itertools import groupby
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.db.models import Q, QuerySet

from readiness.drills.actions import SAID, Plan, Told
from readiness.drills.queries import scenarios_for
from readiness.drills.rules import STAMPS, WORDS
from readiness.fields import Moment, Picked, Words
from readiness.models import (
    Component,
    Criterion,
    Drill,
    DrillOutcome,
    DrillScenario,
    EntryKind,
    Requirement,
    User,
)

PART_LENGTH = 60
# Against nonsense; what a drill takes is in stamps.py.
LONGEST_AGE = timedelta(days=30)


class CriteriaForm(forms.Form):
    """A form on which criteria of a component are picked, by topic."""

    criteria = Picked(Criterion.objects.none(), label="Criteria it proves", required=False)

    def __init__(self, *args: Any, component: Component, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.component = component
        # What was picked before stays, whatever became of it.
        in_use = Q(retired_at=None) | Q(pk__in=self.initial.get("criteria", ()))
        criteria = (
            Criterion.objects.filter(in_use, requirements__component=component)
            .select_related("topic")
            .order_by("topic__position", "position")
        )
        self.fields["criteria"].queryset = criteria  # type: ignore[attr-defined]
        self._by_topic = [
            (topic.name, [(criterion.pk, criterion.title) for criterion in each])
            for topic, each in groupby(criteria, key=lambda criterion: criterion.topic)
        ]

    @property
    def topics(self) -> list[dict[str, Any]]:
        """The criteria by topic, each with whether it is picked."""
        picked = {str(value) for value in self["criteria"].value() or ()}
        return [
            {
                "name": name,
                "criteria": [(pk, title, str(pk) in picked) for pk, title in criteria],
                "picked": sum(str(pk) in picked for pk, _ in criteria),
            }
            for name, criteria in self._by_topic
        ]


class PlanForm(CriteriaForm):
    """What is to be rehearsed, when, by whom, and what it proves. The part of each person is in a
    field of its own, `part-<id>`."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    scenario = forms.ModelChoiceField(
        DrillScenario.objects.none(), label="Scenario", empty_label="Choose one"
    )
    planned_for = Moment(label="When")
    goal = Words(2, label="Goal", help_text="What you want to know afterwards. Markdown.")
    people = Picked(User.objects.none(), label="Who", required=False)

    def __init__(self, *args: Any, component: Component, **kwargs: Any) -> None:
        super().__init__(*args, component=component, **kwargs)
        self.fields["criteria"].help_text = "None picked: those of the scenario."
        known = self.initial.get("scenario")
        scenarios = scenarios_for(component)
        if isinstance(known, DrillScenario) and known.retired_at:
            # A plan keeps its scenario, whatever became of it.
            scenarios = (scenarios | DrillScenario.objects.filter(pk=known.pk)).distinct()
        self.fields["scenario"].queryset = scenarios  # type: ignore[attr-defined]
        # A plan keeps its people, too: who had a part had it.
        members = component.team.members.filter(is_active=True).values("pk")
        named = Q(pk__in=members) | Q(pk__in=self.initial.get("people", ()))
        self._members = User.objects.filter(named).order_by("first_name", "last_name", "username")
        self.fields["people"].queryset = self._members  # type: ignore[attr-defined]

    @classmethod
    def initial_of(cls, drill: Drill) -> dict[str, Any]:
        """Return what a form begins with that changes `drill`."""
        parts = {part.user_id: part.part for part in drill.parts.all()}
        return {
            "version": drill.version,
            "scenario": drill.scenario,
            "planned_for": drill.planned_for,
            "goal": drill.goal,
            "criteria": [criterion.pk for criterion in drill.criteria.all()],
            "people": list(parts),
            "parts": parts,
        }

    @property
    def members(self) -> list[tuple[User, bool, str]]:
        """Everybody of the team: whether they are picked, and their part."""
        picked = {str(value) for value in self["people"].value() or ()}
        return [(user, str(user.pk) in picked, self._part(user)) for user in self._members]

    def _part(self, user: User) -> str:
        if self.is_bound:
            return str(self.data.get(f"part-{user.pk}", ""))
        return str(self.initial.get("parts", {}).get(user.pk, ""))

    def clean(self) -> dict[str, Any]:
        for user in self.cleaned_data.get("people", ()):
            if len(self._part(user)) > PART_LENGTH:
                self.add_error("people", f"The part of {user.name} is longer than 60 characters.")
        return self.cleaned_data

    @property
    def plan(self) -> Plan:
        said = self.cleaned_data
        return Plan(
            scenario=said["scenario"],
            planned_for=self.begins,
            goal=said["goal"],
            people={user: self._part(user).strip() for user in said["people"]},
            criteria=list(said["criteria"]) or None,
        )

    @property
    def begins(self) -> datetime:
        moment: datetime = self.cleaned_data["planned_for"]
        return moment


class RecordForm(PlanForm):
    """A drill that is over, with what people remember of how long it took."""

    outcome = forms.ChoiceField(
        choices=DrillOutcome.choices, label="Outcome", widget=forms.RadioSelect
    )
    planned_for = Moment(label="Started")
    ended_at = Moment(label="Ended")
    summary = Words(4, label="Summary", help_text="What happened, and what surprised. Markdown.")

    def __init__(self, *args: Any, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.now = now
        for stamp in STAMPS[1:]:
            self.fields[f"{stamp}_after"] = forms.DecimalField(
                label=WORDS[stamp], required=False, min_value=Decimal(0), max_digits=7,
                decimal_places=2, error_messages={"min_value": "Nothing was before the start."},
            )  # fmt: skip

    @property
    def durations(self) -> list[forms.BoundField]:
        return [self[f"{stamp}_after"] for stamp in STAMPS[1:]]

    def clean_ended_at(self) -> datetime:
        ended: datetime = self.cleaned_data["ended_at"]
        if ended > self.now:
            raise forms.ValidationError("This lies ahead; give a time that has passed.")
        return ended

    def clean(self) -> dict[str, Any]:
        said = super().clean()
        started, ended = said.get("planned_for"), said.get("ended_at")
        if not started or not ended:
            return said
        if started > ended:
            self.add_error("ended_at", "This is before it started.")
            return said
        for stamp, after in self._after(said).items():
            # The end is given in minutes: within the last one is still in time.
            if after >= ended - started + timedelta(minutes=1):
                self.add_error(f"{stamp}_after", "It had ended by then.")
        return said

    @staticmethod
    def _after(said: dict[str, Any]) -> dict[str, timedelta]:
        minutes = {stamp: said.get(f"{stamp}_after") for stamp in STAMPS[1:]}
        return {
            stamp: timedelta(minutes=float(number))
            for stamp, number in minutes.items()
            if number is not None
        }

    @property
    def told(self) -> Told:
        said = self.cleaned_data
        return Told(
            started_at=said["planned_for"],
            ended_at=said["ended_at"],
            outcome=said["outcome"],
            summary=said["summary"],
            after=self._after(said),
        )


class FinishForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput)
    outcome = forms.ChoiceField(
        choices=DrillOutcome.choices, label="Outcome", widget=forms.RadioSelect
    )
    summary = Words(4, label="Summary", help_text="What happened, and what surprised. Markdown.")


class EntryForm(forms.Form):
    """A stamp or a note, as a browser sends it: named by it, and how many milliseconds ago."""

    key = forms.UUIDField()
    kind = forms.ChoiceField(choices=EntryKind.choices)
    text = forms.CharField(required=False, max_length=2000, strip=True)
    age = forms.FloatField(required=False, error_messages={"invalid": "Give milliseconds."})

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        if said.get("kind") == EntryKind.NOTE and not said.get("text"):
            self.add_error("text", "Say something, so that there is a note.")
        return said

    @property
    def how_long_ago(self) -> timedelta:
        longest = LONGEST_AGE / timedelta(milliseconds=1)
        age = self.cleaned_data["age"] or 0
        return timedelta(milliseconds=min(max(age, 0), longest))


class FindingForm(forms.Form):
    text = forms.CharField(
        label="What it taught",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Say what it taught."},
    )
    requirement = forms.ModelChoiceField(
        Requirement.objects.none(), label="Requirement", required=False, empty_label="None yet"
    )

    def __init__(self, *args: Any, requirements: QuerySet[Requirement], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["requirement"].queryset = requirements  # type: ignore[attr-defined]


class TicketForm(forms.Form):
    ticket_url = forms.URLField(
        label="Ticket",
        required=False,
        max_length=500,
        assume_scheme="https",
        error_messages={"invalid": "Give a whole address, such as https://tickets.example/4711."},
    )

    def clean_ticket_url(self) -> str:
        url: str = self.cleaned_data["ticket_url"]
        if url and urlsplit(url).scheme not in ("http", "https"):
            raise forms.ValidationError("Only addresses of the web: http or https.")
        return url


class ScenarioForm(CriteriaForm):
    """An operation worth practising, of a component's own."""

    title = forms.CharField(
        label="What is rehearsed", max_length=160, help_text="Such as: Roll back a version."
    )
    operation = forms.CharField(
        label="Operation",
        max_length=40,
        help_text="In a word or two, for the table of who has done what. Such as: roll back.",
    )
    purpose = Words(2, label="Why it is worth it")
    steps = Words(6, label="Steps", help_text="What is done, one after the other. Markdown.")
    success = Words(2, label="How one knows that it went well")
    term_days = forms.IntegerField(
        label="Proves something for",
        min_value=1,
        max_value=3660,
        initial=180,
        help_text="Days. After two thirds of them a drill ages, after all of them it is stale.",
    )

    def clean_operation(self) -> str:
        return str(self.cleaned_data["operation"]).strip().lower()

    def clean_steps(self) -> str:
        steps: str = self.cleaned_data["steps"]
        if not steps.strip():
            raise forms.ValidationError("Say what is done, so that somebody else can do it.")
        return steps

    def clean_purpose(self) -> str:
        purpose: str = self.cleaned_data["purpose"]
        if not purpose.strip():
            raise forms.ValidationError("Say why, in a sentence.")
        return purpose

    @classmethod
    def initial_of(cls, scenario: DrillScenario) -> dict[str, Any]:
        criteria = [criterion.pk for criterion in scenario.criteria.all()]
        return {name: getattr(scenario, name) for name in SAID} | {"criteria": criteria}

    @property
    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in SAID}

    @property
    def picked(self) -> list[Criterion]:
        return list(self.cleaned_data["criteria"])
