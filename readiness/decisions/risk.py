"""How much risk a refusal takes, and how long it may stand before somebody must look again."""

from datetime import date, timedelta
from enum import StrEnum

LIKELIHOODS = ("rare", "unlikely", "possible", "likely", "almost certain")
IMPACTS = ("negligible", "minor", "moderate", "major", "severe")


class RiskLevel(StrEnum):
    LOW = "low"
    MODERATE = "moderate"
    HIGH = "high"
    CRITICAL = "critical"


# The longest a refusal may stand, in days.
MAX_TERM_DAYS = {
    RiskLevel.LOW: 365,
    RiskLevel.MODERATE: 180,
    RiskLevel.HIGH: 90,
    RiskLevel.CRITICAL: 30,
}


def risk_level(likelihood: int, impact: int) -> RiskLevel:
    """Return the level of a risk whose likelihood and impact are 1 to 5, from their product."""
    score = likelihood * impact
    if score >= 20:
        return RiskLevel.CRITICAL
    if score >= 10:
        return RiskLevel.HIGH
    return RiskLevel.MODERATE if score >= 5 else RiskLevel.LOW


def latest_revisit(likelihood: int, impact: int, today: date) -> date:
    """Return the last day a refusal of this risk, decided on `today`, may stand."""
    return today + timedelta(days=MAX_TERM_DAYS[risk_level(likelihood, impact)])
