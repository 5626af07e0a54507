"""Makes rows. Nothing here surprises: what is not said has a plain default."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from readiness.accounts.actions import create_account
from readiness.aws.registry import CHECKS
from readiness.catalog.own.actions import create_own_criterion
from readiness.catalog.proposals.actions import propose_criterion
from readiness.components.actions import (
    add_missing_requirements,
    create_component,
    set_check_binding,
)
from readiness.confidence.actions import close_round, open_round, vote
from readiness.decisions.actions import decide
from readiness.decisions.approvals import approve
from readiness.decisions.live import params_digest
from readiness.decisions.rules import Content
from readiness.drills.actions import Plan, Told, plan_drill, record_drill
from readiness.incidents.actions import record_incident
from readiness.milestones.actions import freeze_report, give_verdict
from readiness.milestones.digest import Terms
from readiness.models import (
    AccountWay,
    AwsAccount,
    BindingKind,
    Blueprint,
    BlueprintItem,
    Catalog,
    CheckResult,
    CheckRun,
    CheckState,
    Component,
    ConfidenceRound,
    Criterion,
    CriterionProposal,
    Decision,
    Drill,
    DrillScenario,
    Incident,
    JobState,
    Membership,
    Milestone,
    MilestoneVerdict,
    Recording,
    Requirement,
    Role,
    SheetVersion,
    Team,
    Topic,
    User,
    VerdictKind,
)
from readiness.operations.actions import save_sheet
from readiness.operations.sheet import parse_sheet
from readiness.reports.data import report_digest
from readiness.reports.gap_report import build_gap_report
from readiness.runs.results import remember

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
TODAY = date(2026, 11, 20)
_numbers = count(1)


def make_user(username: str = "", *, team: Team | None = None, role: Role = Role.EDITOR) -> User:
    username = username or f"user-{next(_numbers)}"
    user = User.objects.create_user(
        username, f"{username}@example.org", "secret", first_name=username.title()
    )
    if team:
        Membership.objects.create(team=team, user=user, role=role)
    return user


def make_team(slug: str = "edge") -> Team:
    return Team.objects.get_or_create(slug=slug, defaults={"name": f"{slug.title()} team"})[0]


def make_catalog(*, topics: int = 2, criteria: int = 3, slug: str = "readiness") -> Catalog:
    """A catalog whose criteria are called c-0-0, c-0-1 ... by topic and place."""
    catalog = Catalog.objects.create(
        slug=slug,
        name="Production readiness",
        notice="A reconstruction.",
        loaded_at=NOW,
        revision=1,
    )
    for t in range(topics):
        topic = Topic.objects.create(
            catalog=catalog, slug=f"t-{t}", name=f"Topic {t}", question="Why?", position=t
        )
        Criterion.objects.bulk_create(
            Criterion(
                topic=topic,
                slug=f"c-{t}-{c}",
                title=f"Criterion {t}.{c}",
                question="Is it so?",
                why="Because.",
                evidence="A link.",
                weight=1 + c % 5,
                live_check="none",
                position=c,
            )
            for c in range(criteria)
        )
    return catalog


def add_criteria(component: Component, number: int) -> None:
    """Make a component's catalog, and so its report, longer."""
    topic = Topic.objects.filter(catalog=component.catalog).latest("position")
    Criterion.objects.bulk_create(
        Criterion(
            topic=topic,
            slug=f"more-{n}",
            title=f"More {n}",
            question="Is it so?",
            why="Because.",
            evidence="A link.",
            weight=1 + n % 5,
            live_check="none",
            position=100 + n,
        )
        for n in range(number)
    )
    add_missing_requirements(component=component)


def make_blueprint(catalog: Catalog, **items: dict[str, Any]) -> Blueprint:
    """A blueprint; each item is named by its criterion's slug with _ for -."""
    blueprint = Blueprint.objects.create(
        catalog=catalog,
        slug="router",
        name="A router",
        summary="Routes.",
        resources="One function.",
        source_title="An article",
        source_publisher="Somebody",
        source_published=date(2019, 12, 3),
    )
    for slug, values in items.items():
        criterion = Criterion.objects.get(slug=slug.replace("_", "-"))
        BlueprintItem.objects.create(
            blueprint=blueprint,
            criterion=criterion,
            criterion_revision=criterion.revision,
            provenance=["article"],
            **values,
        )
    return blueprint


def make_component(
    *, slug: str = "asset-router", by: User | None = None, now: datetime = NOW, **values: Any
) -> Component:
    catalog = values.pop("catalog", None) or Catalog.objects.first() or make_catalog()
    return create_component(
        by=by or User.objects.first() or make_user("founder"),
        now=now,
        slug=slug,
        **{"name": slug.replace("-", " ").capitalize(), "team": make_team(), "catalog": catalog}
        | values,
    )


