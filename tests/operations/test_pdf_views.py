"""The PDF of a sheet is asked for and fetched."""

from __future__ import annotations

import io

import pytest
from pypdf import PdfReader

from readiness.models import JobState, ReportFile, ReportJob
from readiness.reports import jobs as report_jobs
from tests import factory
from tests.operations.examples import BASE, CONTENT

pytestmark = pytest.mark.usefixtures("today")


class TestSheetPdf:
    def ask(self, client, **sent):
        return client.post(f"{BASE}pdf/", sent)

    def render(self):
        job = ReportJob.objects.get()
        report_jobs.report_task(job.pk)
        job.refresh_from_db()
        return job

    def test_is_rendered_by_a_job_and_downloaded(self, login, router):
        factory.make_sheet(router, **CONTENT)
        viewer = login("viewer")

        response = self.ask(viewer)
        job = self.render()

        assert job.state == JobState.FINISHED
        assert response["Location"] == f"/components/asset-router/reports/{job.pk}/"
        page = viewer.get(response["Location"]).content.decode()
        assert "<h1>Operations sheet as a PDF</h1>" in page
        assert "asset-router-2026-11-20-operations.pdf" in page
        file = viewer.get(f"{response['Location']}report.pdf")
        assert file["Content-Type"] == "application/pdf"
        text = PdfReader(io.BytesIO(file.content)).pages[0].extract_text()
        assert "Asset router: operations sheet" in text
        assert "Version 1 by" in text

    def test_the_same_content_is_rendered_once(self, editor, component):
        factory.make_sheet(component, **CONTENT)
        self.ask(editor)
        self.render()

        self.ask(editor)

        assert ReportJob.objects.filter(state=JobState.FINISHED).count() == 2
        assert ReportFile.objects.count() == 1

    def test_another_version_or_paper_is_another_file(self, editor, component):
        keys = set()
        for asked in ({}, {"paper": "letter"}, {}):
            factory.make_sheet(component, contacts=[{"who": f"{len(keys)}", "how": "x"}])
            self.ask(editor, **asked)
            job = ReportJob.objects.latest("pk")
            report_jobs.report_task(job.pk)
            job.refresh_from_db()
            keys.add(job.file.key)

        assert len(keys) == 3

    def test_there_is_no_other_paper(self, editor, component):
        assert self.ask(editor, paper="a3").status_code == 404

    def test_one_that_failed_can_be_tried_again(self, editor, component):
        self.ask(editor, paper="letter")
        ReportJob.objects.update(state=JobState.FAILED, message="It broke.")

        page = editor.get(f"/components/asset-router/reports/{ReportJob.objects.get().pk}/")

        html = page.content.decode()
        assert f'action="{BASE}pdf/"' in html
        assert 'name="paper" value="letter"' in html

    def test_is_no_format_of_a_gap_report(self, editor, component):
        address = "/components/asset-router/reports/"

        assert editor.post(address, {"format": "sheet"}).status_code == 404
        assert 'value="sheet"' not in editor.get("/components/asset-router/").content.decode()
