from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from django.db import Error, connection, transaction

from readiness.decisions.actions import (
    DecisionConflict,
    DecisionInvalid,
    decide,
    refresh_due_standings,
    refresh_standings,
)
from readiness.decisions.digest import NEWEST_RULE, RULES, decision_digest
from readiness.decisions.rules import Content
from readiness.models import Decision, Requirement, User
from tests import factory
from tests.factory import NOW, TODAY

ROUTER = {
    "function_name": "router",
    "edge_regions": ["eu-west-1"],
}


def requirement(component, criterion="c-0-0"):
    return Requirement.objects.select_related("current_decision", "criterion").get(
        component=component, criterion__slug=criterion
    )


def test_decide_appends_and_moves_the_requirement(component):
    first = factory.make_decision(component, "c-0-0", "build", now=NOW)
    second = factory.make_decision(component, "c-0-0", "done", now=NOW + timedelta(hours=1))

    found = requirement(component)
    assert found.current_decision == second
    assert found.standing == "done"
    assert [d.outcome for d in found.decisions.order_by("number")] == ["build", "done"]
    assert (second.supersedes, second.number, second.previous_digest) == (first, 2, first.digest)


def test_decide_freezes_statement_revision_and_facts(db):
    component = factory.make_component(parameters=ROUTER)
    link("logs.group-in-every-region", component, "c-0-0")
    factory.make_result(component, "logs.group-in-every-region", "fail", reason="None there.")

    decision = factory.make_decision(component, "c-0-0", "done")

    frozen = json.loads(decision.facts)
    assert decision.statement == "Criterion 0.0"
    assert decision.criterion_revision == 1
    assert frozen["verdict"] == "fail"
    assert [(c["id"], c["status"], c["reason"]) for c in frozen["checks"]] == [
        ("logs.group-in-every-region", "fail", "None there.")
    ]
    assert requirement(component).standing == "contradicted"


def link(check_id, component, criterion):
    factory.add_check(requirement(component, criterion), check_id)


def test_decide_digest_covers_every_field_that_was_said(component):
    decision = factory.make_decision(
        component, "c-0-0", "wont_build", change_our_mind="Ünïcödé \N{SNOWMAN}"
    )
    decision.refresh_from_db()
    whole = decision_digest(decision)

    assert decision.digest == whole
    covered = {name.removesuffix("_id") for name in RULES[NEWEST_RULE]}
    fields = {field.name for field in Decision._meta.get_fields() if field.concrete}
    # What the digest does not cover: itself, the row's number, and the predecessor, which
    # previous_digest stands for.
    assert fields - covered == {"id", "digest", "supersedes"}


def test_decide_refuses_what_does_not_say_enough(component):
    with pytest.raises(DecisionInvalid) as refused:
        decide(
            component=component,
            criterion="c-0-0",
            content=Content("build", reasoning="Yes."),
            supersedes_id=None,
            by=User.objects.first(),
            now=NOW,
        )

    assert set(refused.value.problems) == {"owner_id"}
    assert not Decision.objects.exists()


def test_decide_refuses_whoever_did_not_see_the_current_decision(component):
    by = User.objects.first()
    current = factory.make_decision(component, "c-0-0", "done")

    with pytest.raises(DecisionConflict) as lost:
        decide(
            component=component,
            criterion="c-0-0",
            content=Content("not_applicable", reasoning="Nothing here."),
            supersedes_id=None,
            by=by,
            now=NOW,
        )

    assert lost.value.current == current
    assert Decision.objects.count() == 1


def test_decide_keeps_ledgers_of_requirements_apart(component):
    factory.make_decision(component, "c-0-0", "done")
    other = factory.make_decision(component, "c-0-1", "done")

    assert (other.number, other.supersedes, other.previous_digest) == (1, None, "")


