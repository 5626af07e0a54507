from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from readiness.models import Decision, Requirement, User
from tests import factory

BASE = "/components/asset-router/"
ROW = f"{BASE}requirements/c-0-0/"
HTMX = {"HX-Request": "true", "HX-Target": "row--c-0-0"}
pytestmark = pytest.mark.usefixtures("people")


def tomorrow():
    return timezone.localdate() + timedelta(days=1)


def refusal(**more):
    return {
        "outcome": "wont_build",
        "supersedes": "",
        "reasoning": "Too *dear*.",
        "risk": "It may hurt.",
        "cell": "2-3",
        "revisit_date": tomorrow().isoformat(),
    } | more


class TestRequirementDetail:
    def test_opens_in_the_whole_report(self, editor, component):
        response = editor.get(ROW)

        html = response.content.decode()
        assert '<li class="row open" id="row--c-0-0"' in html
        assert html.count('<li class="row"') == 5
        assert "<!doctype html>" in html

    def test_is_a_row_for_htmx(self, editor, component):
        response = editor.get(ROW, headers=HTMX)

        html = response.content.decode().strip()
        assert html.startswith('<li class="row open" id="row--c-0-0"')
        assert html.endswith("</li>")
        assert {"HX-Request", "HX-Target"} <= set(response["Vary"].split(", "))
        # Nothing else is read for it; what its topic comes to is, once it was saved.
        assert len(response.context["report"].requirements) == 1
        saved = editor.get(f"{ROW}?closed&saved", headers=HTMX)
        assert len(saved.context["report"].requirements) == 6

    def test_is_the_whole_page_when_history_is_restored(self, editor, component):
        restore = HTMX | {"HX-History-Restore-Request": "true"}

        assert "<!doctype html>" in editor.get(ROW, headers=restore).content.decode()

    def test_closes_and_gives_the_address_back(self, editor, component):
        response = editor.get(f"{ROW}?closed&standing=undecided", headers=HTMX)

        assert '<li class="row" id="row--c-0-0"' in response.content.decode()
        assert response["HX-Push-Url"] == f"{BASE}?standing=undecided"

    def test_closes_without_htmx_by_going_to_the_report(self, editor, component):
        assert editor.get(f"{ROW}?closed")["Location"] == BASE

    def test_has_no_forms_for_a_viewer(self, login, component):
        html = login("viewer").get(ROW, headers=HTMX).content.decode()

        assert "<form" not in html
        assert "Nobody has decided this yet." in html

    def test_after_a_save_brings_its_topic_s_counts_along(self, editor, component):
        factory.make_decision(component, "c-0-0")

        html = editor.get(f"{ROW}?closed&saved", headers=HTMX).content.decode()

        assert 'id="topic-counts--t-0" hx-swap-oob="true"' in html
        assert "1 of 3 settled" in html
        assert html.count('aria-label="By number') == 1

    def test_of_a_criterion_that_is_not_there_is_404(self, editor, component):
        assert editor.get(f"{BASE}requirements/nothing/").status_code == 404


