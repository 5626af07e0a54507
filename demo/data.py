"""People, teams, components and decisions of the demo. A second call adds nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

from django.utils import timezone

from demo import rehearsals
from demo.decisions import ASSET_ROUTER, ELSEWHERE, LOG_PLATFORM, STATEMENTS, Said
from demo.milestones import CUT_OVER, freeze_cut_over, freeze_review
from demo.reviewed import load_reviewed
from demo.trends import load_trends
from readiness.accounts.actions import create_account, set_component_accounts
from readiness.catalog.loader import load
from readiness.components.actions import create_component, edit_requirement
from readiness.decisions.actions import decide, refresh_standings
from readiness.decisions.approvals import approve, send_back
from readiness.decisions.rules import Content
from readiness.decisions.sharing import inherit
from readiness.decisions.suggestions import suggested_content
from readiness.models import (
    AccountWay,
    Blueprint,
    Catalog,
    Component,
    Criticality,
    Decision,
    Membership,
    Requirement,
    Role,
    Team,
    User,
)

PASSWORD = "readiness-demo"
ACCOUNT_ID = "123456789012"  # of the simulated account, which this module does without
PEOPLE = {
    "viewer": ("Vera", "Lindqvist", Role.VIEWER),
    "editor": ("Emil", "Novak", Role.EDITOR),
    "approver": ("Ada", "Ferreira", Role.APPROVER),
    "admin": ("Amal", "Haddad", Role.ADMIN),
}
FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"


def load_demo(parameters: dict[str, Any], *, now: datetime) -> bool:
    """Load catalog, blueprints and, unless they are there, the demo's rows; True if it wrote.

    `parameters` are the asset router's in the simulated account.
    """
    load(sorted(FIXTURES.glob("*/*.yaml")), now=now)
    if Component.objects.filter(slug="asset-router").exists():
        return False
    people = {name: _person(name) for name in PEOPLE}
    edge = _team("edge", "Edge team", people)
    delivery = _team("delivery", "Delivery team", people)
    rota = people | rehearsals.colleagues(edge)
    _asset_router(edge, rota, parameters, now)
    _account(edge, people["admin"], now)
    for values in _others(edge, delivery):
        component = create_component(by=people["admin"], now=now - timedelta(days=60), **values)
        _adopt_some(component, people, now)
        for said in ELSEWHERE[component.slug]:
            _decide(component, said, people, now)
    rehearsals.ask_now(Component.objects.get(slug="geo-router"), rota, now)
    _platform(delivery, people, now)
    load_reviewed(delivery, edge, people["admin"], parameters, now)
    load_trends(now)
    return True


def _person(name: str) -> User:
    first, last, _ = PEOPLE[name]
    user, made = User.objects.get_or_create(
        username=name,
        defaults={"first_name": first, "last_name": last, "email": f"{name}@example.net"},
    )
    if made:
        user.is_staff = user.is_superuser = False
        user.set_password(PASSWORD)
        user.save()
    return user


def _team(slug: str, name: str, people: dict[str, User]) -> Team:
    team, _ = Team.objects.get_or_create(slug=slug, defaults={"name": name})
    for username, user in people.items():
        Membership.objects.get_or_create(
            team=team, user=user, defaults={"role": PEOPLE[username][2]}
        )
    return team


def _asset_router(
    team: Team, people: dict[str, User], parameters: dict[str, Any], now: datetime
) -> None:
    component = create_component(
        by=people["admin"],
        now=now - timedelta(days=220),
        slug="asset-router",
        name="Asset router",
        kind="Lambda@Edge",
        team=team,
        catalog=Catalog.objects.get(slug="production-readiness"),
        blueprint=Blueprint.objects.get(slug="contentful-s3-router"),
        description="Twenty lines of TypeScript that CloudFront calls before each cache miss. They "
        "look up a weighted DNS record and send the request to one of two replicated buckets.",
        risk_context="Nothing stands in front of it: a typo is a full outage, there is no retry we "
        "could add, and no way to route around it but to take it out.",
        criticality=Criticality.CRITICAL_PATH,
        availability_target=Decimal("99.99"),
        availability_window_days=30,
        parameters=parameters,
    )
    owners = {said.criterion: people[said.by] for said in ASSET_ROUTER}
    for requirement in component.requirements.select_related("criterion"):
        slug = requirement.criterion.slug
        values: dict[str, Any] = {"owner": owners[slug]} if slug in owners else {}
        if slug in STATEMENTS:
            values["statement"] = STATEMENTS[slug]
        if values:
            edit_requirement(
                requirement=requirement,
                values=values,
                version=requirement.version,
                by=people["admin"],
            )
    for _, happen in sorted(_history(component, people, now), key=lambda event: -event[0]):
        happen()
    rehearsals.plan_next(component, people, now)
    refresh_standings(component=component, now=now)
    freeze_review(component, people, now)


def _history(
    component: Component, people: dict[str, User], now: datetime
) -> Iterator[tuple[int, Callable[[], object]]]:
    """Yield what happened, and how many days ago: each rests on what the ledger held by then."""
    yield from rehearsals.events(component, people, now)
    for said in ASSET_ROUTER:
        yield said.ago, partial(_decide, component, said, people, now)
    yield CUT_OVER, partial(freeze_cut_over, component, people, now)


def _decide(component: Component, said: Said, people: dict[str, User], now: datetime) -> None:
    by, today = people[said.by], timezone.localdate(now)
    moment = now - timedelta(days=said.ago, minutes=37 * (said.ago % 11))
    requirement = component.requirements.get(criterion__slug=said.criterion)

    def day(offset: int | None) -> Any:
        return None if offset is None else today + timedelta(days=offset)

    decision = decide(
        component=component,
        criterion=said.criterion,
        content=Content(
            outcome=said.outcome,
            owner_id=by.pk,
            due_date=day(said.due),
            revisit_date=day(said.revisit),
            **said.text,
        ),
        supersedes_id=requirement.head_decision_id,
        by=by,
        now=moment,
    )
    if said.sent_back:
        send_back(
            decision=decision,
            by=people["approver"],
            now=moment + timedelta(hours=5),
            reason=said.sent_back,
        )
    elif not said.waits:
        _approve(decision, people, moment)


def _approve(decision: Decision, people: dict[str, User], proposed_at: datetime) -> None:
    """Let somebody else approve a refusal that needs it, the same day."""
    if decision.needs_approval:
        own = decision.decided_by == people["approver"]
        approver = people["admin" if own else "approver"]
        approve(decision=decision, by=approver, now=proposed_at + timedelta(hours=3))


def _account(team: Team, by: User, now: datetime) -> None:
    """The simulated account through a role: it lets any role in, whoever asks."""
    account = create_account(
        by=by,
        now=now - timedelta(days=200),
        name="Edge delivery (simulated)",
        team=team,
        way=AccountWay.ROLE,
        role_arn=f"arn:aws:iam::{ACCOUNT_ID}:role/readiness",
        account_id=ACCOUNT_ID,
    )
    component = Component.objects.get(slug="asset-router")
    set_component_accounts(
        component=component, by_service={"": account}, version=component.version, by=by, now=now
    )


def _others(edge: Team, delivery: Team) -> list[dict[str, Any]]:
    catalog = Catalog.objects.get(slug="production-readiness")
    return [
        {
            "slug": "geo-router",
            "name": "Geo router",
            "kind": "Lambda@Edge",
            "team": edge,
            "catalog": catalog,
            "blueprint": Blueprint.objects.get(slug="aws-geo-router"),
            "description": "Sends each cache miss to the bucket nearest to the edge location.",
            "criticality": Criticality.IMPORTANT,
            "availability_target": Decimal("99.95"),
        },
        {
            "slug": "download-redirector",
            "name": "Download redirector",
            "kind": "Lambda@Edge",
            "team": delivery,
            "catalog": catalog,
            "blueprint": Blueprint.objects.get(slug="mesosphere-redirector"),
            "description": "Redirects large downloads from inside AWS to their region's bucket.",
            "criticality": Criticality.SUPPORTING,
            "availability_target": Decimal("99.9"),
        },
        {
            "slug": "header-rewriter",
            "name": "Header rewriter",
            "kind": "Lambda@Edge",
            "team": delivery,
            "catalog": catalog,
            "blueprint": Blueprint.objects.get(slug="gosquared-handlers"),
            "description": "Sets security headers and serves compressed twins of static files.",
            "criticality": Criticality.IMPORTANT,
            "availability_target": Decimal("99.9"),
        },
    ]


def _platform(team: Team, people: dict[str, User], now: datetime) -> None:
    """What the other components stand on; one of them follows its decision, one may yet."""
    platform = create_component(
        by=people["admin"],
        now=now - timedelta(days=120),
        slug="log-platform",
        name="Log platform",
        kind="CloudWatch Logs",
        team=team,
        catalog=Catalog.objects.get(slug="production-readiness"),
        description="Log groups, saved queries and retention for all that runs at the edge.",
        criticality=Criticality.IMPORTANT,
        visible_to_organisation=True,
        is_platform=True,
    )
    requirement = platform.requirements.get(criterion__slug=LOG_PLATFORM.criterion)
    edit_requirement(
        requirement=requirement,
        values={"statement": "The logs of all components are shipped to one central place."},
        version=requirement.version,
        by=people["admin"],
    )
    _decide(platform, LOG_PLATFORM, people, now)
    for slug in ("header-rewriter", "download-redirector"):
        Component.objects.get(slug=slug).platforms.add(platform)
    inherit(
        component=Component.objects.get(slug="header-rewriter"),
        criterion=LOG_PLATFORM.criterion,
        platform=platform,
        seen=None,
        by=people["editor"],
        now=now - timedelta(days=9),
        reason="We write no logs of our own anywhere else.",
    )


def _adopt_some(component: Component, people: dict[str, User], now: datetime) -> None:
    """Adopt every other suggestion of the blueprint, over the last weeks: a review under way."""
    by = people["editor"]
    requirements = Requirement.objects.filter(
        component=component, blueprint_item__isnull=False
    ).select_related("criterion", "blueprint_item")
    for place, requirement in enumerate(requirements.order_by("pk")):
        moment = now - timedelta(days=50 - place)
        item = requirement.blueprint_item
        content = item and suggested_content(item, owner=by, today=timezone.localdate(moment))
        if content and place % 2 == 0:
            decision = decide(
                component=component,
                criterion=requirement.criterion.slug,
                content=content,
                supersedes_id=None,
                by=by,
                now=moment,
            )
            _approve(decision, people, moment)
