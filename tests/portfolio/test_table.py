from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from django.http import QueryDict

from readiness.models import CheckRun, Component, Criterion, User
from readiness.portfolio.page import HEADS, table_context
from readiness.portfolio.queries import attention_of, settled_of
from readiness.portfolio.selection import COLUMNS, Selection
from tests import factory
from tests.factory import NOW, TODAY

ROUTER = {"function_name": "router", "edge_regions": ["eu-west-1"], "log_retention_days_max": 30}
pytestmark = pytest.mark.usefixtures("people")


def shown(query="", *, user="editor", now=NOW):
    readable = Component.objects.for_user(User.objects.get(username=user))
    return table_context(readable, QueryDict(query), now)


def slugs(query="", **more):
    return [row.component.slug for row in shown(query, **more)["rows"]]


def row_of(slug, **more):
    return next(row for row in shown(**more)["rows"] if row.component.slug == slug)


@pytest.fixture
def three(component):
    """Of the asset router little is known; of "calm" and "late" something in each column."""
    calm = factory.make_component(slug="calm", team=component.team)
    late = factory.make_component(slug="late", team=factory.make_team("other"),
                                  visible_to_organisation=True)  # fmt: skip
    for each, target in ((calm, "99.9"), (late, "99")):
        each.availability_target, each.parameters = Decimal(target), ROUTER
        each.save()
    for n in range(3):
        factory.make_decision(calm, f"c-0-{n}", "done")
    factory.make_decision(calm, "c-1-0", "wont_build", revisit_date=TODAY + timedelta(days=30))
    factory.make_decision(late, "c-0-0", "build", due_date=TODAY,
                          now=NOW - timedelta(days=1))  # fmt: skip
    factory.make_decision(late, "c-0-1", "wont_build", revisit_date=TODAY + timedelta(days=9))
    factory.make_incident(calm, minutes_lost=Decimal(60))
    factory.make_incident(late, minutes_lost=Decimal(6))
    factory.make_round(calm, votes=[5, 5, 4], now=NOW)
    factory.make_round(late, votes=[1, 3, 5], now=NOW)
    rollback = factory.make_scenario(term_days=10)
    factory.make_drill(calm, scenario=rollback, ended_at=NOW - timedelta(days=15))
    factory.make_drill(late, scenario=rollback, ended_at=NOW - timedelta(days=40))
    for each, hours in ((calm, 5), (late, 50)):
        factory.make_result(each, "logs.retention", now=NOW - timedelta(hours=hours))
    return component, calm, late


TOMORROW = NOW + timedelta(days=1)


def test_a_row_says_what_the_pages_of_its_component_say(three):
    row = row_of("late", now=TOMORROW)

    assert row.counts.in_words() == ["1 accepted", "1 needs attention", "4 undecided"]
    assert (row.attention, row.undecided) == (1, 3 + 1 + 2 + 3)
    assert (row.confidence.mean, row.confidence.spread) == (3.0, 2.0)
    assert row.budget.percent == round(100 * 6 / (30 * 24 * 60 * 0.01))
    assert row.drill == ("Roll back", TODAY - timedelta(days=40), 31)
    assert row.component.looked_at == NOW - timedelta(hours=50)
    assert row.revisit == TODAY + timedelta(days=9)


def test_of_a_component_of_which_little_is_known_it_says_so(three, editor):
    row = row_of("asset-router")

    assert [row.confidence, row.budget, row.drill, row.revisit] == [None] * 4
    assert row.component.looked_at is None


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("name", ["asset-router", "calm", "late"]),
        ("-name", ["late", "calm", "asset-router"]),
        ("team", ["asset-router", "calm", "late"]),
        ("-team", ["late", "asset-router", "calm"]),
        ("settled", ["asset-router", "late", "calm"]),
        ("-settled", ["calm", "late", "asset-router"]),
        ("", ["late", "asset-router", "calm"]),
        ("-undecided", ["asset-router", "late", "calm"]),
        ("undecided", ["calm", "late", "asset-router"]),
        # Those that say nothing come last, whichever way.
        ("confidence", ["late", "calm", "asset-router"]),
        ("-confidence", ["calm", "late", "asset-router"]),
        ("-spread", ["late", "calm", "asset-router"]),
        ("-budget", ["calm", "late", "asset-router"]),
        ("budget", ["late", "calm", "asset-router"]),
        ("-drill", ["late", "calm", "asset-router"]),
        ("drill", ["calm", "late", "asset-router"]),
        # Never is longer ago than any day.
        ("looked", ["asset-router", "late", "calm"]),
        ("-looked", ["calm", "late", "asset-router"]),
        ("revisit", ["late", "calm", "asset-router"]),
        ("-revisit", ["calm", "late", "asset-router"]),
        ("-nonsense", ["late", "asset-router", "calm"]),
    ],
)
@pytest.mark.parametrize("few", [0, 200])
def test_sorts_by_every_column_both_ways(three, sort, order, few, monkeypatch):
    monkeypatch.setattr("readiness.portfolio.queries.FEW", few)

    assert slugs(f"sort={sort}", now=TOMORROW) == order


@pytest.mark.parametrize("few", [0, 200])
@pytest.mark.parametrize("sort", COLUMNS)
def test_of_more_than_a_few_nobody_sees_what_others_have(three, sort, few, monkeypatch):
    monkeypatch.setattr("readiness.portfolio.queries.FEW", few)

    assert slugs(f"sort={sort}&attention=1", user="stranger", now=TOMORROW) == ["late"]