class TestDecisionSave:
    def test_works_without_htmx(self, editor, component):
        response = editor.post(f"{ROW}decide/", refusal())

        assert (response.status_code, response["Location"]) == (302, ROW)
        decision = Decision.objects.get()
        assert (decision.outcome, decision.likelihood, decision.impact) == ("wont_build", 2, 3)
        assert decision.revisit_date == tomorrow()
        assert decision.decided_by.username == "editor"

    def test_answers_htmx_with_news_for_the_page(self, editor, component):
        response = editor.post(f"{ROW}decide/", refusal(), headers=HTMX)

        assert response.status_code == 200
        assert f'hx-get="{ROW}?closed&amp;saved' in response.content.decode()
        assert json.loads(response["HX-Trigger"]) == {
            "standings-changed": {},
            "announce": {"text": "Saved.", "row": "c-0-0"},
        }

    @pytest.mark.parametrize(
        ("outcome", "said"),
        [
            ("build", {"reasoning": "Yes.", "owner": "editor", "effort": "S"}),
            ("done", {"evidence": "https://wiki.example/x"}),
            ("not_applicable", {"reasoning": "None here."}),
        ],
    )
    def test_takes_each_outcome(self, editor, component, people, outcome, said):
        if "owner" in said:
            said = said | {"owner": people["editor"].pk}

        response = editor.post(f"{ROW}decide/", {"outcome": outcome, "supersedes": ""} | said)

        assert response.status_code == 302
        assert Decision.objects.get().outcome == outcome

    def test_shows_what_is_missing_and_keeps_what_was_typed(self, editor, component):
        sent = refusal(cell="", risk="", revisit_date="nonsense", reasoning="Typed </textarea><b>")

        response = editor.post(f"{ROW}decide/", sent, headers=HTMX)

        html = response.content.decode()
        assert response.status_code == 422
        assert "Typed &lt;/textarea&gt;&lt;b&gt;" in html
        assert "Say what may happen because it is not there." in html
        assert "Pick how likely that is, 1 to 5." in html
        assert "Give a day as year-month-day" in html
        assert 'value="nonsense"' in html
        assert not Decision.objects.exists()

    def test_proposes_the_revisit_date_when_none_was_given(self, editor, component):
        editor.post(f"{ROW}decide/", refusal(cell="5-5", revisit_date=""))

        expected = timezone.localdate() + timedelta(days=30)
        assert Decision.objects.get().revisit_date == expected

    def test_owner_must_be_of_the_team(self, editor, component, people):
        sent = {"outcome": "build", "reasoning": "Yes.", "owner": people["stranger"].pk}

        response = editor.post(f"{ROW}decide/", sent, headers=HTMX)

        assert response.status_code == 422

    def test_of_a_lost_race_is_409_with_both_texts(self, editor, component):
        factory.make_decision(component, "c-0-0", "done", evidence="Theirs, first.")

        response = editor.post(f"{ROW}decide/", refusal(reasoning="Mine, second."), headers=HTMX)

        html = response.content.decode()
        assert response.status_code == 409
        assert "Theirs, first." in html
        assert "Mine, second." in html
        assert f'name="supersedes" value="{Decision.objects.get().pk}"' in html

    def test_after_a_lost_race_can_be_saved_on_top(self, editor, component):
        theirs = factory.make_decision(component, "c-0-0", "done")

        editor.post(f"{ROW}decide/", refusal(supersedes=theirs.pk))

        assert Requirement.objects.get(criterion__slug="c-0-0").standing == "accepted"
        assert Decision.objects.count() == 2

    def test_line_ends_are_the_database_s(self, editor, component):
        editor.post(f"{ROW}decide/", {"outcome": "done", "evidence": "a\r\nb"})

        assert Decision.objects.get().evidence == "a\nb"

    @pytest.mark.parametrize("rows", [1, 3, 75])
    def test_takes_few_queries_however_long_the_report(
        self, editor, component, rows, django_assert_num_queries
    ):
        factory.add_criteria(component, rows)

        # Session and user, BEGIN and COMMIT, and who inherits it.
        with django_assert_num_queries(11):
            editor.post(f"{ROW}decide/", refusal(), headers=HTMX)
        again = refusal(supersedes=Decision.objects.get().pk)
        with django_assert_num_queries(12):
            editor.post(f"{ROW}decide/", again, headers=HTMX)

    def test_session_that_ended_goes_to_the_login_page(self, client, component):
        response = client.post(
            f"{ROW}decide/",
            refusal(),
            headers=HTMX | {"HX-Current-URL": f"http://testserver{BASE}"},
        )

        assert (response.status_code, response["HX-Redirect"]) == (204, f"/login/?next={BASE}")


