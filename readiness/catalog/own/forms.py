"""The form of a criterion that a component has for itself."""

from __future__ import annotations

from typing import Any

from django import forms

from readiness.catalog.forms import PROSE, CriterionForm
from readiness.catalog.own.actions import SAID, fingerprint
from readiness.catalog.own.queries import weight_of
from readiness.fields import Words
from readiness.models import Component, Criterion


class OwnCriterionForm(CriterionForm):
    """A new one, with what it means here; or, with `criterion`, what is to be changed of one."""

    statement = Words(
        2,
        label="What it means here",
        max_length=PROSE,
        help_text="What must be true of this component. Empty: what the criterion says.",
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, component: Component, criterion: Criterion | None = None, **kwargs: Any
    ) -> None:
        if criterion:
            known = {name: getattr(criterion, name) for name in SAID}
            known["weight"] = weight_of(criterion)
            kwargs["initial"] = known | {"seen": fingerprint(criterion)}
        super().__init__(*args, catalog=component.catalog, **kwargs)
        if criterion:
            # That is said on its row.
            del self.fields["statement"]
            self.fields["topic"].queryset |= type(criterion.topic).objects.filter(  # type: ignore[attr-defined]
                pk=criterion.topic_id
            )
        else:
            del self.fields["seen"]
