"""What each outcome must say, and may say; pure. The table is in section 5 of the design."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from typing import Any

from readiness.decisions.risk import DEFAULT, Level, Matrix
from readiness.decisions.triggers import Trigger, triggers_from
from readiness.models.catalog import Outcome
from readiness.models.decisions import Decision


@dataclass(frozen=True, slots=True)
class Content:
    """What a person says in a decision; the field names are those of the model and of the form."""

    outcome: str
    reasoning: str = ""
    owner_id: int | None = None
    evidence: str = ""
    benefit: str = ""
    effort: str = ""
    due_date: date | None = None
    ticket_url: str = ""
    risk: str = ""
    likelihood: int | None = None
    impact: int | None = None
    mitigations: str = ""
    residual_likelihood: int | None = None
    residual_impact: int | None = None
    revisit_date: date | None = None
    triggers: tuple[Trigger, ...] = ()
    cost_avoided: str = ""
    benefit_forgone: str = ""
    alternatives: str = ""
    change_our_mind: str = ""

    def as_dict(self) -> dict[str, Any]:
        return {f.name: getattr(self, f.name) for f in fields(self)}

    @property
    def remaining(self) -> tuple[int, int] | None:
        """Likelihood and impact that policy goes by: what remains after the mitigations, or all of
        it where none are said; None while the risk is not rated."""
        if self.residual_likelihood and self.residual_impact:
            return self.residual_likelihood, self.residual_impact
        if self.likelihood and self.impact:
            return self.likelihood, self.impact
        return None

    def level(self, matrix: Matrix) -> Level | None:
        """Return the level of a refusal's risk that policy goes by; None for other outcomes."""
        if self.outcome != Outcome.WONT_BUILD or self.remaining is None:
            return None
        return matrix.level(*self.remaining)

    def of_its_outcome(self) -> Content:
        """Return it without what its outcome does not ask for."""
        keep = {"outcome", *REQUIRED[Outcome(self.outcome)], *OFFERED[Outcome(self.outcome)]}
        blank: dict[str, Any] = {f.name: f.default for f in fields(self) if f.name not in keep}
        return replace(self, **blank)


def content_of(decision: Decision) -> Content:
    """Return what a decision said, to start the next one from."""
    said = {name: getattr(decision, name) for name in Content.__slots__}
    return Content(**(said | {"triggers": triggers_from(decision.triggers)}))


REQUIRED: dict[Outcome, tuple[str, ...]] = {
    Outcome.BUILD: ("reasoning", "owner_id"),
    Outcome.DONE: ("evidence",),
    Outcome.WONT_BUILD: ("reasoning", "risk", "likelihood", "impact", "revisit_date"),
    Outcome.NOT_APPLICABLE: ("reasoning",),
}
OFFERED: dict[Outcome, tuple[str, ...]] = {
    Outcome.BUILD: ("benefit", "effort", "due_date", "ticket_url"),
    Outcome.DONE: ("reasoning",),
    Outcome.WONT_BUILD: (
        "mitigations",
        "residual_likelihood",
        "residual_impact",
        "triggers",
        "cost_avoided",
        "benefit_forgone",
        "alternatives",
        "change_our_mind",
    ),
    Outcome.NOT_APPLICABLE: ("revisit_date",),
}
MISSING = {
    "reasoning": "Say why, in a sentence or two: somebody will read it in a year.",
    "owner_id": "Name who will see to it.",
    "evidence": "Say what proves it: a link, or where to look.",
    "risk": "Say what may happen because it is not there.",
    "likelihood": "Pick how likely that is, 1 to 5.",
    "impact": "Pick how bad it would be, 1 to 5.",
    "revisit_date": "Say when somebody must look at this again.",
}


def with_proposals(content: Content, today: date, matrix: Matrix = DEFAULT) -> Content:
    """Fill in what policy proposes: the revisit date of a refusal whose risk is known."""
    if (
        content.outcome == Outcome.WONT_BUILD
        and content.revisit_date is None
        and (risk := content.remaining)
    ):
        return replace(content, revisit_date=matrix.latest_revisit(*risk, today))
    return content


def problems(content: Content, today: date, matrix: Matrix = DEFAULT) -> dict[str, str]:
    """Return what is wrong, field by field, in words for the person; empty when it can be kept."""
    if content.outcome not in Outcome.values:
        return {"outcome": "Choose one of the four."}
    said = content.as_dict()
    found = {
        name: MISSING[name]
        for name in REQUIRED[Outcome(content.outcome)]
        if said[name] is None or not str(said[name]).strip()
    }
    for name in ("likelihood", "impact", "residual_likelihood", "residual_impact"):
        if name not in found and said[name] is not None and said[name] not in range(1, 6):
            found[name] = "A number from 1 to 5."
    if content.due_date and content.due_date < today:
        found["due_date"] = "This day has passed; give a day from today on."
    if content.revisit_date and content.revisit_date <= today:
        found["revisit_date"] = "Give a day after today."
    elif not found and content.outcome == Outcome.WONT_BUILD:
        found |= _of_mitigations(content) or _beyond_policy(content, today, matrix)
    return found


def _of_mitigations(content: Content) -> dict[str, str]:
    likelihood, impact = content.residual_likelihood, content.residual_impact
    if likelihood is None and impact is None:
        return {}
    if likelihood is None or impact is None:
        return {"residual_likelihood": "Pick both, how likely and how bad it still is."}
    if likelihood > (content.likelihood or 5) or impact > (content.impact or 5):
        return {"residual_likelihood": "Mitigations cannot make the risk larger."}
    smaller = (likelihood, impact) != (content.likelihood, content.impact)
    if smaller and not content.mitigations.strip():
        return {"mitigations": "Say what makes the risk smaller."}
    return {}


def _beyond_policy(content: Content, today: date, matrix: Matrix) -> dict[str, str]:
    level = content.level(matrix)
    if level is None or content.revisit_date is None:
        return {}
    latest = today + timedelta(days=level.days)
    if content.revisit_date <= latest:
        return {}
    until = f"{latest.day} {latest:%B %Y}"
    name = level.name.lower()
    return {
        "revisit_date": f"A {name} risk may stand for {level.days} days at most: until {until}."
    }
