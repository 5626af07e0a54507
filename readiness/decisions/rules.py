"""What each outcome must say, and may say; pure. The table is in section 5 of the design."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from typing import Any

from readiness.decisions.risk import latest_revisit, risk_level
from readiness.models.catalog import Outcome


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
    revisit_date: date | None = None
    cost_avoided: str = ""
    benefit_forgone: str = ""
    alternatives: str = ""
    change_our_mind: str = ""

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    def of_its_outcome(self) -> Content:
        """Return it without what its outcome does not ask for."""
        keep = {"outcome", *REQUIRED[Outcome(self.outcome)], *OFFERED[Outcome(self.outcome)]}
        blank: dict[str, Any] = {f.name: f.default for f in fields(self) if f.name not in keep}
        return replace(self, **blank)


REQUIRED: dict[Outcome, tuple[str, ...]] = {
    Outcome.BUILD: ("reasoning", "owner_id"),
    Outcome.DONE: ("evidence",),
    Outcome.WONT_BUILD: ("reasoning", "risk", "likelihood", "impact", "revisit_date"),
    Outcome.NOT_APPLICABLE: ("reasoning",),
}
OFFERED: dict[Outcome, tuple[str, ...]] = {
    Outcome.BUILD: ("benefit", "effort", "due_date", "ticket_url"),
    Outcome.DONE: ("reasoning",),
    Outcome.WONT_BUILD: ("cost_avoided", "benefit_forgone", "alternatives", "change_our_mind"),
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


def with_proposals(content: Content, today: date) -> Content:
    """Fill in what policy proposes: the revisit date of a refusal whose risk is known."""
    if (
        content.outcome == Outcome.WONT_BUILD
        and content.revisit_date is None
        and content.likelihood
        and content.impact
    ):
        return replace(
            content, revisit_date=latest_revisit(content.likelihood, content.impact, today)
        )
    return content


def problems(content: Content, today: date) -> dict[str, str]:
    """Return what is wrong, field by field, in words for the person; empty when it can be kept."""
    if content.outcome not in Outcome.values:
        return {"outcome": "Choose one of the four."}
    said = content.as_dict()
    found = {
        name: MISSING[name]
        for name in REQUIRED[Outcome(content.outcome)]
        if said[name] is None or not str(said[name]).strip()
    }
    for name in ("likelihood", "impact"):
        if name not in found and said[name] is not None and said[name] not in range(1, 6):
            found[name] = "A number from 1 to 5."
    if content.due_date and content.due_date < today:
        found["due_date"] = "This day has passed; give a day from today on."
    if content.revisit_date and content.revisit_date <= today:
        found["revisit_date"] = "Give a day after today."
    elif not found and content.outcome == Outcome.WONT_BUILD:
        found |= _beyond_policy(content, today)
    return found


def _beyond_policy(content: Content, today: date) -> dict[str, str]:
    likelihood, impact = content.likelihood or 1, content.impact or 1
    latest = latest_revisit(likelihood, impact, today)
    if content.revisit_date is None or content.revisit_date <= latest:
        return {}
    level, days = risk_level(likelihood, impact), (latest - today).days
    until = f"{latest.day} {latest:%B %Y}"
    return {"revisit_date": f"A {level} risk may stand for {days} days at most: until {until}."}
