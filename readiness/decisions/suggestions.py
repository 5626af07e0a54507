"""What a blueprint suggests is a suggestion: nothing is decided until a person adopts it."""

from __future__ import annotations

from datetime import date

from readiness.decisions.rules import Content, with_proposals
from readiness.models import BlueprintItem, User


def suggested_content(item: BlueprintItem, *, owner: User, today: date) -> Content | None:
    """Return the decision that a blueprint's item suggests, owned by `owner` where its outcome
    needs one, with the revisit date of policy; None when it suggests nothing."""
    if not item.suggested_outcome:
        return None
    content = Content(outcome=item.suggested_outcome, owner_id=owner.pk, **item.suggestion)
    return with_proposals(content.of_its_outcome(), today)
