"""The page of search, on whichever database the suite runs."""

from __future__ import annotations

import re
from datetime import date, timedelta
from html import unescape

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from readiness.comments.actions import add_comment, withdraw_comment
from readiness.components.actions import archive_component
from readiness.decisions.approvals import withdraw
from readiness.evidence.actions import add_link
from readiness.models import (
    Component,
    Criterion,
    Drill,
    DrillEntry,
    DrillFinding,
    DrillScenario,
    Incident,
    Requirement,
    SearchEntry,
)
from readiness.search import rows
from readiness.search.rows import Kind
from tests import factory
from tests.factory import NOW

HOSTILE = [*"\"'-*():^+\\%&|!a ", "AND", "NOT", "NEAR(", "{title}", "<->", "criterion", "\0"]
HOSTILE += ["ß", "\ud800", "\u0301", "\U0001f600"]


def found(client, query, **more):
    """The titles and excerpts by kind, without their marks."""
    context = client.get("/search/", {"q": query, **more}).context
    return {
        str(section.kind): [
            unescape(re.sub("</?mark>", "", " ".join(filter(None, (line.prefix, line.title)))))
            for line in section.lines
        ]
        for section in context["sections"]
    }


def kinds(client, query, **more):
    return {kind: len(lines) for kind, lines in found(client, query, **more).items()}


def requirement(component, criterion="c-0-0"):
    return component.requirements.select_related("criterion").get(criterion__slug=criterion)


@pytest.fixture
def world(component, people):
    """The word "walrus" once in everything that can be found."""
    Component.objects.update(
        description="Walrus one.", parameters={"distribution_id": "E2WALRUSEXAMPLE"}
    )
    one = requirement(component)
    Requirement.objects.filter(pk=one.pk).update(statement="The walrus sleeps.")
    factory.make_decision(component, "c-0-1", "wont_build", risk="A walrus may wake.")
    factory.make_incident(component, title="Walrus awake", text="It was the noise.")
    add_comment(requirement=one, text="Ask the walrus.", by=people["editor"], now=NOW)
    add_link(
        requirement=one,
        url="https://walrus.example/",
        title="Notes",
        by=people["editor"],
        now=NOW,
    )
    drill = factory.make_drill(component, summary="The walrus was calm.")
    by = {"by": people["editor"]}
    DrillEntry.objects.create(
        drill=drill, key="6f1c4a4e-0000-4000-8000-000000000001", kind="note", text="Walrus seen.",
        at=NOW, received_at=NOW, **by,
    )  # fmt: skip
    DrillFinding.objects.create(drill=drill, text="Feed the walrus.", at=NOW, **by)
    save_sheet(component, "A walrus blocks the road.")
    factory.make_own_criterion(component, title="A walrus was fed once")
    return component


def save_sheet(component, *symptoms):
    """The next version of the component's operations sheet."""
    option = {"kind": "drain", "title": "Serve it elsewhere", "minutes": 77, "scenario": "x-ray"}
    factory.make_sheet(
        component,
        by=component.team.memberships.get(user__username="editor").user,
        options=[option],
        error_states=[{"symptom": each, "action": "Call the zoo."} for each in symptoms],
        contacts=[{"who": "Zoo keeper", "how": "by bell"}],
    )


ALL_OF_IT = {
    "component": 1, "requirement": 2, "decision": 1, "incident": 1, "drill": 3, "sheet": 1,
    "comment": 1, "evidence": 1, "criterion": 1,
}  # fmt: skip


