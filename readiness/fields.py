"""Form fields that more than one feature uses."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from django import forms

from readiness.models import Team, User

LONGEST = 20_000
MOMENT = "%Y-%m-%dT%H:%M"


class Words(forms.CharField):
    """Several lines of markdown; line ends as the database keeps them."""

    def __init__(
        self, rows: int = 3, *, required: bool = False, max_length: int = LONGEST, **kwargs: Any
    ) -> None:
        widget = forms.Textarea(attrs={"rows": rows})
        super().__init__(widget=widget, required=required, max_length=max_length, **kwargs)

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value) or "").replace("\r\n", "\n")


class Day(forms.DateField):
    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        super().__init__(
            widget=widget,
            required=False,
            error_messages={"invalid": "Give a day as year-month-day, such as 2027-03-31."},
            **kwargs,
        )


class Moment(forms.DateTimeField):
    """A day and a time, where the users are."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            input_formats=[MOMENT],
            widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT),
            error_messages={"invalid": "Give a day and a time, such as 2027-03-31T14:05."},
            **kwargs,
        )

    def to_python(self, value: Any) -> datetime | None:
        moment: datetime | None = super().to_python(value)
        # The first and the last hours of all have no name in UTC, as the database keeps them.
        if moment and not datetime.min.year < moment.year < datetime.max.year:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return moment


class Picked(forms.ModelMultipleChoiceField[Any]):
    """Rows that are ticked. What can be the number of no row is none of them: SQLite would refuse
    to look for it."""

    def clean(self, value: Any) -> Any:
        for each in value or ():
            if not re.fullmatch("[0-9]{1,18}", str(each)):
                says = self.error_messages["invalid_choice"]
                raise forms.ValidationError(says, code="invalid_choice", params={"value": each})
        return super().clean(value)


class Member(forms.ModelChoiceField[User]):
    """Somebody of a team; `set_team` says which."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(User.objects.none(), required=False, empty_label="Nobody yet", **kwargs)

    def set_team(self, team: Team) -> None:
        self.queryset = team.members.filter(is_active=True).order_by("first_name", "username")

    def label_from_instance(self, user: User) -> str:
        return user.name
