from __future__ import annotations

import gzip
import re
from datetime import timedelta

import pytest
from django.utils import timezone
from django_q.models import OrmQ

from readiness.models import JobState, ReportFile, ReportJob
from readiness.reports import jobs as report_jobs
from readiness.reports.actions import file_key, request_report
from readiness.reports.formats import FORMATS, FULL, PDF, Edition
from readiness.reports.gap_report import build_gap_report
from tests import factory

BASE = "/components/asset-router/"
pytestmark = pytest.mark.usefixtures("people")
ROUTER = {"function_name": "router", "edge_regions": ["eu-west-1"]}


class TestGapReport:
    @pytest.mark.parametrize("rows", [3, 74, 300])
    def test_takes_seven_queries_and_little_html(self, login, rows, django_assert_num_queries):
        component = factory.Component.objects.get()
        factory.Component.objects.update(parameters=ROUTER)
        component.refresh_from_db()
        factory.add_criteria(component, rows - 6 if rows > 6 else 0)
        for criterion in factory.Criterion.objects.values_list("slug", flat=True)[: rows - 1]:
            factory.make_decision(component, criterion, "done")
        factory.make_result(component, "logs.retention", "fail")
        editor = login("editor")

        with django_assert_num_queries(7):
            response = editor.get(BASE)

        assert len(response.context["report"].requirements) == max(rows, 6)
        assert len(gzip.compress(response.content)) < 60_000

    def test_part_for_part_is_given_to_htmx(self, editor, component):
        def part(target):
            headers = {"HX-Request": "true", "HX-Target": target}
            return editor.get(BASE, headers=headers).content.decode().strip()

        assert part("report-rows").startswith('<div id="report-rows">')
        assert part("report-summary").startswith(
            '<section class="summary card" id="report-summary"'
        )

    def test_filter_lives_in_the_address(self, editor, component):
        factory.make_decision(component, "c-0-0", "done")

        response = editor.get(f"{BASE}?standing=done")

        html = response.content.decode()
        assert (response.context["shown"], html.count('<li class="row')) == (1, 1)
        assert '<option value="done" selected>' in html
        assert f'href="{BASE}requirements/c-0-0/?standing=done"' in html

    def test_filter_that_fits_nothing_says_so(self, editor, component):
        html = editor.get(f"{BASE}?text=unicorn").content.decode()

        assert "No requirement fits this filter." in html

    def test_attention_comes_first_with_its_reason(self, editor, component):
        past = timezone.now() - timedelta(days=10)
        factory.make_decision(
            component, "c-0-0", "build", now=past, due_date=timezone.localdate(past)
        )

        html = editor.get(BASE).content.decode()

        assert "Was to be built by" in html
        assert html.index("Needs attention") < html.index('id="report-rows"')

    def test_says_what_could_not_be_looked_at(self, editor, component):
        factory.Component.objects.update(parameters=ROUTER)
        component.refresh_from_db()
        factory.make_result(component, "logs.retention", "not_authorised")

        html = editor.get(BASE).content.decode()

        assert "Could not look" in html
        assert "Neither fine nor failed" in html

    def test_shows_hostile_text_as_text(self, editor, component):
        factory.Requirement.objects.filter(criterion__slug="c-0-0").update(
            statement="<script>alert(1)</script>\"'", criterion_revision=1
        )

        html = editor.get(BASE).content.decode()

        assert "<script>alert" not in html
        assert "&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#x27;" in html

    def test_has_no_inline_style_or_script(self, editor, component):
        html = editor.get(f"{BASE}requirements/c-0-0/").content.decode()

        assert (" style=" in html, "<style" in html, "onclick" in html) == (False, False, False)
        assert "<script>" not in html

    def test_sends_a_strict_content_security_policy(self, editor, component):
        policy = editor.get(BASE)["Content-Security-Policy"]

        assert "default-src 'none'" in policy
        assert "unsafe" not in policy

    def test_offers_every_format_the_pdf_first(self, editor, component):
        html = editor.get(BASE).content.decode()

        offered = re.findall(r'<button name="format" value="(\w+)">Report as ', html)
        assert offered == list(FORMATS)
        assert offered[0] == "pdf"


