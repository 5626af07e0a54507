from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from readiness.decisions import approvals
from readiness.decisions.bulk.queries import last_bulk
from readiness.models import Decision, Requirement
from tests import factory

BASE = "/components/asset-router/"
BULK = f"{BASE}bulk/"
pytestmark = pytest.mark.usefixtures("people")


def of(criterion):
    return Requirement.objects.get(criterion__slug=criterion)


def rows(*criteria, by="head_decision_id"):
    """What the form sends for its rows, as they are now."""
    seen = {f"seen-{slug}": getattr(of(slug), by) or "" for slug in criteria}
    return {"criterion": criteria} | seen


def done(*criteria, **more):
    return rows(*criteria) | {"outcome": "done", "evidence": "The runbook."} | more


@pytest.fixture
def now():
    return timezone.now()


class TestBulkDecide:
    def test_shows_the_selected_rows_in_the_order_of_the_catalog(self, editor, component):
        factory.make_decision(component, "c-0-1")

        html = editor.get(f"{BULK}decide/?criterion=c-1-0&criterion=c-0-1").content.decode()

        assert "2 requirements</legend>" in html
        assert html.index("Criterion 0.1") < html.index("Criterion 1.0")
        assert "It is done, " in html
        assert "Not decided yet" in html
        assert 'name="seen-c-1-0" value=""' in html

    def test_says_which_rows_inherit(self, editor, component):
        platform = factory.make_component(slug="platform")
        source = platform.requirements.get(criterion__slug="c-0-0")
        component.requirements.filter(criterion__slug="c-0-0").update(inherits=source)

        html = editor.get(f"{BULK}decide/?criterion=c-0-0").content.decode()

        assert "Inherited from a platform: a decision here takes its place" in html

    @pytest.mark.parametrize("query", ["", "?criterion=nothing"])
    def test_of_nothing_says_so(self, editor, query):
        assert "No requirement is selected." in editor.get(f"{BULK}decide/{query}").content.decode()

    def test_gives_each_its_own_entry(self, editor, component, people):
        factory.make_decision(component, "c-0-1", "not_applicable")

        response = editor.post(f"{BULK}decide/", done("c-0-0", "c-0-1"))

        assert response["Location"] == BASE
        first, second = of("c-0-0").current_decision, of("c-0-1").current_decision
        assert (first.number, second.number) == (1, 2)
        assert (first.evidence, first.digest != second.digest) == ("The runbook.", True)
        assert (second.decided_by, second.decided_at) == (people["editor"], first.decided_at)
        assert of("c-0-0").standing == "done"
        html = editor.get(BASE).content.decode()
        assert "2 requirements decided, each with an entry of its own." in html
        assert f'<a href="{BULK}undo/">Undo</a>' in html

    def test_proposes_where_policy_wants_an_approval(self, editor):
        refusal = {"outcome": "wont_build", "reasoning": "Dear.", "risk": "Ruin.", "cell": "5-5"}

        editor.post(f"{BULK}decide/", rows("c-0-0", "c-0-1") | refusal)

        assert of("c-0-0").current_decision is None
        assert of("c-0-0").proposed_decision.number == 1
        assert "2 requirements proposed:" in editor.get(BASE).content.decode()

    def test_that_does_not_say_what_it_must_keeps_what_was_typed(self, editor):
        sent = rows("c-0-0", "c-0-1") | {"outcome": "build", "reasoning": "We need it."}

        response = editor.post(f"{BULK}decide/", sent)

        html = response.content.decode()
        assert response.status_code == 422
        assert "Name who will see to it." in html
        assert "We need it." in html
        assert html.count('name="criterion"') == 2
        assert not Decision.objects.exists()

    def test_writes_nothing_where_one_was_decided_meanwhile(self, editor, component, people):
        sent = done("c-0-0", "c-0-1", "c-0-2")
        theirs = factory.make_decision(component, "c-0-1", "not_applicable", by=people["admin"])

        response = editor.post(f"{BULK}decide/", sent)

        html = response.content.decode()
        assert response.status_code == 409
        assert list(Decision.objects.all()) == [theirs]
        assert html.count("Changed in the meantime.") == 1
        assert "The runbook.</textarea>" in html
        # Theirs is left out until it is ticked again, and would then be superseded.
        assert 'value="c-0-1">' in html
        assert f'name="seen-c-0-1" value="{theirs.pk}"' in html
        assert html.count(" checked>") == 3  # two rows and the outcome

        again = sent | {"criterion": ["c-0-0", "c-0-2"], "seen-c-0-1": theirs.pk}
        assert editor.post(f"{BULK}decide/", again).status_code == 302
        assert Decision.objects.count() == 3

    def test_writes_nothing_where_nothing_is_ticked(self, editor):
        response = editor.post(f"{BULK}decide/", done("c-0-0") | {"criterion": []})

        html = response.content.decode()
        assert response.status_code == 422
        assert "Tick at least one requirement." in html
        assert "The runbook." in html
        assert 'value="c-0-0"' in html

    @pytest.mark.parametrize("seen", ["99", "x", "-1"])
    def test_of_a_form_that_is_not_ours_loses_the_race(self, editor, seen):
        sent = done("c-0-0") | {"seen-c-0-0": seen}

        assert editor.post(f"{BULK}decide/", sent).status_code == 409

    def test_of_more_than_a_hundred_is_refused(self, editor, component):
        factory.add_criteria(component, 101)
        many = "&".join(f"criterion=more-{n}" for n in range(101))

        html = editor.get(f"{BULK}decide/?{many}").content.decode()

        assert "At most 100 requirements can be changed at once." in html

    def test_of_another_component_is_not_possible(self, editor, component):
        other = factory.make_component(slug="other", team=factory.make_team("other"))

        sent = {"criterion": ["c-0-0"], "seen-c-0-0": "", "outcome": "done", "evidence": "There."}
        editor.post(f"{BULK}decide/", sent)

        assert Decision.objects.get().requirement.component == component
        assert not other.requirements.exclude(head_decision=None).exists()

    @pytest.mark.parametrize("number", [1, 3, 75])
    def test_takes_seven_queries_more_with_each_row(
        self, editor, component, number, django_assert_num_queries
    ):
        factory.add_criteria(component, number)
        sent = {"criterion": [f"more-{n}" for n in range(number)]}
        sent |= {f"seen-more-{n}": "" for n in range(number)}

        with django_assert_num_queries(9 + 7 * number):
            editor.post(f"{BULK}decide/", sent | {"outcome": "done", "evidence": "There."})

        assert Decision.objects.count() == number

    @pytest.mark.parametrize("number", [1, 3, 75])
    def test_page_takes_six_queries(self, editor, component, number, django_assert_num_queries):
        factory.add_criteria(component, number)
        many = "&".join(f"criterion=more-{n}" for n in range(number))

        with django_assert_num_queries(6):
            editor.get(f"{BULK}decide/?{many}")


