from __future__ import annotations

from datetime import date, timedelta

import pytest

from readiness.decisions.sharing import inherit
from readiness.decisions.triggers import Trigger, TriggerKind
from readiness.models import Component, Criterion, Requirement, User
from readiness.revisit.queries import LEAD
from tests import factory
from tests.factory import NOW, TODAY

ROUTER = {"function_name": "router", "edge_regions": ["eu-west-1"]}
CHECK = "logs.group-in-every-region"


@pytest.fixture(autouse=True)
def today(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def owner(people):
    return people["editor"]


def days(number):
    return TODAY + timedelta(days=number)


def before(number):
    return NOW - timedelta(days=number)


def requirement(criterion):
    return Requirement.objects.get(component__slug="asset-router", criterion__slug=criterion)


def refuse(component, criterion, by, *, until, **said):
    return factory.make_decision(
        component, criterion, "wont_build", by=by, now=before(100), revisit_date=until, **said
    )


def looked(component, criterion, outcome, status, by):
    """A decision that a live check has something against."""
    factory.add_check(requirement(criterion), CHECK)
    factory.make_decision(component, criterion, outcome, by=by, now=before(9))
    factory.make_result(component, CHECK, status, now=NOW)


def rows(client, query=""):
    response = client.get(f"/queue/{query}")
    return [(row.requirement.criterion.slug, row.group.value) for row in response.context["rows"]]


def says(client, query=""):
    return [row.says for row in client.get(f"/queue/{query}").context["rows"]]


class TestGroups:
    def test_a_refusal_lapses_on_the_day_after_its_date(self, editor, component, owner):
        refuse(component, "c-0-0", owner, until=days(-1))
        refuse(component, "c-0-1", owner, until=days(0))

        assert rows(editor) == [("c-0-0", "lapsed"), ("c-0-1", "soon")]
        assert says(editor) == [
            "Refused until 19 November 2026.",
            "To be looked at again by 20 November 2026, today.",
        ]

    @pytest.mark.parametrize(("left", "waits"), [(LEAD.days, True), (LEAD.days + 1, False)])
    def test_due_soon_is_within_the_lead_time(self, editor, component, owner, left, waits):
        refuse(component, "c-0-0", owner, until=days(left))
        factory.make_decision(component, "c-0-1", "build", by=owner, due_date=days(left))

        found = [("c-0-0", "soon"), ("c-0-1", "soon")]

        assert sorted(rows(editor)) == (found if waits else [])

    def test_what_was_to_be_built_is_overdue_on_the_day_after(self, editor, component, owner):
        factory.make_decision(
            component, "c-0-0", "build", by=owner, now=before(9), due_date=days(-1)
        )

        assert rows(editor) == [("c-0-0", "overdue")]
        assert says(editor) == ["Was to be built by 19 November 2026."]

    @pytest.mark.parametrize(
        ("outcome", "status", "group"),
        [
            ("done", "fail", "contradicted"),
            ("wont_build", "pass", "overtaken"),
            ("build", "pass", "arrived"),
        ],
    )
    def test_what_the_live_checks_have_something_against(
        self, editor, component, owner, outcome, status, group
    ):
        Component.objects.update(parameters=ROUTER)
        component.refresh_from_db()
        looked(component, "c-0-0", outcome, status, owner)

        assert rows(editor) == [("c-0-0", group)]

    def test_a_trigger_that_fired_says_what_it_was(self, editor, component, owner):
        refuse(component, "c-0-0", owner, until=days(80), triggers=(Trigger(TriggerKind.INCIDENT),))
        factory.make_incident(component, "c-0-0")

        html = editor.get("/queue/").content.decode()

        assert rows(editor) == [("c-0-0", "lapsed")]
        assert "and since then: An incident touched it: Stale routes." in html
        assert "since 20 November 2026" in html

    def test_what_is_settled_undecided_archived_or_retired_waits_for_nobody(
        self, editor, component, owner
    ):
        factory.make_decision(component, "c-0-0", "done", by=owner)
        refuse(component, "c-0-1", owner, until=days(200))
        refuse(component, "c-0-2", owner, until=days(-1))
        Criterion.objects.filter(slug="c-0-2").update(retired_at=NOW)
        gone = factory.make_component(slug="gone")
        refuse(gone, "c-0-0", owner, until=days(-1))
        Component.objects.filter(slug="gone").update(archived_at=NOW)

        assert rows(editor) == rows(editor, "?of=team:edge") == []

    def test_stand_in_their_order_the_heaviest_and_the_soonest_first(
        self, editor, component, owner
    ):
        refuse(component, "c-0-0", owner, until=days(9))
        refuse(component, "c-0-1", owner, until=days(3))
        refuse(component, "c-0-2", owner, until=days(-5))
        refuse(component, "c-1-0", owner, until=days(-5))
        factory.make_decision(
            component, "c-1-1", "build", by=owner, now=before(9), due_date=days(-1)
        )

        assert rows(editor) == [
            ("c-0-2", "lapsed"),
            ("c-1-0", "lapsed"),
            ("c-0-1", "soon"),
            ("c-0-0", "soon"),
            ("c-1-1", "overdue"),
        ]
        counts = editor.get("/queue/").context["counts"]
        assert {group.value: number for group, number in counts.items()} == {
            "lapsed": 2, "soon": 2, "overdue": 1
        }  # fmt: skip
        assert rows(editor, "?group=overdue") == [("c-1-1", "overdue")]
        assert len(rows(editor, "?group=nonsense")) == 5


class TestWhose:
    def test_mine_is_what_i_own_else_what_i_decided(self, login, component, people):
        refuse(component, "c-0-0", people["editor"], until=days(-1))
        refuse(component, "c-0-1", people["editor"], until=days(-1))
        Requirement.objects.filter(criterion__slug="c-0-1").update(owner=people["admin"])
        factory.make_decision(
            component, "c-0-2", "build", by=people["editor"], owner_id=people["approver"].pk,
            now=before(9), due_date=days(-1),
        )  # fmt: skip

        mine = {
            name: [slug for slug, _ in rows(login(name))]
            for name in ("viewer", "editor", "approver", "admin")
        }

        assert mine == {
            "viewer": [],
            "editor": ["c-0-0"],
            "approver": ["c-0-2"],
            "admin": ["c-0-1"],
        }

    def test_a_team_s_is_everything_of_its_components(self, login, component, owner):
        other = factory.make_component(slug="other", team=factory.make_team("other"))
        refuse(component, "c-0-0", owner, until=days(-1))
        refuse(other, "c-0-1", owner, until=days(-1))

        assert rows(login("viewer"), "?of=team:edge") == [("c-0-0", "lapsed")]

    def test_a_team_that_one_is_not_in_is_not_found(self, login, component):
        factory.make_team("other")

        assert login("editor").get("/queue/?of=team:other").status_code == 404

    def test_everybody_s_is_what_one_may_read(self, login, component, owner):
        team = factory.make_team("other")
        secret = factory.make_component(slug="secret", team=team)
        public = factory.make_component(slug="public", team=team, visible_to_organisation=True)
        for each in (component, secret, public):
            refuse(each, "c-0-0", owner, until=days(-1))

        def names(name):
            found = login(name).get("/queue/?of=everybody").context["rows"]
            return {row.requirement.component.slug for row in found}

        assert names("editor") == {"asset-router", "public"}
        assert names("stranger") == {"public"}
        superuser = User.objects.get(username="stranger")
        superuser.is_superuser = True
        superuser.save()
        assert names("stranger") == {"asset-router", "public", "secret"}

    def test_mine_ends_where_my_membership_ends(self, editor, component, owner):
        refuse(component, "c-0-0", owner, until=days(-1))
        owner.memberships.all().delete()

        assert rows(editor) == []

    def test_only_who_may_write_is_offered_to(self, login, component, owner):
        refuse(component, "c-0-0", owner, until=days(-1))

        def offers(name):
            return "Hand over" in login(name).get("/queue/?of=team:edge").content.decode()

        assert (offers("viewer"), offers("editor")) == (False, True)


class TestProposals:
    @pytest.fixture
    def proposal(self, component, owner):
        return factory.make_decision(
            component, "c-0-0", "wont_build", by=owner, approved=False,
            likelihood=4, impact=4, revisit_date=days(60),
        )  # fmt: skip

    def test_wait_for_each_approver_but_not_for_who_proposed(self, login, people, proposal):
        found = {name: rows(login(name)) for name in ("viewer", "editor", "approver", "admin")}

        waits = [("c-0-0", "proposed")]
        assert found == {"viewer": [], "editor": [], "approver": waits, "admin": waits}
        assert says(login("approver")) == ["Editor proposes: We will not build it."]

    def test_of_an_approver_wait_for_another_one(self, login, people, component):
        factory.make_decision(
            component, "c-0-0", "wont_build", by=people["approver"], approved=False,
            likelihood=4, impact=4, revisit_date=days(60),
        )  # fmt: skip

        assert (rows(login("approver")), len(rows(login("admin")))) == ([], 1)

    def test_of_a_team_are_seen_by_all_in_it_with_their_risk(self, login, proposal):
        html = login("viewer").get("/queue/?of=team:edge").content.decode()

        assert '<span class="level warm">high risk</span>' in html
        assert "since 20 November 2026" in html

    def test_over_a_refusal_that_lapsed_stands_once(self, login, component, owner, people):
        refuse(component, "c-0-0", owner, until=days(-1))
        factory.make_decision(
            component, "c-0-0", "wont_build", by=owner, approved=False,
            likelihood=4, impact=4, revisit_date=days(60),
        )  # fmt: skip

        assert rows(login("approver")) == [("c-0-0", "proposed")]
        # It has lapsed all the same, until somebody approves what comes after it.
        assert rows(login("editor")) == [("c-0-0", "lapsed")]


class TestPage:
    def test_empty_says_so_and_leads_to_the_team_s(self, editor, component):
        html = editor.get("/queue/").content.decode()

        assert "Nothing waits for you." in html
        assert '<a class="button" href="?of=team:edge">' in html
        assert "Nothing waits for Edge team." in editor.get("/queue/?of=team:edge").content.decode()

    def test_pages_of_fifty_keep_group_and_scope(self, editor, component, owner):
        factory.add_criteria(component, 60)
        for n in range(51):
            refuse(component, f"more-{n}", owner, until=days(-1))

        first = editor.get("/queue/?of=team:edge&group=lapsed")
        second = editor.get("/queue/?of=team:edge&group=lapsed&page=2")

        assert (len(first.context["rows"]), len(second.context["rows"])) == (50, 1)
        assert "?of=team%3Aedge&amp;group=lapsed&amp;page=2" in first.content.decode()

    @pytest.mark.parametrize("number", [1, 3, 75])
    def test_takes_seven_queries_however_many(
        self, editor, component, owner, number, django_assert_num_queries
    ):
        factory.add_criteria(component, number)
        for n in range(number):
            refuse(component, f"more-{n}", owner, until=days(-1))

        with django_assert_num_queries(7):
            response = editor.get("/queue/?of=everybody")

        assert response.context["total"] == number

    def test_escapes_what_people_wrote(self, editor, component, owner):
        Requirement.objects.update(statement="<script>alert(1)</script>")
        refuse(component, "c-0-0", owner, until=date(2026, 11, 1))

        html = editor.get("/queue/").content.decode()

        assert ("<script>alert(1)" in html, "&lt;script&gt;alert(1)" in html) == (False, True)


class TestInherited:
    @pytest.fixture
    def platform(self, component):
        platform = factory.make_component(slug="logging", is_platform=True, parameters=ROUTER)
        component.platforms.add(platform)
        return platform

    def follow(self, component, platform):
        inherit(
            component=component,
            criterion="c-0-0",
            platform=platform,
            seen=requirement("c-0-0").head_decision_id,
            by=User.objects.earliest("pk"),
            now=NOW,
        )

    def test_waits_where_it_was_decided_when_its_date_comes(
        self, editor, component, platform, owner
    ):
        refuse(platform, "c-0-0", owner, until=days(-1))
        self.follow(component, platform)

        found = editor.get("/queue/?of=team:edge").context["rows"]

        assert [row.requirement.component.slug for row in found] == ["logging"]

    def test_waits_where_a_live_check_speaks_against_it(self, editor, component, platform, owner):
        Component.objects.filter(pk=component.pk).update(parameters=ROUTER)
        component.refresh_from_db()
        factory.add_check(requirement("c-0-0"), CHECK)
        factory.make_decision(platform, "c-0-0", "done", by=owner)
        self.follow(component, platform)
        factory.make_result(component, CHECK, "fail", now=NOW)

        (row,) = editor.get("/queue/?of=team:edge").context["rows"]

        assert (row.requirement.component, row.group.value) == (component, "contradicted")
        assert row.says == "Marked done on 20 November 2026; a live check says otherwise."
