from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from readiness.components.actions import set_check_binding
from readiness.components.queries import counts_of
from readiness.decisions.standing import Group, LiveVerdict, Standing
from readiness.models import BindingKind, Component, Criterion, Requirement, User
from readiness.reports.data import report_data, report_digest
from readiness.reports.gap_report import build_gap_report
from readiness.reports.words import reason
from tests import factory
from tests.factory import NOW, TODAY

LOGS, RETENTION = "logs.group-in-every-region", "logs.retention"
ROUTER = {"function_name": "router", "edge_regions": ["eu-west-1"], "log_retention_days_max": 30}


@pytest.fixture
def router(db):
    """Criterion c-0-0 is what the log group check speaks for, c-0-1 the retention check."""
    catalog = factory.make_catalog()
    Criterion.objects.filter(slug="c-0-0").update(slug="logs-findable")
    Criterion.objects.filter(slug="c-0-1").update(slug="log-retention")
    return factory.make_component(catalog=catalog, parameters=ROUTER)


def report_of(component, now=NOW):
    return build_gap_report(Component.objects.get(pk=component.pk), now)


def line_of(component, criterion, now=NOW):
    report = report_of(component, now)
    return next(line for line in report.requirements if line.criterion == criterion)


def test_report_of_a_new_component_is_all_undecided(component):
    report = report_of(component)

    assert [(t.slug, len(t.requirements)) for t in report.topics] == [("t-0", 3), ("t-1", 3)]
    assert {line.standing for line in report.requirements} == {Standing.UNDECIDED}
    assert (report.counts.total.number, report.counts.total.weight) == (6, 12)
    assert (report.attention, report.looked_at) == ((), None)


def test_report_counts_each_group_apart_by_number_and_weight(component):
    factory.make_decision(component, "c-0-0", "done")
    factory.make_decision(component, "c-0-1", "wont_build")
    factory.make_decision(component, "c-0-2", "not_applicable")
    factory.make_decision(component, "c-1-2", "build")

    counts = report_of(component).counts

    assert {group: (t.number, t.weight) for group, t in counts.groups} == {
        Group.VERIFIED: (0, 0),
        Group.DONE: (1, 1),
        Group.GAP: (1, 3),
        Group.ACCEPTED: (1, 2),
        Group.ATTENTION: (0, 0),
        Group.NOT_APPLICABLE: (1, 3),
        Group.UNDECIDED: (2, 3),
    }
    assert counts.settled == 4


def test_requirement_shows_the_criterion_until_somebody_translates_it(component):
    before = line_of(component, "c-0-0")
    Requirement.objects.filter(criterion__slug="c-0-0").update(
        statement="The router logs.", criterion_revision=1
    )
    after = line_of(component, "c-0-0")
    Criterion.objects.filter(slug="c-0-0").update(revision=2)
    later = line_of(component, "c-0-0")

    assert [(x.statement, x.translated, x.outdated) for x in (before, after, later)] == [
        ("Criterion 0.0", False, False),
        ("The router logs.", True, False),
        ("The router logs.", True, True),
    ]


@pytest.mark.parametrize(
    ("outcome", "status", "standing", "says"),
    [
        (
            "done",
            "fail",
            Standing.CONTRADICTED,
            "Marked done on 20 November 2026, but: It says fail.",
        ),
        ("done", "pass", Standing.VERIFIED, "Done, 20 November 2026."),
        ("done", "throttled", Standing.DONE, "Done, 20 November 2026."),
        ("build", "pass", Standing.ARRIVED, "To be built, and it seems to be there: It says pass."),
        ("build", "fail", Standing.GAP, "To be built."),
        (
            "wont_build",
            "pass",
            Standing.OVERTAKEN,
            "Refused on 20 November 2026, but it exists now: It says pass.",
        ),
        ("wont_build", "not_found", Standing.ACCEPTED, "Refused until 31 January 2027."),
        ("not_applicable", "pass", Standing.NOT_APPLICABLE, "Set aside, 20 November 2026."),
    ],
)
def test_standing_and_its_words_follow_the_live_check(router, outcome, status, standing, says):
    factory.make_decision(router, "logs-findable", outcome)
    factory.make_result(router, LOGS, status)

    line = line_of(router, "logs-findable")

    assert (line.standing, reason(line)) == (standing, says)


