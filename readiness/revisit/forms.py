"""What is asked for where something is kept, or handed over."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms

from readiness.decisions.rules import Content
from readiness.fields import Day, Member
from readiness.models import Outcome, Requirement, Team


class KeepForm(forms.Form):
    """Why it stays as it is, and until when. Which date that is follows from the outcome."""

    stands = forms.IntegerField(widget=forms.HiddenInput)
    newest = forms.IntegerField(widget=forms.HiddenInput)
    why = forms.CharField(
        label="Why it stays",
        max_length=1000,
        help_text="A sentence. It is added to the reasoning.",
        error_messages={"required": "Say in a sentence why it stays as it is."},
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    until = Day(label="Until")

    def __init__(self, *args: Any, content: Content, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if content.outcome == Outcome.DONE:
            del self.fields["until"]
        elif content.outcome == Outcome.BUILD:
            self.fields["until"].label = "Due"
        else:
            self.fields["until"].label = "Revisit by"

    @classmethod
    def for_requirement(
        cls, requirement: Requirement, *, content: Content, until: date | None
    ) -> KeepForm:
        initial = {
            "stands": requirement.current_decision_id,
            "newest": requirement.head_decision_id,
            "until": until,
        }
        return cls(initial=initial, content=content)

    def blame(self, problems: dict[str, str]) -> None:
        """Say what policy has against it: beside the date where that is it, else on top."""
        for name, message in problems.items():
            dated = name in ("due_date", "revisit_date") and "until" in self.fields
            self.add_error("until" if dated else None, message)


class HandOverForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput)
    owner = Member(label="To whom")

    def __init__(self, *args: Any, team: Team, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owner = self.fields["owner"]
        owner.required = True
        owner.error_messages["required"] = "Name who takes it over."
        if isinstance(owner, Member):
            owner.set_team(team)
