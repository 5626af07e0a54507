from __future__ import annotations

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from readiness.accounts.actions import set_component_accounts
from readiness.firststeps.steps import Name, State
from readiness.models import (
    AwsAccount,
    CheckRun,
    Component,
    JobState,
    Requirement,
    Role,
    Team,
    User,
)
from tests import factory
from tests.factory import NOW

STEPS = "/first-steps/"
C = "/components/asset-router/"


@pytest.fixture
def root(db):
    user = factory.make_user("root")
    user.is_superuser = True
    user.save()
    client = Client()
    client.force_login(user)
    return client


def steps_of(client):
    return client.get(STEPS).context["first_steps"]


def due(client):
    """The step that is due, with what leads to it."""
    found = steps_of(client)
    action = found.action
    return str(found.next.name), action and (action.words, action.address)


def text_of(response):
    return " ".join(response.content.decode().split())


def with_checks(component, bucket="files-us"):
    component.parameters = {"buckets": {"us-east-1": bucket}}
    component.save()
    return component


class TestFirstSteps:
    def test_begin_with_the_catalog(self, root):
        html = text_of(root.get(STEPS))

        assert "load_catalog fixtures/*/*.yaml" in html
        assert steps_of(root).next is None

    def test_lead_whoever_runs_the_installation_through_everything(self, root):
        catalog = factory.make_catalog()
        blueprint = factory.make_blueprint(
            catalog, c_1_0={"statement": "So.", "suggested_outcome": "done", "suggestion": {}}
        )
        assert due(root) == ("team", ("Make a team", "/teams/new/"))

        root.post("/teams/new/", {"name": "Delivery"})
        team = Team.objects.get(slug="delivery")
        assert due(root) == ("component", ("Choose a blueprint", "/catalog/blueprints/"))
        assert "/new/?blueprint=router" in root.get(STEPS).content.decode()

        component = factory.make_component(team=team, blueprint=blueprint)
        edit = "/components/asset-router/edit/#parameters"
        assert due(root) == ("parameters", ("Give parameters", edit))

        with_checks(component)
        assert due(root) == ("way-in", ("Add an AWS account", "/accounts/new/"))

        account = factory.make_account(team=team)
        choose = "/components/asset-router/accounts/"
        assert due(root) == ("way-in", ("Choose an account", choose))

        set_component_accounts(
            component=component,
            by_service={"": account},
            version=component.version,
            by=User.objects.get(username="root"),
            now=NOW,
        )
        assert due(root) == ("checks", ("Run the checks", C))

        factory.make_result(component, "s3.versioning", "fail")
        # What the blueprint has a suggestion for comes first.
        first = f"{C}requirements/c-1-0/#row--c-1-0"
        assert due(root) == ("decisions", ("Decide the first one", first))

        factory.make_decision(component, "c-1-0")
        # Then what weighs most.
        second = f"{C}requirements/c-0-2/#row--c-0-2"
        assert due(root) == ("decisions", ("Decide the next one", second))

        for slug in ("c-0-2", "c-1-2"):
            factory.make_decision(component, slug)
        assert steps_of(root).are_over
        assert "What comes next" in text_of(root.get(STEPS))

    def test_take_a_recording_in_place_of_an_account(self, editor, component):
        with_checks(component)
        assert due(editor) == ("way-in", ("Bring a recording", f"{C}recordings/"))

        factory.make_recording(component, b"{}", recorded_at=NOW)

        assert due(editor)[0] == "checks"

    def test_lead_to_the_accounts_that_are_still_in_use(self, editor, component):
        with_checks(component)
        account = factory.make_account(team=component.team)
        granted = due(editor)
        AwsAccount.objects.filter(pk=account.pk).update(archived_at=NOW)

        assert granted == ("way-in", ("Choose an account", f"{C}accounts/"))
        assert due(editor) == ("way-in", ("Bring a recording", f"{C}recordings/"))

    def test_do_not_count_a_look_that_saw_nothing(self, editor, component):
        with_checks(component)
        factory.make_recording(component, b"{}", recorded_at=NOW)
        factory.make_result(component, "s3.versioning", "not_authorised")

        html = text_of(editor.get(STEPS))

        assert due(editor)[0] == "checks"
        assert "AWS was asked, and none of the checks could look." in html
        assert f'action="{C}runs/start/"' in html

    def test_lead_to_a_run_that_is_under_way(self, editor, component):
        with_checks(component)
        factory.make_recording(component, b"{}", recorded_at=NOW)
        CheckRun.objects.create(component=component, requested_at=NOW, state=JobState.RUNNING)

        html = text_of(editor.get(STEPS))

        assert f'<a class="button primary" href="{C}">Watch them</a>' in html
        assert f'action="{C}runs/start/"' not in html

    def test_go_on_without_aws_for_now(self, editor, component):
        assert due(editor)[0] == "parameters"

        editor.post(f"{STEPS}without-aws/")

        found = {step.name: step.state for step in steps_of(editor).steps}
        assert found[Name.PARAMETERS] == found[Name.CHECKS] == State.LEFT_OUT
        assert found[Name.DECISIONS] == State.NOW

    def test_leave_out_what_is_archived_or_retired(self, editor, component):
        gone = factory.make_component(slug="gone", now=NOW.replace(year=2025))
        Component.objects.filter(pk=gone.pk).update(archived_at=NOW)
        heaviest = Requirement.objects.get(component=component, criterion__slug="c-0-2")
        heaviest.criterion.retired_at = NOW
        heaviest.criterion.save()

        first = steps_of(editor).facts.component

        assert (first.slug, first.open_criterion) == ("asset-router", "c-1-2")

    def test_do_not_ask_for_what_is_inherited(self, editor, component):
        platform = factory.make_component(slug="platform", team=factory.make_team("other"))
        inherited = component.requirements.filter(criterion__slug="c-0-2")
        inherited.update(inherits=platform.requirements.get(criterion__slug="c-0-2"))

        assert steps_of(editor).facts.component.open_criterion == "c-1-2"

    def test_are_about_the_teams_of_the_user_only(self, login, component):
        theirs = factory.make_component(
            slug="theirs", team=factory.make_team("other"), visible_to_organisation=True
        )
        for slug in ("c-0-0", "c-0-1", "c-0-2"):
            factory.make_decision(theirs, slug)

        assert steps_of(login("editor")).facts.decided == 0
        assert steps_of(login("stranger")).facts.component is None

    @pytest.mark.parametrize(
        ("who", "says"),
        [
            ("viewer", "This needs the role editor in the team of Asset router. Ask Admin for it"),
            (
                "stranger",
                "You are in no team yet, and only who runs this installation makes",
            ),
        ],
    )
    def test_say_whom_to_ask(self, login, who, says):
        boss = factory.make_user("boss")
        boss.is_superuser = True
        boss.save()

        html = text_of(login(who).get(STEPS))

        assert says in html
        assert ("Ask Boss to make one" in html) == (who == "stranger")
        # Nothing leads where the person would be refused.
        assert not any(f'href="{C}{page}' in html for page in ("edit/", "accounts/"))
        assert 'href="/teams/new/"' not in html

    def test_say_nobody_to_ask_who_has_left(self, login, component):
        admins = component.team.memberships.filter(role=Role.ADMIN)
        found = steps_of(login("viewer"))
        User.objects.filter(pk__in=admins.values("user")).update(is_active=False)

        assert (found.whom_to_ask, steps_of(login("viewer")).whom_to_ask) == (["Admin"], [])

    @pytest.mark.parametrize("number", [1, 3, 75])
    def test_take_five_queries_however_many(
        self, editor, component, number, django_assert_num_queries
    ):
        for n in range(number - 1):
            factory.make_component(slug=f"other-{n}")
        editor.get(STEPS)

        # Session and user; teams, the first component, decisions.
        with django_assert_num_queries(5):
            editor.get(STEPS)


