"""The sheet as it is opened in an incident."""

from __future__ import annotations

from datetime import timedelta

import pytest

from readiness.models import Drill, SheetVersion, User
from tests import factory
from tests.factory import NOW
from tests.operations.examples import BASE, CONTENT, ROUTER, proposal, scenario

pytestmark = pytest.mark.usefixtures("today")


class TestSheetDetail:
    def test_shows_what_can_be_done_first_then_where_to_look(self, editor, router):
        factory.make_sheet(router, **CONTENT)

        html = editor.get(BASE).content.decode()

        order = ['id="options"', 'id="places"', 'id="error-states"', 'id="contacts"']
        assert sorted(order, key=html.index) == order
        assert "<b>5 min</b>" in html
        assert "<p>Run <em>it</em>.</p>" in html
        assert "minutes not measured" in html
        assert "502 &lt;everywhere&gt;" in html
        assert 'href="https://logs.example.com/edge"' in html
        assert "+49 30 1234" in html
        assert "version 1 by" in html

    def test_from_the_blueprint_says_that_nobody_has_confirmed_it(self, editor, component):
        proposal(component)

        html = editor.get(BASE).content.decode()

        assert "From the blueprint, nobody has confirmed it." in html
        assert "Edit and save as version 1" in html
        assert "Roll back" in html
        assert not SheetVersion.objects.exists()

    def test_a_saved_version_takes_the_place_of_the_blueprint(self, editor, component):
        proposal(component)
        factory.make_sheet(component, contacts=[{"who": "Me", "how": "Shout"}])

        html = editor.get(BASE).content.decode()

        assert ("nobody has confirmed" in html, "Roll back" in html) == (False, False)
        assert "Shout" in html

    def test_empty_says_what_belongs_here_and_offers_to_write_it(self, login, component):
        assert "Nobody has written this sheet." in login("editor").get(BASE).content.decode()
        assert "Write the first version" in login("editor").get(BASE).content.decode()
        html = login("viewer").get(BASE).content.decode()
        assert "An editor of Edge team can write it." in html
        assert "Write the first version" not in html

    def test_without_parameters_says_that_no_link_follows(self, editor, component):
        html = editor.get(BASE).content.decode()

        assert "No link follows from the parameters" in html
        assert "Find the logs of one request" not in html

    def test_links_of_every_region_where_it_may_have_run(self, editor, router):
        html = editor.get(BASE).content.decode()

        for region in ROUTER["edge_regions"]:
            assert (
                f"https://{region}.console.aws.amazon.com/cloudwatch/home?region={region}" in html
            )
        assert "Not looked yet: no check has said in which regions it ran" in html

    def test_regions_without_a_log_group_stand_apart(self, editor, router):
        factory.make_result(
            router,
            "logs.group-in-every-region",
            "fail",
            observed={
                "regions": {"us-east-1": {"group": True}, "eu-west-1": {"group": False}},
                "log_group": "/aws/lambda/us-east-1.router",
            },
        )

        html = editor.get(BASE).content.decode()

        assert "No log group in 1 edge region" in html
        assert html.index("Frankfurt") < html.index("No log group in 1") < html.index("Ireland")
        assert "Not looked yet" not in html

    @pytest.mark.parametrize(
        ("outcome", "days_ago", "says"),
        [
            ("passed", 10, '10 November 2026, <span class="verdict pass">fresh</span>'),
            ("passed", 200, '4 May 2026, <span class="verdict unknown">stale</span>'),
            ("failed", 3, '<span class="verdict fail">failed</span> 17 November 2026'),
            (None, None, '<span class="verdict unknown">never</span>'),
        ],
    )
    def test_says_when_an_option_was_last_rehearsed(
        self, editor, component, outcome, days_ago, says
    ):
        of = scenario()
        factory.make_sheet(component, **CONTENT)
        if outcome:
            Drill.objects.create(
                component=component, scenario=of, outcome=outcome, planned_for=NOW, made_at=NOW,
                ended_at=NOW - timedelta(days=days_ago), made_by=User.objects.earliest("pk"),
            )  # fmt: skip

        html = editor.get(BASE).content.decode()

        assert says in html
        assert "no drill scenario is named" in html

    def test_a_scenario_of_another_component_is_not_told_of(self, editor, component):
        scenario(title="Their secret", component=factory.make_component(slug="other"))
        factory.make_sheet(component, **CONTENT)

        html = editor.get(BASE).content.decode()

        assert "Their secret" not in html
        assert "there is no drill scenario drain-a-region here" in html

    def test_viewers_read_it_and_are_not_offered_to_edit(self, login, component):
        factory.make_sheet(component, **CONTENT)

        html = login("viewer").get(BASE).content.decode()

        assert ("Roll back" in html, "/edit/" in html.split("<main")[1]) == (True, False)

    def test_says_before_printing_that_it_is_longer_than_four_pages(self, editor, component):
        factory.make_sheet(component, **CONTENT)
        assert "On paper this is about" not in editor.get(BASE).content.decode()

        states = [{"symptom": f"State {n}", "cause": "Because. " * 40} for n in range(40)]
        factory.make_sheet(component, error_states=states)

        html = editor.get(BASE).content.decode()
        assert "The PDF stops after 4: it says what it leaves to this page" in html

    @pytest.mark.parametrize("number", [1, 3, 75])
    def test_takes_six_queries_however_many_rows(
        self, editor, router, number, django_assert_num_queries
    ):
        rows = [
            {"kind": "drain", "title": f"Option {n}", "scenario": f"s-{n}"} for n in range(number)
        ]
        for n in range(number):
            scenario(f"s-{n}")
        factory.make_sheet(
            router,
            options=rows,
            links=[{"title": "x", "url": "https://x.example/"}] * number,
            error_states=[{"symptom": "x"}] * number,
            contacts=[{"who": "x", "how": "y"}] * number,
        )
        for check in ("logs.group-in-every-region", "logs.retention"):
            factory.make_result(router, check, "pass", observed={"regions": {}})

        with django_assert_num_queries(6):
            html = editor.get(BASE).content.decode()

        assert html.count('<li class="option">') == number