class TestSuggestionAdopt:
    @pytest.fixture
    def suggested(self, component):
        item = {
            "statement": "It is so.",
            "suggested_outcome": "wont_build",
            "suggestion": {"reasoning": "Dear.", "risk": "Hurts.", "likelihood": 1, "impact": 2},
        }
        blueprint = factory.make_blueprint(component.catalog, c_0_0=item)
        Requirement.objects.filter(criterion__slug="c-0-0").update(
            blueprint_item=blueprint.items.get(), statement="It is so.", criterion_revision=1
        )

    def test_decides_nothing_by_itself(self, editor, component, suggested):
        html = editor.get(ROW, headers=HTMX).content.decode()

        assert "The blueprint suggests" in html
        assert not Decision.objects.exists()

    def test_adopts_with_the_reasoning_in_one_click(self, editor, component, suggested):
        editor.post(f"{ROW}adopt/")

        decision = Decision.objects.get()
        assert (decision.outcome, decision.reasoning, decision.risk) == (
            "wont_build",
            "Dear.",
            "Hurts.",
        )
        assert decision.revisit_date == timezone.localdate() + timedelta(days=365)
        assert decision.decided_by.username == "editor"

    def test_never_overrides_a_decision(self, editor, component, suggested):
        factory.make_decision(component, "c-0-0", "done", evidence="Theirs.")

        response = editor.post(f"{ROW}adopt/", headers=HTMX)

        assert (response.status_code, Decision.objects.count()) == (409, 1)
        assert "Dear." in response.content.decode()

    def test_without_a_suggestion_is_404(self, editor, component):
        assert editor.post(f"{ROW}adopt/").status_code == 404


class TestRequirementEdit:
    def sent(self, **more):
        return {
            f"requirement-{name}": value
            for name, value in {"version": 1, "statement": "New.", "weight": 5, "owner": ""}.items()
        } | more

    def test_translates_and_remembers_for_which_revision(self, editor, component):
        editor.post(f"{ROW}edit/", self.sent())

        found = Requirement.objects.get(criterion__slug="c-0-0")
        assert (found.statement, found.weight, found.criterion_revision) == ("New.", 5, 1)
        assert found.history.latest().history_user.username == "editor"

    def test_of_a_lost_race_is_409_with_both_texts(self, editor, component):
        editor.post(f"{ROW}edit/", self.sent())

        response = editor.post(
            f"{ROW}edit/", self.sent(**{"requirement-statement": "Mine."}), headers=HTMX
        )

        html = response.content.decode()
        assert response.status_code == 409
        assert ("New." in html, "Mine." in html) == (True, True)
        assert 'name="requirement-version" value="2"' in html

    def test_shows_what_is_wrong(self, editor, component):
        response = editor.post(f"{ROW}edit/", self.sent(**{"requirement-weight": 9}), headers=HTMX)

        assert response.status_code == 422
        assert "less than or equal to 5" in response.content.decode()


class TestCheckBindingSave:
    def test_mutes_and_unmutes(self, editor, component):
        editor.post(f"{ROW}checks/", {"check_id": "s3.versioning", "kind": "muted"})
        muted = Requirement.objects.get(criterion__slug="c-0-0")
        editor.post(f"{ROW}checks/", {"check_id": "s3.versioning", "kind": ""})

        assert muted.check_bindings == {"s3.versioning": {"kind": "muted", "reason": ""}}
        assert muted.history.latest().history_user.username == "editor"
        assert Requirement.objects.get(criterion__slug="c-0-0").check_bindings == {}

    @pytest.mark.parametrize("sent", [{}, {"check_id": "x", "kind": "nonsense"}])
    def test_refuses_what_it_does_not_know(self, editor, component, sent):
        assert editor.post(f"{ROW}checks/", sent).status_code == 422


def test_whoever_leaves_the_team_stays_in_the_ledger(component, people):
    factory.make_decision(component, "c-0-0", by=people["editor"])

    User.objects.filter(username="editor").update(is_active=False)

    assert Decision.objects.get().decided_by.username == "editor"