class TestBar:
    """What goes along from page to page, once somebody has begun."""

    def test_goes_along_with_who_has_begun(self, editor, component):
        assert "first-steps-bar" not in text_of(editor.get(C))

        editor.get(STEPS)

        html = text_of(editor.get(C))
        assert "First steps: 2 of 6" in html
        assert f'<a class="button" href="{C}edit/#parameters">Give parameters</a>' in html

    def test_costs_three_queries_and_nobody_else_any(
        self, editor, component, django_assert_num_queries
    ):
        with CaptureQueriesContext(connection) as captured:
            editor.get(C)
        without = len(captured)
        editor.get(STEPS)

        with django_assert_num_queries(without + 3):
            editor.get(C)

    def test_offers_no_way_to_the_page_that_one_is_on(self, editor, component):
        editor.get(STEPS)

        html = text_of(editor.get(f"{C}edit/"))

        assert "Next: Give it its parameters" in html
        assert "Give parameters</a>" not in html

    def test_leaves_alone_who_may_not_do_the_next_step(self, login, component):
        viewer = login("viewer")
        viewer.get(STEPS)

        assert "first-steps-bar" not in text_of(viewer.get(C))

    def test_follows_when_a_decision_was_made_on_the_page(self, editor, component):
        editor.get(STEPS)
        with_checks(component)
        htmx = {"HX-Request": "true", "HX-Target": "first-steps-bar"}

        html = text_of(editor.get(STEPS, headers=htmx))

        assert html.startswith('<aside id="first-steps-bar"')
        assert "Next: AWS account or recording" in html

    def test_ends_where_it_says_what_comes_next(self, editor, component):
        editor.get(STEPS)
        for slug in ("c-0-0", "c-0-1", "c-0-2"):
            factory.make_decision(component, slug)

        at_the_end = text_of(editor.get(C))
        editor.get(STEPS)

        assert "You know the way now." in at_the_end
        assert "first-steps-bar" not in text_of(editor.get(C))

    def test_is_not_on_error_pages(self, editor, component):
        editor.get(STEPS)

        assert "first-steps-bar" not in text_of(editor.get("/nowhere/"))


