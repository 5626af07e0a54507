"""Reads for the pages of notices and for calendars."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from readiness.models import (
    CalendarFeed,
    Component,
    Delivery,
    Membership,
    Notice,
    Outcome,
    Requirement,
    User,
    Webhook,
)
from readiness.notices.actions import feed_digest
from readiness.notices.addresses import absolute, host
from readiness.notices.ics import Day
from readiness.reports.words import brief

SHOWN = 50
# Texts that the log does not show.
_LOG = ("body", "answer")


def newest_notices(user: User) -> QuerySet[Notice]:
    """Return what a person was told of lately, as far as they may still read it."""
    readable = Component.objects.for_user(user).values("pk")
    notices = Notice.objects.filter(user=user, component__in=readable)
    return notices.select_related("component", "requirement__criterion")[:SHOWN]


def log_of(webhook: Webhook) -> list[Delivery]:
    """Return the newest deliveries of a webhook."""
    return list(webhook.deliveries.defer(*_LOG)[:SHOWN])


def feed_owner(secret: str) -> User | None:
    """Return whose calendar a secret opens; None when it opens none."""
    feed = CalendarFeed.objects.filter(digest=feed_digest(secret), user__is_active=True)
    found = feed.select_related("user").first()
    return found.user if found else None


def days_of(user: User) -> list[Day]:
    """Return what is due, or due to be looked at again: the person's own, and their teams'."""
    mine = Membership.objects.filter(user=user).values("team")
    readable = Component.objects.for_user(user).active().values("pk")
    rows = (
        Requirement.objects.filter(
            Q(owner=user) | Q(component__team__in=mine),
            component__in=readable,
            criterion__retired_at__isnull=True,
            inherits__isnull=True,
        )
        .filter(
            Q(current_decision__outcome=Outcome.BUILD, current_decision__due_date__isnull=False)
            | Q(
                current_decision__outcome__in=(Outcome.WONT_BUILD, Outcome.NOT_APPLICABLE),
                current_decision__revisit_date__isnull=False,
            )
        )
        .select_related("component__team", "criterion", "owner", "current_decision__owner")
        .order_by("pk")
    )
    return [day for row in rows if (day := _day(row))]


def _day(requirement: Requirement) -> Day | None:
    decision = requirement.current_decision
    if decision is None:
        return None
    build = decision.outcome == Outcome.BUILD
    on = decision.due_date if build else decision.revisit_date
    if on is None:
        return None
    component, owner = requirement.component, decision.owner or requirement.owner
    who = f"\nOwner: {owner.name}" if owner else ""
    url = absolute(requirement.get_absolute_url())
    return Day(
        # Of the requirement: when it is decided anew, its event moves.
        uid=f"requirement-{requirement.pk}@{host()}",
        on=on,
        changed_at=decision.decided_at,
        summary=f"{component.name}: {'build' if build else 'look again'}: "
        f"{brief(str(requirement), 100)}",
        description=f"{requirement}\n{component.name}, {component.team.name}{who}\n{url}",
        url=url,
    )