class TestBulkAssign:
    def test_gives_all_the_same_owner_and_each_its_history(self, editor, people):
        sent = rows("c-0-0", "c-1-0", by="version") | {"owner": people["viewer"].pk}

        assert editor.post(f"{BULK}assign/", sent)["Location"] == BASE

        assert [of(slug).owner for slug in ("c-0-0", "c-1-0")] == [people["viewer"]] * 2
        assert of("c-0-0").history.first().history_user == people["editor"]
        assert "2 requirements changed." in editor.get(BASE).content.decode()

    def test_to_a_stranger_is_refused(self, editor, people):
        sent = rows("c-0-0", by="version") | {"owner": people["stranger"].pk}

        assert editor.post(f"{BULK}assign/", sent).status_code == 422

    def test_writes_nothing_where_one_was_changed_meanwhile(self, editor, people):
        sent = rows("c-0-0", "c-0-1", by="version") | {"owner": people["viewer"].pk}
        Requirement.objects.filter(criterion__slug="c-0-1").update(version=7)

        response = editor.post(f"{BULK}assign/", sent)

        html = response.content.decode()
        assert response.status_code == 409
        assert html.count("Changed in the meantime.") == 1
        assert f'<option value="{people["viewer"].pk}" selected>' in html
        assert of("c-0-0").owner is None


