from __future__ import annotations

from datetime import timedelta

import pytest

from readiness.models import Evidence, EvidenceKind, Requirement, User
from readiness.revisit.lint import Entry, Rule, findings, normalised
from tests import factory
from tests.factory import NOW, TODAY

SENTENCE = "It costs more than it would save us in a year."
PAGE = "/components/asset-router/lint/"


def entry(**said):
    values = {
        "criterion": "c-0-0",
        "component": "asset-router",
        "component_name": "Asset router",
        "statement": "It is so.",
        "translated": True,
        "outcome": "wont_build",
        "reasoning": SENTENCE,
        "evidence": "",
        "attached": 0,
        "decided_on": TODAY,
        "owner": "",
        "owner_is_there": True,
    }
    return Entry(**values | said)


def rules(*entries):
    return {rule: len(found) for rule, found in findings(entries, TODAY).items()}


class TestRules:
    def test_find_nothing_in_a_good_record(self):
        assert rules(entry(), entry(outcome="done", evidence="See https://example.org.")) == {}

    @pytest.mark.parametrize(
        ("evidence", "attached", "weak"),
        [
            ("The runbook.", 0, True),
            ("", 0, True),
            ("The runbook.", 1, False),
            ("https://wiki.example.org/runbook", 0, False),
            ("[The runbook](/wiki/runbook)", 0, False),
            ("Ask mailto:ops@example.org", 0, False),
            ("We use https.", 0, True),
        ],
    )
    def test_evidence_is_a_link_or_a_file(self, evidence, attached, weak):
        done = entry(outcome="done", evidence=evidence, attached=attached)

        assert rules(done) == ({Rule.EVIDENCE: 1} if weak else {})

    @pytest.mark.parametrize("outcome", ["build", "wont_build", "not_applicable"])
    def test_evidence_is_asked_of_nothing_but_what_is_done(self, outcome):
        assert rules(entry(outcome=outcome)) == {}

    @pytest.mark.parametrize(("words", "weak"), [(1, True), (7, True), (8, False)])
    def test_a_refusal_has_a_sentence(self, words, weak):
        refusal = entry(reasoning="word " * words)

        assert rules(refusal) == ({Rule.SHORT: 1} if weak else {})
        assert rules(entry(outcome="not_applicable", reasoning="word " * words)) == {}

    def test_copies_are_the_same_but_for_case_spaces_and_marks(self):
        same = [SENTENCE, SENTENCE.upper(), SENTENCE.replace(" ", "  ").rstrip(".")]

        assert rules(*(entry(reasoning=text) for text in same)) == {Rule.COPIED: 3}
        assert rules(*(entry(reasoning=text) for text in same[:2])) == {}

    def test_reasons_that_nobody_gave_are_no_copies(self):
        nothing = entry(outcome="done", reasoning=" .", evidence="https://example.org")

        assert rules(nothing, nothing, nothing) == {}

    def test_normalised_keeps_the_words_of_any_language(self):
        assert normalised("  Zu TEUER, für\nuns! ") == "zu teuer für uns"

    @pytest.mark.parametrize(("days", "weak"), [(365, False), (366, True)])
    def test_old_is_more_than_a_year(self, days, weak):
        old = entry(decided_on=TODAY - timedelta(days=days))

        assert rules(old) == ({Rule.OLD: 1} if weak else {})

    def test_untranslated_is_weak_unless_it_does_not_apply(self):
        untranslated = entry(translated=False)

        assert rules(untranslated) == {Rule.UNTRANSLATED: 1}
        assert rules(entry(translated=False, outcome="not_applicable")) == {}

    def test_an_owner_who_left_is_named(self):
        (found,) = findings([entry(owner="Anna", owner_is_there=False)], TODAY)[Rule.OWNER]

        assert found.says == "Anna is no active member of the team."


class TestRecordLint:
    @pytest.fixture(autouse=True)
    def today(self, time_machine):
        time_machine.move_to(NOW, tick=False)

    def counts(self, client, page=PAGE):
        return {rule.value: n for rule, n in client.get(page).context["counts"].items()}

    def test_names_each_rule_with_its_number_and_links_to_the_row(self, editor, component):
        factory.make_decision(component, "c-0-0", "done")
        factory.make_decision(component, "c-0-1", "wont_build")

        html = editor.get(PAGE).content.decode()

        assert self.counts(editor) == {"evidence": 1, "short": 1, "untranslated": 2}
        assert "Refused in less than a sentence <b>1</b>" in html
        assert "2 words. “Too dear.”" in html
        row = "/components/asset-router/requirements/c-0-1/#row--c-0-1"
        assert html.count(f'href="{row}"') == 2

    def test_shows_one_rule_alone(self, editor, component):
        factory.make_decision(component, "c-0-0", "done")

        shown = editor.get(f"{PAGE}?rule=evidence").context["page"].object_list
        all_shown = editor.get(f"{PAGE}?rule=nonsense").context["page"].object_list

        assert ([each.rule for each in shown], len(all_shown)) == ([Rule.EVIDENCE], 2)

    def test_what_was_added_as_evidence_counts_until_it_is_withdrawn(self, editor, component):
        decision = factory.make_decision(component, "c-0-0", "done")
        added = Evidence.objects.create(
            requirement=decision.requirement, kind=EvidenceKind.LINK, title="Runbook",
            url="https://example.org", added_by=decision.decided_by, added_at=NOW,
        )  # fmt: skip
        with_it = self.counts(editor)
        Evidence.objects.filter(pk=added.pk).update(
            withdrawn_at=NOW, withdrawn_by=decision.decided_by, withdrawn_because="Gone."
        )

        assert ("evidence" in with_it, "evidence" in self.counts(editor)) == (False, True)

    @pytest.mark.parametrize("leaves", ["the team", "the company"])
    def test_an_owner_who_left(self, editor, component, people, leaves):
        Requirement.objects.update(statement="It is so.", owner=people["approver"])
        factory.make_decision(component, "c-0-0", "not_applicable")
        before = self.counts(editor)
        if leaves == "the team":
            people["approver"].memberships.all().delete()
        else:
            User.objects.filter(username="approver").update(is_active=False)

        assert (before, self.counts(editor)) == ({}, {"owner": 1})

    def test_of_a_team_is_over_all_its_components(self, editor, component):
        other = factory.make_component(slug="geo-router")
        foreign = factory.make_component(slug="foreign", team=factory.make_team("other"))
        for each in (component, other, foreign):
            factory.make_decision(each, "c-0-0", "wont_build")

        page = editor.get("/teams/edge/lint/")

        assert self.counts(editor, "/teams/edge/lint/") == {"short": 2, "untranslated": 2}
        assert "Geo router" in page.content.decode()

    def test_says_when_nothing_is_weak_or_nothing_was_decided(self, editor, component):
        empty = editor.get(PAGE).content.decode()
        Requirement.objects.update(statement="It is so.")
        factory.make_decision(component, "c-0-0", "wont_build", reasoning=SENTENCE)

        assert "Nothing has been decided yet." in empty
        assert "Nothing is weak." in editor.get(PAGE).content.decode()

    @pytest.mark.parametrize("number", [1, 3, 75])
    def test_takes_six_queries_however_many(
        self, editor, component, people, number, django_assert_num_queries
    ):
        factory.add_criteria(component, number)
        Requirement.objects.update(owner=people["editor"])
        for n in range(number):
            factory.make_decision(component, f"more-{n}", "wont_build", reasoning=f"No {n}.")

        with django_assert_num_queries(6):
            response = editor.get(f"{PAGE}?rule=short")

        assert response.context["page"].paginator.count == number
