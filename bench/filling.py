"""Fills a database: a few components made as people make them, and bulk copies of those.

The catalog is the real one. Some 60 % of the requirements are decided; on every third component
AWS was looked at (in the simulated account), so that live verdicts are part of the work. The edit
history of the copies is left out: nothing that is measured reads it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, models, transaction
from django.db.models import F, OuterRef, Subquery
from django.utils import timezone

from bench.history import live_through
from bench.servers import ROOT
from readiness.aws.runner import run_now
from readiness.catalog.loader import load
from readiness.components.actions import create_component
from readiness.decisions.actions import decide, refresh_standings
from readiness.decisions.digest import decision_digest
from readiness.decisions.rules import Content, with_proposals
from readiness.models import (
    Blueprint,
    Catalog,
    CheckResult,
    CheckRun,
    CheckState,
    Component,
    Decision,
    Membership,
    Requirement,
    Role,
    Team,
    User,
)
from readiness.search.index import paused

PASSWORD = "only-for-benchmarks"  # noqa: S105 - made up, and in scratch databases only
EVERYWHERE, IN_TWENTY = "bench-everywhere", "bench-in-twenty"  # who sees all, who sees 20
TWENTY = 20
OTHER_TEAMS = 9
AT_ONCE, BATCH = 100, 1000  # components in a transaction, rows in a statement
Values = tuple[int | str | None, ...]
# What a clone is of, in turn; only components of the first were looked at.
BLUEPRINTS = ("contentful-s3-router", "aws-geo-router", "")
WORDS = (
    "The last two incidents of this kind took the team **forty minutes** each, most of them spent "
    "finding out where to look. With this in place the first look is the right one; without it the "
    "on-call reads three dashboards in a row. We talked it over in the weekly review, compared it "
    "with the sister component, and see [the notes](https://wiki.example.net/reviews)."
)


def slug(number: int) -> str:
    return f"bench-{number:04}"


def looked_at(components: int) -> list[str]:
    """The slugs of the components with live verdicts, of so many in all."""
    return [slug(number) for number in range(0, components, len(BLUEPRINTS))]


def fill(components: int, parameters: dict[str, Any]) -> None:
    """Bring the database up to so many components; what is there already stays."""
    now = timezone.now()
    teams, by = _people(now)
    with transaction.atomic():
        for number in range(min(components, len(BLUEPRINTS))):
            if not Component.objects.filter(slug=slug(number)).exists():
                _make(number, teams[0], by, parameters, now)
    there = Component.objects.count()
    with paused(connection):
        for kind in range(len(BLUEPRINTS)):
            numbers = [n for n in range(there, components) if n % len(BLUEPRINTS) == kind]
            for at in range(0, len(numbers), AT_ONCE):
                # PostgreSQL keeps a session's plans for foreign keys, made while the tables were
                # small.
                connection.close()
                with transaction.atomic():
                    _copy_component(slug(kind), numbers[at : at + AT_ONCE], teams)
        live_through(by)
    _settle()
    newest = Decision.objects.filter(requirement=OuterRef("pk")).order_by("-number")
    if Requirement.objects.filter(current_decision=None, decisions__isnull=False).update(
        current_decision=Subquery(newest.values("pk")[:1]),
        head_decision=Subquery(newest.values("pk")[:1]),
    ):
        _settle()


def broken_digests(sample: int) -> int:
    """Return how many of so many entries of the ledger are not what their digest was made from."""
    step = max(1, Decision.objects.count() // sample)
    entries = Decision.objects.annotate(turn=F("pk") % step).filter(turn=0)
    return sum(entry.digest != decision_digest(entry) for entry in entries)


def _people(now: datetime) -> tuple[list[Team], User]:
    """The catalog, ten teams and two people; the first team's components are twenty at most."""
    load(sorted(ROOT.glob("fixtures/*/*.yaml")), now=now)
    teams = [
        Team.objects.get_or_create(slug=f"bench-{n}", defaults={"name": f"Bench team {n}"})[0]
        for n in range(OTHER_TEAMS + 1)
    ]
    for name, member_of in ((EVERYWHERE, teams), (IN_TWENTY, teams[:1])):
        if User.objects.filter(username=name).exists():
            continue
        user = User.objects.create_user(name, password=PASSWORD, first_name=name.title())
        Membership.objects.bulk_create(
            Membership(team=team, user=user, role=Role.EDITOR) for team in member_of
        )
    return teams, User.objects.get(username=EVERYWHERE)


def _make(number: int, team: Team, by: User, parameters: dict[str, Any], now: datetime) -> None:
    blueprint = BLUEPRINTS[number]
    component = create_component(
        by=by,
        now=now - timedelta(days=200),
        slug=slug(number),
        name=_name(number),
        kind="Lambda@Edge",
        team=team,
        catalog=Catalog.objects.get(slug="production-readiness"),
        blueprint=Blueprint.objects.get(slug=blueprint) if blueprint else None,
        description=WORDS,
        parameters=parameters if number == 0 else {},
    )
    requirements = component.requirements.select_related("criterion").order_by("pk")
    for place, requirement in enumerate(requirements):
        if (place * 7 + number) % 10 < 6:
            then = now - timedelta(days=10 + place)
            content = _content((place + number) % 4, by, then, expired=place % 9 == 0)
            decide(component=component, criterion=requirement.criterion.slug, content=content,
                   supersedes_id=None, by=by, now=then)  # fmt: skip
    if number == 0:
        run_now(component=component, now=now)
    refresh_standings(component=component, now=now)


