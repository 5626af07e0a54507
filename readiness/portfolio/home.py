"""What the start page of a person shows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone

from readiness.components.queries import rows_of
from readiness.confidence.queries import rounds_waiting
from readiness.models import Component, Role, Team, User
from readiness.portfolio.queries import attention_of
from readiness.revisit.queries import my_scope, queue_head

# The first few; the rest is a click away.
QUEUE_ROWS, COMPONENTS = 6, 12


def home_context(user: User, roles: Sequence[tuple[Team, Role]], now: datetime) -> dict[str, Any]:
    """Return what waits for a person, and how the components of their teams stand, those first
    that need the most attention. Eight queries at most."""
    today = timezone.localdate(now)
    waiting, queue = queue_head(my_scope(user, roles), QUEUE_ROWS, today)
    own = Component.objects.active().filter(team__in=[team.pk for team, _ in roles])
    names = list(own.order_by("name", "pk").values_list("pk", flat=True))
    attention = attention_of(own.order_by().values("pk"), today) if names else {}
    first = sorted(names, key=lambda pk: -attention.get(pk, 0))[:COMPONENTS]
    found = {
        each.pk: each for each in Component.objects.filter(pk__in=first).select_related("team")
    }
    return {
        "waiting": waiting,
        "queue": queue,
        "components": len(names),
        "attention": sum(1 for pk in names if attention.get(pk)),
        "rows": rows_of([found[pk] for pk in first], now),
        "rounds": rounds_waiting(user, now),
        "teams": [team for team, _ in roles],
        "may_create": any(role >= Role.EDITOR for _, role in roles),
    }
