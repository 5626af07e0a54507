from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from readiness import jobs
from readiness.models import Component, JobState, Membership, PortfolioExport
from readiness.portfolio.export import COLUMNS
from readiness.portfolio.jobs import KEPT, export_task, request_export
from readiness.portfolio.selection import Selection
from tests import factory

EVERYTHING = Selection()
pytestmark = pytest.mark.usefixtures("people")


def made(people, wanted=EVERYTHING, who="editor"):
    job = request_export(wanted=wanted, by=people[who])
    export_task(job.pk)
    job.refresh_from_db()
    return job


def rows(job):
    sheet = load_workbook(BytesIO(job.content)).active
    head, *body = sheet.iter_rows()
    titles = [cell.value for cell in head]
    return [dict(zip(titles, row, strict=True)) for row in body]


def test_is_the_table_with_a_type_in_each_cell(component, people):
    today = timezone.localdate()
    Component.objects.update(availability_target="99.9")
    factory.make_decision(component, "c-0-0", "done", now=timezone.now())
    factory.make_decision(
        component, "c-0-1", "wont_build", now=timezone.now(), revisit_date=today + timedelta(days=9)
    )
    factory.make_round(component, votes=[5, 5, 4], now=timezone.now())
    factory.make_drill(component, scenario=factory.make_scenario(term_days=10),
                       ended_at=timezone.now() - timedelta(days=30))  # fmt: skip

    job = made(people)
    [row] = rows(job)

    assert job.filename == f"portfolio-{today.isoformat()}.xlsx"
    assert [*row] == [column.title for column in COLUMNS]
    said = {title: cell.value for title, cell in row.items()}
    assert (said["Component"], said["Team"]) == ("Asset router", "Edge team")
    assert (said["Requirements"], said["Settled"], said["Done"], said["Accepted"]) == (6, 2, 1, 1)
    assert (said["Confidence, of 5"], said["Voters"]) == (4.67, 3)
    assert (said["Availability target, %"], said["Error budget used, %"]) == (99.9, 0)
    assert (said["Oldest stale drill"], said["Stale for days"]) == ("Roll back", 20)
    assert said["Next revisit"].date() == today + timedelta(days=9)
    assert row["Next revisit"].is_date
    assert said["Last look at AWS"] is None
    assert row["Done"].data_type == "n"


@pytest.mark.parametrize("name", ["=1+1", "+cmd", "@SUM(A1)", "-2"])
def test_what_somebody_typed_is_no_formula(component, people, name):
    Component.objects.update(name=name, kind=name)

    [row] = rows(made(people))

    for title in ("Component", "Kind"):
        assert (row[title].value, row[title].data_type) == (name, "s")
        assert row[title].quotePrefix


def test_is_filtered_and_sorted_as_the_table_is(component, people):
    other = factory.make_component(slug="other", team=component.team)
    factory.make_component(slug="third", team=component.team, kind="Bucket")
    Component.objects.exclude(slug="third").update(kind="Router")
    factory.make_decision(other, "c-0-0", "done")

    job = made(people, Selection(kind="Router", sort="-settled"))

    assert [row["Component"].value for row in rows(job)] == ["Other", "Asset router"]


def test_has_what_one_may_read_when_it_is_made(component, people):
    factory.make_component(slug="foreign", team=factory.make_team("other"))
    job = request_export(wanted=Selection(), by=people["editor"])
    Membership.objects.filter(user=people["editor"]).delete()

    export_task(job.pk)
    job.refresh_from_db()

    assert rows(job) == []
    assert [row["Component"].value for row in rows(made(people, who="viewer"))] == ["Asset router"]


def test_one_under_way_is_that_one_and_the_old_ones_go(component, people):
    first = request_export(wanted=Selection(), by=people["editor"])

    assert request_export(wanted=Selection(), by=people["editor"]) == first
    assert request_export(wanted=Selection(), by=people["viewer"]) != first
    for _ in range(KEPT + 2):
        made(people)
    assert PortfolioExport.objects.filter(requested_by=people["editor"]).count() == KEPT + 1


def test_a_cancelled_one_writes_nothing(component, people):
    job = request_export(wanted=Selection(), by=people["editor"])
    jobs.cancel(job, by=people["editor"], now=timezone.now())

    export_task(job.pk)
    job.refresh_from_db()

    assert (job.state, job.content) == (JobState.CANCELLED, None)


class TestPages:
    def test_from_the_table_to_the_file(self, component, editor, people):
        page = editor.get("/portfolio/?kind=&text=asset").content.decode()
        assert '<input type="hidden" name="text" value="asset">' in page

        started = editor.post("/portfolio/export/", {"text": "asset"})
        job = PortfolioExport.objects.get()
        waiting = editor.get(started["Location"]).content.decode()
        early = editor.get(f"/portfolio/exports/{job.pk}/portfolio.xlsx")
        export_task(job.pk)
        ready = editor.get(started["Location"]).content.decode()
        file = editor.get(f"/portfolio/exports/{job.pk}/portfolio.xlsx")

        assert job.query == "text=asset"
        assert "Waiting for a worker" in waiting
        assert early.status_code == 404
        assert f"portfolio-{timezone.localdate().isoformat()}.xlsx" in ready
        assert file["Content-Disposition"].startswith('attachment; filename="portfolio-')
        assert load_workbook(BytesIO(file.content)).active.max_row == 2

    def test_is_for_who_asked_alone(self, component, login, people):
        job = made(people)

        for path in (
            f"/portfolio/exports/{job.pk}/",
            f"/portfolio/exports/{job.pk}/portfolio.xlsx",
        ):
            assert login("editor").get(path).status_code == 200
            assert login("admin").get(path).status_code == 404
        cancel = f"/portfolio/exports/{job.pk}/cancel/"
        assert login("admin").post(cancel).status_code == 404
