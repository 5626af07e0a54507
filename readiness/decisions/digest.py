"""What makes a changed past show: each entry's SHA-256 covers its content and its predecessor's.

The rule, so that anybody can check it without us: the fields below, as JSON with sorted keys, no
spaces and no escaped characters, UTF-8; dates as ISO 8601, times in UTC with microseconds.
"""

from typing import Any

from readiness.canonical import digest
from readiness.models.decisions import Approval, Decision

# In the order of the ledger's annex. Adding a field means a new digest rule, not a longer list:
# the digests of old entries must stay what they are.
FIRST_RULE = (
    "requirement_id",
    "number",
    "outcome",
    "reasoning",
    "owner_id",
    "evidence",
    "benefit",
    "effort",
    "due_date",
    "ticket_url",
    "risk",
    "likelihood",
    "impact",
    "revisit_date",
    "cost_avoided",
    "benefit_forgone",
    "alternatives",
    "change_our_mind",
    "statement",
    "criterion_revision",
    "facts",
    "decided_by_id",
    "decided_at",
    "previous_digest",
)
RULES = {
    1: FIRST_RULE,
    2: (
        *FIRST_RULE,
        "mitigations",
        "residual_likelihood",
        "residual_impact",
        "matrix",
        "triggers",
        "needs_approval",
        "digest_rule",
    ),
}
NEWEST_RULE = max(RULES)
OF_APPROVAL = ("kind", "reason", "frozen", "by_id", "at")


def decision_digest(decision: Decision) -> str:
    """Return the SHA-256 of the content and the predecessor's digest, as 64 hex digits.

    Raises KeyError for a rule that is not ours.
    """
    content: dict[str, Any] = {
        name: getattr(decision, name) for name in RULES[decision.digest_rule]
    }
    return digest(content)


def approval_digest(approval: Approval) -> str:
    """Return the SHA-256 of an approval's content and of the digest of what it is about."""
    content: dict[str, Any] = {name: getattr(approval, name) for name in OF_APPROVAL}
    content["decision_digest"] = approval.decision.digest
    return digest(content)
