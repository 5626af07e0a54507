from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from readiness.decisions.approvals import approve
from readiness.decisions.risk import DEFAULT, matrix_from
from readiness.models import Component, Requirement, RiskMatrix, User
from tests import factory

PAGE, ALL = "/components/asset-router/risks/", "/risks/"
EDITOR = "/risks/matrix/"


@pytest.fixture
def refusals(component, people):
    """Two in 4-3, one of which leaves 2-3; one proposed in 4-3; one in 2-2."""
    high = {"likelihood": 4, "impact": 3, "by": people["editor"]}
    left = {"mitigations": "An alarm.", "residual_likelihood": 2, "residual_impact": 3}
    factory.make_decision(component, "c-0-0", "wont_build", **high)
    factory.make_decision(component, "c-0-1", "wont_build", **high, **left)
    factory.make_decision(component, "c-0-2", "wont_build", **high, approved=False)
    factory.make_decision(component, "c-1-0", "wont_build", by=people["editor"])
    factory.make_decision(component, "c-1-1", "done")


def html_of(client, path):
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


def cells(html):
    """What the links of the map say: "high: likely, moderate: 2 refusals"."""
    return set(re.findall(r'<a href="\?[^"]*"[^>]* aria-label="([^"]*)"', html))


@pytest.mark.parametrize("page", [PAGE, ALL])
class TestTheMap:
    def test_counts_refusals_by_inherent_risk(self, login, refusals, page):
        html = html_of(login("viewer"), page)

        assert cells(html) == {
            "high: likely, moderate: 2 refusals, 1 proposed",
            "low: unlikely, minor: 1 refusal",
        }
        assert "3 refusals in force, 1 proposed (+)." in html

    def test_counts_them_by_what_remains(self, login, refusals, page):
        assert cells(html_of(login("viewer"), f"{page}?of=remaining")) == {
            "high: likely, moderate: 1 refusal, 1 proposed",
            "moderate: unlikely, moderate: 1 refusal",
            "low: unlikely, minor: 1 refusal",
        }

    def test_says_the_same_in_a_table(self, login, refusals, page):
        html = html_of(login("viewer"), page)

        assert html.count(">2 refusals, 1 proposed</a>") == 1
        assert html.count("low: none</td>") == 7

    def test_opens_a_cell_with_its_refusals(self, login, refusals, page):
        html = html_of(login("viewer"), f"{page}?cell=4-3")

        assert "High: likely, moderate" in html
        assert [f">Criterion 0.{n}</a>" in html for n in (0, 1, 2)] == [True, True, True]
        assert "Criterion 1.0</a>" not in html
        assert html.count('<span class="tag proposed">proposed</span>') == 1
        assert html.count("Somebody-Else</td>") == 1
        assert html.count("not needed; decided by Editor") == 1
        assert "31 January 2027" in html

    def test_drops_what_nobody_knows(self, login, refusals, page):
        html = html_of(login("viewer"), f"{page}?cell=9-9&of=nothing&page=x")

        assert 'id="refusals"' not in html
        assert "3 refusals in force" in html


def test_a_refusal_shows_the_standing_of_today_and_the_level_of_its_own_matrix(
    editor, component, people
):
    factory.make_decision(component, "c-0-0", "wont_build", by=people["editor"])
    yesterday = timezone.localdate() - timedelta(days=1)
    Requirement.objects.filter(criterion__slug="c-0-0").update(
        standing_changes_on=yesterday, standing_then="lapsed"
    )
    ours = DEFAULT.as_text().replace('"name":"Low"', '"name":"Tiny"')
    RiskMatrix.objects.create(
        number=1, content=ours, made_by=people["admin"], made_at=timezone.now()
    )

    html = html_of(editor, f"{PAGE}?cell=2-2")

    assert 'class="standing lapsed"' in html
    assert '<span class="tone-chip tone-calm">Low</span>' in html
    assert '<span class="tone-chip tone-calm">Tiny</span>' in html  # the legend


def test_a_page_without_refusals_says_so(editor, component):
    assert "Nothing is refused here" in html_of(editor, PAGE)


def test_nobody_sees_refusals_of_components_that_they_may_not_read(login, refusals):
    assert cells(html_of(login("stranger"), ALL)) == set()
    Component.objects.update(visible_to_organisation=True)
    assert cells(html_of(login("stranger"), ALL)) != set()


def test_archived_components_are_left_out_and_teams_can_be_picked(login, component, refusals):
    other = factory.make_component(slug="other", team=factory.make_team("delivery"))
    factory.make_decision(other, "c-0-0", "wont_build", likelihood=1, impact=1)
    Component.objects.update(visible_to_organisation=True)

    html = html_of(login("viewer"), f"{ALL}?team=delivery")
    assert cells(html) == {"low: rare, negligible: 1 refusal"}
    assert "?team=delivery&amp;cell=1-1#refusals" in html

    Component.objects.filter(slug="other").update(archived_at=timezone.now())
    assert cells(html_of(login("viewer"), f"{ALL}?team=delivery")) == set()


