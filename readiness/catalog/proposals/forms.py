"""The forms of proposals: one, and its answer."""

from __future__ import annotations

from django import forms

from readiness.catalog.forms import CriterionForm
from readiness.fields import Words


class ProposalForm(CriterionForm):
    """A criterion for everybody's catalog: said without what only one team knows."""


class AnswerForm(forms.Form):
    taken_up = forms.TypedChoiceField(
        label="Answer",
        choices=[("yes", "Take it up"), ("no", "Decline")],
        coerce=lambda said: said == "yes",
        widget=forms.RadioSelect,
    )
    answer = Words(2, label="Why", required=True, max_length=2000)
