"""Criteria that teams propose for the catalog."""

from __future__ import annotations

import pytest
import yaml
from django.test import Client

from readiness.catalog.proposals.actions import AlreadyAnswered, answer_proposal
from readiness.catalog.proposals.queries import as_yaml
from readiness.catalog.schema import CatalogFile, parse
from readiness.models import Criterion, CriterionProposal, Topic, User
from tests import factory
from tests.factory import NOW

NEW = "/components/asset-router/criteria/propose/"
LIST = "/catalog/proposals/"
TITLE = "Alarms were tested end to end"


@pytest.fixture(autouse=True)
def today(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def root(db):
    client = Client()
    client.force_login(User.objects.create_superuser("root", "root@example.org", "secret"))
    return client


def form(**sent):
    topic = Topic.objects.get(slug="t-1").pk
    said = {"title": TITLE, "topic": topic, "why": "One was silent.", "evidence": "A page."}
    return said | {"weight": "4", "question": "Were they?"} | sent


def page_of(proposal):
    return f"{LIST}{proposal.pk}/"


class TestPropose:
    def test_out_of_an_own_criterion_begins_with_what_it_says(self, editor, component):
        own = factory.make_own_criterion(component, title="Rotas <are> kept", weight=5)
        component.requirements.filter(criterion=own).update(weight=2)

        html = editor.get(f"{NEW}?criterion={own.slug}").content.decode()

        assert 'value="Rotas &lt;are&gt; kept"' in html
        assert '<option value="2" selected>' in html

    def test_keeps_what_it_came_out_of(self, editor, component):
        own = factory.make_own_criterion(component)
        incident = factory.make_incident(component)

        response = editor.post(f"{NEW}?criterion={own.slug}&incident={incident.pk}", form())

        proposal = CriterionProposal.objects.get()
        assert response["Location"] == page_of(proposal)
        assert (proposal.criterion, proposal.incident) == (own, incident)
        assert (proposal.catalog, proposal.component) == (component.catalog, component)
        assert (proposal.title, proposal.topic.slug, proposal.weight) == (TITLE, "t-1", 4)
        assert (proposal.by.username, proposal.at, proposal.taken_up) == ("editor", NOW, None)

    def test_out_of_an_incident_says_which(self, editor, component):
        incident = factory.make_incident(component, title="Stale routes")

        html = editor.get(f"{NEW}?incident={incident.pk}").content.decode()

        assert "An incident of Asset router showed it: Stale routes</textarea>" in html

    def test_out_of_what_belongs_to_another_component_is_not_found(self, editor, component):
        other = factory.make_component(slug="other")
        incident = factory.make_incident(other)

        for query in (
            f"criterion={factory.make_own_criterion(other).slug}",
            "criterion=c-0-0",
            f"incident={incident.pk}",
            "incident=soon",
        ):
            assert editor.get(f"{NEW}?{query}").status_code == 404

    def test_says_what_is_wrong_and_keeps_the_rest(self, editor, component):
        response = editor.post(NEW, form(why=""))

        html = response.content.decode()
        assert (response.status_code, "This field is required." in html) == (422, True)
        assert f'value="{TITLE}"' in html

    @pytest.mark.parametrize("title", [TITLE, "Über Nacht größer"])
    def test_sent_twice_is_kept_once_and_says_so(self, editor, component, title):
        editor.post(NEW, form(title=title))

        again = editor.post(NEW, form(title=title.swapcase()))

        waiting = CriterionProposal.objects.get()
        assert again.status_code == 409
        assert f'href="{page_of(waiting)}"' in again.content.decode()

    def test_may_be_proposed_again_once_it_was_declined(self, editor, component):
        proposal = factory.make_proposal(component)
        by = User.objects.earliest("pk")
        answer_proposal(proposal=proposal, taken_up=False, answer="No.", by=by, now=NOW)

        assert editor.post(NEW, form()).status_code == 302


class TestWhoReads:
    def test_others_see_only_what_was_taken_up_and_nothing_of_the_team(self, login, component):
        editor = User.objects.get(username="editor")
        incident = factory.make_incident(component, title="A secret outage")
        proposal = factory.make_proposal(component, by=editor, incident=incident)
        stranger = login("stranger")
        assert TITLE not in stranger.get(LIST).content.decode()
        assert stranger.get(page_of(proposal)).status_code == 404

        answer_proposal(proposal=proposal, taken_up=True, answer="Yes.", by=editor, now=NOW)

        pages = (
            stranger.get(LIST).content.decode() + stranger.get(page_of(proposal)).content.decode()
        )
        assert pages.count(TITLE) > 1
        for secret in ("Asset router", "A secret outage", "Edge team"):
            assert secret not in pages

    def test_what_was_declined_stays_with_the_team(self, login, component):
        proposal = factory.make_proposal(component)
        by = User.objects.earliest("pk")
        answer_proposal(proposal=proposal, taken_up=False, answer="We have that.", by=by, now=NOW)

        assert login("stranger").get(page_of(proposal)).status_code == 404
        assert "We have that." in login("viewer").get(page_of(proposal)).content.decode()

    def test_that_everybody_may_read_the_component_opens_no_proposal(self, login, component):
        component.visible_to_organisation = True
        component.save()

        assert login("stranger").get(page_of(factory.make_proposal(component))).status_code == 404

    def test_the_catalog_leads_there(self, editor, component):
        assert f'href="{LIST}"' in editor.get("/catalog/").content.decode()

    def test_empty_says_what_belongs_here(self, editor):
        assert "Nothing was proposed yet." in editor.get(LIST).content.decode()

    @pytest.mark.parametrize("number", [1, 3, 75])
    def test_list_takes_as_many_queries_however_many(
        self, editor, component, number, django_assert_num_queries
    ):
        for each in range(number):
            factory.make_proposal(component, title=f"Proposal number {each}")

        with django_assert_num_queries(5):
            html = editor.get(LIST).content.decode()

        assert html.count(">Proposal number") == min(number, 25)


class TestAnswer:
    def address(self, proposal):
        return f"{page_of(proposal)}answer/"

    def test_is_given_by_who_runs_the_installation_with_its_reason(self, root, component):
        proposal = factory.make_proposal(component)
        assert "<h2>Answer</h2>" in root.get(page_of(proposal)).content.decode()

        sent = {"taken_up": "no", "answer": "**Ours** says it."}
        html = root.post(self.address(proposal), sent, follow=True).content.decode()

        proposal.refresh_from_db()
        assert (proposal.taken_up, proposal.answered_by.username) == (False, "root")
        assert (proposal.answered_at, "<strong>Ours</strong> says it." in html) == (NOW, True)
        assert ("For the catalog" in html, "<h2>Answer</h2>" in html) == (False, False)

    @pytest.mark.parametrize("sent", [{}, {"taken_up": "yes"}, {"answer": "Fine."}])
    def test_without_choice_or_reason_is_refused(self, root, component, sent):
        proposal = factory.make_proposal(component)

        response = root.post(self.address(proposal), sent)

        assert (response.status_code, "Not answered yet" in response.content.decode()) == (
            422,
            True,
        )
        proposal.refresh_from_db()
        assert proposal.taken_up is None

    def test_comes_too_late_once_somebody_answered(self, root, component):
        proposal = factory.make_proposal(component)
        by = User.objects.earliest("pk")
        answer_proposal(proposal=proposal, taken_up=True, answer="Theirs.", by=by, now=NOW)

        response = root.post(self.address(proposal), {"taken_up": "no", "answer": "Mine."})

        html = response.content.decode()
        assert (response.status_code, "Theirs." in html, "Mine." in html) == (409, True, True)
        proposal.refresh_from_db()
        assert (proposal.taken_up, proposal.answer) == (True, "Theirs.")

    def test_is_not_an_admins_of_the_team(self, login, component):
        proposal = factory.make_proposal(component)

        assert "<h2>Answer</h2>" not in login("admin").get(page_of(proposal)).content.decode()
        sent = {"taken_up": "yes", "answer": "Mine."}
        assert login("admin").post(self.address(proposal), sent).status_code == 403

    def test_the_action_answers_once(self, component):
        proposal = factory.make_proposal(component)
        by = User.objects.earliest("pk")
        answer_proposal(proposal=proposal, taken_up=True, answer="Yes.", by=by, now=NOW)

        with pytest.raises(AlreadyAnswered) as refused:
            answer_proposal(proposal=proposal, taken_up=False, answer="No.", by=by, now=NOW)

        assert refused.value.current.answer == "Yes."


NASTY = (
    TITLE,
    "yes",
    "Say: 'no' # not \"yes\"",
    "- a list\n- of things",
    "own-own-thing",
    "\u8ab0\u304c?",
    "!!python/object:os.system {x: y}",
    "c 0 0",
    "x" * 160,
)


class TestYaml:
    @pytest.mark.parametrize("title", NASTY)
    def test_fits_into_a_catalogs_file_whatever_was_typed(self, component, tmp_path, title):
        proposal = factory.make_proposal(component, title=title, why="Because: a\nb #c\n\n- d")
        path = tmp_path / "catalog.yaml"
        path.write_text(
            "catalog: {slug: small, name: Small, notice: Ours.}\n"
            "topics:\n  - slug: first\n    name: First\n    question: Why?\n    criteria:\n"
            + as_yaml(proposal),
            encoding="utf-8",
        )

        file = parse(path)

        assert isinstance(file, CatalogFile)
        (entry,) = file.topics[0].criteria
        assert (entry.title, entry.question) == (title.strip(), "Were they?")
        assert (entry.why, entry.evidence, entry.weight) == (proposal.why, "A page.", 3)
        assert not Criterion.objects.filter(slug=entry.slug).exists()

    def test_is_shown_once_it_was_taken_up(self, root, component):
        proposal = factory.make_proposal(component)
        by = User.objects.earliest("pk")
        answer_proposal(proposal=proposal, taken_up=True, answer="Yes.", by=by, now=NOW)

        html = root.get(page_of(proposal)).content.decode()

        shown = html.partition('tabindex="0">')[2].partition("</pre>")[0]
        assert yaml.safe_load(shown)[0]["slug"] == "alarms-were-tested-end-to-end"
        assert '<span class="mono">t-0</span>' in html