def test_terms_that_have_passed_are_said(component):
    factory.make_decision(component, "c-0-0", "build", due_date=TODAY)
    factory.make_decision(component, "c-0-1", "wont_build", revisit_date=TODAY + timedelta(days=1))
    factory.make_decision(component, "c-0-2", "not_applicable", revisit_date=TODAY + timedelta(1))

    report = report_of(component, NOW + timedelta(days=2))

    assert [(line.standing.value, reason(line)) for line in report.attention] == [
        ("lapsed", "Set aside as not applicable until 21 November 2026."),
        ("lapsed", "Refused on 20 November 2026, until 21 November 2026."),
        ("overdue", "Was to be built by 20 November 2026."),
    ]


def test_could_not_look_keeps_the_known_verdict_and_says_since_when(router):
    factory.make_decision(router, "logs-findable", "done")
    factory.make_result(router, LOGS, "pass", now=NOW - timedelta(days=2))
    factory.make_result(router, LOGS, "timeout", now=NOW - timedelta(days=1))
    factory.make_result(router, LOGS, "throttled", now=NOW, reason="Too many questions.")

    line = line_of(router, "logs-findable")

    (check,) = line.checks
    assert (line.standing, line.could_not_look_since) == (
        Standing.VERIFIED,
        NOW - timedelta(days=1),
    )
    assert (check.status, check.reason, check.known_status, check.known_at) == (
        "throttled",
        "Too many questions.",
        "pass",
        NOW - timedelta(days=2),
    )
    assert [c.check.id for c in report_of(router).could_not_look] == [LOGS]


def test_a_pass_nobody_could_see_again_is_given_up_but_a_fail_is_not(router, settings):
    settings.VERDICT_STALE_DAYS = 7
    factory.make_decision(router, "logs-findable", "done")
    factory.make_decision(router, "log-retention", "done")
    factory.make_result(router, LOGS, "pass", now=NOW - timedelta(days=8))
    factory.make_result(router, RETENTION, "fail", now=NOW - timedelta(days=8))
    for check in (LOGS, RETENTION):
        factory.make_result(router, check, "not_authorised")

    assert line_of(router, "logs-findable").standing is Standing.DONE
    assert line_of(router, "log-retention").standing is Standing.CONTRADICTED


def test_answers_about_other_parameters_are_not_believed(router):
    factory.make_decision(router, "logs-findable", "done")
    factory.make_result(router, LOGS, "pass")

    Component.objects.update(parameters=ROUTER | {"edge_regions": ["eu-west-1", "us-east-1"]})

    line = line_of(router, "logs-findable")
    assert (line.standing, line.checks[0].verdict) == (Standing.DONE, LiveVerdict.UNKNOWN)
    assert line.checks[0].checked_at is None


def test_muted_check_is_shown_and_does_not_count(router):
    requirement = Requirement.objects.get(criterion__slug="logs-findable")
    factory.make_decision(router, "logs-findable", "done")
    factory.make_result(router, LOGS, "fail")
    set_check_binding(
        requirement=requirement,
        check_id=LOGS,
        kind=BindingKind.MUTED,
        reason="Known.",
        by=User.objects.first(),
        now=NOW,
    )

    line = line_of(router, "logs-findable")

    (check,) = line.checks
    assert (line.standing, check.muted, check.status, check.binding_reason) == (
        Standing.DONE,
        True,
        "fail",
        "Known.",
    )
    assert Requirement.objects.get(pk=requirement.pk).standing == "done"


