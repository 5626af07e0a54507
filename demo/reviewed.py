"""Two small components that are decided from end to end, so that the gate has its other answers:
of one AWS shows that it is ready, of the other nobody can tell. See docs/gate.md."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from readiness.accounts.actions import (
    create_account,
    grant_account,
    revoke_grant,
    set_component_accounts,
)
from readiness.components.actions import create_component
from readiness.decisions.actions import decide
from readiness.decisions.rules import Content
from readiness.models import AccountWay, Catalog, Component, Criticality, Team, User

# What the simulated account, as it is seeded, does not have of the archive.
STILL_TO_BUILD = {
    "replica-parity": "Replication the other way, together with the asset router's.",
    "change-trail": "Access logs of the second bucket, into the account's log archive.",
}
PARTNER = "210987654321"


def load_reviewed(
    team: Team, owner: Team, by: User, parameters: dict[str, Any], now: datetime
) -> None:
    """Make both, of `team`. `parameters` are the asset router's: the archive lives in the same
    buckets. `owner` is who looks after the partner's account, and took the team's grant back."""
    archive = _component(
        team,
        by,
        now,
        slug="release-archive",
        name="Release archive",
        description="Every release of the web client, kept in the asset router's buckets.",
        parameters={"buckets": parameters["buckets"]},
    )
    _decide_all(archive, STILL_TO_BUILD, by, now)
    drop = _component(
        team,
        by,
        now,
        slug="partner-drop",
        name="Partner drop",
        description="Takes files from a partner, in a bucket of an account that its team may not "
        "use any more.",
        parameters={"buckets": {"eu-west-1": "partner-drop-eu-west-1"}},
    )
    _decide_all(drop, {}, by, now)
    _shut_out(drop, owner, by, now)


def _component(team: Team, by: User, now: datetime, **values: Any) -> Component:
    return create_component(
        by=by,
        now=now - timedelta(days=40),
        team=team,
        kind="S3 bucket",
        catalog=Catalog.objects.get(slug="production-readiness"),
        blueprint=None,
        criticality=Criticality.SUPPORTING,
        availability_target=None,
        **values,
    )


def _shut_out(component: Component, owner: Team, by: User, now: datetime) -> None:
    """Let the component use an account that its team may use no longer."""
    account = create_account(
        by=by,
        now=now - timedelta(days=39),
        name="Partner (simulated)",
        team=owner,
        way=AccountWay.ROLE,
        role_arn=f"arn:aws:iam::{PARTNER}:role/readiness",
        account_id=PARTNER,
    )
    grant = grant_account(account=account, team=component.team, by=by, now=now)
    set_component_accounts(
        component=component, by_service={"": account}, version=component.version, by=by, now=now
    )
    revoke_grant(grant=grant)


def _decide_all(component: Component, to_build: dict[str, str], by: User, now: datetime) -> None:
    due = timezone.localdate(now) + timedelta(days=120)
    requirements = component.requirements.select_related("criterion").order_by("pk")
    for place, requirement in enumerate(requirements):
        criterion = requirement.criterion
        why = to_build.get(criterion.slug)
        evidence = f"Review of the {component.name.lower()}, point {place + 1}: {criterion.title}."
        done = Content(outcome="done", evidence=evidence)
        decide(
            component=component,
            criterion=criterion.slug,
            content=Content(outcome="build", owner_id=by.pk, reasoning=why, due_date=due)
            if why
            else done,
            supersedes_id=None,
            by=by,
            now=now - timedelta(days=35, minutes=-place),
        )
