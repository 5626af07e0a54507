from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from readiness.aws.parameter_groups import GROUPS
from readiness.components.actions import PlatformProblem, edit_component
from readiness.decisions.sharing import inherit
from readiness.models import Component, Requirement, Role, User
from tests import factory
from tests.factory import NOW

pytestmark = pytest.mark.usefixtures("people")
EDIT = "/components/asset-router/edit/"


def form(component=None, **more):
    values = {
        "name": "Edge router",
        "team": factory.make_team().pk,
        "kind": "Lambda@Edge",
        "description": "Routes.",
        "risk_context": "",
        "criticality": "critical_path",
        "availability_target": "99.99",
        "availability_window_days": "30",
        "aws_function_event": "origin-request",
        "aws_partition": "aws",
    }
    if component:
        values["version"] = component.version
    else:
        values["catalog"] = factory.Catalog.objects.get().pk
    return values | more


def open_groups(page):
    return re.findall(r'<details class="fold" open>.*?<h3 class="inline">(.*?)</h3>', text_of(page))


def text_of(page):
    return " ".join(page.content.decode().split())


class TestComponentList:
    def test_shows_components_with_the_counts_of_their_reports(self, editor, component):
        factory.make_decision(component, "c-0-0", "done")
        factory.make_decision(component, "c-0-1", "not_applicable")

        html = editor.get("/components/").content.decode()

        assert "1 done · 1 not applicable · 4 undecided" in html
        assert 'aria-label="By number: 1 done, 1 not applicable, 4 undecided"' in html

    def test_hides_other_teams_unless_visible_to_the_organisation(self, editor, component):
        other = factory.make_team("other")
        factory.make_component(slug="secret", team=other)
        factory.make_component(slug="public", team=other, visible_to_organisation=True)

        rows = editor.get("/components/").context["rows"]

        assert [row.component.slug for row in rows] == ["asset-router", "public"]

    def test_finds_by_text_and_team(self, editor, component):
        factory.make_component(slug="geo-router", kind="Edge function")

        found = editor.get("/components/?text=EDGE+geo&team=edge").context["rows"]
        nothing = editor.get("/components/?text=geo&team=other")

        assert [row.component.slug for row in found] == ["geo-router"]
        assert "No component fits." in nothing.content.decode()

    def test_of_nobody_s_components_says_what_belongs_here(self, login):
        html = login("stranger").get("/components/").content.decode()

        assert "A component is the thing you are about to put on the critical path." in html
        assert "Ask an admin to make you editor" in html

    def test_moves_what_lapsed_overnight_without_any_job(self, editor, component, time_machine):
        today = timezone.localdate()
        factory.make_decision(
            component, "c-0-0", "build", now=timezone.now(), due_date=today + timedelta(days=1)
        )
        before = editor.get("/components/").context["rows"][0].attention
        time_machine.move_to(timezone.now() + timedelta(days=2))

        assert (before, editor.get("/components/").context["rows"][0].attention) == (0, 1)

    @pytest.mark.parametrize("number", [1, 3, 75])
    def test_takes_seven_queries_however_many(
        self, editor, component, number, django_assert_num_queries
    ):
        for n in range(number - 1):
            factory.make_component(slug=f"other-{n}")

        with django_assert_num_queries(7):
            response = editor.get("/components/")

        assert response.context["page"].paginator.count == number

    def test_pages_of_fifty(self, editor, component):
        for n in range(50):
            factory.make_component(slug=f"other-{n}")

        second = editor.get("/components/?page=2")

        assert (len(second.context["rows"]), "Page 2 of 2" in second.content.decode()) == (1, True)