class TestBulkWeigh:
    def test_gives_all_the_same_weight(self, editor):
        editor.post(f"{BULK}weigh/", rows("c-0-0", "c-0-1", by="version") | {"weight": "5"})

        assert [of(slug).weight for slug in ("c-0-0", "c-0-1", "c-0-2")] == [5, 5, 3]

    def test_of_six_is_refused(self, editor):
        sent = rows("c-0-0", by="version") | {"weight": "6"}

        assert editor.post(f"{BULK}weigh/", sent).status_code == 422

    @pytest.mark.parametrize("number", [1, 3, 75])
    def test_takes_five_queries_more_with_each_row(
        self, editor, component, number, django_assert_num_queries
    ):
        factory.add_criteria(component, number)
        sent = {"criterion": [f"more-{n}" for n in range(number)], "weight": "5"}
        sent |= {f"seen-more-{n}": "1" for n in range(number)}

        with django_assert_num_queries(7 + 5 * number):
            editor.post(f"{BULK}weigh/", sent)


class TestBulkUndo:
    def test_decides_as_before_in_new_entries(self, editor, component):
        factory.make_decision(component, "c-0-0", "not_applicable", reasoning="No such thing.")
        factory.make_decision(component, "c-0-1", "build", reasoning="We need it.")
        editor.post(f"{BULK}decide/", done("c-0-0", "c-0-1", "c-0-2"))

        page = editor.get(f"{BULK}undo/").content.decode()
        editor.post(f"{BULK}undo/", {"criterion": ["c-0-0", "c-0-1", "c-0-2"]})

        assert page.count('type="checkbox"') == 2
        assert "Nothing was decided before: it cannot become undecided again." in page
        assert [of(s).current_decision.outcome for s in ("c-0-0", "c-0-1", "c-0-2")] == [
            "not_applicable",
            "build",
            "done",
        ]
        again = of("c-0-0").current_decision
        assert (again.number, again.reasoning) == (3, "No such thing.")
        assert Decision.objects.count() == 7
        assert "2 requirements decided as before" in editor.get(BASE).content.decode()

    def test_leaves_alone_what_was_decided_since(self, editor, component, people):
        for slug in ("c-0-0", "c-0-1"):
            factory.make_decision(component, slug, "not_applicable")
        editor.post(f"{BULK}decide/", done("c-0-0", "c-0-1"))
        factory.make_decision(component, "c-0-1", "build", by=people["admin"])

        page = editor.get(f"{BULK}undo/").content.decode()
        editor.post(f"{BULK}undo/", {"criterion": ["c-0-0", "c-0-1"]})

        assert "It was decided again since, and is left alone." in page
        assert of("c-0-0").current_decision.outcome == "not_applicable"
        assert of("c-0-1").current_decision.outcome == "build"

    def test_writes_nothing_where_a_day_has_passed_and_says_where(self, editor, component, now):
        past = now - timedelta(days=10)
        day = timezone.localdate(past)
        factory.make_decision(component, "c-0-0", "build", now=past, due_date=day)
        factory.make_decision(component, "c-0-1", "build", now=past)
        editor.post(f"{BULK}decide/", done("c-0-0", "c-0-1"))

        response = editor.post(f"{BULK}undo/", {"criterion": ["c-0-0", "c-0-1"]})

        html = response.content.decode()
        assert response.status_code == 422
        assert html.count("This day has passed; give a day from today on.") == 1
        assert Decision.objects.count() == 4
        assert f'href="{BULK}undo/c-0-0/"' in html

    @pytest.mark.parametrize("criteria", [[], ["c-0-2"], ["nothing"]])
    def test_of_nothing_is_refused(self, editor, component, criteria):
        factory.make_decision(component, "c-0-0")
        editor.post(f"{BULK}decide/", done("c-0-0", "c-0-1"))

        assert editor.post(f"{BULK}undo/", {"criterion": criteria}).status_code == 422

    def test_shows_nobody_else_s_work_nor_single_decisions(self, login, editor, component):
        editor.post(f"{BULK}decide/", done("c-0-0", "c-0-1"))
        login("admin").post(
            f"{BASE}requirements/c-1-0/decide/", {"outcome": "done", "evidence": "x"}
        )

        html = login("admin").get(f"{BULK}undo/").content.decode()

        assert "You have decided nothing at once on Asset router within a day." in html

    def test_forgets_after_a_day(self, editor, component, people, now):
        editor.post(f"{BULK}decide/", done("c-0-0", "c-0-1"))

        found = [
            len(last_bulk(component, people["editor"], now + timedelta(hours=hours)))
            for hours in (0, 23, 25)
        ]

        assert found == [2, 2, 0]

    def test_goes_back_to_what_stood_and_not_to_a_proposal(self, editor, component, people, now):
        factory.make_decision(component, "c-0-0", "not_applicable", reasoning="It stood.")
        proposal = factory.make_decision(
            component,
            "c-0-0",
            "wont_build",
            now=now,
            approved=False,
            likelihood=5,
            impact=5,
            revisit_date=timezone.localdate(now) + timedelta(days=20),
        )
        approvals.send_back(decision=proposal, by=people["approver"], now=now, reason="No.")
        editor.post(f"{BULK}decide/", done("c-0-0", "c-0-1"))

        editor.post(f"{BULK}undo/", {"criterion": ["c-0-0"]})

        assert of("c-0-0").current_decision.reasoning == "It stood."

    @pytest.mark.parametrize("number", [2, 3, 75])
    def test_page_takes_six_queries(self, editor, component, number, django_assert_num_queries):
        factory.add_criteria(component, number)
        slugs = [f"more-{n}" for n in range(number)]
        for _ in range(2):
            editor.post(f"{BULK}decide/", done(*slugs))

        with django_assert_num_queries(6):
            html = editor.get(f"{BULK}undo/").content.decode()

        assert html.count('type="checkbox"') == number


