"""The form of an incident."""

from __future__ import annotations

from datetime import datetime
from itertools import groupby
from typing import Any

from django import forms

from readiness.fields import Words
from readiness.models import Component, Criterion, Incident

MOMENT = "%Y-%m-%dT%H:%M"


class IncidentForm(forms.ModelForm[Incident]):
    """What went wrong, when, for how long, and which criteria it touched."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    text = Words(4, label="What happened", help_text="Markdown. What was seen, and why it was.")
    started_at = forms.DateTimeField(
        label="Started",
        input_formats=[MOMENT],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT),
        error_messages={"invalid": "Give a day and a time, such as 2027-03-31T14:05."},
    )
    criteria = forms.ModelMultipleChoiceField(
        Criterion.objects.none(),
        label="Criteria it touched",
        required=False,
        help_text="Refusals that are to come back after an incident come back by these.",
    )

    class Meta:
        model = Incident
        fields = ("title", "started_at", "minutes_lost", "text", "criteria")
        labels = {"title": "What", "minutes_lost": "Minutes lost"}
        help_texts = {
            "title": "In a few words, such as: Stale routes after a deploy.",
            "minutes_lost": "Of availability. Empty: none, or nobody knows.",
        }

    def __init__(self, *args: Any, component: Component, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.now = now
        criteria = (
            Criterion.objects.filter(requirements__component=component, retired_at=None)
            .select_related("topic")
            .order_by("topic__position", "position")
        )
        self.fields["criteria"].queryset = criteria  # type: ignore[attr-defined]
        self.by_topic = [
            (topic.name, [(criterion.pk, criterion.title) for criterion in each])
            for topic, each in groupby(criteria, key=lambda criterion: criterion.topic)
        ]

    def clean_started_at(self) -> datetime:
        started: datetime = self.cleaned_data["started_at"]
        if started > self.now:
            raise forms.ValidationError("This lies ahead; give a time that has passed.")
        return started

    def clean_minutes_lost(self) -> Any:
        minutes = self.cleaned_data["minutes_lost"]
        if minutes is not None and minutes < 0:
            raise forms.ValidationError("Nobody gains minutes by an incident.")
        return minutes

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
            for name, criteria in self.by_topic
        ]

    @property
    def values(self) -> dict[str, Any]:
        names = ("title", "started_at", "minutes_lost", "text")
        return {name: self.cleaned_data[name] for name in names}
