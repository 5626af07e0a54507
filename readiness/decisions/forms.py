"""The decision form: four outcomes, and what each must say."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms

from readiness.decisions.risk import IMPACTS, LIKELIHOODS, latest_revisit, risk_level
from readiness.decisions.rules import Content, problems, with_proposals
from readiness.fields import Day, Member, Words
from readiness.models import BindingKind, Decision, Effort, Outcome, Requirement, Team

# The form names a person as `owner`, the content by id.
_FORM_NAME = {"owner_id": "owner"}


class DecisionForm(forms.Form):
    """Binds what a person typed to a Content; `today` and the team come from the view.

    A refusal without a revisit date gets the one that policy proposes for its risk.
    """

    outcome = forms.ChoiceField(
        choices=Outcome,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose one of the four."},
    )
    supersedes = forms.IntegerField(required=False, widget=forms.HiddenInput)

    reasoning = Words(label="Reasoning", help_text="Markdown. Why, in words that hold in a year.")
    owner = Member(label="Owner")
    due_date = Day(label="Due")
    effort = forms.ChoiceField(
        choices=[("", "Not estimated"), *Effort.choices], required=False, label="Effort"
    )
    benefit = Words(2, label="Benefit")
    ticket_url = forms.URLField(
        required=False, label="Ticket", max_length=500, assume_scheme="https",
        error_messages={"invalid": "Give a whole address, such as https://tracker.example/ABC-1."},
    )  # fmt: skip
    evidence = Words(
        label="Evidence", help_text="What proves it: a link, or where to look. Markdown."
    )
    risk = Words(label="Risk", help_text="What may happen because it is not there.")
    cell = forms.RegexField(r"^[1-5]-[1-5]$", required=False, label="Likelihood and impact")
    revisit_date = Day(label="Revisit by")
    cost_avoided = Words(2, label="Cost avoided")
    benefit_forgone = Words(2, label="Benefit forgone")
    alternatives = Words(2, label="Alternatives considered")
    change_our_mind = Words(2, label="What would change our mind")

    def __init__(self, *args: Any, team: Team, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        if isinstance(owner := self.fields["owner"], Member):
            owner.set_team(team)

    @classmethod
    def for_requirement(
        cls, requirement: Requirement, *, team: Team, today: date, content: Content | None = None
    ) -> DecisionForm:
        """An unbound form: empty, or filled with `content`, superseding what stands now."""
        initial: dict[str, Any] = {"supersedes": requirement.current_decision_id}
        if content:
            initial |= content.as_dict() | {"owner": content.owner_id}
            if content.likelihood and content.impact:
                initial["cell"] = f"{content.likelihood}-{content.impact}"
        return cls(initial=initial, team=team, today=today)

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        likelihood, _, impact = (said.get("cell") or "").partition("-")
        owner = said.get("owner")
        self.content = with_proposals(
            Content(
                outcome=said.get("outcome", ""),
                owner_id=owner.pk if owner else None,
                likelihood=int(likelihood) if likelihood else None,
                impact=int(impact) if impact else None,
                **{name: said[name] for name in _SAME_NAME if name in said},
            ),
            self.today,
        )
        if "outcome" in said:
            content = self.content.of_its_outcome()
            for name, message in problems(content, self.today).items():
                field = _FORM_NAME.get(name, "cell" if name in ("likelihood", "impact") else name)
                if field not in self.errors:
                    self.add_error(field, message)
        return said

    @property
    def matrix(self) -> list[dict[str, Any]]:
        """The 5 x 5 matrix, most likely on top: what each cell is, and until when it may stand."""
        chosen = self["cell"].value()
        return [
            {
                "likelihood": LIKELIHOODS[likelihood - 1],
                "cells": [
                    {
                        "value": f"{likelihood}-{impact}",
                        "impact": IMPACTS[impact - 1],
                        "level": risk_level(likelihood, impact),
                        "latest": latest_revisit(likelihood, impact, self.today),
                        "chosen": chosen == f"{likelihood}-{impact}",
                    }
                    for impact in range(1, 6)
                ],
            }
            for likelihood in range(5, 0, -1)
        ]

    @property
    def has_more(self) -> bool:
        """True when something is said in the fields that are folded away, or wrong with it."""
        more = ("cost_avoided", "benefit_forgone", "alternatives", "change_our_mind")
        return any(self[name].value() or self[name].errors for name in more)

    @property
    def impacts(self) -> tuple[str, ...]:
        return IMPACTS


_SAME_NAME = (
    "reasoning",
    "evidence",
    "benefit",
    "effort",
    "due_date",
    "ticket_url",
    "risk",
    "revisit_date",
    "cost_avoided",
    "benefit_forgone",
    "alternatives",
    "change_our_mind",
)


def content_of(decision: Decision) -> Content:
    """Return what a decision said, to start the next one from."""
    return Content(**{name: getattr(decision, name) for name in Content.__slots__})


class RequirementForm(forms.ModelForm[Requirement]):
    version = forms.IntegerField(widget=forms.HiddenInput)
    statement = Words(
        label="Statement",
        help_text="What must be true of this component. Empty: the criterion's own words stand in.",
    )

    owner = Member(label="Owner")

    class Meta:
        model = Requirement
        fields = ("statement", "weight", "owner")

    def __init__(self, *args: Any, team: Team, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if isinstance(owner := self.fields["owner"], Member):
            owner.set_team(team)

    @property
    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.Meta.fields}


class BindingForm(forms.Form):
    check_id = forms.CharField(max_length=80)
    kind = forms.ChoiceField(choices=[("", "automatic"), *BindingKind.choices], required=False)
    reason = forms.CharField(max_length=1000, required=False)
