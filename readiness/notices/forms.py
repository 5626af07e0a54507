"""Forms for what people want to be told, and for webhooks."""

from __future__ import annotations

from typing import Any

from django import forms

from readiness.models import How, Kind, WebhookKind
from readiness.notices.target import TargetRefused, refuse_by_looks


class HowForm(forms.Form):
    how = forms.ChoiceField(
        label="Mail",
        choices=How,
        help_text="Digests come at eight in the morning, weekly ones on Monday. "
        "When there is nothing to say, nothing comes.",
    )


class WebhookForm(forms.Form):
    name = forms.CharField(max_length=100, help_text="Who is told, such as Channel of the team.")
    kind = forms.ChoiceField(label="What it takes", choices=WebhookKind)
    url = forms.CharField(
        label="Address",
        max_length=500,
        widget=forms.URLInput(attrs={"class": "mono", "placeholder": "https://"}),
    )
    causes = forms.MultipleChoiceField(
        label="What it is told",
        choices=Kind,
        initial=[kind.value for kind in Kind if kind != Kind.MENTIONED],
        widget=forms.CheckboxSelectMultiple,
    )
    allow_private = forms.BooleanField(
        label="It may lead into a private network, and by http",
        required=False,
        help_text="Only administrators of the installation see and set this.",
    )

    def __init__(self, *args: Any, operator: bool, **kwargs: Any) -> None:
        """`operator` is True for a superuser, who alone may allow private addresses."""
        super().__init__(*args, **kwargs)
        if not operator:
            del self.fields["allow_private"]

    @property
    def may_be_private(self) -> bool:
        return bool(self.cleaned_data.get("allow_private"))

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if url := given.get("url", ""):
            try:
                refuse_by_looks(url, allow_private=self.may_be_private)
            except TargetRefused as refused:
                self.add_error("url", str(refused))
        return given