@pytest.fixture
def rendered(monkeypatch):
    """Rendering, without WeasyPrint: what the PDF looks like is test_pdf's business."""
    calls = []

    def render(report, **asked):
        calls.append(report)
        return b"%PDF of " + report.component.name.encode()

    monkeypatch.setattr("readiness.reports.pdf.render_pdf", render)
    return calls


class TestReportJob:
    def start(self, client):
        response = client.post(f"{BASE}reports/")
        return ReportJob.objects.latest("pk"), response

    def test_is_rendered_by_a_worker_and_downloaded(self, editor, component, rendered):
        job, response = self.start(editor)
        waiting = editor.get(response["Location"]).content.decode()
        report_jobs.report_task(job.pk)
        ready = editor.get(response["Location"]).content.decode()
        pdf = editor.get(f"{BASE}reports/{job.pk}/report.pdf")

        assert OrmQ.objects.count() == 1
        assert "Waiting for a worker" in waiting
        assert "Download the PDF" in ready
        assert pdf.content == b"%PDF of Asset router"
        assert pdf["Content-Type"] == "application/pdf"

    def test_of_unchanged_content_is_there_at_once(self, editor, component, rendered):
        first, _ = self.start(editor)
        report_jobs.report_task(first.pk)

        second, _ = self.start(editor)

        assert (second.state, second.file) == (JobState.FINISHED, ReportFile.objects.get())
        assert len(rendered) == 1

    def test_of_changed_content_is_rendered_again(self, editor, component, rendered):
        first, _ = self.start(editor)
        report_jobs.report_task(first.pk)
        factory.make_decision(component, "c-0-0")

        second, _ = self.start(editor)

        assert second.state == JobState.REQUESTED

    def test_second_request_joins_the_first(self, editor, component):
        first, _ = self.start(editor)
        again = request_report(component=component, by=first.requested_by, now=timezone.now())

        assert (again, ReportJob.objects.count()) == (first, 1)

    def test_that_fails_says_so_and_offers_another_try(self, editor, component, monkeypatch):
        def stumble(report, **asked):
            raise ZeroDivisionError

        monkeypatch.setattr("readiness.reports.pdf.render_pdf", stumble)
        job, response = self.start(editor)

        with pytest.raises(ZeroDivisionError):
            report_jobs.report_task(job.pk)

        html = editor.get(response["Location"]).content.decode()
        assert ("could not be rendered" in html, "Try again" in html) == (True, True)

    def test_can_be_cancelled(self, editor, component, rendered):
        job, response = self.start(editor)

        editor.post(f"{response['Location']}cancel/")
        report_jobs.report_task(job.pk)

        job.refresh_from_db()
        assert (job.state, job.message, rendered) == ("cancelled", "Cancelled by Editor.", [])

    @pytest.mark.parametrize("wanted", [f for f in FORMATS.values() if f.slug != "pdf"])
    def test_of_any_format_is_rendered_and_downloaded(self, editor, component, wanted):
        response = editor.post(f"{BASE}reports/", {"format": wanted.slug})
        job = ReportJob.objects.latest("pk")

        report_jobs.report_task(job.pk)
        ready = editor.get(response["Location"]).content.decode()
        file = editor.get(f"{BASE}reports/{job.pk}/report.{wanted.extension}")

        today = timezone.localdate().isoformat()
        assert f"Download the {wanted.title}" in ready
        assert file["Content-Type"] == wanted.media_type
        assert file["Content-Disposition"] == (
            f'attachment; filename="asset-router-{today}.{wanted.extension}"'
        )
        assert file.content == wanted.render(build_gap_report(component, timezone.now()))
        assert editor.get(f"{BASE}reports/{job.pk}/report.pdf").status_code == 404

    def test_formats_neither_join_nor_share_a_file(self, editor, component, rendered):
        jobs = [
            request_report(component=component, by=None, now=timezone.now(), wanted=FORMATS[slug])
            for slug in ("pdf", "csv", "csv")
        ]
        for job in jobs:
            report_jobs.report_task(job.pk)

        assert [job.format for job in jobs] == ["pdf", "csv", "csv"]
        assert (jobs[1], jobs[0].pk == jobs[1].pk) == (jobs[2], False)
        assert sorted(ReportFile.objects.values_list("format", flat=True)) == ["csv", "pdf"]

    def test_editions_neither_join_nor_share_a_file(self, editor, component, rendered):
        asked = [{}, {"variant": "executive"}, {"variant": "executive", "paper": "letter"}]
        for each in [*asked, asked[1]]:
            editor.post(f"{BASE}reports/", {"format": "pdf"} | each)
        jobs = list(ReportJob.objects.order_by("pk"))
        for job in jobs:
            report_jobs.report_task(job.pk)

        editions = [("full", "a4"), ("executive", "a4"), ("executive", "letter")]
        assert [(job.variant, job.paper) for job in jobs] == editions
        files = ReportFile.objects.order_by("pk").values_list("filename", flat=True)
        today = timezone.localdate().isoformat()
        assert list(files) == [
            f"asset-router-{today}.pdf",
            *[f"asset-router-{today}-executive.pdf"] * 2,
        ]

    def test_is_rendered_as_it_was_chosen(self, editor, component):
        page = editor.get(f"{BASE}reports/pdf/").content.decode()
        chosen = re.findall(r'<option value="(topic:[^"]+)">', page)[0]

        editor.post(f"{BASE}reports/", {"format": "pdf", "variant": chosen, "paper": "letter"})
        report_jobs.report_task(ReportJob.objects.get().pk)

        report = build_gap_report(component, timezone.now())
        assert bytes(ReportFile.objects.get().content) == FORMATS["pdf"].render(
            report, Edition(chosen, "letter")
        )

    @pytest.mark.parametrize(
        "asked",
        [
            {"variant": "topic:nope"},
            {"paper": "a5"},
            {"format": "csv", "variant": "executive"},
            {"format": "csv", "archival": "1"},
            {"since": "999"},
        ],
    )
    def test_of_an_unknown_edition_there_is_none(self, editor, component, asked):
        assert editor.post(f"{BASE}reports/", asked).status_code == 404
        assert not ReportJob.objects.exists()

    def test_of_an_unknown_format_there_is_none(self, editor, component):
        assert editor.post(f"{BASE}reports/", {"format": "docx"}).status_code == 404
        assert not ReportJob.objects.exists()

    def test_takes_few_queries(self, editor, component, django_assert_num_queries):
        job, response = self.start(editor)

        with django_assert_num_queries(6):
            editor.get(response["Location"])

    def test_keeps_the_newest_ten_files(self, editor, component, rendered):
        for n in range(12):
            factory.make_decision(component, "c-0-0", now=timezone.now() + timedelta(seconds=n))
            job, _ = self.start(editor)
            report_jobs.report_task(job.pk)

        gone = ReportJob.objects.order_by("pk").first()
        assert ReportFile.objects.count() == 10
        assert "thrown away" in editor.get(f"{BASE}reports/{gone.pk}/").content.decode()
        assert editor.get(f"{BASE}reports/{gone.pk}/report.pdf").status_code == 404

    def test_file_of_another_component_is_not_served(self, editor, component, rendered):
        other = factory.make_component(slug="other", team=factory.make_team("other"))
        job = ReportJob.objects.create(
            component=other,
            requested_at=factory.NOW,
            state=JobState.FINISHED,
            file=ReportFile.objects.create(
                component=other,
                key=file_key(build_gap_report(other, factory.NOW), PDF, FULL),
                filename="x.pdf",
                content=b"secret",
                created_at=factory.NOW,
            ),
        )

        assert editor.get(f"{BASE}reports/{job.pk}/report.pdf").status_code == 404


def test_the_schema_of_json_files_is_published(client, db):
    response = client.get("/gap-report.schema.json")

    assert response["Content-Type"] == "application/schema+json"
    assert response.json()["title"] == "Gap report of Readiness"
