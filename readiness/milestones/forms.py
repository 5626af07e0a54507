"""What is asked for where a report is frozen, and where an approver speaks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

from readiness.fields import LONGEST, Day, Member
from readiness.milestones.digest import Terms
from readiness.models import Team, VerdictKind

ROWS = 3
MOST_ROWS = 30


def _said(label: str, missing: str, *, rows: int = 3, **kwargs: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={"required": missing},
        **kwargs,
    )


class FreezeForm(forms.Form):
    name = forms.CharField(
        max_length=100,
        help_text="What it is for, such as: Before cut-over. Annual review 2027.",
    )
    # The digest of the report that the person saw.
    seen = forms.CharField(max_length=64, widget=forms.HiddenInput)


class VerdictForm(forms.Form):
    kind = forms.ChoiceField(
        label="Verdict",
        choices=VerdictKind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose one."},
    )
    reason = _said("Reasons", "Say why, in a sentence at least.", help_text="Markdown.")


class SignForm(forms.Form):
    reason = _said("What you add", "", rows=2, required=False)


class CloseForm(forms.Form):
    evidence = _said("What shows that it is met", "Say what shows that it is met.", rows=2)


class ShareForm(forms.Form):
    days = forms.IntegerField(
        label="Days it opens",
        min_value=1,
        max_value=90,
        initial=14,
        error_messages={"required": "Say for how many days."},
    )
    note = forms.CharField(
        label="For whom",
        max_length=200,
        required=False,
        help_text="Such as: Auditors of 2027. Only approvers see it.",
    )


class ConditionForm(forms.Form):
    """One condition; a row in which nothing was typed is none."""

    text = forms.CharField(label="Condition", max_length=1000, required=False)
    owner = Member(label="Owner")
    due_date = Day(label="By")

    def __init__(self, *args: Any, team: Team, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if isinstance(owner := self.fields["owner"], Member):
            owner.set_team(team)

    @property
    def terms(self) -> Terms | None:
        said = self.cleaned_data
        if not said.get("text"):
            return None
        return Terms(said["text"], said["owner"].pk, said["due_date"])

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        missing = {
            "text": "Say what must be done.",
            "owner": "Name who sees to it.",
            "due_date": "Give a day.",
        }
        if any(said.get(name) for name in missing):
            for name, message in missing.items():
                if not said.get(name) and name not in self.errors:
                    self.add_error(name, message)
        return said


class Conditions:
    """The rows of conditions below a verdict."""

    def __init__(self, team: Team, sent: Mapping[str, Any] | None = None, more: int = 0) -> None:
        asked = str(sent.get("rows", "")) if sent else ""
        number = int(asked) if asked in {str(n) for n in range(MOST_ROWS + 1)} else ROWS
        self.forms = [
            ConditionForm(sent, prefix=f"condition-{n}", team=team)
            for n in range(min(number + more, MOST_ROWS))
        ]

    def is_valid(self) -> bool:
        return all(form.is_valid() for form in self.forms)

    @property
    def terms(self) -> list[Terms]:
        return [terms for form in self.forms if (terms := form.terms)]
