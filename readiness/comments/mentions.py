"""Who is named in a text as @username. Pure but for one read."""

from __future__ import annotations

import re

from django.db.models import Q, QuerySet

from readiness.models import Component, User

# What a username may consist of, but an e-mail address is nobody's name.
MENTION = re.compile(r"(?<![\w@.+-])@([\w.@+-]+)")


def usernames(text: str) -> set[str]:
    """Return whom a text may name: what follows each @, with and without the full stop or the
    dash that ends a sentence."""
    found = set(MENTION.findall(text))
    return found | {name.rstrip(".-+@") for name in found} - {""}


def mentioned(text: str, component: Component) -> QuerySet[User]:
    """Return the people named in a text who may read the component, by name."""
    people = User.objects.filter(username__in=usernames(text), is_active=True)
    if not component.visible_to_organisation:
        people = people.filter(Q(memberships__team=component.team_id) | Q(is_superuser=True))
    return people.order_by("username").distinct()