@pytest.mark.parametrize(
    "change", ["UPDATE readiness_decision SET reasoning = 'x'", "DELETE FROM readiness_decision"]
)
def test_database_refuses_to_change_the_ledger(component, change):
    factory.make_decision(component, "c-0-0", "done")

    with (
        pytest.raises(Error, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(change)

    assert Decision.objects.get().reasoning == ""


@pytest.mark.django_db(transaction=True)
def test_postgresql_refuses_to_truncate_the_ledger():
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no TRUNCATE")
    factory.make_decision(factory.make_component(), "c-0-0", "done")

    with pytest.raises(Error, match="append-only"), connection.cursor() as cursor:
        cursor.execute("TRUNCATE readiness_decision CASCADE")

    assert Decision.objects.count() == 1


def test_index_says_what_the_standing_becomes_by_time_alone(component):
    factory.make_decision(component, "c-0-0", "wont_build", revisit_date=TODAY + timedelta(days=9))

    found = requirement(component)
    assert (found.standing, found.standing_changes_on, found.standing_then) == (
        "accepted",
        TODAY + timedelta(days=10),
        "lapsed",
    )


def test_refresh_standings_follows_the_checks(db):
    component = factory.make_component(parameters=ROUTER)
    link("logs.group-in-every-region", component, "c-0-0")
    factory.make_decision(component, "c-0-0", "build")
    factory.make_result(component, "logs.group-in-every-region", "pass")
    Requirement.objects.update(standing="gap")

    moved = refresh_standings(component=component, now=NOW)

    assert (len(moved), requirement(component).standing) == (6, "arrived")
    assert ("c-0-0", "gap", "arrived", frozenset()) in moved
    assert refresh_standings(component=component, now=NOW) == []


def test_a_move_names_the_checks_that_fail_it_but_no_muted_one(db):
    component = factory.make_component(parameters=ROUTER)
    link("logs.group-in-every-region", component, "c-0-0")
    factory.make_decision(component, "c-0-0", "done")
    for check_id in ("logs.group-in-every-region", "logs.retention"):
        factory.make_result(component, check_id, "fail")
    factory.add_check(requirement(component), "logs.retention")
    Requirement.objects.update(standing="verified")

    [both] = [m for m in refresh_standings(component=component, now=NOW) if m.criterion == "c-0-0"]
    factory.mute_check(requirement(component), "logs.group-in-every-region")
    Requirement.objects.update(standing="verified")
    [one] = [m for m in refresh_standings(component=component, now=NOW) if m.criterion == "c-0-0"]

    assert both.failing == {"logs.group-in-every-region", "logs.retention"}
    assert one.failing == {"logs.retention"}


def test_index_of_a_pass_that_could_not_be_seen_again_fades(db, settings):
    settings.VERDICT_STALE_DAYS = 7
    component = factory.make_component(parameters=ROUTER)
    link("logs.group-in-every-region", component, "c-0-0")
    factory.make_decision(component, "c-0-0", "done")
    factory.make_result(component, "logs.group-in-every-region", "pass")
    factory.make_result(component, "logs.group-in-every-region", "throttled")

    refresh_standings(component=component, now=NOW)

    found = requirement(component)
    assert (found.standing, found.standing_changes_on, found.standing_then) == (
        "verified",
        TODAY + timedelta(days=7),
        "done",
    )


def test_refresh_due_standings_moves_what_lapsed(component, time_machine):
    factory.make_decision(component, "c-0-0", "build", due_date=TODAY)
    time_machine.move_to(NOW + timedelta(days=1))

    refresh_due_standings()

    assert requirement(component).standing == "overdue"
    assert requirement(component).standing_changes_on is None


def test_decide_takes_the_day_from_whoever_calls(component):
    past = NOW - timedelta(days=400)

    factory.make_decision(
        component, "c-0-0", "build", now=past, due_date=(past + timedelta(days=3)).date()
    )

    assert requirement(component).current_decision.due_date == date(2025, 10, 19)
