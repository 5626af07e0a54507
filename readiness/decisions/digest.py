"""What makes a changed past show: each entry's SHA-256 covers its content and its predecessor's.

The rule, so that anybody can check it without us: the fields below, as JSON with sorted keys, no
spaces and no escaped characters, UTF-8; dates as ISO 8601, times in UTC with microseconds.
"""

import hashlib
from typing import Any

from readiness.canonical import canonical
from readiness.models.decisions import Decision

# In the order of the ledger's annex. Adding a field means a new digest rule, not a longer list:
# the digests of old entries must stay what they are.
COVERED = (
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


def decision_digest(decision: Decision) -> str:
    """Return the SHA-256 of the content and the predecessor's digest, as 64 hex digits."""
    content: dict[str, Any] = {name: getattr(decision, name) for name in COVERED}
    return hashlib.sha256(canonical(content).encode()).hexdigest()