ROLE_ARN = "arn:aws:iam::123456789012:role/readiness"


def make_account(*, name: str = "Edge delivery", **values: Any) -> AwsAccount:
    """An AWS account by a role, granted to the team that looks after it."""
    role = {"way": AccountWay.ROLE, "role_arn": ROLE_ARN, "account_id": "123456789012"}
    by = values.pop("by", None) or User.objects.first() or make_user("founder")
    return create_account(by=by, now=NOW, **{"name": name, "team": make_team()} | role | values)


def make_decision(
    component: Component,
    criterion: str,
    outcome: str = "done",
    *,
    by: User | None = None,
    now: datetime = NOW,
    approved: bool = True,
    **said: Any,
) -> Decision:
    """A decision that says what its outcome must say, and what `said` adds; approved if need be."""
    by = by or User.objects.earliest("pk")
    least: dict[str, dict[str, Any]] = {
        "build": {"reasoning": "We need it.", "owner_id": by.pk},
        "done": {"evidence": "The runbook."},
        "wont_build": {
            "reasoning": "Too dear.",
            "risk": "It may hurt.",
            "likelihood": 2,
            "impact": 2,
        }
        | {"revisit_date": date(2027, 1, 31)},
        "not_applicable": {"reasoning": "There is nothing of the kind."},
    }
    requirement = Requirement.objects.get(component=component, criterion__slug=criterion)
    decision = decide(
        component=component,
        criterion=criterion,
        content=Content(outcome=outcome, **(least[outcome] | said)),
        supersedes_id=requirement.head_decision_id,
        by=by,
        now=now,
    )
    if decision.needs_approval and approved:
        approver = User.objects.filter(username="somebody-else").first()
        approve(decision=decision, by=approver or make_user("somebody-else"), now=now)
    return decision


def make_result(
    component: Component,
    check_id: str,
    status: str = "pass",
    *,
    now: datetime = NOW,
    **values: Any,
) -> CheckResult:
    """A stored answer of one check, written as a run would have."""
    bound = CHECKS[check_id].bind(component.parameters)
    assert bound, f"{check_id} does not apply to {component}"
    run = CheckRun.objects.create(
        component=component,
        requested_at=now,
        finished_at=now,
        state=JobState.FINISHED,
        parameters=component.parameters,
    )
    result = CheckResult.objects.create(
        run=run,
        check_id=check_id,
        check_version=1,
        params_digest=params_digest(bound),
        status=status,
        **{"reason": f"It says {status}.", "checked_at": now, "duration_ms": 1} | values,
    )
    remember(component, [result], now=now)
    return result


def add_check(requirement: Requirement, check_id: str) -> None:
    """Put a check on a requirement whose criterion it does not speak for."""
    set_check_binding(
        requirement=requirement,
        check_id=check_id,
        kind=BindingKind.ADDED,
        reason="",
        by=User.objects.earliest("pk"),
        now=NOW,
    )


def mute_check(requirement: Requirement, check_id: str) -> None:
    """Let a check look on without moving a requirement."""
    set_check_binding(
        requirement=requirement,
        check_id=check_id,
        kind=BindingKind.MUTED,
        reason="Known.",
        by=User.objects.earliest("pk"),
        now=NOW,
    )


def state_of(component: Component, check_id: str) -> CheckState:
    return CheckState.objects.get(component=component, check_id=check_id)


def make_incident(
    component: Component, *criteria: str, now: datetime = NOW, **values: Any
) -> Incident:
    """An incident that began an hour before it was recorded, and touched criteria by slug."""
    incident, _ = record_incident(
        component=component,
        values={"title": "Stale routes.", "started_at": now - timedelta(hours=1)} | values,
        criteria=Criterion.objects.filter(slug__in=criteria),
        by=User.objects.earliest("pk"),
        now=now,
    )
    return incident


def make_scenario(slug: str = "roll-back", *criteria: str, **values: Any) -> DrillScenario:
    """A scenario of the library, or of a `component`'s own, that proves criteria by slug."""
    title = slug.replace("-", " ")
    said = {"title": title.capitalize(), "operation": title, "purpose": "It will be needed."}
    scenario = DrillScenario.objects.create(slug=slug, **said | {"steps": "1. Do it."} | values)
    scenario.criteria.set(Criterion.objects.filter(slug__in=criteria))
    return scenario


