"""Shared decisions in the open row, on the report, in its PDF, as JSON and as Markdown."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.urls import reverse
from django.utils import timezone

from readiness.decisions.actions import refresh_standings
from readiness.decisions.risk import DEFAULT
from readiness.decisions.sharing import inherit
from readiness.models import Component, InheritanceStep, Requirement, User
from readiness.reports.data import report_data
from readiness.reports.gap_report import build_gap_report
from readiness.reports.lines import line_html
from readiness.reports.pdf_block import block
from readiness.reports.records import decision_records
from readiness.revisit.actions import NothingToKeep, keep_decision
from readiness.risks.queries import Force, RiskOf, risk_counts
from tests import factory
from tests.factory import NOW

ROW = "/components/asset-router/requirements/c-0-0/"
PLATFORM_ROW = "/components/logging/requirements/c-0-0/"
HTMX = {"HX-Request": "true", "HX-Target": "row--c-0-0"}
SAID = "Logs stay in CloudWatch; we ship none."
pytestmark = pytest.mark.usefixtures("people")


@pytest.fixture
def platform(component):
    """A platform of a team that nobody of the component's is in, for everybody to read."""
    platform = factory.make_component(
        slug="logging",
        team=factory.make_team("platform"),
        is_platform=True,
        visible_to_organisation=True,
    )
    component.platforms.add(platform)
    factory.make_decision(platform, "c-0-0", "not_applicable", reasoning=SAID)
    return platform


def follow(component, platform):
    by = User.objects.get(username="editor")
    newest = Requirement.objects.get(component=component, criterion__slug="c-0-0").head_decision_id
    inherit(component=component, criterion="c-0-0", platform=platform, seen=newest, by=by, now=NOW)


def hide(platform):
    Component.objects.filter(pk=platform.pk).update(visible_to_organisation=False)


def opened(client, row=ROW):
    return client.get(row, headers=HTMX).content.decode()


class TestOpenRow:
    def test_offers_what_the_platform_decided(self, editor, component, platform):
        html = opened(editor)

        assert "The platform Logging decided" in html
        assert SAID in html

    def test_offers_a_reader_nothing(self, login, component, platform):
        assert "The platform Logging decided" not in opened(login("viewer"))

    def test_offers_nothing_of_a_platform_that_the_editor_may_not_read(
        self, editor, component, platform
    ):
        hide(platform)

        assert "Logging" not in opened(editor)
        sent = editor.post(f"{ROW}inherit/", {"platform": "logging"})
        assert sent.status_code == 404
        assert not InheritanceStep.objects.exists()

    def test_says_from_whom_it_is_inherited(self, editor, component, platform):
        follow(component, platform)

        html = opened(editor)

        assert f'<a href="{PLATFORM_ROW}">Logging</a>' in html
        assert SAID in html
        assert "Inheritance: 1 step" in html
        assert "Decide here instead" in html

    def test_the_team_reads_what_it_inherited_without_the_way_there(
        self, login, component, platform
    ):
        follow(component, platform)
        hide(platform)

        html = opened(login("viewer"))

        assert SAID in html
        assert "Logging" in html
        assert PLATFORM_ROW not in html

    def test_of_an_archived_platform_says_so(self, editor, component, platform):
        follow(component, platform)
        Component.objects.filter(pk=platform.pk).update(archived_at=NOW)

        assert "The platform is archived; its decision stays in force." in opened(editor)

    def test_of_the_platform_lists_who_inherits_it(self, login, component, platform):
        hidden = factory.make_component(slug="hidden", team=factory.make_team("other"))
        hidden.platforms.add(platform)
        follow(component, platform)
        follow(hidden, platform)

        html = opened(login("viewer"), PLATFORM_ROW)

        assert f'<a href="{ROW}">Asset router</a>' in html
        assert "1 component that you may not read" in html
        assert "Hidden" not in html

    @pytest.mark.parametrize("inheritors", [1, 3, 30])
    def test_of_the_platform_takes_as_many_queries_for_any_number(
        self, login, component, platform, inheritors, django_assert_num_queries
    ):
        for n in range(inheritors):
            service = factory.make_component(slug=f"service-{n}")
            service.platforms.add(platform)
            follow(service, platform)
        viewer = login("viewer")

        with django_assert_num_queries(14):
            opened(viewer, PLATFORM_ROW)


class TestWrites:
    def test_inherits_and_ends_it(self, editor, component, platform):
        sent = editor.post(f"{ROW}inherit/", {"platform": "logging", "reason": "One place."})

        assert sent.status_code == 302
        requirement = Requirement.objects.get(component=component, criterion__slug="c-0-0")
        assert (requirement.standing, requirement.inherits.component) == (
            "not_applicable",
            platform,
        )
        refused = editor.post(f"{ROW}inherit/end/", {"reason": "Ou\0rs."})  # PostgreSQL keeps none
        editor.post(f"{ROW}inherit/end/", {"reason": "Ours."})
        requirement.refresh_from_db()
        assert (requirement.standing, requirement.inherits) == ("undecided", None)
        assert refused.status_code == 422
        long = editor.post(f"{ROW}inherit/end/", {"reason": "x" * 1001}, headers=HTMX)
        assert long.status_code == 422
        assert "Null characters are not allowed." in refused.content.decode()
        assert [s.reason for s in InheritanceStep.objects.all()] == ["One place.", "Ours."]

    def test_says_that_somebody_decided_in_the_meantime(self, editor, component, platform):
        factory.make_decision(component, "c-0-0", "done")

        sent = editor.post(f"{ROW}inherit/", {"platform": "logging"}, headers=HTMX)

        assert sent.status_code == 409
        assert "Somebody else decided this in the meantime." in sent.content.decode()

    def test_says_that_there_is_nothing_to_inherit(self, editor, component, platform):
        component.platforms.clear()

        sent = editor.post(f"{ROW}inherit/", {"platform": "logging"}, headers=HTMX)

        assert sent.status_code == 409
        assert "There is nothing to inherit from Logging." in sent.content.decode()

    @pytest.mark.parametrize("address", ["inherit/", "inherit/end/"])
    def test_of_an_unknown_criterion_is_not_found(self, editor, component, platform, address):
        base = "/components/asset-router/requirements/nothing/"

        assert editor.post(f"{base}{address}", {"platform": "logging"}).status_code == 404