class TestWhatIsFound:
    def test_everything_that_somebody_wrote(self, world, editor):
        assert kinds(editor, "walrus") == ALL_OF_IT

    def test_of_the_catalog_too(self, component, editor):
        Criterion.objects.filter(slug="c-1-1").update(why="Because of a narwhal.")

        html = editor.get("/search/?q=narwhal").content.decode()

        assert found(editor, "narwhal") == {"criterion": ["Criterion 1.1"]}
        assert "/catalog/criteria/c-1-1/" in html

    @pytest.mark.parametrize(
        ("query", "number"),
        [
            ("walr", 1),
            ("wa", 0),
            ("WALRUS", 1),
            ("alrus", 0),
            ("walrus sleeps", 1),
            ("sleeps walrus", 1),
            ('"walrus sleeps"', 1),
            ('"the walrus sleep"', 0),
            ('"sleeps walrus"', 0),
            ("walrus -sleeps", 0),
            ("walrus -awake", 1),
            ('walrus -"walrus sleeps"', 0),
            ("walrus elephant", 0),
            ("criterion walrus", 1),
        ],
    )
    def test_by_words_phrases_and_what_is_not_there(self, world, editor, query, number):
        factory_own = Criterion.objects.filter(component__isnull=False)
        Requirement.objects.filter(criterion__in=factory_own).update(statement="Other.")
        Criterion.objects.filter(pk__in=factory_own).update(title="Something else")

        assert kinds(editor, query).get("requirement", 0) == number

    @pytest.mark.parametrize(
        ("text", "query"),
        [
            ("/aws/lambda/us-east-1.geo-router", "geo-router"),
            ("/aws/lambda/us-east-1.geo-router", "us-east-1"),
            ("/aws/lambda/us-east-1.geo-router", "/aws/lambda"),
            ("see https://wiki.example.net/reviews?id=4", "reviews"),
            ("arn:aws:iam::123456789012:role/readiness", "123456789012"),
            ("at 99.99 % over 30d", "99.99"),
            ("cut-over", "cut over"),
            ("log_group_name", "group"),
            ("e2f5qwerty0000", "E2F5QWERTY0000"),
            ("v1.20.3e10", "v1.20"),
            ("Größe für Öl", "größe"),
        ],
    )
    def test_parts_of_what_machines_are_called(self, component, editor, text, query):
        Requirement.objects.filter(pk=requirement(component).pk).update(statement=text)

        assert found(editor, query) == {"requirement": [text]}

    def test_who_wrote_it_and_when(self, world, editor):
        sections = editor.get("/search/?q=walrus").context["sections"]

        said = {str(s.kind): {(line.by, line.at) for line in s.lines} for s in sections}
        assert {kind for kind, lines in said.items() if lines <= {("", None)}} == {
            "component", "requirement", "criterion",
        }  # fmt: skip
        assert said["evidence"] == said["comment"] == said["sheet"] == {("Editor", NOW)}

    def test_what_happened_in_an_incident_without_its_times(self, component, editor):
        incident = factory.make_incident(component, text="Long ago.")
        told = [{"at": "2026-11-10T10:45:00+00:00", "text": "A walrus called."}]
        Incident.objects.filter(pk=incident.pk).update(timeline=[*told, *told])

        (section,) = editor.get("/search/?q=walrus").context["sections"]

        called = "A <mark>walrus</mark> called."
        assert [line.excerpt for line in section.lines] == [f"Long ago. {called} {called}"]
        assert kinds(editor, "2026") == {}

    def test_distribution_ids_among_the_parameters(self, world, editor):
        assert found(editor, "e2walrusexample") == {"component": ["Asset router"]}

    def test_what_was_typed_on_an_operations_sheet(self, world, editor):
        (section,) = editor.get("/search/?q=keeper").context["sections"]

        (line,) = section.lines
        assert (section.title, line.title, line.by) == (
            "Operations sheets", "Operations sheet", "Editor",
        )  # fmt: skip
        assert "Zoo <mark>keeper</mark>" in line.excerpt
        assert line.href == "/components/asset-router/operations/"
        for chosen in ("drain", "77", "ray", "options"):
            assert "sheet" not in kinds(editor, chosen)

    def test_decisions_that_were_superseded_come_after_those_that_stand(self, component, editor):
        for day, reasoning in enumerate(("An old walrus.", "A new walrus.")):
            now = NOW + timedelta(days=day)
            factory.make_decision(component, "c-0-0", "build", reasoning=reasoning, now=now)
        factory.make_decision(
            component, "c-0-1", "build", reasoning="A walrus.", now=NOW - timedelta(days=9)
        )

        (section,) = editor.get("/search/?q=walrus").context["sections"]

        assert [(line.mark, line.excerpt) for line in section.lines] == [
            ("", "A new <mark>walrus</mark>."),
            ("", "A <mark>walrus</mark>."),
            ("superseded", "An old <mark>walrus</mark>."),
        ]

    def test_a_proposal_is_marked_and_so_is_one_that_was_taken_back(
        self, component, editor, people
    ):
        proposal = factory.make_decision(
            component, "c-0-0", "wont_build", approved=False, risk="Walrus.", by=people["editor"],
            likelihood=5, impact=5, revisit_date=date(2026, 12, 1),
        )  # fmt: skip
        before = editor.get("/search/?q=walrus").context["sections"][0]
        withdraw(decision=proposal, reason="", by=people["editor"], now=NOW)
        after = editor.get("/search/?q=walrus").context["sections"][0]

        marks = [[line.mark for line in section.lines] for section in (before, after)]
        assert marks == [["proposed"], ["sent back or withdrawn"]]

    def test_components_with_the_words_in_their_name_come_first(self, component, editor):
        factory.make_component(slug="aardvark", description="Beside the walrus.")
        factory.make_component(slug="walrus-feeder")

        assert found(editor, "walrus")["component"] == ["Walrus feeder", "Aardvark"]

    def test_archived_components_are_marked(self, world, editor, people):
        archive_component(component=world, by=people["admin"], now=NOW)

        html = editor.get("/search/?q=walrus&kind=component").content.decode()

        assert '<span class="tag">archived</span>' in html


