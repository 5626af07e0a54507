from __future__ import annotations

from datetime import date

import pytest

from readiness.milestones.actions import close_condition, give_verdict
from readiness.milestones.digest import Terms
from readiness.models import Component, ConditionClosing, Milestone, MilestoneVerdict, VerdictKind
from readiness.reports.data import report_digest
from readiness.reports.gap_report import build_gap_report
from tests import factory
from tests.factory import NOW

BASE = "/components/asset-router/"
LIST, COMPARE = f"{BASE}milestones/", f"{BASE}compare/"
FREEZE = f"{LIST}freeze/"


@pytest.fixture(autouse=True)
def today(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def approver(login):
    return login("approver")


def page(milestone):
    return f"{LIST}{milestone.pk}/"


def conditions(people, *rows, **sent):
    """A verdict form with these rows of (text, due date), the editor owning each."""
    form = {"kind": "conditions", "reason": "Nearly.", "rows": str(len(rows))}
    for n, (text, due) in enumerate(rows):
        form |= {f"condition-{n}-text": text, f"condition-{n}-due_date": due}
        form[f"condition-{n}-owner"] = str(people["editor"].pk)
    return form | sent


class TestList:
    def test_says_how_each_stands(self, approver, milestone, conditional):
        html = approver.get(LIST).content.decode()

        assert "Before cut-over" in html
        assert "6 undecided" in html
        assert "Go with conditions" in html
        assert "2 of 2 conditions open" in html
        assert "1 overdue" not in html

    def test_counts_what_is_overdue_and_what_is_closed(
        self, editor, conditional, people, time_machine
    ):
        time_machine.move_to(NOW.replace(day=25), tick=False)
        assert "1 overdue" not in editor.get(LIST).content.decode()
        time_machine.move_to(NOW.replace(day=26), tick=False)
        assert "1 overdue" in editor.get(LIST).content.decode()

        for condition in conditional.conditions.all():
            close_condition(condition=condition, evidence="So.", by=people["editor"], now=NOW)

        assert "All 2 conditions are closed" in editor.get(LIST).content.decode()

    def test_empty_says_what_a_milestone_is(self, editor, login, component):
        html = editor.get(LIST).content.decode()

        assert "Nothing is frozen yet." in html
        assert (FREEZE in html, FREEZE in login("viewer").get(LIST).content.decode()) == (True, 0)

    @pytest.mark.parametrize("number", [1, 3, 75])
    def test_takes_six_queries_however_many(
        self, editor, component, people, number, django_assert_num_queries
    ):
        for n in range(number):
            milestone = factory.make_milestone(component, by=people["editor"], name=f"Number {n}")
            factory.make_conditions(milestone, by=people["approver"], owner=people["editor"])

        with django_assert_num_queries(6):
            html = editor.get(LIST).content.decode()

        assert html.count("1 of 1 condition open") == number


class TestFreeze:
    def seen(self, component):
        return report_digest(build_gap_report(component, NOW))

    def test_shows_what_would_be_frozen(self, editor, component):
        html = editor.get(FREEZE).content.decode()

        assert self.seen(component) in html
        assert "6 undecided" in html

    def test_freezes(self, editor, component):
        response = editor.post(FREEZE, {"name": "Annual review", "seen": self.seen(component)})

        milestone = Milestone.objects.get()
        assert response["Location"] == page(milestone)
        assert (milestone.name, milestone.made_by.username) == ("Annual review", "editor")

    def test_of_a_report_that_changed_shows_the_new_one(self, editor, component):
        seen = self.seen(component)
        factory.make_decision(component, "c-0-0")

        response = editor.post(FREEZE, {"name": "Annual review", "seen": seen})

        html = response.content.decode()
        assert (response.status_code, Milestone.objects.exists()) == (409, False)
        assert "The report changed while you looked" in html
        assert (self.seen(component) in html, 'value="Annual review"' in html) == (True, True)

    @pytest.mark.parametrize(("name", "says"), [("", "required"), ("Before cut-over", "of this")])
    def test_says_what_is_wrong(self, editor, component, milestone, name, says):
        response = editor.post(FREEZE, {"name": name, "seen": self.seen(component)})

        assert (response.status_code, Milestone.objects.count()) == (422, 1)
        assert says in response.content.decode()


class TestDetail:
    def test_shows_the_report_of_then(self, editor, component, people):
        factory.make_decision(component, "c-0-0", "wont_build", risk="A *dark* region.")
        milestone = factory.make_milestone(component, by=people["editor"])
        factory.make_decision(component, "c-0-1", "done", evidence="Afterwards.")

        html = editor.get(page(milestone)).content.decode()

        assert "A <em>dark</em> region." in html
        assert "Afterwards." not in html
        assert (milestone.digest in html, milestone.report_digest in html) == (True, True)
        assert "byte for byte as it did on that day" in html

    @pytest.mark.parametrize("number", [1, 3, 75])
    def test_takes_seven_queries_however_many_conditions_and_requirements(
        self, login, component, people, number, django_assert_num_queries
    ):
        factory.add_criteria(component, number)
        milestone = factory.make_milestone(component, by=people["editor"])
        give_verdict(
            milestone=milestone,
            kind=VerdictKind.CONDITIONS,
            reason="So.",
            conditions=[
                Terms(f"Condition {n}.", people["editor"].pk, date(2026, 12, 1))
                for n in range(number)
            ],
            by=people["approver"],
            now=NOW,
        )
        viewer = login("viewer")

        with django_assert_num_queries(7):
            html = viewer.get(page(milestone)).content.decode()

        assert html.count('<b class="verdict unknown">Open</b>') == number

    def test_frozen_by_another_version_says_so(self, editor, component, people, settings):
        settings.VERSION = "0.0.9"
        milestone = factory.make_milestone(component, by=people["editor"])
        settings.VERSION = "1.2.3"

        html = editor.get(page(milestone)).content.decode()

        assert "This is Readiness 1.2.3: its files say the same" in html
        assert "Readiness 0.0.9 gives the bytes of that day." in html

    def test_of_another_component_is_not_found_here(self, editor, people, component, milestone):
        other = factory.make_component(slug="other", team=component.team)
        theirs = factory.make_milestone(other, by=people["editor"])

        assert editor.get(page(theirs)).status_code == 404
        assert editor.get(COMPARE, {"from": theirs.pk}).status_code == 404

    def test_who_may_only_read_is_offered_nothing(self, login, milestone, conditional):
        html = login("viewer").get(page(milestone)).content.decode()

        assert "Rehearse the failover." in html
        assert ("Close it" in html, "Sign below" in html) == (False, False)


class TestVerdict:
    def test_go_needs_no_condition_and_ignores_hidden_rows(self, approver, milestone, people):
        sent = conditions(people, ("Half a row", ""), kind="go")

        response = approver.post(f"{page(milestone)}verdict/", sent)

        verdict = MilestoneVerdict.objects.get()
        assert response["Location"] == page(milestone)
        assert (verdict.kind, verdict.by.username, verdict.conditions.count()) == (
            "go", "approver", 0,
        )  # fmt: skip

    def test_go_with_conditions_keeps_each(self, approver, milestone, people):
        rows = [("Alarm in each region.", "2026-12-01"), ("A runbook.", "2026-12-02")]
        sent = conditions(people, *rows, rows="3")

        approver.post(f"{page(milestone)}verdict/", sent)

        found = MilestoneVerdict.objects.get().conditions.values_list(
            "text", "owner__username", "due_date"
        )
        assert list(found) == [
            ("Alarm in each region.", "editor", date(2026, 12, 1)),
            ("A runbook.", "editor", date(2026, 12, 2)),
        ]

    @pytest.mark.parametrize(
        ("sent", "says"),
        [
            ({"kind": ""}, "Choose one."),
            ({"kind": "maybe"}, "not one of the available"),
            ({"reason": " "}, "Say why"),
            ({"condition-0-owner": ""}, "Name who sees to it."),
            ({"condition-0-due_date": ""}, "Give a day."),
            ({"condition-0-due_date": "soon"}, "Give a day as year-month-day"),
            ({"condition-0-text": ""}, "Say what must be done."),
            ({"rows": "0"}, "names at least one"),
        ],
    )
    def test_says_what_is_wrong_and_keeps_the_rest(self, approver, milestone, people, sent, says):
        form = conditions(people, ("Kept.", "2026-12-01"))

        response = approver.post(f"{page(milestone)}verdict/", form | sent)

        html = response.content.decode()
        assert (response.status_code, says in html) == (422, True)
        assert not MilestoneVerdict.objects.exists()

    def test_more_rows_keep_what_was_typed(self, approver, milestone, people):
        form = conditions(people, ("Kept.", "2026-12-01"), more="1")

        html = approver.post(f"{page(milestone)}verdict/", form).content.decode()

        assert 'name="rows" value="4"' in html
        assert 'value="Kept."' in html
        assert not MilestoneVerdict.objects.exists()

    def test_is_given_once(self, approver, milestone, people):
        give_verdict(
            milestone=milestone, kind=VerdictKind.NO_GO, reason="No.", by=people["admin"], now=NOW
        )

        sent = {"kind": "conditions", "reason": "Yes, <if>\r\nthis.", "rows": "1"}
        sent |= {"condition-0-text": "Rehearse it.", "condition-0-due_date": "2026-12-01"}
        sent |= {"condition-0-owner": people["editor"].pk}
        response = approver.post(f"{page(milestone)}verdict/", sent)

        assert response.status_code == 409
        html = response.content.decode()
        assert "Somebody else was faster" in html
        assert "<pre>Yes, &lt;if&gt;\r\nthis.\n\nRehearse it.</pre>" in html
        half = {"kind": "go", "reason": "Yes.", "rows": "1", "condition-0-text": "Half."}
        assert (
            "<pre>Yes.</pre>" in approver.post(f"{page(milestone)}verdict/", half).content.decode()
        )
        assert MilestoneVerdict.objects.get().kind == "no_go"

    def test_another_approver_signs_below(self, login, milestone, conditional):
        admin, approver = login("admin"), login("approver")
        assert "Sign below" in admin.get(page(milestone)).content.decode()
        assert "Sign below" not in approver.get(page(milestone)).content.decode()

        admin.post(f"{page(milestone)}sign/", {"reason": "I saw it."})

        html = admin.get(page(milestone)).content.decode()
        assert ("Signed below" in html, "I saw it." in html, "Sign below" in html) == (1, 1, 0)
        late = approver.post(f"{page(milestone)}sign/", {"reason": "Me, too."})
        assert (late.status_code, "<pre>Me, too.</pre>" in late.content.decode()) == (409, True)


class TestCondition:
    def close(self, client, condition, evidence):
        address = f"{page(condition.verdict.milestone)}conditions/{condition.pk}/close/"
        return client.post(address, {"evidence": evidence})

    def test_is_closed_with_what_shows_it(self, editor, conditional):
        condition = conditional.conditions.first()

        self.close(editor, condition, "The alarm [rang](https://wiki.example/).")

        html = editor.get(page(conditional.milestone)).content.decode()
        assert "Closed by Editor" in html
        assert 'href="https://wiki.example/"' in html

    def test_wants_evidence_and_is_closed_once(self, editor, conditional):
        condition = conditional.conditions.first()

        empty = self.close(editor, condition, " ")
        first, second = (self.close(editor, condition, said) for said in ("So.", "Or so."))

        assert [empty.status_code, first.status_code, second.status_code] == [422, 302, 409]
        assert "Say what shows that it is met." in empty.content.decode()
        assert "<pre>Or so.</pre>" in second.content.decode()
        assert ConditionClosing.objects.get().evidence == "So."

    def test_of_another_milestone_is_not_found(self, editor, conditional, component, people):
        other = factory.make_milestone(component, by=people["editor"], name="Other")
        condition = conditional.conditions.first()

        address = f"{page(other)}conditions/{condition.pk}/close/"
        assert editor.post(address, {"evidence": "So."}).status_code == 404


class TestCompare:
    @pytest.fixture
    def later(self, component, milestone, people):
        factory.make_decision(component, "c-0-0", "done")
        factory.make_decision(component, "c-1-1", "wont_build")
        return factory.make_milestone(component, by=people["editor"], name="Later")

    def test_a_milestone_and_today(self, editor, component, milestone, later):
        factory.make_decision(component, "c-0-1", "done")

        html = editor.get(COMPARE, {"from": milestone.pk, "to": "today"}).content.decode()

        assert "0 worse, 3 better, 0 changed, 3 as before" in html
        assert html.count('<p class="moved">') == 3

    def test_two_milestones_both_ways_round(self, editor, milestone, later):
        forth = {"from": milestone.pk, "to": later.pk}
        back = {"from": later.pk, "to": milestone.pk}

        assert "0 worse, 2 better" in editor.get(COMPARE, forth).content.decode()
        assert "2 worse, 0 better" in editor.get(COMPARE, back).content.decode()

    @pytest.mark.parametrize(
        ("asked", "number"),
        [
            ({}, 2),
            ({"show": "better"}, 2),
            ({"show": "worse"}, 0),
            ({"show": "changed"}, 0),
            ({"show": "new"}, 0),
            ({"show": "all"}, 6),
            ({"show": "nonsense"}, 2),
            ({"topic": "t-1"}, 1),
            ({"text": "criterion 0.0"}, 1),
            ({"show": "all", "text": "unicorn"}, 0),
        ],
    )
    def test_filter_lives_in_the_address(self, editor, milestone, later, asked, number):
        query = {"from": milestone.pk, "to": later.pk} | asked

        html = editor.get(COMPARE, query).content.decode()

        assert html.count('<p class="moved">') == number
        assert ("Nothing fits this filter." in html) == (number == 0)

    def test_components_of_one_blueprint_side_by_side(self, editor, component):
        blueprint = factory.make_blueprint(component.catalog, c_0_0={"statement": "It is so."})
        Component.objects.update(blueprint=blueprint)
        peer = factory.make_component(slug="peer", blueprint=blueprint, team=component.team)
        hidden = factory.make_component(
            slug="hidden", blueprint=blueprint, team=factory.make_team("other")
        )
        factory.make_decision(peer, "c-0-1", "done")

        html = editor.get(COMPARE).content.decode()

        assert "0 worse, 1 better, 1 changed, 4 as before" in html
        assert ("Peer, today" in html, hidden.name in html) == (True, False)
        refused = editor.get(COMPARE, {"from": "today", "to": "component:hidden"})
        assert refused.status_code == 404

    def test_of_two_that_are_alike_says_so(self, editor, milestone):
        html = editor.get(COMPARE).content.decode()

        assert "Nothing moved between the two." in html

    def test_without_a_milestone_says_what_to_do(self, editor, component):
        assert "nothing to compare with yet" in editor.get(COMPARE).content.decode()

    @pytest.mark.parametrize("key", ["yesterday", "0", "9" * 30, "-1", ""])
    def test_of_what_is_not_there_is_404(self, editor, milestone, key):
        assert editor.get(COMPARE, {"from": key}).status_code == 404
        assert editor.post(f"{BASE}reports/", {"milestone": key or "x"}).status_code == 404


def test_a_file_of_a_milestone_is_asked_for_and_named(editor, milestone, monkeypatch):
    monkeypatch.setattr("readiness.jobs.enqueue", lambda job, now: None)

    sent = {"milestone": milestone.pk, "format": "csv"}
    html = editor.post(f"{BASE}reports/", sent, follow=True).content.decode()

    assert "Waiting for a worker" in html
    assert page(milestone) in html