def test_added_check_counts_like_any_other(router):
    requirement = Requirement.objects.get(criterion__slug="c-1-0")
    factory.make_decision(router, "c-1-0", "done")
    factory.make_result(router, LOGS, "fail")

    set_check_binding(
        requirement=requirement,
        check_id=LOGS,
        kind=BindingKind.ADDED,
        reason="",
        by=User.objects.first(),
        now=NOW,
    )

    line = line_of(router, "c-1-0")
    assert (line.standing, line.checks[0].added) == (Standing.CONTRADICTED, True)


def test_retired_criteria_are_counted_nowhere_but_their_decisions_stay_readable(component):
    factory.make_decision(component, "c-0-0", "done")
    Criterion.objects.filter(slug__in=["c-0-0", "c-0-1"]).update(retired_at=NOW)

    report = report_of(component)

    assert report.counts.total.number == 4
    assert [line.criterion for line in report.retired] == ["c-0-0"]


def test_error_budget_is_computed_from_target_and_window(db):
    component = factory.make_component(
        availability_target=Decimal("99.99"), availability_window_days=30
    )

    assert report_of(component).component.error_budget == timedelta(minutes=4, seconds=19.2)


def test_index_of_standings_agrees_with_the_report(router):
    factory.make_decision(router, "logs-findable", "done")
    factory.make_decision(router, "log-retention", "build", due_date=TODAY)
    factory.make_decision(router, "c-1-0", "wont_build", revisit_date=TODAY + timedelta(days=5))
    factory.make_result(router, LOGS, "fail")

    for days in (0, 1, 5, 6, 40):
        now = NOW + timedelta(days=days)
        indexed = counts_of([router.pk], now)[router.pk]
        assert indexed.by_standing == report_of(router, now).counts.by_standing


@pytest.mark.parametrize("criteria", [3, 74, 300])
def test_report_takes_three_queries_however_long_it_is(db, criteria, django_assert_num_queries):
    catalog = factory.make_catalog(topics=1, criteria=criteria)
    component = factory.make_component(catalog=catalog, parameters=ROUTER)
    for number in range(0, criteria, 3):
        factory.make_decision(component, f"c-0-{number}", "done")
    component = Component.objects.select_related("team", "catalog", "blueprint").get()

    with django_assert_num_queries(3):
        report = build_gap_report(component, NOW)

    assert len(report.requirements) == criteria


def test_data_names_all_eleven_standings_and_what_the_issue_asks(router):
    factory.make_decision(router, "logs-findable", "done")
    factory.make_result(router, LOGS, "fail", observed={"regions": {"eu-west-1": {"group": False}}})

    data = report_data(report_of(router))

    assert set(data["counts"]) == {standing.value for standing in Standing}
    requirement = next(r for r in data["requirements"] if r["criterion"] == "logs-findable")
    assert {name: requirement[name] for name in ("topic", "statement", "weight", "standing")} == {
        "topic": "t-0",
        "statement": "Criterion 0.0",
        "weight": 1,
        "standing": "contradicted",
    }
    assert requirement["decision"]["outcome"] == "done"
    (check,) = requirement["checks"]
    assert {name: check[name] for name in ("id", "status", "reason", "observed", "checked_at")} == {
        "id": LOGS,
        "status": "fail",
        "reason": "It says fail.",
        "observed": {"regions": {"eu-west-1": {"group": False}}},
        "checked_at": NOW,
    }


def test_digest_changes_with_the_content_and_with_nothing_else(component):
    first = report_digest(report_of(component))
    same = report_digest(report_of(component, NOW + timedelta(hours=3)))
    factory.make_decision(component, "c-0-0", "done")
    decided = report_digest(report_of(component))
    tomorrow = report_digest(report_of(component, NOW + timedelta(days=1)))

    assert first == same
    assert len({first, decided, tomorrow}) == 3


def test_reads_of_a_report_are_of_the_local_day(component, settings):
    settings.TIME_ZONE = "Pacific/Auckland"
    with timezone.override("Pacific/Auckland"):
        assert report_of(component).today == TODAY + timedelta(days=1)
