from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from readiness.decisions.triggers import Trigger, TriggerKind
from readiness.models import Component, Criterion, Incident, Requirement, TriggerFiring
from tests import factory
from tests.factory import NOW

LIST = "/components/asset-router/incidents/"


@pytest.fixture(autouse=True)
def today(time_machine):
    time_machine.move_to(NOW, tick=False)


def form(**sent):
    said = {"title": "Stale routes", "started_at": "2026-11-20T09:30", "minutes_lost": "2.5"}
    return said | {"text": "A deploy."} | sent


def criteria(*slugs):
    return [*Criterion.objects.filter(slug__in=slugs).values_list("pk", flat=True)]


def refuse(component, criterion, *kinds):
    return factory.make_decision(
        component,
        criterion,
        "wont_build",
        now=NOW - timedelta(days=3),
        triggers=tuple(Trigger(kind) for kind in kinds),
    )


class TestIncidentList:
    def test_records_what_when_and_which_criteria(self, editor, component):
        response = editor.post(LIST, form(criteria=criteria("c-0-0", "c-1-1")))

        incident = Incident.objects.get()
        assert response["Location"] == LIST
        assert (incident.title, incident.minutes_lost) == ("Stale routes", Decimal("2.5"))
        assert incident.started_at.isoformat() == "2026-11-20T09:30:00+00:00"
        assert {each.slug for each in incident.criteria.all()} == {"c-0-0", "c-1-1"}
        assert (incident.recorded_by.username, incident.recorded_at) == ("editor", NOW)

    @pytest.mark.parametrize(("minutes", "said"), [("100", "100 minutes"), ("2.50", "2.5 minutes")])
    def test_says_minutes_as_people_write_them(self, editor, component, minutes, said):
        factory.make_incident(component, minutes_lost=Decimal(minutes))

        assert said in editor.get(LIST).content.decode()

    def test_recording_brings_back_what_waits_for_one_and_says_so(self, editor, component):
        refuse(component, "c-0-0", TriggerKind.INCIDENT)
        refuse(component, "c-0-1", TriggerKind.INCIDENT)
        refuse(component, "c-0-2", TriggerKind.COMPONENT)

        page = editor.post(LIST, form(criteria=criteria("c-0-0", "c-0-2")), follow=True)

        standings = dict(
            Requirement.objects.filter(criterion__topic__slug="t-0").values_list(
                "criterion__slug", "standing"
            )
        )
        assert standings == {"c-0-0": "lapsed", "c-0-1": "accepted", "c-0-2": "accepted"}
        assert "To be decided again because of it: Criterion 0.0." in page.content.decode()
        assert "An incident touched it: Stale routes." in TriggerFiring.objects.get().sentence

    def test_recording_that_touches_nothing_says_nothing_of_decisions(self, editor, component):
        refuse(component, "c-0-0", TriggerKind.INCIDENT)

        page = editor.post(LIST, form(), follow=True).content.decode()

        assert ("Recorded." in page, "To be decided again" in page) == (True, False)

    @pytest.mark.parametrize(
        ("sent", "says"),
        [
            ({"title": ""}, "This field is required."),
            ({"started_at": "soon"}, "Give a day and a time"),
            ({"started_at": "2026-11-20T12:01"}, "This lies ahead"),
            ({"minutes_lost": "-1"}, "Nobody gains minutes"),
            ({"criteria": ["999999"]}, "not one of the available choices"),
        ],
    )
    def test_says_what_is_wrong_and_keeps_the_rest(self, editor, component, sent, says):
        response = editor.post(LIST, form(text="Typed by hand.") | sent)

        html = response.content.decode()
        assert (response.status_code, says in html) == (422, True)
        assert "Typed by hand." in html
        assert not Incident.objects.exists()

    def test_offers_no_criterion_of_another_catalog(self, editor, component):
        other = Criterion.objects.create(
            topic=factory.make_catalog(slug="other", topics=0).topics.create(
                slug="elsewhere", name="Elsewhere", question="Why?", position=0
            ),
            slug="foreign", title="Foreign", question="Is it?", why="Because.", evidence="A link.",
            weight=1, live_check="none", position=0,
        )  # fmt: skip

        refused = editor.post(LIST, form(criteria=[other.pk]))

        assert (refused.status_code, Incident.objects.exists()) == (422, False)

    def test_holds_the_minutes_of_the_window_against_the_budget(self, editor, component):
        Component.objects.update(availability_target=Decimal("99.99"), availability_window_days=30)
        factory.make_incident(component, minutes_lost=Decimal("1.08"))
        factory.make_incident(component, minutes_lost=Decimal("1.08"))
        factory.make_incident(component, minutes_lost=None)
        long_ago = NOW - timedelta(days=30)
        factory.make_incident(component, minutes_lost=Decimal("60"), started_at=long_ago)

        html = editor.get(LIST).content.decode()

        assert "2 min 9 s of 4 min 19 s lost over the last 30 days, 50&nbsp;%;" in html
        assert "2 min 9 s left of 99.99" in html
        assert 'max="100" value="50"' in html

    def test_says_when_the_budget_is_spent(self, editor, component):
        Component.objects.update(availability_target=Decimal("99.99"))
        factory.make_incident(component, minutes_lost=Decimal("5"))

        html = editor.get(LIST).content.decode()

        assert '<b class="verdict fail">Spent.</b> 5 min of 4 min 19 s lost' in html
        assert "0 s left" in html

    def test_without_a_target_says_that_there_is_no_budget(self, editor, component):
        factory.make_incident(component, minutes_lost=Decimal("5"))

        assert "5 min lost over the last 30 days. Without" in editor.get(LIST).content.decode()

    def test_of_a_target_that_leaves_nothing_divides_by_nothing(self, editor, component):
        Component.objects.update(availability_target=Decimal("100"))
        factory.make_incident(component, minutes_lost=Decimal("1"))

        assert "Spent." in editor.get(LIST).content.decode()

    def test_viewers_read_and_write_nothing(self, login, component):
        factory.make_incident(component, text="**Routes** were stale.")

        html = login("viewer").get(LIST).content.decode()

        assert "<strong>Routes</strong> were stale." in html
        assert ("Record an incident" in html, ">Correct<" in html) == (False, False)
        assert login("viewer").post(LIST, form()).status_code == 403

    def test_empty_says_what_belongs_here(self, editor, component):
        assert "No incident is recorded." in editor.get(LIST).content.decode()

    @pytest.mark.parametrize("number", [1, 3, 75])
    def test_takes_seven_queries_however_many(
        self, editor, component, number, django_assert_num_queries
    ):
        for _ in range(number):
            factory.make_incident(component, "c-0-0")

        with django_assert_num_queries(7):
            html = editor.get(LIST).content.decode()

        assert html.count("Stale routes.</b>") == number