class TestCard:
    """The start page has more room than a bar."""

    def test_stands_on_the_start_page_in_place_of_the_bar(self, editor, component):
        editor.get(STEPS)

        html = text_of(editor.get("/"))

        assert "First steps: 2 of 6" in html
        assert f'<a class="button primary" href="{C}edit/#parameters">Give parameters</a>' in html
        assert "first-steps-bar" not in html

    def test_shows_who_may_only_read_where_the_team_is(self, login, component):
        viewer = login("viewer")
        viewer.get(STEPS)

        html = text_of(viewer.get("/"))

        assert "First steps: 2 of 6" in html
        assert "Give parameters" not in html

    def test_is_not_there_for_who_has_not_begun_or_has_left(self, editor, component):
        before = text_of(editor.get("/"))
        editor.get(STEPS)
        editor.post(f"{STEPS}leave/")

        assert "steps-card" not in before
        assert "steps-card" not in text_of(editor.get("/"))

    @pytest.mark.parametrize("who", ["root", "somebody"])
    def test_empty_start_page_leads_to_the_steps(self, root, who):
        factory.make_user("somebody")
        client = Client()
        client.force_login(User.objects.get(username=who))

        html = text_of(client.get("/"))

        assert '<a class="button" href="/first-steps/">First steps</a>' in html
        assert ("There is no team yet." in html) == (who == "root")

    def test_empty_start_page_resumes_what_was_left(self, root):
        root.post(f"{STEPS}leave/")

        html = text_of(root.get("/"))

        assert html.count("Resume first steps</button>") == 2  # here, and in the menu


class TestLeave:
    def test_is_remembered_and_ends_the_bar(self, editor, people, component):
        editor.get(STEPS)

        response = editor.post(f"{STEPS}leave/", follow=True)

        people["editor"].refresh_from_db()
        assert people["editor"].left_first_steps_at is not None
        html = text_of(response)
        assert "You left the first steps." in html
        assert "first-steps-bar" not in html
        assert "<button>Resume first steps</button>" in html

    def test_holds_although_the_page_is_looked_at(self, editor, component):
        editor.post(f"{STEPS}leave/")

        html = text_of(editor.get(STEPS))

        assert "Resume first steps</button>" in html
        assert "first-steps-bar" not in text_of(editor.get(C))

    def test_ends_the_bar_in_every_browser(self, editor, people, component):
        elsewhere = Client()
        elsewhere.force_login(people["editor"])
        elsewhere.get(STEPS)
        before = text_of(elsewhere.get(C))

        editor.post(f"{STEPS}leave/")

        assert "first-steps-bar" in before
        assert "first-steps-bar" not in text_of(elsewhere.get(C))
        assert "steps-card" not in text_of(elsewhere.get("/"))

    def test_resume_takes_them_up_where_they_are(self, editor, people, component):
        editor.post(f"{STEPS}leave/")
        with_checks(component)

        response = editor.post(f"{STEPS}resume/", follow=True)

        people["editor"].refresh_from_db()
        assert people["editor"].left_first_steps_at is None
        assert response.redirect_chain == [(STEPS, 302)]
        assert due(editor)[0] == "way-in"
        assert "First steps: 3 of 6" in text_of(editor.get(C))


class TestLogin:
    @pytest.fixture(autouse=True)
    def _no_failures_yet(self):
        cache.clear()

    def log_in(self, name, **sent):
        client = Client()
        response = client.post("/login/", {"username": name, "password": "secret"} | sent)
        return client, response["Location"]

    @pytest.mark.parametrize("sent", [{}, {"next": "/"}])
    def test_of_an_empty_installation_leads_to_the_first_steps(self, root, sent):
        assert self.log_in("root", **sent)[1] == STEPS

    def test_leads_where_one_wanted_to_go(self, root):
        assert self.log_in("root", next="/catalog/")[1] == "/catalog/"

    def test_leads_to_the_start_where_a_component_is_there(self, people):
        assert self.log_in("editor")[1] == "/"

    def test_leads_who_left_them_to_the_start(self, root):
        User.objects.update(left_first_steps_at=timezone.now())

        assert self.log_in("root")[1] == "/"

    def test_lets_them_go_along_until_they_are_over(self, people, component):
        before, _ = self.log_in("editor")
        for slug in ("c-0-0", "c-0-1", "c-0-2"):
            factory.make_decision(component, slug)
        after, _ = self.log_in("editor")

        assert before.session["first_steps"] is True
        assert "first_steps" not in after.session

    def test_does_not_bring_them_back_to_who_left(self, people, component):
        User.objects.filter(username="editor").update(left_first_steps_at=timezone.now())

        client, _ = self.log_in("editor")

        assert "first_steps" not in client.session