def _content(outcome: int, by: User, then: datetime, *, expired: bool) -> Content:
    """A decision as long as people write them; an expired one's date has passed by now."""
    today = timezone.localdate(then)
    end = today + timedelta(days=5 if expired else 90)
    contents = (
        Content("build", reasoning=WORDS, owner_id=by.pk, due_date=end, effort="M"),
        Content("done", evidence=WORDS),
        Content("wont_build", reasoning=WORDS, risk=WORDS, likelihood=2, impact=3,
                revisit_date=end if expired else None, alternatives=WORDS),
        Content("not_applicable", reasoning=WORDS),
    )  # fmt: skip
    return with_proposals(contents[outcome], today)


def _copy_component(original_slug: str, numbers: Sequence[int], teams: Sequence[Team]) -> None:
    """Copy a component with all that belongs to it, once for each number."""
    original = Component.objects.get(slug=original_slug)
    same = {f.attname: getattr(original, f.attname) for f in Component._meta.concrete_fields}
    components = Component.objects.bulk_create(
        Component(**same | {"id": None, "slug": slug(n), "name": _name(n)}
                  | {"team_id": _team_of(n, teams).pk})
        for n in numbers
    )  # fmt: skip
    requirements = original.requirements.order_by("pk").values_list("pk", flat=True)
    _copy_rows(
        Requirement,
        ["component_id", "current_decision_id", "head_decision_id"],
        [(each.pk, None, None, pk) for each in components for pk in requirements],
    )
    _copy_decisions(original, components)
    _copy_answers(original, components)


def _copy_decisions(original: Component, components: Sequence[Component]) -> None:
    """Copy what stands now; in the copy's ledger it is the first entry."""
    decisions = {
        decision.requirement.criterion_id: decision
        for decision in Decision.objects.filter(
            requirement__component=original, current_for__isnull=False
        ).select_related("requirement")
    }
    copies = Requirement.objects.filter(
        component__in=components, criterion__in=decisions
    ).values_list("pk", "criterion")
    rows = []
    for pk, criterion in copies:
        decision = decisions[criterion]
        decision.requirement_id, decision.number, decision.previous_digest = pk, 1, ""
        rows.append((pk, 1, None, "", decision_digest(decision), decision.pk))
    first = ["requirement_id", "number", "supersedes_id", "previous_digest", "digest"]
    _copy_rows(Decision, first, rows)


def _copy_answers(original: Component, components: Sequence[Component]) -> None:
    """Copy the newest run with its results, and the latest word on each check."""
    run = original.check_runs.first()
    if run is None:
        return
    _copy_rows(CheckRun, ["component_id"], [(each.pk, run.pk) for each in components])
    runs = CheckRun.objects.filter(component__in=components).values_list("pk", flat=True)
    results = run.results.values_list("pk", flat=True)
    _copy_rows(CheckResult, ["run_id"], [(each, pk) for each in runs for pk in results])
    states = {state.check_id: state for state in original.check_states.filter(latest__run=run)}
    copies = CheckResult.objects.filter(run__in=runs, check_id__in=states).values_list(
        "pk", "check_id", "run__component"
    )
    _copy_rows(
        CheckState,
        ["component_id", "latest_id", "known_id"],
        [
            (component, pk, pk if states[check].known_id else None, states[check].pk)
            for pk, check, component in copies
        ],
    )


def _copy_rows(model: type[models.Model], names: Sequence[str], rows: Sequence[Values]) -> None:
    """Copy rows within the database, which takes a tenth of the time of fetching and sending them.

    Each of `rows` has the new values of the columns `names`, and last the original's primary key.
    """
    meta, quoted = model._meta, connection.ops.quote_name
    fields = {field.attname: field for field in meta.concrete_fields}
    new = [f"CAST(new.{name} AS {fields[name].cast_db_type(connection)})" for name in names]
    same = [
        quoted(name)
        for name, field in fields.items()
        if not field.primary_key and name not in names
    ]
    marks = f"({', '.join(['%s'] * (len(names) + 1))})"
    with connection.cursor() as cursor:
        for at in range(0, len(rows), BATCH):
            some = rows[at : at + BATCH]
            cursor.execute(
                f"WITH new({', '.join(names)}, original) AS "  # noqa: S608 - our own names
                f"(VALUES {', '.join([marks] * len(some))}) "
                f"INSERT INTO {meta.db_table} ({', '.join([*names, *same])}) "
                f"SELECT {', '.join([*new, *(f'old.{name}' for name in same)])} "
                f"FROM new JOIN {meta.db_table} old ON old.id = new.original",
                [value for row in some for value in row],
            )


def _name(number: int) -> str:
    return f"Router {number:04} of the benchmark"


def _team_of(number: int, teams: Sequence[Team]) -> Team:
    return teams[0] if number < TWENTY else teams[1 + number % OTHER_TEAMS]


def _settle() -> None:
    """What production does by itself in time: the planner's statistics, a short write-ahead log."""
    statement = (
        "PRAGMA wal_checkpoint(TRUNCATE)" if connection.vendor == "sqlite" else "VACUUM ANALYZE"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement)
