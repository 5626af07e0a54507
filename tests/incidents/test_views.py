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


def rows(*said, there=0):
    """A timeline as the form sends it; `there` of the rows stood there before."""
    sent = {"row-TOTAL_FORMS": len(said), "row-INITIAL_FORMS": there}
    for number, (at, text) in enumerate(said):
        sent |= {f"row-{number}-at": at, f"row-{number}-text": text}
    return sent


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
        assert response["Location"] == f"{LIST}{incident.pk}/"
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
            ({"started_at": "0001-01-01T00:00"}, "Give a day and a time"),
            ({"ended_at": "9999-12-31T23:59"}, "Give a day and a time"),
            ({"started_at": "2026-11-20T12:01"}, "This lies ahead"),
            ({"minutes_lost": "-1"}, "Nobody gains minutes"),
            ({"criteria": ["999999"]}, "not one of the available choices"),
            ({"criteria": ["9" * 40]}, "not one of the available choices"),
            ({"criteria": ["c-0-0"]}, "not one of the available choices"),
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

    @pytest.mark.parametrize(("number", "queries"), [(1, 8), (3, 8), (75, 10)])
    def test_takes_as_many_queries_however_many(
        self, editor, component, number, queries, django_assert_num_queries
    ):
        for _ in range(number):
            factory.make_incident(component, "c-0-0")

        # Two more where there are pages: what there is to filter by.
        with django_assert_num_queries(queries):
            html = editor.get(LIST).content.decode()

        assert html.count("Stale routes.</a></b>") == min(number, 25)
        assert ("Page 1 of 3, 75 incidents" in html) == (number == 75)

    def test_shows_those_of_a_year_or_of_a_criterion(self, editor, component):
        factory.make_incident(component, "c-0-0", title="This year")
        last_year = NOW - timedelta(days=400)
        factory.make_incident(component, "c-1-1", title="Last year", started_at=last_year)

        def shown(query):
            page = editor.get(f"{LIST}?{query}")
            return [incident.title for incident in page.context["page"]]

        assert shown("year=2025") == ["Last year"]
        assert shown("criterion=c-0-0") == ["This year"]
        assert shown("year=2025&criterion=c-0-0") == shown("year=soon") == []
        assert shown("page=99") == ["This year", "Last year"]
        assert editor.get(f"{LIST}?year=2025").content.decode().count("<option") == 6

    @pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York"])
    @pytest.mark.parametrize("year", ["0000", "0001", "9999"])
    def test_of_a_year_at_either_end_of_time_has_none(
        self, editor, component, settings, zone, year
    ):
        settings.TIME_ZONE = zone

        assert "No incident fits this filter." in editor.get(f"{LIST}?year={year}").content.decode()

    def test_keeps_when_it_ended_and_what_happened_when(self, editor, component):
        sent = form(ended_at="2026-11-20T10:30", **rows(("2026-11-20T10:00", "Rolled back."),
                    ("2026-11-20T09:40", "Noticed."), ("", "")))  # fmt: skip

        editor.post(LIST, sent)

        incident = Incident.objects.get()
        assert incident.ended_at.isoformat() == "2026-11-20T10:30:00+00:00"
        assert incident.timeline == [
            {"at": "2026-11-20T09:40:00+00:00", "text": "Noticed."},
            {"at": "2026-11-20T10:00:00+00:00", "text": "Rolled back."},
        ]

    @pytest.mark.parametrize(
        ("sent", "says"),
        [
            ({"ended_at": "2026-11-20T09:29"}, "It cannot end before it started."),
            ({"ended_at": "2026-11-20T12:01"}, "leave it empty while it goes on"),
            (("2026-11-20T09:29", "Deployed."), "That was before it started."),
            (("2026-11-20T10:31", "Wrote it down."), "That was after it ended."),
            (("2026-11-20T10:00", ""), "Say what happened then."),
            (("", "Deployed."), "Say when that was."),
            (("soon", "Deployed."), "Give a day and a time"),
            (("2026-11-20T10:00", "x" * 501), "at most 500 characters"),
        ],
    )
    def test_says_what_is_wrong_with_its_times(self, editor, component, sent, says):
        said = {"ended_at": "2026-11-20T10:30"}
        said |= sent if isinstance(sent, dict) else rows(sent)

        response = editor.post(LIST, form(**said))

        html = response.content.decode()
        assert (response.status_code, says in html, "Not saved yet" in html) == (422, True, True)
        assert not Incident.objects.exists()

    def test_of_one_that_goes_on_no_row_lies_ahead(self, editor, component):
        response = editor.post(LIST, form(**rows(("2026-11-20T12:01", "Hope."))))

        assert (response.status_code, "This lies ahead." in response.content.decode()) == (
            422,
            True,
        )

    def test_a_wrong_row_and_a_wrong_field_are_told_at_once(self, editor, component):
        html = editor.post(LIST, form(title="", **rows(("", "Noticed.")))).content.decode()

        assert ("This field is required." in html, "Say when that was." in html) == (True, True)
        assert 'value="Noticed."' in html