class TestDecisionUndo:
    def test_offers_what_stood_before_as_a_new_entry(self, editor, component):
        factory.make_decision(component, "c-0-0", "not_applicable", reasoning="No such thing.")
        newest = factory.make_decision(component, "c-0-0", "done")

        html = editor.get(f"{BULK}undo/c-0-0/").content.decode()

        assert "No such thing.</textarea>" in html
        assert 'value="not_applicable" checked' in html
        assert f'name="supersedes" value="{newest.pk}"' in html
        assert f'action="{BASE}requirements/c-0-0/decide/"' in html

    def test_says_where_there_is_nothing_to_go_back_to(self, editor, component):
        undecided = editor.get(f"{BULK}undo/c-0-0/").content.decode()
        factory.make_decision(component, "c-0-0")
        first = editor.get(f"{BULK}undo/c-0-0/").content.decode()

        assert "Nothing was decided before." in undecided
        assert "it cannot become undecided again" in first
        assert "<textarea" not in undecided + first

    def test_is_offered_beside_the_decision(self, login, component):
        factory.make_decision(component, "c-0-0")
        row = f"{BASE}requirements/c-0-0/"

        assert f'href="{BULK}undo/c-0-0/"' in login("editor").get(row).content.decode()
        assert f'href="{BULK}undo/c-0-0/"' not in login("viewer").get(row).content.decode()


class TestSelection:
    def test_is_offered_to_who_may_decide(self, login, component):
        editor, viewer = (login(who).get(BASE).content.decode() for who in ("editor", "viewer"))

        assert editor.count('class="pick" form="selection"') == 6
        assert f'formaction="{BULK}decide/"' in editor
        assert 'class="pick"' not in viewer
        assert 'id="selection"' not in viewer
