from __future__ import annotations

import json
import time
from datetime import date, timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from readiness.decisions.approvals import send_back
from readiness.models import Approval, ApprovalKind, Criterion, Decision, Effort, User
from readiness.reports.madr import Record, index_text, inline, record_text
from readiness.reports.records import decision_archive, decision_records
from tests import factory
from tests.factory import NOW, TODAY
from tests.reports import gap_reports as values

HEADINGS = [
    "Context and Problem Statement",
    "Considered Options",
    "Decision Outcome",
    "Consequences",
    "Confirmation",
    "More Information",
]
HOSTILE = (
    "---\nstatus: forged\n---",
    "# Owned",
    "Owned\n=====",
    "```\nnever closed",
    "~~~\nnever closed",
    "<!-- never closed",
    "<script>alert(1)</script>",
    "a\r## Owned\r\n## Owned",
    "a\u2028## Owned\x85## Owned\x0b## Owned",
    '", "Mallory", "',
    "| a | b |\n|---|---|\n| c | d |",
    "\x00\x1b[31mred\ufeff",
    "- item\n\n# Owned",
    "> quote\n# Owned",
    "\t# Owned",
)


def a_decision(**said):
    user = User(username="grace", first_name=said.pop("name", "Grace"), last_name="Hopper")
    least = {
        "number": 2,
        "outcome": "wont_build",
        "reasoning": "Too dear.",
        "risk": "It may hurt.",
        "likelihood": 4,
        "impact": 3,
        "statement": "Logs go to one place.",
        "criterion_revision": 1,
        "facts": json.dumps({"verdict": "no_check", "checks": []}),
        "decided_at": NOW,
        "decided_by": user,
        "digest": "d" * 64,
    }
    return Decision(**(least | said))


def a_record(decision=None, **said):
    decision = decision or a_decision()
    line = said.pop("line", None) or values.make_line(values.make_decision())
    least = {
        "number": 7,
        "component": "Asset router",
        "line": line,
        "decision": decision,
        "approvals": (),
        "others": (),
    }
    return Record(**(least | said))


def front_matter(text):
    assert text.startswith("---\n")
    return yaml.safe_load(text[4:].split("\n---\n", 1)[0])


def headings(text):
    """The headings of the file itself, not those inside of a quotation or a list."""
    tokens = MarkdownIt("commonmark").parse(text.split("\n---\n", 1)[1])
    return [
        (token.tag, tokens[place + 1].content)
        for place, token in enumerate(tokens)
        if token.type == "heading_open" and token.level == 0
    ]


class TestRecord:
    def test_has_the_parts_of_madr_in_their_order(self):
        text = record_text(a_record())

        assert front_matter(text) == {
            "status": "accepted",
            "date": date(2026, 11, 20),
            "decision-makers": ["Grace Hopper"],
        }
        assert headings(text)[0] == ("h1", "Logs go to one place.")
        assert [title for _, title in headings(text)[1:]] == HEADINGS

    def test_says_all_that_the_decision_says(self):
        ada = User(username="ada", first_name="Ada", last_name="Ferreira")
        checks = [
            {
                "id": "logs.retention",
                "status": "fail",
                "reason": "Kept for ever.",
                "observed": {"days": None, "regions": {"eu-west-1": {"days": 9}}},
                "muted": True,
            }
        ]
        decision = a_decision(
            owner=ada,
            due_date=date(2027, 1, 2),
            effort=Effort.M,
            ticket_url="https://tracker.example/A-1",
            evidence="The runbook.",
            benefit="Found at once.",
            cost_avoided="200 a month.",
            benefit_forgone="One search.",
            mitigations="A second look.",
            residual_likelihood=1,
            residual_impact=3,
            alternatives="Ship them.",
            change_our_mind="A third team.",
            revisit_date=date(2027, 3, 4),
            triggers=json.dumps([{"kind": "incident"}]),
            facts=json.dumps({"verdict": "fail", "checks": checks}),
        )
        approval = Approval(
            decision=decision, kind=ApprovalKind.APPROVED, reason="Agreed.", by=ada, at=NOW
        )

        text = record_text(
            a_record(decision, approvals=(approval,), others=(a_decision(number=1),))
        )

        assert front_matter(text)["decision-makers"] == ["Grace Hopper", "Ada Ferreira"]
        for said in (
            "- We will not build it\n- Alternatives that were considered:\n\n  Ship them.",
            'Chosen option: "We will not build it".\n\n> Too dear.',
            "- Owner: Ada Ferreira\n- Due: 2 January 2027\n- Effort: Medium: weeks\n",
            "- Ticket: https://tracker.example/A-1",
            "- Good, because of this benefit:\n\n  Found at once.",
            "- Good, because of this cost avoided:\n\n  200 a month.",
            "- Bad, because of this risk (high: likely, moderate):\n\n  It may hurt.",
            "- Bad, because of this benefit forgone:\n\n  One search.",
            "(what remains: low: rare, moderate):\n\n  A second look.",
            "Evidence:\n\n> The runbook.",
            "- `logs.retention`: fail, muted. Kept for ever.\n  - days: -\n  - regions eu-west-1: ",
            "What would change our mind:\n\n> A third team.",
            "- Revisit by: 4 March 2027\n- Comes back when: an incident touches it\n",
            f"- Entry of the ledger: 2, SHA-256 `{'d' * 64}`\n- Approved: 20 November 2026",
            "by Ada Ferreira. Agreed.\n- Entry 1: We will not build it, 2026-11-20, by Grace Hop",
        ):
            assert said in text

    @pytest.mark.parametrize("hostile", HOSTILE)
    def test_no_text_reaches_the_frame(self, hostile):
        names = ("reasoning", "risk", "evidence", "benefit", "alternatives", "change_our_mind")
        checks = [
            {"id": "x", "status": "fail", "reason": hostile, "observed": {"a": hostile}, "muted": 0}
        ]
        decision = a_decision(
            name=hostile,
            statement=hostile,
            facts=json.dumps({"checks": checks}),
            **dict.fromkeys(names, hostile),
        )

        text = record_text(a_record(decision, component=hostile))

        matter = front_matter(text)
        assert set(matter) == {"status", "date", "decision-makers"}
        assert (matter["status"], len(matter["decision-makers"])) == ("accepted", 1)
        assert [title for _, title in headings(text)[1:]] == HEADINGS
        body = text.split("\n---\n", 1)[1]
        assert not any(tag in body for tag in ("<script", "<!--"))
        own = [line for line in text.splitlines() if line.startswith(("#", "---"))]
        assert len(own) == 2 + 1 + len(HEADINGS)

    @given(st.text(max_size=80))
    def test_no_text_at_all_reaches_the_frame(self, hostile):
        decision = a_decision(reasoning=hostile, risk=f"a\n{hostile}", name=hostile)

        text = record_text(a_record(decision))

        assert [title for _, title in headings(text)[1:]] == HEADINGS
        assert len(front_matter(text)["decision-makers"]) == 1

    def test_says_when_it_is_not_in_force(self):
        proposed = values.make_line(None)

        assert "status: proposed" in record_text(a_record(line=proposed))
        assert "status: deprecated" in record_text(a_record(retired=True))

    def test_index_has_a_row_for_each(self):
        line = values.make_line(values.make_decision(), title="Logs | go\n# somewhere")

        text = index_text("Asset *router*", [a_record(line=line)])

        assert "# Decisions on Asset \\*router\\*\n" in text
        assert f"| [0007](0007-{line.criterion}.md) | Logs \\| go \\# somewhere |" in text

    def test_inline_text_reads_as_it_was_written(self):
        said = "a_b *c* [d](e) `f` <g> 1 < 2"

        rendered = MarkdownIt("commonmark").render(f"# {inline(said)}")

        assert rendered == "<h1>a_b *c* [d](e) `f` &lt;g&gt; 1 &lt; 2</h1>\n"


