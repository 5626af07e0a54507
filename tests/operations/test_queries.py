from __future__ import annotations

from datetime import timedelta

import pytest

from readiness.drills.rules import Age
from readiness.models import Blueprint, CheckResult, Component, Drill, DrillScenario
from readiness.operations.queries import current_sheet, places_for, rehearsals
from tests import factory
from tests.factory import NOW

ROUTER = {
    "distribution_id": "E1A2B3C4D5E6F7",
    "function_name": "router",
    "edge_regions": ["eu-west-1", "us-east-1", "sa-east-1"],
}
GROUPS = "logs.group-in-every-region"
ALARMS = "alarms.function-errors-in-every-region"


@pytest.fixture
def router(component):
    Component.objects.update(parameters=ROUTER)
    component.refresh_from_db()
    return component


def found(**regions):
    table = {name.replace("_", "-"): {"group": there} for name, there in regions.items()}
    return {"regions": table, "log_group": "/aws/lambda/us-east-1.router"}


def scenario(slug="roll-back", **values):
    return DrillScenario.objects.create(
        **{"slug": slug, "title": slug.title(), "operation": "x", "purpose": "x", "steps": "x"}
        | values
    )


def drill(component, of, outcome, days_ago, **values):
    ended = None if days_ago is None else NOW - timedelta(days=days_ago)
    return Drill.objects.create(
        component=component, scenario=of, outcome=outcome, planned_for=NOW, ended_at=ended,
        made_by=factory.make_user(), made_at=NOW, **values,
    )  # fmt: skip


class TestCurrentSheet:
    def test_is_the_newest_version(self, component):
        factory.make_sheet(component)
        factory.make_sheet(component, links=[{"title": "Logs", "url": "https://logs.example/"}])

        current = current_sheet(component)

        assert (current.number, current.blueprint) == (2, None)
        assert [link.title for link in current.sheet.links] == ["Logs"]

    def test_is_what_the_blueprint_proposes_while_there_is_none(self, component):
        blueprint = factory.make_blueprint(component.catalog)
        option = {"kind": "drain", "title": "Drain"}
        Blueprint.objects.update(operations={"format": 1, "options": [option]})
        component.blueprint = Blueprint.objects.get(pk=blueprint.pk)

        current = current_sheet(component)

        assert (current.number, current.version) == (0, None)
        assert current.blueprint == blueprint
        assert current.sheet.options[0].title == "Drain"

    def test_is_empty_where_the_blueprint_has_none(self, component):
        component.blueprint = factory.make_blueprint(component.catalog)

        current = current_sheet(component)

        assert (bool(current.sheet), current.blueprint) == (False, None)