class TestComponentCreate:
    def test_makes_a_requirement_per_criterion(self, editor, component):
        response = editor.post("/new/", form())

        made = Component.objects.get(slug="edge-router")
        assert response["Location"] == "/components/edge-router/"
        assert (made.requirements.count(), made.history.latest().history_user.username) == (
            6,
            "editor",
        )

    def test_from_a_blueprint_carries_its_statements_and_decides_nothing(self, editor, component):
        item = {"statement": "It is so.", "suggested_outcome": "done", "suggestion": {}}
        blueprint = factory.make_blueprint(component.catalog, c_0_0=item)

        page = editor.get("/new/?blueprint=router").content.decode()
        editor.post("/new/", form(blueprint=blueprint.pk))

        made = Component.objects.get(slug="edge-router")
        assert f'<option value="{blueprint.pk}" selected>' in page
        assert list(
            made.requirements.order_by("pk").values_list("statement", "criterion_revision")[:2]
        ) == [("It is so.", 1), ("", None)]
        assert not made.requirements.filter(current_decision__isnull=False).exists()

    def test_gives_a_second_one_of_a_name_its_own_address(self, editor, component):
        editor.post("/new/", form(name="Asset router"))

        assert Component.objects.filter(slug="asset-router-2").exists()

    def test_keeps_parameters_as_the_checks_want_them(self, editor, component):
        editor.post(
            "/new/",
            form(
                aws_distribution_id=" E1A2B3C4D5E6F7 ",
                aws_edge_regions="eu-west-1, us-east-1",
                aws_buckets="us-east-1: files-us\r\neu-west-1 files-eu",
            ),
        )

        assert Component.objects.get(slug="edge-router").parameters == {
            "distribution_id": "E1A2B3C4D5E6F7",
            "edge_regions": ["eu-west-1", "us-east-1"],
            "buckets": {"us-east-1": "files-us", "eu-west-1": "files-eu"},
        }

    @pytest.mark.parametrize(
        ("sent", "says"),
        [
            ({"name": ""}, "This field is required."),
            ({"name": "!!!"}, "Use at least one letter or digit."),
            ({"availability_target": "101"}, "less than or equal to 100"),
            ({"availability_window_days": "0"}, "greater than or equal to 1"),
            ({"aws_distribution_id": "e123"}, "A distribution id is an E with capital letters"),
            ({"aws_edge_regions": "eu-west-1 mars"}, "A region is a code"),
            ({"aws_buckets": "eu-west-1: Files"}, "A bucket name has 3 to 63"),
            ({"aws_hosted_zone_id": "nope"}, "A hosted zone id is a Z"),
            ({"aws_record_name": "-"}, "A record name is a full DNS name"),
            ({"aws_log_retention_days_max": "soon"}, "Give a whole number of days"),
            ({"aws_function_event": "lunch"}, "Select a valid choice"),
            ({"team": "9999"}, "Select a valid choice"),
        ],
    )
    def test_says_beside_the_field_what_is_wrong_and_keeps_the_rest(
        self, editor, component, sent, says
    ):
        response = editor.post("/new/", form(description="Typed <by> hand.", **sent))

        html = response.content.decode()
        assert response.status_code == 422
        (field,) = [f for f in response.context["form"] if f.errors]
        assert field.name == next(iter(sent))
        assert says in " ".join(field.errors)
        assert f'id="{field.id_for_label}-error"' in html
        assert "Typed &lt;by&gt; hand." in html
        assert not Component.objects.filter(name="Edge router").exists()

    def test_opens_the_first_group_of_parameters_and_folds_the_others(self, editor, component):
        page = editor.get("/new/")

        assert open_groups(page) == ["Front"]
        assert page.content.decode().count('<details class="fold"') == len(GROUPS)

    def test_opens_the_group_in_which_something_is_wrong(self, editor, component):
        page = editor.post("/new/", form(aws_record_name="-", aws_error_ttl_max="10"))

        assert open_groups(page) == ["Names"]

    def test_offers_only_teams_in_which_one_may_write(self, login, component, people):
        other = factory.make_team("other")
        factory.Membership.objects.create(team=other, user=people["editor"], role=Role.VIEWER)

        form_shown = login("editor").get("/new/").context["form"]

        assert [team.slug for team in form_shown["team"].field.queryset] == ["edge"]


class TestComponentEdit:
    def test_changes_what_was_said_and_remembers_by_whom(self, editor, component):
        editor.post(EDIT, form(component, name="New name", aws_function_name="router"))

        component.refresh_from_db()
        assert (component.name, component.slug, component.version) == (
            "New name",
            "asset-router",
            2,
        )
        assert component.parameters == {"function_name": "router"}
        assert component.history.latest().history_user.username == "editor"

    def test_shows_parameters_as_one_would_type_them(self, editor, component):
        Component.objects.update(parameters={"buckets": {"eu-west-1": "files-eu"}})

        html = editor.get(EDIT).content.decode()

        assert "eu-west-1: files-eu</textarea>" in html

    def test_opens_the_groups_of_parameters_in_which_something_is_given(self, editor, component):
        Component.objects.update(
            parameters={"function_name": "router", "edge_regions": ["eu-west-1"], "stack_name": "s"}
        )

        page = editor.get(EDIT)

        given = {group.title: group.given for group in page.context["form"].parameter_groups}
        assert open_groups(page) == ["Function", "Change and cost"]
        assert (given["Function"], given["Change and cost"], given["Watching"]) == (2, 1, 0)
        assert "2 given" in page.content.decode()

    def test_of_a_lost_race_is_409_with_both_texts(self, editor, component):
        editor.post(EDIT, form(component, name="Theirs"))

        response = editor.post(EDIT, form(component, name="Mine"))

        html = response.content.decode()
        assert response.status_code == 409
        assert ("Theirs" in html, 'value="Mine"' in html) == (True, True)
        assert 'name="version" value="2"' in html
        assert Component.objects.get().name == "Theirs"

    def test_after_a_lost_race_can_be_saved_on_top(self, editor, component):
        editor.post(EDIT, form(component, name="Theirs"))

        editor.post(EDIT, form(component, name="Mine", version=2))

        assert Component.objects.get().name == "Mine"

    def test_of_parameters_moves_standings_that_rested_on_the_old_ones(self, editor, component):
        Component.objects.update(parameters={"function_name": "a", "edge_regions": ["eu-west-1"]})
        component.refresh_from_db()
        requirement = Requirement.objects.get(criterion__slug="c-0-0")
        factory.add_check(requirement, "logs.group-in-every-region")
        factory.make_decision(component, "c-0-0", "done")
        factory.make_result(component, "logs.group-in-every-region", "pass", now=timezone.now())
        before = Requirement.objects.get(criterion__slug="c-0-0").standing

        editor.post(EDIT, form(component, aws_function_name="b", aws_edge_regions="eu-west-1"))

        after = Requirement.objects.get(criterion__slug="c-0-0").standing
        assert (before, after) == ("verified", "done")