@pytest.mark.django_db
class TestExport:
    def test_a_record_for_each_decision_in_force_or_proposed(self, component, people):
        factory.make_decision(component, "c-1-0", "done")
        factory.make_decision(component, "c-0-0", "build", now=NOW + timedelta(hours=1))
        factory.make_decision(component, "c-1-0", "done", now=NOW + timedelta(hours=2))
        risky = {"likelihood": 4, "impact": 4, "approved": False}
        factory.make_decision(
            component, "c-0-1", "wont_build", now=NOW + timedelta(minutes=1), **risky
        )
        back = factory.make_decision(
            component, "c-0-2", "wont_build", now=NOW + timedelta(minutes=2), **risky
        )
        send_back(decision=back, by=people["approver"], now=NOW, reason="No.")

        records = decision_records(component, NOW)

        assert [(r.number, r.line.criterion, r.status) for r in records] == [
            (1, "c-1-0", "accepted"),
            (2, "c-0-1", "proposed"),
            (4, "c-0-0", "accepted"),
        ]
        assert [other.number for other in records[0].others] == [1]

    def test_a_retired_criterion_is_deprecated(self, component):
        factory.make_decision(component, "c-0-0")
        Criterion.objects.filter(slug="c-0-0").update(retired_at=NOW)

        (record,) = decision_records(component, NOW)

        assert record.status == "deprecated"

    def test_same_content_is_the_same_bytes_on_another_day(self, component):
        factory.make_decision(component, "c-0-0")
        later = NOW + timedelta(days=3)

        once = decision_archive(component, decision_records(component, NOW))

        assert once == decision_archive(component, decision_records(component, later))

    def test_seventy_four_take_seven_queries_and_less_than_a_second(
        self, component, django_assert_num_queries
    ):
        factory.add_criteria(component, 68)
        for slug in Criterion.objects.values_list("slug", flat=True):
            factory.make_decision(component, slug, "build", reasoning="Because. " * 50)
        factory.make_decision(
            component,
            slug,
            "wont_build",
            likelihood=5,
            impact=5,
            revisit_date=TODAY + timedelta(days=9),
        )
        begun = time.monotonic()

        with django_assert_num_queries(7):
            records = decision_records(component, NOW)
        content = decision_archive(component, records)

        assert len(ZipFile(BytesIO(content)).namelist()) == 75
        assert time.monotonic() - begun < 1

    def test_views_send_files(self, component, people, editor):
        factory.make_decision(component, "c-0-0")

        one = editor.get("/components/asset-router/requirements/c-0-0/decision.md")
        many = editor.get("/components/asset-router/decisions.zip")

        assert one["Content-Disposition"] == 'attachment; filename="0001-c-0-0.md"'
        assert one["Content-Type"] == "text/markdown; charset=utf-8"
        with ZipFile(BytesIO(many.content)) as archive:
            assert archive.read("asset-router-decisions/0001-c-0-0.md") == one.content
            assert "c-0-0.md" in archive.read("asset-router-decisions/README.md").decode()

    def test_no_decision_is_no_file(self, component, people, editor):
        address = "/components/asset-router/requirements/c-0-0/decision.md"

        assert editor.get(address).status_code == 404