class TestTheIndexFollows:
    """In the transaction of the write itself: every test here is one transaction."""

    def test_what_is_changed(self, world, editor):
        Requirement.objects.filter(statement__contains="walrus").update(statement="A seal.")
        Incident.objects.update(title="Seal awake")
        Component.objects.update(description="A seal.", parameters={})
        DrillScenario.objects.update(title="Feed a walrus")

        assert (kinds(editor, "seal"), kinds(editor, "feed a walrus")) == (
            {"component": 1, "requirement": 1, "incident": 1},
            {"drill": 1},
        )
        assert "incident" not in kinds(editor, "walrus")

    def test_sheets_as_they_were_saved_last(self, world, editor):
        save_sheet(world, "A seal blocks the road.")
        other = factory.make_component(slug="other")
        save_sheet(other, "A walrus blocks the other road.")

        assert (kinds(editor, "seal"), kinds(editor, "zoo")) == ({"sheet": 1}, {"sheet": 2})
        assert len(found(editor, '"walrus blocks"')["sheet"]) == 1
        save_sheet(other)
        assert kinds(editor, '"walrus blocks"') == {}

    def test_what_is_withdrawn(self, world, editor, people):
        comment = requirement(world).comments.get()
        withdraw_comment(comment=comment, by=people["editor"], now=NOW)
        requirement(world).evidence.update(withdrawn_at=NOW)

        assert not {"comment", "evidence"} & set(kinds(editor, "walrus"))

    def test_what_is_deleted(self, world, editor):
        DrillFinding.objects.all().delete()
        DrillEntry.objects.all().delete()

        assert kinds(editor, "walrus")["drill"] == 1

    def test_titles_of_criteria_on_every_requirement(self, component, editor):
        Criterion.objects.filter(slug="c-0-0").update(title="A walrus is fed")

        assert kinds(editor, "walrus fed") == {"requirement": 1, "criterion": 1}
        assert kinds(editor, '"criterion 0 0"') == {}

    def test_retired_criteria_are_left_out_and_marked_on_what_rests_on_them(
        self, component, editor
    ):
        criterion = Criterion.objects.filter(slug="c-0-0")
        criterion.update(title="Walrus")
        criterion.update(retired_at=NOW)

        (section,) = editor.get("/search/?q=walrus").context["sections"]
        criterion.update(retired_at=None)

        assert (section.kind, [line.mark for line in section.lines]) == ("requirement", ["retired"])
        assert kinds(editor, "walrus") == {"requirement": 1, "criterion": 1}

    def test_days_and_scenarios_that_are_changed_alone(self, component, editor):
        drill, incident = factory.make_drill(component), factory.make_incident(component)
        other = factory.make_scenario("break-a-deploy")
        later = NOW + timedelta(days=3)

        Drill.objects.filter(pk=drill.pk).update(planned_for=later)
        Incident.objects.filter(pk=incident.pk).update(started_at=later)
        dated = SearchEntry.objects.filter(at=later).values_list("source", flat=True)
        Drill.objects.update(scenario=other)

        assert {*dated} == {"drill", "incident"}
        assert found(editor, f'"{other.title}"')["drill"] == [other.title]

    def test_what_is_written_in_bulk(self, component, editor):
        factory.add_criteria(component, 7)

        assert editor.get("/search/?q=more&kind=requirement").context["page"].paginator.count == 7

    def test_a_long_text_is_found_by_its_beginning_and_can_be_saved(self, component, editor):
        text = "walrus " + " ".join(f"w{number}" for number in range(200_000))
        factory.make_decision(component, "c-0-0", "build", reasoning=text)

        assert kinds(editor, "walrus w17") == {"decision": 1}


