"""What the triggers of decisions look at, read from the database and from what they froze."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from readiness.decisions.live import CheckLine
from readiness.decisions.triggers import Fired, Situation, fired, triggers_from
from readiness.drills.queries import practised
from readiness.drills.rules import Age
from readiness.models import Component, Decision, Incident

# By the slug of a criterion, when something happened to it and what.
News = dict[str, tuple[tuple[datetime, str], ...]]


def component_facts(component: Component) -> dict[str, str]:
    """Return what of a component a decision may rest on, by its name for people."""
    target = component.availability_target
    return {
        "availability target": "none" if target is None else f"{target.normalize():f} %",
        "criticality": component.get_criticality_display(),
        "parameters": json.dumps(component.parameters, sort_keys=True),
    }


def incidents_of(component: Component) -> News:
    """Return when incidents were recorded, and their titles, by the slug of each criterion that
    they touch. One query."""
    found: dict[str, list[tuple[datetime, str]]] = defaultdict(list)
    rows = Incident.objects.filter(component=component, criteria__isnull=False)
    for slug, at, title in rows.values_list("criteria__slug", "recorded_at", "title"):
        found[slug].append((at, title))
    return {slug: tuple(each) for slug, each in found.items()}


def drills_of(component: Component, now: datetime) -> News:
    """Return which drills failed or went stale, and when, by the slug of each criterion that they
    are to prove. Those that were rehearsed with success since are not among them. One query."""
    today = timezone.localdate(now)
    found: News = {}
    for slug, drills in practised(component).items():
        found[slug] = tuple(
            (each.told_at, f"A drill on it failed: {each.title}.")
            if not each.passed
            else (_midnight_after(each.last_good_day), f"A drill on it went stale: {each.title}.")
            for each in drills
            if each.age(today) in (Age.FAILED, Age.STALE)
        )
    return found


def _midnight_after(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))


def fired_triggers(
    decision: Decision,
    *,
    criterion: str,
    criterion_revision: int,
    component: dict[str, str],
    lines: Iterable[CheckLine],
    incidents: News,
    drills: News,
    at: datetime,
) -> list[Fired]:
    """Return which triggers of a decision have come true since it was made."""
    triggers = triggers_from(decision.triggers)
    if not triggers:
        return []
    lines = list(lines)
    now = Situation(
        verdicts={line.check.id: line.verdict for line in lines},
        facts={line.check.id: line.observed or {} for line in lines},
        criterion_revision=criterion_revision,
        component=component,
        incidents=incidents.get(criterion, ()),
        drills=drills.get(criterion, ()),
    )
    then = _frozen(decision)
    return list(fired(triggers, then, now, decided_at=decision.decided_at, at=at))


def _frozen(decision: Decision) -> Situation:
    kept: dict[str, Any] = json.loads(decision.facts)
    checks = {check["id"]: check for check in kept.get("checks", [])}
    return Situation(
        verdicts={name: check.get("known") or "" for name, check in checks.items()},
        facts={name: check.get("observed") or {} for name, check in checks.items()},
        criterion_revision=decision.criterion_revision,
        component=kept.get("component", {}),
    )
