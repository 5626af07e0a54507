"""What was decided about the criteria that an incident touched: before it, and since."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from readiness.decisions.approvals import approve, send_back
from readiness.decisions.sharing import inherit, stop_inheriting
from readiness.decisions.triggers import Trigger, TriggerKind
from readiness.incidents.actions import correct_incident
from readiness.incidents.decided import fired_by, touched_by
from readiness.models import Component, Incident, Outcome, User
from tests import factory
from tests.factory import NOW

BEGAN = NOW - timedelta(days=1)
HIGH = {"likelihood": 5, "impact": 5, "revisit_date": date(2026, 12, 10)}


def days(number):
    return NOW - timedelta(days=number)


def incident_of(component, *criteria, **values):
    return factory.make_incident(component, *criteria, started_at=BEGAN, **values)


def only(component, criterion="c-0-0"):
    incident = Incident.objects.first() or incident_of(component, criterion)
    (touched,) = touched_by(incident)
    return touched


def says(touched):
    return [(step.says, step.decision and step.decision.outcome) for step in touched.since]


class TestBefore:
    def test_nothing_where_nobody_had_decided(self, component):
        factory.make_decision(component, "c-0-0", now=NOW)

        touched = only(component)

        assert (touched.before, touched.is_as_before) == (None, False)
        assert says(touched) == [("Decided", "done")]

    def test_what_stood_when_it_began_whatever_came_later(self, component):
        factory.make_decision(component, "c-0-0", "build", now=days(9))
        refused = factory.make_decision(component, "c-0-0", "wont_build", now=days(5))
        factory.make_decision(component, "c-0-0", "done", now=days(0))

        touched = only(component)

        assert (touched.before.decision, touched.before.since) == (refused, days(5))
        assert touched.before.level.name
        assert says(touched) == [("Decided", "done")]

    def test_still_what_stands(self, component):
        factory.make_decision(component, "c-0-0", now=days(5))

        touched = only(component)

        assert (touched.is_as_before, touched.since) == (True, ())

    def test_a_decision_of_the_very_moment_stood(self, component):
        factory.make_decision(component, "c-0-0", now=BEGAN)

        assert only(component).before.decision.outcome == Outcome.DONE

    def test_a_proposal_that_waited_did_not_stand(self, component):
        stood = factory.make_decision(component, "c-0-0", "build", now=days(9))
        waited = factory.make_decision(
            component, "c-0-0", "wont_build", now=days(5), approved=False, **HIGH
        )
        assert waited.needs_approval
        approve(decision=waited, by=factory.make_user("approver"), now=days(0))

        touched = only(component)

        assert (touched.before.decision, touched.waited) == (stood, waited)
        assert says(touched) == [("Approved", "wont_build")]

    def test_a_proposal_stood_from_its_approval_on(self, component):
        made = factory.make_decision(
            component, "c-0-0", "wont_build", now=days(9), approved=False, **HIGH
        )
        approve(decision=made, by=factory.make_user("approver"), now=days(3))

        touched = only(component)

        assert (touched.before.since, touched.waited) == (days(3), None)

    def test_a_proposal_that_was_sent_back_before_neither_stood_nor_waited(self, component):
        made = factory.make_decision(
            component, "c-0-0", "wont_build", now=days(9), approved=False, **HIGH
        )
        send_back(decision=made, by=factory.make_user("approver"), now=days(3), reason="No.")

        touched = only(component)

        assert (touched.before, touched.waited, touched.since) == (None, None, ())


class TestInherited:
    @pytest.fixture
    def platform(self, component):
        platform = factory.make_component(slug="platform", is_platform=True)
        component.platforms.set([platform])
        return platform

    def follow(self, component, platform, at):
        inherit(
            component=component,
            criterion="c-0-0",
            platform=platform,
            seen=None,
            by=User.objects.earliest("pk"),
            now=at,
        )

    def test_is_the_platforms_decision_since_it_was_followed(self, component, platform):
        factory.make_decision(platform, "c-0-0", "wont_build", now=days(20))
        self.follow(component, platform, days(5))

        before = only(component).before

        assert (before.platform, before.decision.outcome) == ("Platform", "wont_build")
        assert before.since == days(5)

    def test_of_the_platform_as_it_was_then(self, component, platform):
        factory.make_decision(platform, "c-0-0", "wont_build", now=days(20))
        self.follow(component, platform, days(5))
        factory.make_decision(platform, "c-0-0", "build", now=days(0))

        touched = only(component)

        assert touched.before.decision.outcome == "wont_build"
        assert says(touched) == [("Platform decided", "build")]

    def test_not_what_was_followed_only_afterwards(self, component, platform):
        factory.make_decision(platform, "c-0-0", "wont_build", now=days(20))
        self.follow(component, platform, days(0))

        touched = only(component)

        assert touched.before is None
        assert says(touched) == [("Inherits from Platform", None)]

    def test_nor_what_was_no_longer_followed(self, component, platform):
        factory.make_decision(platform, "c-0-0", "wont_build", now=days(20))
        self.follow(component, platform, days(5))
        stop_inheriting(
            component=component, criterion="c-0-0", by=User.objects.earliest("pk"), now=days(3)
        )
        factory.make_decision(platform, "c-0-0", "build", now=days(0))

        touched = only(component)

        assert (touched.before, touched.since) == (None, ())


class TestFired:
    def refuse(self, component, criterion):
        triggers = (Trigger(TriggerKind.INCIDENT),)
        return factory.make_decision(
            component, criterion, "wont_build", now=days(5), triggers=triggers
        )

    def test_names_what_it_brought_back(self, component):
        refused = self.refuse(component, "c-0-0")
        self.refuse(component, "c-0-1")

        incident = incident_of(component, "c-0-0", "c-1-1")

        assert [firing.decision for firing in fired_by(incident)] == [refused]

    def test_also_under_the_title_that_it_had_then(self, component):
        refused = self.refuse(component, "c-0-0")
        incident = incident_of(component, "c-0-0")
        correct_incident(
            incident=incident,
            values={"title": "Another title"},
            criteria=incident.criteria.all(),
            version=1,
            by=User.objects.earliest("pk"),
            now=NOW,
        )

        assert [firing.decision for firing in fired_by(incident)] == [refused]

    def test_not_what_another_incident_brought_back(self, component):
        self.refuse(component, "c-0-0")
        incident_of(component, "c-0-0", now=days(1), title="The first")

        assert fired_by(incident_of(component, "c-0-0", title="The second")) == []

    def test_not_what_one_of_the_same_name_brought_back_on_the_same_day(self, component):
        refused = self.refuse(component, "c-0-0")
        first = incident_of(component, "c-0-0", now=NOW - timedelta(hours=2))

        second = incident_of(component, "c-0-0")

        assert [firing.decision for firing in fired_by(first)] == [refused]
        assert fired_by(second) == []


class TestIncidentDetail:
    @pytest.fixture(autouse=True)
    def today(self, time_machine):
        time_machine.move_to(NOW, tick=False)

    def page(self, client, incident):
        return client.get(f"/components/asset-router/incidents/{incident.pk}/").content.decode()

    def test_shows_what_was_decided_before_and_since_with_links(self, editor, component):
        triggers = (Trigger(TriggerKind.INCIDENT),)
        factory.make_decision(component, "c-0-0", "wont_build", now=days(5), triggers=triggers)
        incident = incident_of(
            component,
            "c-0-0",
            ended_at=BEGAN + timedelta(minutes=45),
            timeline=[{"at": (BEGAN + timedelta(minutes=12)).isoformat(), "text": "<Noticed>."}],
        )
        factory.make_decision(component, "c-0-0", "build", now=NOW)

        html = self.page(editor, incident)

        assert "Before: we will not build it." in html
        assert "Too dear." in html
        assert "Decided: we will build it" in html
        assert "lasted 45 min" in html
        assert ("&lt;Noticed&gt;." in html, "12 min after it started" in html) == (True, True)
        assert 'href="/catalog/criteria/c-0-0/refusals/"' in html
        assert "What came back because of it" in html
        assert f'/incidents/{incident.pk}/edit/?counts"' in html

    def test_holds_its_minutes_against_a_whole_windows_budget(self, editor, component):
        Component.objects.update(availability_target=Decimal("99.9"), availability_window_days=30)

        html = self.page(editor, incident_of(component, minutes_lost=Decimal("21.6")))

        assert 'max="100" value="50"' in html
        assert "21 min 36 s, 50&nbsp;% of the 43 min 12 s that 99.9" in html
        assert "leaves over 30 days" in html

    @pytest.mark.parametrize(
        ("target", "minutes", "said"),
        [
            (None, "5", "5 min. Without an availability target"),
            ("99.99", "5", "More than the whole budget."),
            ("100", "5", "leaves nothing to lose."),
            ("99.9", "0", "0 s, 0&nbsp;% of"),
            ("99.9", None, "Nobody said how many minutes"),
        ],
    )
    def test_says_what_it_took_whatever_the_target(self, editor, component, target, minutes, said):
        Component.objects.update(availability_target=target and Decimal(target))

        incident = incident_of(component, minutes_lost=minutes and Decimal(minutes))

        assert said in self.page(editor, incident)

    def test_empty_says_what_belongs_here(self, editor, component):
        html = self.page(editor, incident_of(component))

        for said in ("nobody said when it ended", "Nobody wrote down", "It touches no criterion"):
            assert said in html

    def test_viewers_read_and_are_offered_nothing_to_write(self, login, component):
        html = self.page(login("viewer"), incident_of(component, "c-0-0"))

        assert ("Before: nobody had decided." in html, "/edit/" in html) == (True, False)
        assert "Propose" not in html

    def test_of_another_component_is_not_found_here(self, editor, component):
        incident = incident_of(factory.make_component(slug="other"))

        address = f"/components/asset-router/incidents/{incident.pk}/"
        assert editor.get(address).status_code == 404

    @pytest.mark.parametrize("number", [1, 3, 75])
    def test_takes_as_many_queries_whatever_it_touched(
        self, editor, component, number, django_assert_num_queries
    ):
        factory.add_criteria(component, number)
        slugs = [f"more-{n}" for n in range(number)]
        for slug in slugs:
            factory.make_decision(component, slug, now=days(5))
        incident = incident_of(component, *slugs)

        with django_assert_num_queries(11):
            html = self.page(editor, incident)

        assert html.count("Before: it is done.") == number