class TestRights:
    @pytest.mark.parametrize("kind", ["", *Kind])
    def test_a_stranger_finds_nothing_of_it_not_even_by_counts(self, world, login, kind):
        stranger = login("stranger")

        context = stranger.get("/search/", {"q": "walrus", "kind": kind}).context

        assert (context["sections"], context["number"], context["teams"]) == ([], 0, [])
        assert {tab.counted for tab in context["tabs"]} <= {"", "0"}

    def test_a_stranger_with_a_team_of_their_own_finds_that_only(self, world, login, people):
        theirs = factory.make_component(
            slug="theirs", team=factory.make_team("other"), description="A walrus of theirs."
        )
        theirs.team.memberships.create(user=people["stranger"], role=1)

        assert found(login("stranger"), "walrus") == {"component": ["Theirs"]}
        assert kinds(login("stranger"), "walrus", team="edge") == {}

    def test_what_is_visible_to_the_organisation_is_found(self, world, login):
        Component.objects.update(visible_to_organisation=True)

        assert kinds(login("stranger"), "walrus") == ALL_OF_IT

    def test_the_same_where_components_are_too_many_to_be_named_to_the_index(
        self, world, login, monkeypatch
    ):
        monkeypatch.setattr(rows, "_NAMED", 0)

        assert kinds(login("viewer"), "walrus") == ALL_OF_IT
        assert kinds(login("stranger"), "walrus") == {}

    def test_an_id_of_a_component_or_a_source_is_no_word(self, world, editor):
        for query in (f"={world.pk}", f"component_id:{world.pk}", "drillfinding", "=decision"):
            assert "comment" not in kinds(editor, query)

    def test_votes_are_not_found(self, component, editor, people):
        opened = factory.make_round(component, closed=False, by=people["editor"])
        opened.votes.create(mark="m", overall=2, sentence="A walrus would help.")

        assert kinds(editor, "walrus") == {}


