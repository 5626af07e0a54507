from __future__ import annotations

from datetime import date, timedelta

import pytest

from readiness.decisions.risk import DEFAULT
from readiness.decisions.rules import Content
from readiness.models import Decision, Requirement, RiskMatrix
from readiness.revisit.actions import kept, proposed_end
from tests import factory
from tests.factory import NOW, TODAY

KEEP = "/queue/asset-router/c-0-0/keep/"
HAND_OVER = "/queue/asset-router/c-0-0/hand-over/"
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def today(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def lapsed(component, people):
    return factory.make_decision(
        component, "c-0-0", "wont_build", by=people["editor"], now=NOW - timedelta(days=100),
        revisit_date=TODAY - timedelta(days=1), alternatives="A cron job.",
    )  # fmt: skip


def requirement():
    return Requirement.objects.select_related("current_decision").get(criterion__slug="c-0-0")


def form(decision, **sent):
    seen = {"stands": decision.pk, "newest": requirement().head_decision_id}
    return seen | {"why": "Still too dear.", "until": ""} | sent


class TestKept:
    def test_adds_the_sentence_and_leaves_the_rest(self):
        content = Content("build", reasoning="We need it.", owner_id=7, effort="M")

        after = kept(content, "It slipped.", date(2027, 1, 1))

        assert after.reasoning == "We need it.\n\nKept: It slipped."
        assert (after.owner_id, after.effort, after.due_date) == (7, "M", date(2027, 1, 1))

    def test_of_a_decision_without_reasoning_is_the_sentence(self):
        assert kept(Content("done", evidence="A link."), "It is.", None).reasoning == "Kept: It is."

    def test_gives_no_date_to_what_has_none(self):
        after = kept(Content("done", evidence="A link."), "It is.", date(2027, 1, 1))

        assert (after.due_date, after.revisit_date) == (None, None)

    @pytest.mark.parametrize(
        ("content", "end"),
        [
            (Content("wont_build", likelihood=4, impact=4), TODAY + timedelta(days=90)),
            (Content("wont_build", likelihood=1, impact=1), TODAY + timedelta(days=365)),
            (
                Content(
                    "wont_build",
                    likelihood=4,
                    impact=4,
                    residual_likelihood=1,
                    residual_impact=4,
                ),
                TODAY + timedelta(days=365),
            ),
            (Content("build", due_date=date(2026, 10, 31)), TODAY + timedelta(days=30)),
            (Content("build"), None),
            (Content("not_applicable", revisit_date=date(2026, 10, 2)), TODAY + timedelta(days=1)),
            (Content("done"), None),
        ],
    )
    def test_date_is_that_of_policy_or_as_long_as_before(self, content, end):
        decided = date(2026, 10, 1)

        assert proposed_end(content, decided, TODAY, DEFAULT) == end


class TestDecisionKeep:
    def test_shows_what_stands_and_proposes_a_date(self, editor, lapsed):
        html = editor.get(KEEP).content.decode()

        assert "Too dear." in html
        assert f'value="{(TODAY + timedelta(days=365)).isoformat()}"' in html

    def test_makes_a_new_decision_with_the_old_content(self, editor, lapsed):
        response = editor.post(f"{KEEP}?of=team:edge", form(lapsed, until="2027-02-01"))

        new = requirement().current_decision
        assert response["Location"] == "/queue/?of=team:edge"
        assert (new.number, new.supersedes_id) == (2, lapsed.pk)
        assert new.reasoning == "Too dear.\n\nKept: Still too dear."
        assert (new.alternatives, new.risk) == ("A cron job.", lapsed.risk)
        assert (new.revisit_date, requirement().standing) == (date(2027, 2, 1), "accepted")

    def test_without_a_date_takes_the_one_of_policy(self, editor, lapsed):
        editor.post(KEEP, form(lapsed))

        assert requirement().current_decision.revisit_date == TODAY + timedelta(days=365)

    def test_leaves_the_queue(self, editor, lapsed):
        before = len(editor.get("/queue/").context["rows"])

        editor.post(KEEP, form(lapsed))

        assert (before, len(editor.get("/queue/").context["rows"])) == (1, 0)

    def test_to_htmx_answers_in_the_place_of_the_form(self, editor, lapsed):
        response = editor.post(KEEP, form(lapsed), headers=HTMX)

        html = response.content.decode()
        assert f'<div class="act done" id="act--{requirement().pk}">' in html
        assert "Kept until 20 November 2027." in html
        assert "<html" not in html

    @pytest.mark.parametrize(
        ("sent", "says"),
        [
            ({"why": " "}, "Say in a sentence why"),
            ({"until": "2026-11-20"}, "Give a day after today."),
            ({"until": "2028-01-01"}, "A low risk may stand for 365 days at most"),
            ({"until": "soon"}, "Give a day as year-month-day"),
        ],
    )
    def test_says_what_is_wrong_and_keeps_what_was_typed(self, editor, lapsed, sent, says):
        response = editor.post(KEEP, form(lapsed, **{"why": "Typed by hand."} | sent))

        html = response.content.decode()
        assert (response.status_code, says in html) == (422, True)
        assert "Typed by hand." in html or sent.get("why")
        assert Decision.objects.count() == 1

    def test_of_a_lost_race_is_409_with_both_texts(self, editor, lapsed, component, people):
        sent = form(lapsed, why="My <own> sentence.")
        theirs = factory.make_decision(
            component, "c-0-0", "done", by=people["admin"], evidence="Their evidence."
        )

        response = editor.post(KEEP, sent)

        html = response.content.decode()
        assert response.status_code == 409
        assert "Admin decided this in the meantime." in html
        assert ("Their evidence." in html, "My &lt;own&gt; sentence." in html) == (True, True)
        assert f'name="stands" value="{theirs.pk}"' in html
        assert Decision.objects.count() == 2

    def test_after_a_lost_race_keeps_what_stands_now(self, editor, lapsed, component):
        theirs = factory.make_decision(component, "c-0-0", "done")

        editor.post(KEEP, form(theirs))

        new = requirement().current_decision
        assert (new.outcome, new.reasoning) == ("done", "Kept: Still too dear.")

    def test_of_a_proposal_approved_meanwhile_is_a_lost_race(self, editor, lapsed, component):
        proposal = factory.make_decision(
            component, "c-0-0", "wont_build", likelihood=4, impact=4, approved=False,
            revisit_date=TODAY + timedelta(days=30),
        )  # fmt: skip
        sent = form(lapsed)
        factory.approve(decision=proposal, by=factory.make_user("boss"), now=NOW)

        assert editor.post(KEEP, sent).status_code == 409

    def test_of_a_large_risk_is_a_proposal(self, editor, component):
        stands = factory.make_decision(
            component, "c-0-0", "wont_build", likelihood=4, impact=4,
            now=NOW - timedelta(days=60), revisit_date=TODAY - timedelta(days=1),
        )  # fmt: skip

        page = editor.post(KEEP, form(stands), follow=True).content.decode()

        assert "waits for somebody else&#x27;s approval" in page
        assert requirement().current_decision == stands
        assert requirement().proposed_decision.reasoning.endswith("Kept: Still too dear.")

    def test_by_a_matrix_of_one_s_own_goes_by_the_new_one(self, editor, lapsed, people):
        shorter = DEFAULT.as_text().replace('"days":365', '"days":181')
        RiskMatrix.objects.create(number=1, content=shorter, made_by=people["admin"], made_at=NOW)

        editor.post(KEEP, form(lapsed))

        assert requirement().current_decision.revisit_date == TODAY + timedelta(days=181)

    def test_of_nothing_leads_to_the_row(self, editor, component):
        assert editor.get(KEEP)["Location"] == "/components/asset-router/requirements/c-0-0/"


class TestRequirementHandOver:
    def test_moves_it_to_the_queue_of_the_other(self, login, lapsed, people):
        response = login("editor").post(HAND_OVER, {"version": 1, "owner": people["admin"].pk})

        assert response["Location"] == "/queue/"
        assert requirement().owner == people["admin"]
        assert requirement().history.first().history_user == people["editor"]
        queues = [len(login(name).get("/queue/").context["rows"]) for name in ("editor", "admin")]
        assert queues == [0, 1]
        assert Decision.objects.count() == 1

    def test_asks_for_somebody_of_the_team(self, editor, lapsed, people):
        stranger = editor.post(HAND_OVER, {"version": 1, "owner": people["stranger"].pk})
        nobody = editor.post(HAND_OVER, {"version": 1, "owner": ""})

        assert (stranger.status_code, nobody.status_code) == (422, 422)
        assert "Name who takes it over." in nobody.content.decode()
        assert requirement().owner is None

    def test_of_a_lost_race_is_409_and_says_whose_it_is(self, login, lapsed, people):
        login("admin").post(HAND_OVER, {"version": 1, "owner": people["approver"].pk})

        response = login("editor").post(HAND_OVER, {"version": 1, "owner": people["admin"].pk})

        html = response.content.decode()
        assert (response.status_code, "Its owner is Approver now." in html) == (409, True)
        assert 'name="version" value="2"' in html
        assert requirement().owner == people["approver"]

    def test_to_htmx_is_the_form_alone(self, editor, lapsed):
        html = editor.get(HAND_OVER, headers=HTMX).content.decode()

        assert ("<html" in html, f'id="act--{requirement().pk}"' in html) == (False, True)