class TestElsewhere:
    """What lists of many components make of a decision that is inherited."""

    @pytest.fixture
    def lapsed(self, component, platform):
        past = timezone.now() - timedelta(days=40)
        ended = timezone.localdate(past) + timedelta(days=9)
        for each, risk in ((component, "Mine."), (platform, "Shared.")):
            factory.make_decision(
                each, "c-0-0", "wont_build", now=past, revisit_date=ended, risk=risk
            )
        follow(component, platform)
        refresh_standings(component=component, now=timezone.now())

    def test_queue_shows_the_platforms_decision_and_offers_no_keeping(
        self, editor, component, platform
    ):
        Component.objects.update(parameters={"function_name": "f", "edge_regions": ["eu-west-1"]})
        component.refresh_from_db()
        factory.make_decision(component, "c-0-0", "build")
        factory.make_decision(platform, "c-0-0", "done", evidence="The shared trail.")
        follow(component, platform)
        requirement = Requirement.objects.get(component=component, criterion__slug="c-0-0")
        factory.add_check(requirement, "logs.retention")
        factory.make_result(component, "logs.retention", "fail")

        response = editor.get("/queue/?of=everybody")

        shown = {row.requirement.component.slug: row for row in response.context["rows"]}
        assert shown["asset-router"].standing == "contradicted"
        assert shown["asset-router"].decision.evidence == "The shared trail."
        keep = reverse("decision_keep", args=["asset-router", "c-0-0"])
        assert keep not in response.content.decode()
        assert editor.get(keep).status_code == 302

    def test_keeping_it_is_refused(self, component, lapsed):
        requirement = Requirement.objects.get(component=component, criterion__slug="c-0-0")
        seen = requirement.current_decision_id

        with pytest.raises(NothingToKeep):
            keep_decision(
                component=component,
                criterion="c-0-0",
                why="Why.",
                until=None,
                seen=(seen, seen),
                matrix=DEFAULT,
                by=User.objects.get(username="editor"),
                now=NOW,
            )

    def test_a_risk_that_is_inherited_is_counted_once(self, component, platform, lapsed):
        everything = Component.objects.all()

        assert risk_counts(everything, RiskOf.INHERENT, Force.IN_FORCE) == {(2, 2): 1}


class TestReports:
    @pytest.fixture
    def line(self, component, platform):
        follow(component, platform)
        report = build_gap_report(component, NOW)
        return next(line for line in report.requirements if line.criterion == "c-0-0")

    @pytest.mark.parametrize("inherited", [0, 1, 5])
    def test_page_takes_one_more_query_where_something_is_inherited(
        self, editor, component, platform, inherited, django_assert_num_queries
    ):
        criteria = Requirement.objects.filter(component=component).values_list(
            "criterion__slug", flat=True
        )
        factory.make_decision(component, "c-1-2", "done")
        for criterion in criteria.order_by("criterion__slug")[:inherited]:
            factory.make_decision(platform, criterion, "done")
            by = User.objects.get(username="editor")
            inherit(
                component=component, criterion=criterion, platform=platform, seen=None, by=by,
                now=NOW,
            )  # fmt: skip

        with django_assert_num_queries(8 if inherited else 7):
            response = editor.get("/components/asset-router/")

        assert response.content.decode().count(">inherited</span>") == inherited

    def test_closed_row_has_a_mark(self, line):
        html = line_html(line, href="/", expanded=False, oob=False)

        assert '<span class="tag" title="From Logging">inherited</span>' in html

    def test_pdf_says_it(self, line):
        said = block(line, timezone.localdate(NOW)).notes

        assert "Inherited from the platform Logging, whose decision this is." in said

    def test_json_says_it(self, line, component):
        data = report_data(build_gap_report(component, NOW))["requirements"][0]["decision"]

        assert (data["inherited_from"], data["platform"]) == ("Logging", "logging")

    def test_markdown_says_it(self, line, component, editor):
        factory.make_decision(component, "c-0-1")

        archive = editor.get("/components/asset-router/decisions.zip").content

        assert [r.filename for r in decision_records(component, NOW)] == [
            "0001-c-0-0.md",
            "0002-c-0-1.md",
        ]
        text = ZipFile(BytesIO(archive)).read("asset-router-decisions/0001-c-0-0.md").decode()
        assert "- Inherited from: Logging" in text
        assert SAID in text
