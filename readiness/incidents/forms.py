"""The form of an incident."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from django import forms
from django.db.models import Q

from readiness.fields import Moment, Picked, Words
from readiness.models import Component, Criterion, Incident

LONGEST_LINE = 500
ROW = "row"


class TimelineRow(forms.Form):
    """What happened when. An empty row is left out."""

    at = Moment(label="When", required=False)
    text = forms.CharField(label="What", required=False, max_length=LONGEST_LINE)

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        if said.get("text") and not said.get("at") and "at" not in self.errors:
            self.add_error("at", "Say when that was.")
        if said.get("at") and not said.get("text") and "text" not in self.errors:
            self.add_error("text", "Say what happened then.")
        return said


# More than anybody writes down.
Timeline = forms.formset_factory(TimelineRow, extra=3, max_num=200, absolute_max=203)


class IncidentForm(forms.ModelForm[Incident]):
    """What went wrong, when, for how long, and which criteria it touched."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    text = Words(4, label="What happened", help_text="Markdown. What was seen, and why it was.")
    started_at = Moment(label="Started")
    ended_at = Moment(label="Ended", required=False, help_text="Empty: it goes on.")
    criteria = Picked(
        Criterion.objects.none(),
        label="Criteria it touched",
        required=False,
        help_text="Refusals that are to come back after an incident come back by these.",
    )

    class Meta:
        model = Incident
        fields = ("title", "started_at", "ended_at", "minutes_lost", "text", "criteria")
        labels = {"title": "What", "minutes_lost": "Minutes lost"}
        help_texts = {
            "title": "In a few words, such as: Stale routes after a deploy.",
            "minutes_lost": "Of availability. Empty: none, or nobody knows.",
        }

    def __init__(self, *args: Any, component: Component, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.now = now
        known = [
            {"at": datetime.fromisoformat(entry["at"]), "text": entry["text"]}
            for entry in self.instance.timeline
        ]
        # Who sends nothing of a timeline leaves it as it is.
        says = f"{ROW}-TOTAL_FORMS" in self.data
        self.timeline = Timeline(self.data if says else None, initial=known, prefix=ROW)
        criteria = (
            Criterion.objects.filter(self._may_be_picked(), requirements__component=component)
            .select_related("topic")
            .order_by("topic__position", "position")
        )
        self.fields["criteria"].queryset = criteria  # type: ignore[attr-defined]
        self.by_topic = [
            (topic.name, [(criterion.pk, criterion.title) for criterion in each])
            for topic, each in groupby(criteria, key=lambda criterion: criterion.topic)
        ]

    def _may_be_picked(self) -> Q:
        """Criteria in use, and what it touched already, whatever became of them."""
        known = self.instance.criteria.values("pk") if self.instance.pk else []
        return Q(retired_at=None) | Q(pk__in=known)

    def clean_started_at(self) -> datetime:
        started: datetime = self.cleaned_data["started_at"]
        if started > self.now:
            raise forms.ValidationError("This lies ahead; give a time that has passed.")
        return started

    def clean_ended_at(self) -> datetime | None:
        ended: datetime | None = self.cleaned_data["ended_at"]
        started = self.cleaned_data.get("started_at")
        if ended and ended > self.now:
            raise forms.ValidationError("This lies ahead; leave it empty while it goes on.")
        if ended and started and ended < started:
            raise forms.ValidationError("It cannot end before it started.")
        return ended

    def clean_minutes_lost(self) -> Any:
        minutes = self.cleaned_data["minutes_lost"]
        if minutes is not None and minutes < 0:
            raise forms.ValidationError("Nobody gains minutes by an incident.")
        return minutes

    def is_valid(self) -> bool:
        fits = super().is_valid()
        return self._timeline_fits() and fits

    def _timeline_fits(self) -> bool:
        """True when each row lies within the incident, as far as that is said."""
        if not self.timeline.is_bound:
            return True
        if not self.timeline.is_valid():
            return False
        started, ended = self.cleaned_data.get("started_at"), self.cleaned_data.get("ended_at")
        for row in self.timeline.forms:
            at = row.cleaned_data.get("at")
            if at and started and at < started:
                row.add_error("at", "That was before it started.")
            elif at and ended and at > ended:
                row.add_error("at", "That was after it ended.")
            elif at and at > self.now:
                row.add_error("at", "This lies ahead.")
        return not any(row.errors for row in self.timeline.forms)

    @property
    def has_mistakes(self) -> bool:
        return self.is_bound and bool(
            self.errors or (self.timeline.is_bound and any(self.timeline.errors))
        )

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
        names = ("title", "started_at", "ended_at", "minutes_lost", "text")
        said = {name: self.cleaned_data[name] for name in names}
        if not self.timeline.is_bound:
            return said
        rows = [row.cleaned_data for row in self.timeline.forms if row.cleaned_data.get("at")]
        rows.sort(key=lambda row: row["at"])
        timeline = [
            {"at": row["at"].astimezone(UTC).isoformat(), "text": row["text"]} for row in rows
        ]
        return said | {"timeline": timeline}
