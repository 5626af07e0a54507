"""The decision form: four outcomes, and what each must say."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms

from readiness.aws.registry import CHECKS
from readiness.decisions.queries import current_matrix
from readiness.decisions.risk import RANKS
from readiness.decisions.rules import Content, problems, with_proposals
from readiness.decisions.triggers import (
    Trigger,
    TriggerKind,
    trigger_from_line,
)
from readiness.fields import Day, Member, Words
from readiness.models import BindingKind, Effort, Outcome, Requirement, Team

# The form names a person as `owner`, the content by id; a cell is a likelihood and an impact.
_FORM_NAME = {
    "owner_id": "owner",
    "likelihood": "cell",
    "impact": "cell",
    "residual_likelihood": "remains",
    "residual_impact": "remains",
}


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
    mitigations = Words(2, label="Mitigations", help_text="What makes the risk smaller.")
    remains = forms.RegexField(
        r"^[1-5]-[1-5]$", required=False, label="What remains of likelihood and impact"
    )
    revisit_date = Day(label="Revisit by")
    come_back = forms.MultipleChoiceField(
        label="Come back to it when",
        choices=[(kind, kind.words) for kind in TriggerKind if kind is not TriggerKind.FACT],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    bounds = forms.CharField(
        label="Or when a fact crosses a bound",
        required=False,
        max_length=2000,
        help_text="One a line: check, path, > or < or =, number. Such as"
        " logs.retention regions.eu-west-1.days > 400.",
        widget=forms.Textarea(attrs={"rows": 2, "class": "mono"}),
    )
    cost_avoided = Words(2, label="Cost avoided")
    benefit_forgone = Words(2, label="Benefit forgone")
    alternatives = Words(2, label="Alternatives considered")
    change_our_mind = Words(2, label="What would change our mind")

    def __init__(self, *args: Any, team: Team, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.risk_matrix = current_matrix()
        if isinstance(owner := self.fields["owner"], Member):
            owner.set_team(team)

    @classmethod
    def for_requirement(
        cls, requirement: Requirement, *, team: Team, today: date, content: Content | None = None
    ) -> DecisionForm:
        """An unbound form: empty, or filled with `content`, superseding what stands now."""
        initial: dict[str, Any] = {"supersedes": requirement.head_decision_id}
        if content:
            initial |= content.as_dict() | {"owner": content.owner_id}
            if content.likelihood and content.impact:
                initial["cell"] = f"{content.likelihood}-{content.impact}"
            if content.residual_likelihood and content.residual_impact:
                initial["remains"] = f"{content.residual_likelihood}-{content.residual_impact}"
            plain = [each for each in content.triggers if each.kind is not TriggerKind.FACT]
            initial["come_back"] = [each.kind for each in plain]
            initial["bounds"] = "\n".join(
                each.as_line() for each in content.triggers if each not in plain
            )
        return cls(initial=initial, team=team, today=today)

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        likelihood, impact = _ranks(said.get("cell"))
        residual_likelihood, residual_impact = _ranks(said.get("remains"))
        owner = said.get("owner")
        self.content = with_proposals(
            Content(
                outcome=said.get("outcome", ""),
                owner_id=owner.pk if owner else None,
                likelihood=likelihood,
                impact=impact,
                residual_likelihood=residual_likelihood,
                residual_impact=residual_impact,
                triggers=(
                    *(Trigger(TriggerKind(kind)) for kind in said.get("come_back", ())),
                    *said.get("bounds", ()),
                ),
                **{name: said[name] for name in _SAME_NAME if name in said},
            ),
            self.today,
            self.risk_matrix,
        )
        if "outcome" in said:
            content = self.content.of_its_outcome()
            for name, message in problems(content, self.today, self.risk_matrix).items():
                field = _FORM_NAME.get(name, name)
                if field not in self.errors:
                    self.add_error(field, message)
        return said

    def clean_bounds(self) -> tuple[Trigger, ...]:
        """The triggers on facts, from lines of text."""
        lines = [line.strip() for line in self.cleaned_data["bounds"].splitlines() if line.strip()]
        try:
            return tuple(trigger_from_line(line, CHECKS) for line in lines)
        except ValueError as error:
            raise forms.ValidationError(str(error)) from None

    @property
    def matrix(self) -> list[dict[str, Any]]:
        """The 5 x 5 matrix, most likely on top: what each cell is, and until when it may stand."""
        return self._matrix_of("cell")

    @property
    def matrix_of_what_remains(self) -> list[dict[str, Any]]:
        return self._matrix_of("remains")

    def _matrix_of(self, name: str) -> list[dict[str, Any]]:
        chosen, matrix = self[name].value(), self.risk_matrix
        return [
            {
                "likelihood": matrix.likelihoods[likelihood - 1],
                "cells": [
                    {
                        "value": f"{likelihood}-{impact}",
                        "impact": matrix.impacts[impact - 1],
                        "level": matrix.level(likelihood, impact),
                        "latest": matrix.latest_revisit(likelihood, impact, self.today),
                        "chosen": chosen == f"{likelihood}-{impact}",
                    }
                    for impact in RANKS
                ],
            }
            for likelihood in reversed(RANKS)
        ]

    @property
    def has_more(self) -> bool:
        """True when something is said in the fields that are folded away, or wrong with it."""
        more = (
            "mitigations",
            "remains",
            "cost_avoided",
            "benefit_forgone",
            "alternatives",
            "change_our_mind",
        )
        return any(self[name].value() or self[name].errors for name in more)

    @property
    def impacts(self) -> tuple[str, ...]:
        return self.risk_matrix.impacts


_SAME_NAME = (
    "reasoning",
    "evidence",
    "benefit",
    "effort",
    "due_date",
    "ticket_url",
    "risk",
    "mitigations",
    "revisit_date",
    "cost_avoided",
    "benefit_forgone",
    "alternatives",
    "change_our_mind",
)


def _ranks(cell: str | None) -> tuple[int | None, int | None]:
    """Return likelihood and impact of a cell such as "4-3"; twice None for no cell."""
    if not cell:
        return None, None
    likelihood, _, impact = cell.partition("-")
    return int(likelihood), int(impact)


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


class ProposalForm(forms.Form):
    """What became of a proposal; `proposal` is the one that the person has seen."""

    proposal = forms.IntegerField(widget=forms.HiddenInput)
    reason = Words(2, label="Why it is sent back")


class BindingForm(forms.Form):
    check_id = forms.CharField(max_length=80)
    kind = forms.ChoiceField(choices=[("", "automatic"), *BindingKind.choices], required=False)
    reason = forms.CharField(max_length=1000, required=False)


class InheritanceEndForm(forms.Form):
    """Why what a platform decided stands here no more."""

    reason = forms.CharField(max_length=1000, required=False)


class InheritForm(InheritanceEndForm):
    platform = forms.SlugField()
    supersedes = forms.IntegerField(required=False)