class TestIncidentEdit:
    def address(self):
        return f"{LIST}{Incident.objects.get().pk}/edit/"

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

    def test_keeps_a_criterion_that_was_retired_since(self, editor, component):
        incident = factory.make_incident(component, "c-0-0")
        Criterion.objects.filter(slug__in=["c-0-0", "c-0-1"]).update(retired_at=NOW)
        assert editor.get(self.address()).content.decode().count('name="criteria"') == 5

        touched = criteria("c-0-0", "c-0-2")
        assert editor.post(self.address(), form(version=1, criteria=touched)).status_code == 302
        assert {each.slug for each in incident.criteria.all()} == {"c-0-0", "c-0-2"}

        refused = editor.post(self.address(), form(version=2, criteria=criteria("c-0-1")))
        assert refused.status_code == 422

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
        assert editor.get(f"{LIST}{incident.pk}/edit/").status_code == 404

    def test_of_the_timeline_keeps_the_former_one_too(self, editor, component):
        factory.make_incident(
            component,
            started_at=NOW - timedelta(hours=3),
            timeline=[{"at": "2026-11-20T09:40:00+00:00", "text": "Noticed."}],
        )
        page = editor.get(self.address()).content.decode()
        assert 'value="2026-11-20T09:40"' in page
        # What is there, and three rows for more.
        assert page.count('type="datetime-local" name="row-') == 4

        changed = rows(("2026-11-20T09:45", "Noticed late."), there=1)
        editor.post(self.address(), form(version=1, started_at="2026-11-20T09:00", **changed))

        incident = Incident.objects.get()
        assert [entry["text"] for entry in incident.timeline] == ["Noticed late."]
        assert "Noticed." in editor.get(self.address()).content.decode()

    def test_that_says_nothing_of_the_timeline_leaves_it(self, editor, component):
        timeline = [{"at": "2026-11-20T11:40:00+00:00", "text": "Noticed."}]
        factory.make_incident(component, timeline=timeline)

        editor.post(self.address(), form(version=1))

        assert Incident.objects.get().timeline == timeline

    def test_an_emptied_row_is_gone(self, editor, component):
        timeline = [{"at": "2026-11-20T11:40:00+00:00", "text": "Noticed."}]
        factory.make_incident(component, timeline=timeline)

        editor.post(self.address(), form(version=1, **rows(("", ""), there=1)))

        assert Incident.objects.get().timeline == []

    def test_suggests_as_lost_how_long_it_lasted_and_saves_nothing(self, editor, component):
        began, ended = NOW - timedelta(hours=2), NOW - timedelta(minutes=75)
        factory.make_incident(component, started_at=began, ended_at=ended)

        assert 'value="45"' in editor.get(f"{self.address()}?counts").content.decode()
        assert 'value="45"' not in editor.get(self.address()).content.decode()
        assert Incident.objects.get().minutes_lost is None
