"""Forms of bulk work other than the decision's own."""

from __future__ import annotations

from django import forms

from readiness.fields import Member
from readiness.models import Team

WEIGHTS = [(n, str(n)) for n in range(1, 6)]


class OwnerForm(forms.Form):
    owner = Member(label="Owner")

    def __init__(self, *args: object, team: Team, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        if isinstance(owner := self.fields["owner"], Member):
            owner.set_team(team)


class WeightForm(forms.Form):
    weight = forms.TypedChoiceField(label="Weight", choices=WEIGHTS, coerce=int, initial=3)
