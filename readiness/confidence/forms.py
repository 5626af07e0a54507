"""The forms of a confidence round: what is asked, and what is answered."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils import timezone

from readiness.confidence.rules import ANSWERS, FEWEST, QUESTION
from readiness.fields import Moment, Picked
from readiness.models import Component, ConfidenceRound, ConfidenceVote, Topic

USUALLY, LONGEST = timedelta(days=3), timedelta(days=90)
CHOICES = [(str(answer), f"{answer} {words}") for answer, words in ANSWERS.items()]
TOPIC = "topic-"


class OpenForm(forms.Form):
    """What is asked, said before the first vote."""

    question = forms.CharField(max_length=200, initial=QUESTION)
    closes_at = Moment(
        label="Closes",
        help_text="From then on nobody votes. It can be closed earlier by hand.",
    )
    names = forms.ChoiceField(
        label="Who sees who said what",
        choices=[
            ("blind", f"Nobody. With fewer than {FEWEST} voters nothing is shown at all."),
            ("named", "Everybody, once the round is closed: names stand beside the votes."),
        ],
        initial="blind",
        widget=forms.RadioSelect,
    )
    topics = Picked(
        Topic.objects.none(),
        label="Asked about each of these, too",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, component: Component, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.now = now
        topics = component.catalog.topics.filter(retired_at__isnull=True)
        self.fields["topics"].queryset = topics  # type: ignore[attr-defined]
        self.fields["topics"].initial = topics
        self.fields["closes_at"].initial = timezone.localtime(now + USUALLY)

    def clean_closes_at(self) -> datetime:
        closes: datetime = self.cleaned_data["closes_at"]
        if closes <= self.now:
            raise forms.ValidationError("This has passed; give a time that lies ahead.")
        if closes > self.now + LONGEST:
            raise forms.ValidationError(f"Ask for {LONGEST.days} days at most, then ask again.")
        return closes

    @property
    def values(self) -> dict[str, Any]:
        said = self.cleaned_data
        return {
            "question": said["question"],
            "closes_at": said["closes_at"],
            "is_named": said["names"] == "named",
            "topics": said["topics"],
        }


class VoteForm(forms.Form):
    """One answer overall, one for each topic that a person has an opinion of."""

    overall = forms.TypedChoiceField(
        choices=CHOICES,
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose one of the five.", "invalid_choice": "From 1 to 5."},
    )
    sentence = forms.CharField(
        label="What would make you more confident?",
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, asked: ConfidenceRound, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sentence"].help_text = (
            "One sentence, with your name." if asked.is_named else "One sentence, without a name."
        )
        self.asked = list(asked.topics.all())
        for topic in self.asked:
            self.fields[f"{TOPIC}{topic.slug}"] = forms.TypedChoiceField(
                label=topic.name,
                choices=[("", "Skip"), *CHOICES],
                coerce=int,
                empty_value=None,
                required=False,
                widget=forms.RadioSelect,
                error_messages={"invalid_choice": "From 1 to 5."},
            )

    @property
    def topics(self) -> list[tuple[Topic, BoundField]]:
        return [(topic, self[f"{TOPIC}{topic.slug}"]) for topic in self.asked]

    def clean_sentence(self) -> str:
        return " ".join(self.cleaned_data["sentence"].split())

    @property
    def values(self) -> dict[str, Any]:
        said = self.cleaned_data
        by_topic = {each.slug: said[f"{TOPIC}{each.slug}"] for each in self.asked}
        return {
            "overall": said["overall"],
            "by_topic": {slug: answer for slug, answer in by_topic.items() if answer},
            "sentence": said["sentence"],
        }

    @staticmethod
    def initial_of(own: ConfidenceVote | None) -> dict[str, Any]:
        """Return what the form begins with: the voter's own answers."""
        if own is None:
            return {}
        by_topic = {f"{TOPIC}{slug}": answer for slug, answer in own.by_topic.items()}
        return {"overall": own.overall, "sentence": own.sentence} | by_topic