def make_drill(
    component: Component,
    *criteria: str,
    outcome: str = "passed",
    ended_at: datetime = NOW,
    scenario: DrillScenario | None = None,
    people: dict[User, str] | None = None,
    after: dict[str, timedelta] | None = None,
    by: User | None = None,
    summary: str = "",
) -> Drill:
    """A drill that took half an hour and proves criteria by slug; `outcome` "" is a planned one,
    and `ended_at` is when that is to be. `after` has its durations by stamp."""
    by = by or User.objects.earliest("pk")
    if scenario is None:
        scenario = DrillScenario.objects.first() or make_scenario()
    plan = Plan(
        scenario=scenario,
        planned_for=ended_at - timedelta(minutes=30) if outcome else ended_at,
        people=people or {},
        criteria=list(Criterion.objects.filter(slug__in=criteria)) if criteria else None,
    )
    if not outcome:
        return plan_drill(component=component, plan=plan, by=by, now=NOW)
    told = Told(plan.planned_for, ended_at, outcome, summary, after or {})
    drill, _ = record_drill(component=component, plan=plan, told=told, by=by, now=ended_at)
    return drill


def make_own_criterion(
    component: Component, title: str = "The night shift rolled back once", **values: Any
) -> Criterion:
    """A criterion that a component has for itself, in the first topic of its catalog."""
    said = {"topic": component.catalog.topics.earliest("position"), "title": title}
    said |= {"question": "Did it?", "why": "It asked for it.", "evidence": "A drill."}
    said |= {"weight": 3, "statement": "The night shift of the router rolled back once."}
    now, by = values.pop("now", NOW), values.pop("by", None) or User.objects.earliest("pk")
    made = create_own_criterion(component=component, values=said | values, by=by, now=now)
    return made.criterion


def make_proposal(
    component: Component, title: str = "Alarms were tested end to end", **values: Any
) -> CriterionProposal:
    """What a component proposes to its catalog; nobody answered yet."""
    said = {"topic": component.catalog.topics.earliest("position"), "title": title}
    said |= {"question": "Were they?", "why": "One was silent.", "evidence": "A page.", "weight": 3}
    now, by = values.pop("now", NOW), values.pop("by", None) or User.objects.earliest("pk")
    out_of = {name: values.pop(name, None) for name in ("criterion", "incident")}
    return propose_criterion(component=component, values=said | values, by=by, now=now, **out_of)


def make_recording(component: Component, content: bytes, *, recorded_at: datetime) -> Recording:
    return Recording.objects.create(
        component=component,
        filename="recording.json",
        content=content,
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
        recorded_at=recorded_at,
        uploaded_at=NOW,
    )


def make_milestone(
    component: Component, *, by: User, name: str = "Before cut-over", now: datetime = NOW
) -> Milestone:
    seen = report_digest(build_gap_report(component, now))
    return freeze_report(component=component, name=name, seen=seen, by=by, now=now)


def make_conditions(
    milestone: Milestone, *, by: User, owner: User, due_date: date = date(2026, 12, 1)
) -> MilestoneVerdict:
    """A go with one condition."""
    return give_verdict(
        milestone=milestone,
        kind=VerdictKind.CONDITIONS,
        reason="Nearly there.",
        conditions=[Terms("Rehearse the failover.", owner.pk, due_date)],
        by=by,
        now=NOW,
    )


def make_round(
    component: Component,
    *,
    votes: Sequence[int | dict[str, Any]] = (),
    closed: bool = True,
    now: datetime = NOW,
    **values: Any,
) -> ConfidenceRound:
    """A round that was closed at `now`, or was opened then and is open; each vote, an answer or
    the arguments of one, is by a member of its own."""
    opened_at = now - timedelta(days=1) if closed else now
    said = {"question": "Tonight?", "topics": Topic.objects.filter(catalog=component.catalog)}
    said |= {"is_named": False, "closes_at": opened_at + timedelta(days=3)}
    by = values.pop("by", None) or User.objects.earliest("pk")
    opened = open_round(component=component, by=by, now=opened_at, **(said | values))
    for each in votes:
        answer = {"overall": each} if isinstance(each, int) else each
        if "by" not in answer:
            answer = answer | {"by": make_user(team=component.team, role=Role.VIEWER)}
        vote(opened=opened, now=opened_at, **({"by_topic": {}, "sentence": ""} | answer))
    if closed:
        close_round(opened=opened, by=by, now=now)
    opened.refresh_from_db()
    return opened


def make_sheet(
    component: Component,
    *,
    by: User | None = None,
    now: datetime = NOW,
    note: str = "",
    **content: Any,
) -> SheetVersion:
    """The next version of an operations sheet: an option, unless `content` names sections."""
    option = {"kind": "roll_back", "title": "Roll back", "minutes": 5, "who": "On call"}
    return save_sheet(
        component=component,
        sheet=parse_sheet(content or {"options": [option]}),
        base=component.sheet_versions.count(),
        by=by or User.objects.earliest("pk"),
        now=now,
        note=note,
    )
