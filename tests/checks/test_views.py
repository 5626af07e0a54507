"""The pages of checks: what each shows, and with how many queries."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from readiness.aws.registry import CHECKS
from readiness.models import Criterion
from tests import factory

LOGS = "logs.group-in-every-region"
VERSIONING = "s3.versioning"
ROUTER = {
    "function_name": "router",
    "edge_regions": ["eu-west-1", "us-east-1"],
    "log_group": "/edge/router",
}
OF_COMPONENT = "/components/asset-router/checks/"
OF_LOGS = f"{OF_COMPONENT}{LOGS}/"
REGIONS = {"eu-west-1": {"group": False}, "us-east-1": {"group": True}}
HOUR = timedelta(hours=1)


@pytest.fixture
def component(db):
    catalog = factory.make_catalog()
    Criterion.objects.filter(slug="c-0-0").update(slug="logs-findable")
    return factory.make_component(catalog=catalog, parameters=ROUTER)


def html(response):
    assert response.status_code == 200
    return response.content.decode()


def fail(component, now=None, **values):
    observed = {"regions": REGIONS, "wrong_in": {"regions": ["eu-west-1"]}}
    observed |= {"log_group": "/edge/router"}
    return factory.make_result(
        component, LOGS, "fail", now=now or timezone.now(), observed=observed, **values
    )


class TestComponentChecks:
    def test_says_verdict_since_when_severity_and_requirement(self, editor, component):
        fail(component, timezone.now() - 3 * HOUR, reason="No log group in eu-west-1.")

        page = html(editor.get(OF_COMPONENT))

        assert "No log group in eu-west-1." in page
        assert ">fails</span>" in page
        assert ">3 h ago</time>" in page
        assert '/requirements/logs-findable/#row--logs-findable"' in page
        assert CHECKS[LOGS].severity in page

    def test_counts_what_the_checks_say(self, editor, component):
        fail(component)
        factory.make_result(component, "logs.retention", "fail", now=timezone.now())
        factory.make_result(component, "alarms.actions-live", "throttled", now=timezone.now())

        counts = editor.get(OF_COMPONENT).context["shown"].counts

        assert counts[:2] == [("fail", 2, "fail"), ("could_not_look", 1, "unknown")]
        assert counts[2][::2] == ("", "not looked yet")

    def test_says_what_checks_lack_that_do_not_apply(self, editor, component):
        response = editor.get(OF_COMPONENT)

        lacks = {check.id: wants for check, wants in response.context["missing"]}
        assert lacks[VERSIONING] == ["Buckets"]
        assert LOGS not in lacks
        assert len(lacks) + len(response.context["shown"].report.checks) == len(CHECKS)

    def test_matrix_is_a_table_of_checks_and_regions(self, editor, component):
        fail(component)

        page = html(editor.get(OF_COMPONENT))

        assert '<th scope="col"><span>eu-west-1</span></th>' in page
        assert '<td class="wrong" title="eu-west-1: not in order">' in page
        assert '<span class="visually-hidden">in order</span>' in page

    def test_marks_what_flaps(self, editor, component):
        for hours in range(5):
            status = ["pass", "fail"][hours % 2]
            factory.make_result(component, LOGS, status, now=timezone.now() - (9 - hours) * HOUR)
        assert "flapping</span>" in html(editor.get(OF_COMPONENT))

    def test_three_changes_are_not_flapping(self, editor, component):
        for hours in range(4):
            status = ["pass", "fail"][hours % 2]
            factory.make_result(component, LOGS, status, now=timezone.now() - (9 - hours) * HOUR)
        assert "flapping</span>" not in html(editor.get(OF_COMPONENT))

    def test_the_policy_is_that_of_the_checks_that_apply(self, editor, component):
        policy = json.loads(editor.get(OF_COMPONENT).context["policy"])

        actions = policy["Statement"][0]["Action"]
        assert "logs:DescribeLogGroups" in actions
        assert "s3:GetBucketVersioning" not in actions

    def test_without_parameters_says_how_to_go_on(self, editor, component):
        type(component).objects.update(parameters={})

        page = html(editor.get(OF_COMPONENT))

        assert "No check applies to Asset router yet" in page
        assert "/components/asset-router/edit/#parameters" in page

    def test_a_reader_is_offered_nothing_that_writes(self, login, component):
        page = html(login("viewer").get(OF_COMPONENT))

        assert "Run checks" not in page
        assert "#parameters" not in page

    @pytest.mark.parametrize("number", [1, 3, 75])
    def test_takes_seven_queries_however_many_changes(
        self, editor, component, number, django_assert_num_queries
    ):
        factory.make_decision(component, "logs-findable", "done")
        for hours in range(number):
            status = ["pass", "fail"][hours % 2]
            factory.make_result(component, LOGS, status, now=timezone.now() - (80 - hours) * HOUR)

        with django_assert_num_queries(7):
            editor.get(OF_COMPONENT)


class TestComponentCheckDetail:
    def test_shows_facts_that_lead_into_the_console(self, editor, component):
        fail(component)

        page = html(editor.get(OF_LOGS))

        assert (
            "https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1"
            "#logsV2:log-groups/log-group/$252Fedge$252Frouter" in page
        )
        assert "us-east-1.console.aws.amazon.com/lambda/home" in page

    def test_shows_the_reads_that_were_made(self, editor, component):
        read = {
            "service": "logs",
            "operation": "describe_log_groups",
            "region": "eu-west-1",
            "milliseconds": 123,
            "attempts": 2,
            "error_code": "AccessDeniedException",
            "shared": True,
        }
        result = fail(component, reads=[read])

        page = html(editor.get(OF_LOGS))

        assert "<td>logs describe_log_groups</td><td>eu-west-1</td><td>123</td><td>2</td>" in page
        assert "<td>AccessDeniedException</td><td>shared</td>" in page
        assert f"/components/asset-router/runs/{result.run_id}/" in page

    def test_shows_how_to_mend_it(self, editor, component):
        fail(component)

        page = html(editor.get(OF_LOGS))

        assert CHECKS[LOGS].documentation in page
        assert "aws logs create-log-group" in page
        assert 'data-copy="mend"' in page

    def test_history_says_what_changed_in_the_facts(self, editor, component):
        now = timezone.now()
        fine = {"regions": {"eu-west-1": {"group": True}, "us-east-1": {"group": True}}}
        factory.make_result(component, LOGS, "pass", now=now - 3 * HOUR, observed=fine)
        fail(component, now - HOUR)

        response = editor.get(OF_LOGS)

        newest, first = response.context["entries"]
        assert ("changed", "regions, group", "yes", "no", "eu-west-1") in newest.differences
        assert first.differences == []
        page = html(response)
        assert "<del>yes</del>" in page
        assert "<ins>no</ins>" in page
        assert "The first answer." in page

    def test_rows_that_changed_alike_share_a_line(self, editor, component):
        now = timezone.now()
        for hours, group in ((2, True), (1, False)):
            regions = {name: {"group": group} for name in ("eu-west-1", "eu-west-2", "us-east-1")}
            status = "pass" if group else "fail"
            factory.make_result(
                component, LOGS, status, now=now - hours * HOUR, observed={"regions": regions}
            )

        newest, _ = editor.get(OF_LOGS).context["entries"]
        assert newest.differences == [
            ("changed", "regions, group", "yes", "no", "eu-west-1, eu-west-2 and us-east-1")
        ]

    def test_history_names_regressions(self, editor, component):
        factory.make_decision(component, "logs-findable", "done")
        now = timezone.now()
        factory.make_result(component, LOGS, "pass", now=now - 2 * HOUR)
        fail(component, now - HOUR)

        page = html(editor.get(OF_LOGS))

        assert "regression</span>" in page
        assert "was verified, and is contradicted by it" in page

    def test_history_says_when_the_parameters_had_changed(self, editor, component):
        now = timezone.now()
        factory.make_result(component, LOGS, "pass", now=now - 2 * HOUR)
        component.parameters = ROUTER | {"log_group": "/other"}
        component.save()
        fail(component, now - HOUR)

        assert "parameters had changed" in html(editor.get(OF_LOGS))

    def test_an_answer_about_other_parameters_is_not_shown_as_todays(self, editor, component):
        fail(component, reason="Not there.")
        component.parameters = ROUTER | {"log_group": "/other"}
        component.save()

        response = editor.get(OF_LOGS)

        assert "Nobody has looked yet with the parameters of today" in html(response)
        assert (response.context["result"], response.context["facts"]) == (None, "")

    def test_what_could_not_be_looked_at_keeps_what_was_known(self, editor, component):
        now = timezone.now()
        fail(component, now - 5 * HOUR, reason="Not there.")
        factory.make_result(component, LOGS, "throttled", now=now - 2 * HOUR, reason="Too many.")

        page = html(editor.get(OF_LOGS))

        assert "Could not look since" in page
        assert "Too many." in page
        assert "Last known: fail" in page

    def test_a_check_that_does_not_apply_says_what_it_lacks(self, editor, component):
        page = html(editor.get(f"{OF_COMPONENT}{VERSIONING}/"))

        assert "does not apply to Asset router: it lacks Buckets." in page

    def test_there_is_no_page_of_a_check_that_does_not_exist(self, editor, component):
        assert editor.get(f"{OF_COMPONENT}logs.nonsense/").status_code == 404
        assert editor.get("/checks/logs.nonsense/").status_code == 404

    def test_whatever_aws_answered_is_escaped(self, editor, component):
        now = timezone.now()
        factory.make_result(
            component, LOGS, "pass", now=now - HOUR, observed={"<b>": {"<i>": {"a": "<u>"}}}
        )
        factory.make_result(
            component, LOGS, "fail", now=now, reason="<s>", observed={"<b>": {"<i>": {"a": "<p>x"}}}
        )

        page = html(editor.get(OF_LOGS))

        for tag in ("<b><", "<i>", "<u>", "<s>", "<p>x"):
            assert tag not in page

    @pytest.mark.parametrize("number", [1, 3, 75])
    def test_takes_ten_queries_however_many_changes(
        self, editor, component, number, django_assert_num_queries
    ):
        factory.make_decision(component, "logs-findable", "done")
        for hours in range(number):
            status = ["pass", "fail"][hours % 2]
            factory.make_result(component, LOGS, status, now=timezone.now() - (80 - hours) * HOUR)

        with django_assert_num_queries(10):
            response = editor.get(OF_LOGS)

        assert response.context["page"].paginator.count == number

    def test_history_has_pages(self, editor, component):
        for hours in range(25):
            status = ["pass", "fail"][hours % 2]
            factory.make_result(component, LOGS, status, now=timezone.now() - (80 - hours) * HOUR)

        response = editor.get(f"{OF_LOGS}?page=2")

        assert len(response.context["entries"]) == 5
        assert "Page 2 of 2, 25 changes" in html(response)


class TestCheckList:
    def test_shows_every_check_with_criteria_and_actions(self, editor, component):
        response = editor.get("/checks/")

        assert response.context["shown"] == len(CHECKS)
        page = html(response)
        assert "logs:DescribeLogGroups" in page
        assert '<a href="/catalog/criteria/logs-findable/">Criterion 0.0</a>' in page

    def test_is_filtered_by_the_address(self, editor, component):
        response = editor.get("/checks/?text=s3%3AGetBucketVersioning")

        found = [each["check"].id for _, checks in response.context["services"] for each in checks]
        assert VERSIONING in found
        assert LOGS not in found
        assert "s3:GetBucketVersioning" in response.context["policy"]

    def test_htmx_gets_the_list_alone(self, editor, component):
        response = editor.get(
            "/checks/?text=unicorn", headers={"HX-Request": "true", "HX-Target": "checks"}
        )

        page = html(response)
        assert page.strip().startswith('<div id="checks">')
        assert "No check says “unicorn”." in page

    def test_takes_three_queries(self, editor, component, django_assert_num_queries):
        with django_assert_num_queries(3):
            editor.get("/checks/")


class TestCheckDetail:
    def test_says_what_it_wants_and_reads(self, editor, component):
        response = editor.get(f"/checks/{LOGS}/")

        page = html(response)
        assert ("logs", "describe_log_groups", "logs:DescribeLogGroups") in response.context[
            "reads"
        ]
        assert "<li>Edge regions</li>" in page
        assert '<a href="/catalog/criteria/logs-findable/">Criterion 0.0</a>' in page

    def test_a_criterion_that_is_not_loaded_has_no_link(self, editor, component):
        Criterion.objects.filter(slug="logs-findable").update(slug="another")

        page = html(editor.get(f"/checks/{LOGS}/"))

        assert "not in the loaded catalog" in page
        assert "/catalog/criteria/logs-findable/" not in page