@pytest.mark.parametrize(
    ("days", "settled"),
    [
        (0, {"asset-router": 0, "calm": 4, "late": 2}),
        (40, {"asset-router": 0, "calm": 3, "late": 0}),
    ],
)
def test_sorts_by_what_is_settled_once_dates_have_passed(three, days, settled):
    now = NOW + timedelta(days=days)
    ids = [each.pk for each in three]
    shares = settled_of(ids, attention_of(ids, TODAY + timedelta(days=days)))

    assert {each.slug: round(6 * shares[each.pk]) for each in three} == settled
    assert {row.component.slug: row.counts.settled for row in shown(now=now)["rows"]} == settled


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("team=other", ["late"]),
        ("text=OTHER+late", ["late"]),
        ("text=edge", ["asset-router", "calm"]),
        ("kind=Router", ["calm"]),
        ("criticality=supporting", ["asset-router"]),
        ("criticality=nonsense", ["late", "asset-router", "calm"]),
        ("attention=1", ["late"]),
        ("attention=1&team=edge", []),
    ],
)
def test_filters(three, query, found):
    Component.objects.filter(slug="calm").update(kind="Router")
    Component.objects.filter(slug="asset-router").update(criticality="supporting")

    assert slugs(query, now=TOMORROW) == found


def test_shows_what_one_may_read_and_offers_no_other_team(three):
    secret = factory.make_component(slug="secret", team=factory.make_team("hidden"))
    gone = factory.make_component(slug="gone", team=three[0].team)
    Component.objects.filter(pk=gone.pk).update(archived_at=NOW)

    context = shown(user="stranger")

    assert [row.component.slug for row in context["rows"]] == ["late"]
    assert context["choices"].teams == [("other", "Other team")]
    assert secret.slug not in slugs()
    assert slugs("team=hidden") == []
    assert gone.slug not in slugs()


def test_a_decision_shows_at_once(three):
    component = three[0]
    before = row_of("asset-router")

    factory.make_decision(component, "c-0-0", "done")
    after = row_of("asset-router")

    assert (before.undecided, after.undecided) == (12, 11)
    assert after.counts.in_words() == ["1 done", "5 undecided"]
    factory.make_decision(component, "c-0-1", "build", now=NOW, due_date=TODAY)
    assert slugs("attention=1", now=NOW) == []
    assert set(slugs("attention=1", now=TOMORROW)) == {"asset-router", "late"}


def test_a_decision_that_is_rolled_back_is_not_shown(three):
    with transaction.atomic():
        factory.make_decision(three[0], "c-0-0", "done")
        assert row_of("asset-router").undecided == 11
        transaction.set_rollback(True)

    assert row_of("asset-router").undecided == 12


def test_what_is_retired_does_not_count(three):
    Criterion.objects.filter(slug="c-0-0").update(retired_at=NOW)

    assert row_of("asset-router").undecided == 11
    ids = [each.pk for each in three]
    shares = settled_of(ids, attention_of(ids, TODAY))
    assert [round(5 * shares[pk]) for pk in ids] == [0, 3, 1]  # of five that are left
    assert slugs("attention=1", now=TOMORROW) == []  # what was overdue is retired


class TestPage:
    def test_heads_sort_and_say_how_it_is_sorted(self, three, editor):
        html = editor.get("/portfolio/?sort=name&team=edge").content.decode()

        assert 'aria-sort="ascending"' in html
        assert html.count("aria-sort=") == 1
        assert 'href="?team=edge&amp;sort=-name"' in html
        assert 'href="?team=edge"' in html  # by attention, as it is by itself

    def test_htmx_gets_the_rows_alone(self, three, editor):
        html = editor.get(
            "/portfolio/?text=calm", headers={"HX-Request": "true", "HX-Target": "portfolio-rows"}
        ).content.decode()

        assert html.strip().startswith('<div id="portfolio-rows">')
        assert re.findall(r'<th scope="row"><a href="([^"]+)', html) == ["/components/calm/"]

    def test_says_when_nothing_fits_and_when_there_is_nothing(self, component, login):
        assert "No component fits." in login("editor").get("/portfolio/?text=x").content.decode()
        html = login("stranger").get("/portfolio/").content.decode()
        assert "There is no component that you may read." in html

    @pytest.mark.parametrize("number", [1, 3, 75])
    @pytest.mark.parametrize("sort", ["name", "-attention", "settled", "-spread", "looked"])
    def test_takes_ten_queries_at_most(
        self, component, editor, number, sort, django_assert_max_num_queries
    ):
        for n in range(number - 1):
            factory.make_component(slug=f"other-{n}", team=component.team)

        with django_assert_max_num_queries(10):
            response = editor.get(f"/portfolio/?sort={sort}&attention=")

        assert response.context["page"].paginator.count == number
        rows = min(number, 50)
        assert len(response.context["rows"]) == rows
        assert len(response.content) < 14_000 + 2_600 * rows

    def test_pages_of_fifty_keep_what_was_asked(self, component, editor):
        for n in range(52):
            factory.make_component(slug=f"other-{n:02}", team=component.team)

        page = editor.get("/portfolio/?sort=-name&page=2")

        listed = [row.component.slug for row in page.context["rows"]]
        assert listed == ["other-01", "other-00", "asset-router"]
        assert 'href="?sort=-name&amp;page=1"' in page.content.decode()


def test_every_column_has_its_head():
    assert [key for keys in HEADS for key in keys] == [*COLUMNS]


def test_a_click_on_a_column_sorts_the_worst_first_and_the_next_one_turns_it():
    first = Selection().by("confidence")
    assert (first.sort, first.by("confidence").sort) == ("confidence", "-confidence")
    assert Selection().by("attention").sort == "attention"
    assert Selection(team="edge").by("budget").query == "team=edge&sort=-budget"


def test_a_run_that_only_waits_is_no_look(component):
    CheckRun.objects.create(component=component, requested_at=NOW)

    assert row_of("asset-router").component.looked_at is None