class TestPlacesFor:
    def ran(self, component):
        places = places_for(component)
        return {each.region: each.seen for each in places.regions}, places.looked_at

    def test_nobody_has_looked(self, router):
        assert self.ran(router) == (
            {"eu-west-1": None, "us-east-1": None, "sa-east-1": None},
            None,
        )

    def test_where_the_log_group_was_seen(self, router):
        factory.make_result(router, GROUPS, "fail", observed=found(eu_west_1=True, us_east_1=False))

        assert self.ran(router) == (
            {"eu-west-1": True, "sa-east-1": None, "us-east-1": False},
            NOW,
        )

    def test_a_look_that_failed_keeps_what_was_known(self, router):
        before = NOW - timedelta(days=2)
        factory.make_result(router, GROUPS, "pass", now=before, observed=found(eu_west_1=True))
        factory.make_result(
            router,
            GROUPS,
            "throttled",
            observed={
                "regions": {
                    "eu-west-1": {"could_not_look": "throttled"},
                    "us-east-1": {"group": True},
                },
                "log_group": "/aws/lambda/us-east-1.router",
            },
        )

        seen, at = self.ran(router)

        assert seen == {"eu-west-1": True, "us-east-1": True, "sa-east-1": None}
        assert at == before

    def test_a_look_that_saw_less_still_counts_for_what_it_saw(self, router):
        before = NOW - timedelta(days=2)
        factory.make_result(router, GROUPS, "pass", now=before, observed=found(eu_west_1=False))
        factory.make_result(router, GROUPS, "throttled", observed=found(eu_west_1=True))

        assert self.ran(router)[0]["eu-west-1"] is True

    def test_the_newest_of_several_checks_counts(self, router):
        early = NOW - timedelta(hours=5)
        factory.make_result(router, GROUPS, "fail", now=early, observed=found(eu_west_1=False))
        factory.make_result(router, "logs.retention", "pass", observed=found(eu_west_1=True))

        assert self.ran(router)[0]["eu-west-1"] is True

    def test_what_was_seen_of_another_function_counts_for_nothing(self, router):
        factory.make_result(router, GROUPS, "pass", observed=found(eu_west_1=True))
        Component.objects.update(parameters=ROUTER | {"function_name": "other"})
        router.refresh_from_db()

        assert self.ran(router)[0]["eu-west-1"] is None

    def test_alarms_that_were_seen_are_named_but_for_the_rest_of_many(self, router):
        factory.make_result(
            router,
            ALARMS,
            "pass",
            observed={
                "regions": {
                    "eu-west-1": {"live": True, "alarms": ["router-errors", "and 7 more"]},
                    "us-east-1": {"could_not_look": "throttled"},
                }
            },
        )
        factory.make_result(
            router,
            "alarms.cloudfront-errors",
            "pass",
            observed={"region": "us-east-1", "alarms": ["edge-5xx"], "live": 1},
        )

        places = places_for(router)

        by_region = {each.region: [a.label for a in each.alarms] for each in places.regions}
        assert by_region["eu-west-1"] == ["Alarm router-errors"]
        assert by_region["sa-east-1"] == ["Alarms"]
        assert "Alarm edge-5xx" in [place.label for place in places.everywhere]

    def test_takes_one_query(self, router, django_assert_num_queries):
        for check in (GROUPS, "logs.retention", ALARMS):
            factory.make_result(router, check, "pass", observed=found(eu_west_1=True))
        assert CheckResult.objects.count() == 3

        with django_assert_num_queries(1):
            places_for(router)


class TestRehearsals:
    def test_of_the_newest_drill_that_passed_or_failed(self, component):
        of = scenario(term_days=90)
        drill(component, of, "failed", 20)
        drill(component, of, "passed", 10)
        drill(component, of, "abandoned", 1)
        drill(component, of, "", None)

        (said,) = rehearsals(component, {"roll-back"}, NOW).values()

        assert (said.title, said.term_days) == ("Roll-Back", 90)
        assert (said.at, said.age) == (NOW - timedelta(days=10), Age.FRESH)

    @pytest.mark.parametrize(
        ("outcome", "days_ago", "age"),
        [
            ("passed", 59, Age.FRESH),
            ("passed", 60, Age.AGEING),
            ("passed", 90, Age.AGEING),
            ("passed", 91, Age.STALE),
            ("failed", 1, Age.FAILED),
        ],
    )
    def test_ages_by_the_term_of_its_scenario(self, component, outcome, days_ago, age):
        drill(component, scenario(term_days=90), outcome, days_ago)

        assert rehearsals(component, {"roll-back"}, NOW)["roll-back"].age is age

    def test_never(self, component):
        scenario()

        said = rehearsals(component, {"roll-back"}, NOW)["roll-back"]

        assert (said.at, said.age) == (None, None)

    def test_of_another_component_counts_for_nothing_here(self, component):
        other = factory.make_component(slug="other")
        drill(other, scenario(), "passed", 1)
        scenario("theirs", component=other)
        scenario("ours", component=component)

        said = rehearsals(component, {"roll-back", "theirs", "ours", "nowhere"}, NOW)

        assert set(said) == {"roll-back", "ours"}
        assert said["roll-back"].at is None

    def test_one_that_is_out_of_use_is_still_known(self, component):
        drill(component, scenario(retired_at=NOW), "passed", 1)

        assert rehearsals(component, {"roll-back"}, NOW)["roll-back"].age is Age.FRESH

    @pytest.mark.parametrize("number", [1, 3, 75])
    def test_takes_one_query_however_many(self, component, number, django_assert_num_queries):
        slugs = {f"s-{n}" for n in range(number)}
        for slug in slugs:
            scenario(slug)

        with django_assert_num_queries(1):
            assert len(rehearsals(component, slugs, NOW)) == number

    def test_of_nothing_takes_none(self, component, django_assert_num_queries):
        with django_assert_num_queries(0):
            assert rehearsals(component, set(), NOW) == {}