class TestIncidentEdit:
    def address(self):
        return f"{LIST}{Incident.objects.get().pk}/"

    def test_corrects_and_keeps_what_it_said_in_one_entry(self, editor, component):
        factory.make_incident(component, "c-0-0", minutes_lost=Decimal("5"))

        sent = form(version=1, title="Wrong routes", criteria=criteria("c-0-1"))
        response = editor.post(self.address(), sent)

        incident = Incident.objects.get()
        assert (response.status_code, incident.title, incident.version) == (302, "Wrong routes", 2)
        assert [
            (entry.title, [each.criterion.slug for each in entry.criteria.all()])
            for entry in incident.history.all()
        ] == [("Wrong routes", ["c-0-1"]), ("Stale routes.", ["c-0-0"])]
        assert incident.history.first().history_user.username == "editor"
        assert "Stale routes." in editor.get(self.address()).content.decode()

    def test_a_criterion_that_is_added_brings_its_decision_back(self, editor, component):
        refuse(component, "c-0-0", TriggerKind.INCIDENT)
        factory.make_incident(component)

        page = editor.post(
            self.address(), form(version=1, criteria=criteria("c-0-0")), follow=True
        ).content.decode()

        assert "Corrected. To be decided again because of it: Criterion 0.0." in page

    def test_of_a_lost_race_is_409_with_both_texts(self, editor, component):
        factory.make_incident(component)
        editor.post(self.address(), form(version=1, title="Theirs", text="Their text."))

        response = editor.post(self.address(), form(version=1, title="Mine"))

        html = response.content.decode()
        assert response.status_code == 409
        assert ("Theirs" in html, "Their text." in html, 'value="Mine"' in html) == (True,) * 3
        assert 'name="version" value="2"' in html
        assert Incident.objects.get().title == "Theirs"

    def test_of_another_component_is_not_found_here(self, editor, component):
        incident = factory.make_incident(factory.make_component(slug="other"))

        assert editor.get(f"{LIST}{incident.pk}/").status_code == 404
