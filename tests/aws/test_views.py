"""The list of check runs."""

from __future__ import annotations

from datetime import timedelta

import pytest

from readiness.checks.retention import clear_before
from readiness.models import CheckResult, CheckRun, JobState, Recording, RunTrigger, User
from tests.factory import NOW

URL = "/components/asset-router/runs/"


def run(component, *said, number=0, **values):
    made = CheckRun.objects.create(
        component=component,
        **{
            "requested_at": NOW + timedelta(hours=number),
            "state": JobState.FINISHED,
        }
        | values,
    )
    CheckResult.objects.bulk_create(
        CheckResult(
            run=made, check_id=f"a.b-{n}", check_version=1, params_digest="", status=status,
            reason="It is so.", checked_at=NOW, duration_ms=1,
        )
        for n, status in enumerate(said)
    )  # fmt: skip
    return made


class TestCheckRunList:
    def test_says_why_by_whom_what_and_how_long(self, editor, component):
        run(
            component,
            *("pass", "pass", "fail", "throttled", "not_authorised", "not_applicable"),
            requested_by=User.objects.get(username="editor"),
            started_at=NOW,
            finished_at=NOW + timedelta(seconds=3.24),
            reads_made=86,
        )

        response = editor.get(URL)

        [row] = response.context["rows"]
        assert row.counts == [
            ("pass", 2),
            ("fail", 1),
            ("could_not_look", 2),
            ("not_applicable", 1),
        ]
        page = response.content.decode()
        assert 'By hand<br><span class="soft">Editor</span>' in page
        assert "3.2&nbsp;s" in page
        assert "<td>86</td>" in page
        assert '2<span class="visually-hidden"> could not look</span>' in page

    def test_names_what_else_may_have_asked(self, editor, component):
        recording = Recording.objects.create(
            component=component, filename="eu.json", content=b"{}", sha256="0", size=2,
            recorded_at=NOW, uploaded_at=NOW,
        )  # fmt: skip
        run(component, trigger=RunTrigger.SCHEDULE)
        run(component, trigger=RunTrigger.RECORDING, recording=recording)

        page = editor.get(URL).content.decode()

        assert "By schedule" in page
        assert 'From a recording<br><span class="soft">eu.json</span>' in page

    def test_counts_include_what_was_cleared_away(self, editor, component):
        kept = run(component, "pass", "fail", "timeout")
        clear_before(NOW + timedelta(days=100))
        assert not kept.results.exists()

        [row] = editor.get(URL).context["rows"]
        assert row.counts == [("pass", 1), ("fail", 1), ("could_not_look", 1)]

    def test_has_pages(self, editor, component):
        for number in range(60):
            run(component, "pass", number=number)

        response = editor.get(f"{URL}?page=2")

        assert len(response.context["rows"]) == 10
        assert "Page 2 of 2, 60 runs" in response.content.decode()

    def test_says_when_nobody_has_looked(self, editor, component):
        assert "Nobody has looked at AWS for Asset router yet." in editor.get(URL).content.decode()

    def test_offers_a_run_to_those_who_may_ask_for_one(self, login, component):
        run(component)

        assert "Run checks" in login("editor").get(URL).content.decode()
        assert "Run checks" not in login("viewer").get(URL).content.decode()

    @pytest.mark.parametrize("number", [1, 3, 75])
    def test_takes_six_queries_however_many(
        self, editor, component, number, django_assert_num_queries
    ):
        for n in range(number):
            run(component, "pass", "fail", number=n)

        with django_assert_num_queries(6):
            editor.get(URL)