class TestComponentArchive:
    def test_leaves_the_list_and_comes_back(self, login, component):
        admin = login("admin")

        admin.post("/components/asset-router/archive/")
        gone = admin.get("/components/").context["rows"]
        listed = admin.get("/components/?archived=1").context["rows"]
        admin.post("/components/asset-router/restore/")

        assert (gone, [r.component.slug for r in listed]) == ([], ["asset-router"])
        assert [r.component.slug for r in admin.get("/components/").context["rows"]] == [
            "asset-router"
        ]


class TestPlatforms:
    @pytest.fixture
    def platform(self, component):
        return factory.make_component(slug="logging", name="Logging", is_platform=True)

    def save(self, editor, component, **said):
        component.refresh_from_db()
        least = {
            "name": component.name,
            "team": component.team_id,
            "criticality": "important",
            "availability_window_days": 30,
            "version": component.version,
        }
        return editor.post(f"/components/{component.slug}/edit/", least | said)

    def test_a_component_is_let_stand_on_one(self, editor, component, platform):
        self.save(editor, component, platforms=[platform.pk])

        assert list(component.platforms.all()) == [platform]
        html = editor.get(f"/components/{component.slug}/edit/").content.decode()
        assert f'name="platforms" value="{platform.pk}" id="id_platforms_0" checked' in html

    def test_only_platforms_that_one_may_read_are_offered(self, editor, component, platform):
        hidden = factory.make_component(
            slug="hidden", team=factory.make_team("other"), is_platform=True
        )

        response = self.save(editor, component, platforms=[hidden.pk])

        assert response.status_code == 422
        assert hidden.name not in editor.get("/new/").content.decode()

    def test_one_that_it_stands_on_already_stays_though_its_editor_cannot_read_it(
        self, editor, component, platform
    ):
        component.platforms.add(platform)
        Component.objects.filter(pk=platform.pk).update(team=factory.make_team("other"))

        self.save(editor, component, platforms=[platform.pk], name="Renamed")

        assert list(component.platforms.all()) == [platform]

    def test_a_platform_stands_on_no_other(self, editor, component, platform):
        response = self.save(editor, component, platforms=[platform.pk], is_platform="on")

        assert response.status_code == 422
        assert "A platform stands on no other" in response.content.decode()
        assert not component.platforms.exists()

    def test_what_others_stand_on_stays_a_platform(self, editor, component, platform):
        component.platforms.add(platform)

        response = self.save(editor, platform)

        assert response.status_code == 422
        assert "1 component stands on it" in response.content.decode()

    def test_a_platform_that_is_inherited_from_is_kept(self, editor, component, platform):
        component.platforms.add(platform)
        factory.make_decision(platform, "c-0-0")
        by = User.objects.get(username="editor")
        inherit(
            component=component, criterion="c-0-0", platform=platform, seen=None, by=by, now=NOW
        )

        response = self.save(editor, component)

        assert response.status_code == 422
        assert "Criterion 0.0 is inherited from Logging" in response.content.decode()
        assert list(component.platforms.all()) == [platform]

    def test_is_kept_in_the_history(self, editor, component):
        self.save(editor, component, is_platform="on")

        assert [h.is_platform for h in component.history.all()] == [True, False]

    def test_the_action_itself_refuses(self, component, platform):
        with pytest.raises(PlatformProblem, match="stands on no other"):
            edit_component(
                component=component,
                values={"is_platform": True, "platforms": [platform]},
                version=1,
                by=User.objects.earliest("pk"),
                now=NOW,
            )