@pytest.mark.parametrize("number", [1, 3, 75])
@pytest.mark.parametrize("page", [PAGE, ALL])
def test_takes_few_queries_however_many_refusals(
    login, component, people, number, page, django_assert_num_queries
):
    factory.add_criteria(component, number)
    for n in range(number):
        factory.make_decision(
            component, f"more-{n}", "wont_build", by=people["editor"], likelihood=4, impact=4
        )
    factory.make_decision(component, "c-0-0", "wont_build", approved=False, likelihood=4, impact=4)
    client = login("viewer")

    with django_assert_num_queries(10):
        html = html_of(client, f"{page}?cell=4-4")
    assert html.count("<tr>") >= min(number, 50)
    assert ("Page 1 of 2" in html) == (number > 50)


def sent(**more):
    """What the editor's form sends of the default matrix."""
    data = {"number": "0"}
    keys = [level.key for level in DEFAULT.levels]
    for rank in range(1, 6):
        data |= {f"likelihood_{rank}": DEFAULT.likelihoods[rank - 1],
                 f"impact_{rank}": DEFAULT.impacts[rank - 1],
                 f"tone_{rank}": "hot", f"remind_{rank}": "14, 3"}  # fmt: skip
        for impact in range(1, 6):
            key = DEFAULT.cells[rank - 1][impact - 1]
            data[f"cell_{rank}_{impact}"] = str(keys.index(key) + 1)
    for row, level in enumerate(DEFAULT.levels, start=1):
        data |= {f"name_{row}": level.name, f"days_{row}": str(level.days),
                 f"tone_{row}": level.tone}  # fmt: skip
        if level.needs_approval:
            data[f"approval_{row}"] = "on"
    return data | more


class TestTheEditor:
    @pytest.fixture
    def root(self, db):
        client = Client()
        client.force_login(User.objects.create_superuser("root"))
        return client

    def test_is_read_by_everybody_and_says_who_may_change_it(self, editor, component):
        html = html_of(editor, EDITOR)

        assert "matrix-form" not in html
        assert "Who runs the installation (a superuser) changes this" in html

    def test_is_written_by_nobody_else(self, login, component):
        assert login("admin").post(EDITOR, sent()).status_code == 403
        assert not RiskMatrix.objects.exists()

    def test_makes_a_version_that_says_what_was_typed(self, root):
        assert root.post(EDITOR, sent(name_1="Slight", remind_1="30 7")).status_code == 302

        saved = RiskMatrix.objects.get()
        matrix = matrix_from(saved.content)
        assert (saved.number, saved.made_by.username) == (1, "root")
        assert (matrix.levels[0].name, matrix.levels[0].remind_days) == ("Slight", (30, 7))
        assert matrix.level(5, 5).days == 30
        assert matrix.cells[0][0] == "slight"
        html = html_of(root, EDITOR)
        assert "Version 1 is in force for decisions from now on." in html
        assert 'value="Slight"' in html

    def test_leaves_the_default_as_it_was_when_nothing_is_typed(self, root):
        root.post(EDITOR, sent())

        assert matrix_from(RiskMatrix.objects.get().content) == DEFAULT

    def test_of_a_lost_race_is_409_and_can_be_saved_on_top(self, root):
        root.post(EDITOR, sent())

        response = root.post(EDITOR, sent(name_1="Mine"))
        html = response.content.decode()
        assert response.status_code == 409
        assert "saved version 1 while you were writing" in html
        assert ('value="Mine"' in html, 'name="number" value="1"' in html) == (True, True)

        root.post(EDITOR, sent(name_1="Mine", number="1"))
        assert RiskMatrix.objects.first().number == 2

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            ({"cell_1_1": "4"}, "The level may not fall"),
            ({"name_4": ""}, "Each cell needs one of the levels."),
            ({"impact_2": ""}, "Give the five impacts names of their own."),
            ({"remind_1": "soon"}, "Write days with commas between, such as 14, 3."),
            ({"days_1": "0"}, "greater than or equal to 1"),
            ({"days_1": ""}, "A refusal stands for 1 to 3660 days."),
            ({"name_2": "typed"}, "each its own name"),
        ],
    )
    def test_says_what_is_wrong_and_keeps_what_was_typed(self, root, change, said):
        response = root.post(EDITOR, sent(name_1="Typed") | change)

        html = response.content.decode()
        assert response.status_code == 422
        assert said in html
        assert 'value="Typed"' in html
        assert not RiskMatrix.objects.exists()

    def test_previews_what_it_would_say_of_refusals_in_force(self, root, refusals):
        response = root.post(EDITOR, sent(preview="1", days_1="40", days_2="40", approval_1="on",
                                          days_3="40"))  # fmt: skip

        # All three stand for 72 days; the two of 4-3 had their approval, one by what remains.
        html = response.content.decode()
        assert "Of 3 refusals in force, 3 stand for longer than this would allow" in html
        assert "1 would need" in html
        assert not RiskMatrix.objects.exists()

    def test_takes_few_queries_with_a_history(self, root, django_assert_max_num_queries):
        for number in range(1, 76):
            RiskMatrix.objects.create(
                number=number,
                content=DEFAULT.as_text(),
                made_by=User.objects.get(),
                made_at=timezone.now(),
            )

        with django_assert_max_num_queries(4):
            html_of(root, EDITOR)


def test_a_proposal_that_is_approved_moves_over(editor, refusals, people):
    proposal = Requirement.objects.get(criterion__slug="c-0-2").proposed_decision

    approve(decision=proposal, by=people["admin"], now=factory.NOW)

    assert "high: likely, moderate: 3 refusals" in cells(html_of(editor, PAGE))
