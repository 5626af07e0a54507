"""The sources of what somebody should know of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from readiness.aws.registry import CHECKS
from readiness.confidence.notices import closed_text, opened_text
from readiness.decisions.standing import Standing
from readiness.models import (
    Comment,
    ConfidenceRound,
    Decision,
    Kind,
    Membership,
    MilestoneCondition,
    Outcome,
    Requirement,
    Role,
    VerdictChange,
)
from readiness.notices.cause import Cause, midnight
from readiness.notices.drill_causes import drills
from readiness.reports.words import brief, day

# A mention that could not be told for so long is not told any more.
MENTIONS_FOR = timedelta(days=30)
# That a round closed is news for so long: who joins the team later is not told.
ROUNDS_FOR = timedelta(days=2)

Source = Callable[[datetime], Iterable[Cause]]

# A standing that is told of -> what it is called. The others have a source of their own.
_BY_STANDING = {
    Standing.LAPSED: Kind.LAPSED,
    Standing.OVERDUE: Kind.OVERDUE,
    Standing.OVERTAKEN: Kind.OVERTAKEN,
    Standing.ARRIVED: Kind.ARRIVED,
}


def causes(now: datetime) -> Iterator[Cause]:
    """Yield everything that holds `now`, whoever was told already."""
    for source in SOURCES:
        yield from source(now)


def standings(now: datetime) -> Iterator[Cause]:
    """What lapsed, is overdue, was overtaken or has arrived."""
    today = timezone.localdate(now)
    passed = Q(standing_changes_on__lte=today)
    rows = _decided().filter(
        Q(standing__in=_BY_STANDING) & ~passed | Q(standing_then__in=_BY_STANDING) & passed
    )
    found = [(requirement, _standing(requirement, today)) for requirement in rows]
    by_sight = (Standing.OVERTAKEN, Standing.ARRIVED)
    passes = _passes([requirement for requirement, standing in found if standing in by_sight])
    for requirement, standing in found:
        if standing in by_sight:
            yield _seen(requirement, standing, passes.get(requirement.pk))
        elif requirement.inherits_id is None:  # else it ends for those who look after the platform
            yield _ended(requirement, standing)


def _ended(requirement: Requirement, standing: Standing) -> Cause:
    """By its date, or because something that it rests on has changed."""
    decision, kind = _current(requirement), _BY_STANDING[standing]
    end, decided = _end(decision), day(decision.decided_at)
    refused = decision.outcome == Outcome.WONT_BUILD
    if standing is Standing.LAPSED and requirement.fired:
        first = min(requirement.fired, key=lambda each: each["at"])
        text = f"Refused on {decided}, and since then: {first['sentence']}"
        at = datetime.fromisoformat(first["at"])
        return _cause(kind, requirement, mark=first["trigger"], at=at, text=text)
    assert end  # noqa: S101 - nothing else ends by itself
    text = f"Set aside as not applicable until {day(end)}."
    if standing is Standing.OVERDUE:
        text = f"Was to be built by {day(end)}."
    elif refused:
        text = f"Refused on {decided}, until {day(end)}."
    at = midnight(end + timedelta(days=1))
    return _cause(kind, requirement, mark=end.isoformat(), at=at, text=text)


def _seen(requirement: Requirement, standing: Standing, change: VerdictChange | None) -> Cause:
    """Because AWS has it now."""
    decision = _current(requirement)
    said = f": {change.after.reason}" if change else "."
    text = f"To be built, and it seems to be there{said}"
    if standing is Standing.OVERTAKEN:
        text = f"Refused on {day(decision.decided_at)}, but it exists now{said}"
    at = max(change.at, decision.decided_at) if change else decision.decided_at
    return _cause(_BY_STANDING[standing], requirement, mark="seen", at=at, text=text)


def _passes(requirements: Sequence[Requirement]) -> dict[int, VerdictChange]:
    """Return, by requirement, the newest time that one of its checks began to pass."""
    changes = VerdictChange.objects.filter(
        component__in={requirement.component_id for requirement in requirements},
        after__status="pass",
    )
    by_component: dict[int, list[VerdictChange]] = defaultdict(list)
    for change in _without_facts(changes):
        by_component[change.component_id].append(change)
    return {
        requirement.pk: change
        for requirement in requirements
        for change in by_component[requirement.component_id]
        if _speaks_for(change.check_id, requirement)
    }


def _without_facts(changes: QuerySet[VerdictChange]) -> QuerySet[VerdictChange]:
    """Return changes, the oldest first, with as little of their results as is told."""
    slim = changes.select_related("after").only(
        "component", "check_id", "at", "contradicts", "after__run", "after__reason"
    )
    return slim.order_by("at", "pk")


def _speaks_for(check_id: str, requirement: Requirement) -> bool:
    check = CHECKS.get(check_id)
    own = check is not None and requirement.criterion.slug in check.criteria
    return own or check_id in requirement.check_bindings


def due_soon(now: datetime) -> Iterator[Cause]:
    """What ends within the lead times, unless it was decided later than the lead time begins."""
    today = timezone.localdate(now)
    leads = sorted(settings.REMINDER_LEAD_DAYS)
    until = today + timedelta(days=max(leads, default=0))
    dated = Q(
        current_decision__outcome=Outcome.BUILD, current_decision__due_date__range=(today, until)
    ) | Q(
        current_decision__outcome__in=(Outcome.WONT_BUILD, Outcome.NOT_APPLICABLE),
        current_decision__revisit_date__range=(today, until),
    )
    quiet = (Standing.GAP, Standing.ACCEPTED, Standing.NOT_APPLICABLE)
    for requirement in _decided().filter(dated, standing__in=quiet, inherits__isnull=True):
        decision = _current(requirement)
        end = _end(decision)
        if end is None:
            continue
        lead = next(each for each in leads if end - today <= timedelta(days=each))
        begins = end - timedelta(days=lead)
        if timezone.localdate(decision.decided_at) < begins:
            yield _cause(
                Kind.DUE_SOON,
                requirement,
                mark=f"{end.isoformat()}/{lead}",
                at=midnight(begins),
                text=f"To be built by {day(end)}."
                if decision.outcome == Outcome.BUILD
                else f"To be looked at again by {day(end)}.",
            )


def contradicted(now: datetime) -> Iterator[Cause]:
    """What AWS once showed to be done, and shows no longer."""
    fallen = {
        (each.component_id, each.criterion.slug): each
        for each in _decided().filter(standing=Standing.CONTRADICTED)
    }
    changes = VerdictChange.objects.filter(
        component__in={component for component, _ in fallen}
    ).exclude(contradicts=[])
    newest: dict[int, VerdictChange] = {}
    for change in _without_facts(changes):
        for criterion in change.contradicts:
            requirement = fallen.get((change.component_id, criterion))
            if requirement and change.at >= _current(requirement).decided_at:
                newest[requirement.pk] = change
    for requirement in fallen.values():
        if requirement.pk in newest:
            change = newest[requirement.pk]
            done = day(_current(requirement).decided_at)
            yield _cause(
                Kind.CONTRADICTED,
                requirement,
                # Several checks may turn in one run: that is one cause.
                mark=f"run {change.after.run_id}",
                at=change.at,
                text=f"Marked done on {done}, but: {change.after.reason}",
            )


def proposed(now: datetime) -> Iterator[Cause]:
    """What waits for an approval, told to everybody in the team who may give it."""
    rows = Requirement.objects.filter(
        proposed_decision__isnull=False, component__archived_at__isnull=True
    ).select_related("component", "criterion", "proposed_decision__decided_by")
    approvers = defaultdict(set)
    members = Membership.objects.filter(
        role__gte=Role.APPROVER, team__in=rows.values("component__team")
    )
    for team, user in members.values_list("team", "user"):
        approvers[team].add(user)
    for requirement in rows:
        decision = requirement.proposed_decision
        if decision:
            may = approvers[requirement.component.team_id] - {decision.decided_by_id}
            yield Cause(
                kind=Kind.PROPOSED,
                key=f"{Kind.PROPOSED}/{requirement.pk}/{decision.pk}",
                component_id=requirement.component_id,
                requirement_id=requirement.pk,
                at=decision.decided_at,
                text=f"{decision.decided_by.name} proposes to refuse it.",
                path=requirement.get_absolute_url(),
                people=frozenset(may),
            )


def mentioned(now: datetime) -> Iterator[Cause]:
    """Who was named in a comment lately, and does not know it from being there."""
    comments = (
        Comment.objects.filter(
            created_at__gt=now - MENTIONS_FOR,
            withdrawn_at__isnull=True,
            mentions__isnull=False,
            requirement__component__archived_at__isnull=True,
        )
        .select_related("author", "requirement__component", "requirement__criterion")
        .prefetch_related("mentions")
        .distinct()
    )
    for comment in comments:
        people = {user.pk for user in comment.mentions.all()} - {comment.author_id}
        if people:
            yield Cause(
                kind=Kind.MENTIONED,
                key=f"{Kind.MENTIONED}/{comment.pk}",
                component_id=comment.requirement.component_id,
                requirement_id=comment.requirement_id,
                at=comment.created_at,
                text=f"{comment.author.name}: {brief(comment.text)}",
                path=comment.requirement.get_absolute_url(),
                people=frozenset(people),
                is_personal=True,
            )


def conditions(now: datetime) -> Iterator[Cause]:
    """What a go still asks for, within the lead times, unless the verdict is younger than they are,
    and from its day on; until it is closed."""
    today = timezone.localdate(now)
    leads = sorted({0, *settings.REMINDER_LEAD_DAYS})
    found = MilestoneCondition.objects.filter(
        closing__isnull=True,
        due_date__lte=today + timedelta(days=leads[-1]),
        verdict__milestone__component__archived_at__isnull=True,
    ).select_related("verdict__milestone__component")
    for condition in found.defer("verdict__milestone__frozen"):
        left = (condition.due_date - today).days
        lead = next(each for each in leads if left <= each)
        begins = condition.due_date - timedelta(days=lead)
        if lead and timezone.localdate(condition.verdict.at) >= begins:
            continue
        milestone = condition.verdict.milestone
        yield Cause(
            kind=Kind.CONDITION,
            key=f"{Kind.CONDITION}/{condition.pk}/{lead}",
            component_id=milestone.component_id,
            requirement_id=None,
            at=midnight(begins),
            text=f"{brief(condition.text)} By {day(condition.due_date)}, "
            f"a condition of {milestone.name}.",
            path=reverse("milestone_detail", args=[milestone.component.slug, milestone.pk]),
            people=frozenset({condition.owner_id}),
        )


def asked(now: datetime) -> Iterator[Cause]:
    """Which confidence rounds are open, and which have closed lately, to everybody in the team.

    Whoever has answered is told like everybody else: nobody looks up who did.
    """
    rounds = ConfidenceRound.objects.filter(component__archived_at__isnull=True)
    told = (
        (Kind.ROUND_OPENED, rounds.filter(closed_at__isnull=True, closes_at__gt=now), opened_text),
        (Kind.ROUND_CLOSED, rounds.filter(closed_at__gt=now - ROUNDS_FOR), closed_text),
    )
    for kind, found, text in told:
        for each in found.select_related("component", "opened_by"):
            members = Membership.objects.filter(team=each.component.team_id)
            yield Cause(
                kind=kind,
                key=f"{kind}/{each.pk}",
                component_id=each.component_id,
                requirement_id=None,
                at=each.closed_at or each.opened_at,
                text=text(each),
                path=each.get_absolute_url(),
                people=frozenset(members.values_list("user", flat=True)),
                is_personal=True,
            )


# One line adds another.
SOURCES: list[Source] = [
    standings,
    due_soon,
    contradicted,
    proposed,
    mentioned,
    conditions,
    asked,
    drills,
]


def _decided() -> QuerySet[Requirement]:
    return Requirement.objects.filter(
        Q(inherits__isnull=True, current_decision__isnull=False)
        | Q(inherits__current_decision__isnull=False),
        component__archived_at__isnull=True,
        criterion__retired_at__isnull=True,
    ).select_related("component", "criterion", "current_decision", "inherits__current_decision")


def _current(requirement: Requirement) -> Decision:
    """Return what stands on a requirement: its own decision, or its platform's."""
    decision = requirement.source.current_decision
    assert decision  # noqa: S101 - _decided asks for it
    return decision


def _standing(requirement: Requirement, today: date) -> Standing:
    """Return the standing of `today`: a date may have passed since the index was written."""
    changes = requirement.standing_changes_on
    return Standing(
        requirement.standing_then if changes and changes <= today else requirement.standing
    )


def _end(decision: Decision) -> date | None:
    return decision.due_date if decision.outcome == Outcome.BUILD else decision.revisit_date


def _cause(kind: Kind, requirement: Requirement, *, mark: str, at: datetime, text: str) -> Cause:
    decision = _current(requirement)
    people = {requirement.owner_id, decision.owner_id, decision.decided_by_id} - {None}
    return Cause(
        kind=kind,
        key=f"{kind}/{requirement.pk}/{decision.pk}/{mark}",
        component_id=requirement.component_id,
        requirement_id=requirement.pk,
        at=at,
        text=text,
        path=requirement.get_absolute_url(),
        people=frozenset(pk for pk in people if pk is not None),
    )