class TestPage:
    def test_the_empty_state_says_what_is_found(self, editor, component):
        html = editor.get("/search/").content.decode()

        assert "What was written once is found here." in html
        assert "as far as you may read them" in html

    @pytest.mark.parametrize(
        ("query", "says"),
        [
            ({"q": "-only"}, "Words with a minus only leave results out"),
            ({"q": "???"}, "Letters and digits are looked for"),
            ({"q": "nowhere"}, "Nothing has these words."),
            ({"q": '"no where"'}, "Words in quotes have to follow each other"),
            ({"q": "walrus", "kind": "drill", "team": "elsewhere"}, "Look in all teams"),
            ({"q": "nowhere", "kind": "drill"}, "Look among all kinds"),
        ],
    )
    def test_says_why_nothing_is_found_and_what_to_try(self, world, editor, query, says):
        assert says in editor.get("/search/", query).content.decode()

    def test_what_is_typed_stays_in_the_box_escaped(self, editor, component):
        html = editor.get("/search/", {"q": '"><script>x</script>'}).content.decode()

        assert "<script>x" not in html
        assert 'value="&quot;&gt;&lt;script&gt;x&lt;/script&gt;"' in html

    def test_what_was_written_is_escaped(self, component, editor):
        factory.make_decision(
            component, "c-0-0", "build", reasoning='<img src=x onerror="walrus()"> & walrus'
        )

        html = editor.get("/search/?q=walrus").content.decode()

        assert "<img" not in html
        assert "&lt;img src=x onerror=&quot;<mark>walrus</mark>()&quot;&gt; &amp; " in html

    def test_every_result_leads_somewhere(self, world, editor):
        html = editor.get("/search/?q=walrus").content.decode()
        links = re.findall(r'<p>(?:<span[^>]*>[^<]*</span> )?<a href="([^"]+)">', html)

        assert len(links) == sum(ALL_OF_IT.values())
        assert {editor.get(unescape(link).split("#")[0]).status_code for link in links} == {200}

    def test_narrows_by_kind_and_team(self, world, editor):
        other = factory.make_component(slug="walrus-two", team=factory.make_team("other"))
        other.team.memberships.create(user=editor.get("/search/").context["user"], role=1)

        assert found(editor, "walrus", kind="component")["component"] == [
            "Walrus two",
            "Asset router",
        ]
        assert found(editor, "walrus", team="other") == {"component": ["Walrus two"]}
        assert "criterion" not in found(editor, "criterion", team="other")
        assert kinds(editor, "walrus", kind="nonsense") == ALL_OF_IT | {"component": 2}

    def test_shows_five_of_a_kind_and_pages_of_25(self, component, editor):
        factory.add_criteria(component, 60)

        everything = editor.get("/search/?q=more").context
        third = editor.get("/search/?q=more&kind=requirement&page=3").context

        assert [len(section.lines) for section in everything["sections"]] == [5, 5]
        assert all(section.has_more for section in everything["sections"])
        assert (len(third["sections"][0].lines), third["page"].paginator.num_pages) == (10, 3)
        assert editor.get("/search/?q=more&kind=requirement&page=x").context["page"].number == 1

    def test_says_when_there_are_more_than_are_counted(self, component, editor, monkeypatch):
        monkeypatch.setattr(rows, "MOST", 5)
        monkeypatch.setattr("readiness.search.queries.MOST", 5)
        factory.add_criteria(component, 9)

        context = editor.get("/search/?q=more&kind=requirement").context

        assert context["sections"][0].counted == "5+"
        assert context["page"].paginator.count == 5

    def test_what_is_rare_is_not_crowded_out_by_what_is_frequent(self, world, editor, monkeypatch):
        monkeypatch.setattr(rows, "_MOST_TOGETHER", 3)

        assert kinds(editor, "walrus") == ALL_OF_IT

    def test_a_box_is_on_every_page(self, editor, component):
        html = editor.get("/catalog/").content.decode()

        assert html.count('role="search"') == 1
        assert 'id="top-search" type="search" name="q"' in html

    @pytest.mark.parametrize("number", [1, 3, 75])
    def test_takes_at_most_ten_queries_however_many(
        self, world, editor, number, django_assert_max_num_queries
    ):
        factory.add_criteria(world, number)
        Requirement.objects.filter(criterion__slug__startswith="more").update(statement="Walrus.")
        for n in range(number):
            factory.make_incident(world, title=f"Walrus {n}")

        with django_assert_max_num_queries(10):
            response = editor.get("/search/?q=walrus")

        assert response.context["number"] == sum(ALL_OF_IT.values()) + 2 * number


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.text(max_size=40) | st.lists(st.sampled_from(HOSTILE), max_size=12).map("".join))
def test_nothing_that_can_be_typed_is_an_error(world, people, query):
    client = Client()
    client.force_login(people["editor"])

    assert client.get("/search/", {"q": query.encode("utf-8", "replace")}).status_code == 200


def test_bytes_that_are_no_text_are_no_error(world, editor):
    assert editor.get("/search/?q=%ff%00%fe&team=%00&kind=%00&page=%00").status_code == 200


def test_drills_are_found_by_their_scenario(component, editor):
    factory.make_drill(component)

    (section,) = editor.get("/search/", {"q": str(Drill.objects.get())}).context["sections"]

    assert section.kind is Kind.DRILL
