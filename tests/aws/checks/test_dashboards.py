import json

import pytest

from readiness.aws.checks import CHECKS
from readiness.aws.errors import Status
from tests.aws.recordings import complete as aws
from tests.aws.recordings.watching import DASHBOARD, dashboard, graph

COVER = "dashboards.cover-regions"
EU, US, TOKYO = "eu-west-1", "us-east-1", "ap-northeast-1"
LACKING = "The dashboard edge-router does not show every edge region: nothing shown"


def says(*widgets):
    account = aws.complete()
    account.says(DASHBOARD, dashboard(graph(US), graph(TOKYO), *widgets))
    return account.verdict(COVER)


def widget(kind, **properties):
    return {"type": kind, "properties": properties}


def alarm(region):
    return f"arn:aws:cloudwatch:{region}:{aws.ACCOUNT}:alarm:edge-errors"


def test_passes_with_a_widget_of_each_region():
    verdict = aws.complete().verdict(COVER)
    reason = "The dashboard edge-router shows each of 3 edge regions."
    assert verdict[:2] == (Status.PASS, reason)
    assert verdict.observed == {
        "regions": {region: {"widgets": 1} for region in aws.REGIONS},
        "dashboard": "edge-router",
        "widgets": 3,
    }


@pytest.mark.parametrize(
    "shows",
    [
        graph(EU),
        graph(US, ["AWS/Lambda", "Errors", {"region": EU}], ["...", {"region": US}]),
        graph(EU, ["AWS/Lambda", "Errors"], ["AWS/Lambda", "Errors", {"region": US}]),
        graph(US, [{"expression": "SEARCH('Errors', 'Sum')", "region": EU}]),
        widget("log", region=EU, query="SOURCE '/aws/lambda' | fields @message"),
        widget("alarm", alarms=[alarm(US), alarm(EU)]),
        widget("metric", annotations={"alarms": [alarm(EU)]}),
    ],
    ids=["graph", "row", "rest of rows", "expression", "log", "alarms", "annotation"],
)
def test_knows_the_region_of_each_kind_of_widget(shows):
    assert says(shows).status is Status.PASS


@pytest.mark.parametrize(
    "shows",
    [
        graph(US),
        graph(EU, ["AWS/Lambda", "Errors", {"region": US}]),
        widget("text", markdown="eu-west-1", region=EU),
        widget("explorer", metrics=[{"metricName": "Errors", "stat": "Sum"}], region=EU),
        widget("alarm", alarms=[alarm(US)]),
        widget("metric", metrics="eu-west-1", region=7),
        widget("metric", metrics=[["AWS/Lambda", "Errors", {"region": [EU]}], 7, None, []]),
        widget("alarm", alarms={"a": EU}),
        widget("alarm", alarms=[7, "eu-west-1"]),
        widget("metric", annotations=[EU]),
        {"type": "custom"},
    ],
)
def test_fails_where_nothing_is_of_a_region_whatever_else_is_there(shows):
    verdict = says(shows)
    assert verdict[:2] == (Status.FAIL, f"{LACKING} (eu-west-1).")
    assert verdict.observed["regions"][EU] == {"widgets": 0}


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{",
        "[]",
        "{}",
        '{"widgets": {}}',
        '{"widgets": ["graph"]}',
        '{"widgets": [{"properties": {}}]}',
        "[" * 100_000,
    ],
)
def test_a_body_that_cannot_be_read_is_not_judged(body):
    account = aws.complete()
    account.says(DASHBOARD, {**dashboard(), "DashboardBody": body})
    assert account.verdict(COVER)[:2] == (
        Status.UNSUPPORTED,
        "The body of the dashboard edge-router cannot be read.",
    )


def test_fails_when_there_is_no_such_dashboard_and_is_unknown_when_it_could_not_look():
    account = aws.complete()
    account.fails(DASHBOARD, Status.NOT_FOUND, "ResourceNotFound")
    verdict = account.verdict(COVER)
    assert verdict[:2] == (Status.FAIL, "There is no dashboard edge-router.")
    account.denies(DASHBOARD, "cloudwatch:GetDashboard")
    assert account.verdict(COVER).status is Status.NOT_AUTHORISED


def test_nothing_that_people_wrote_is_kept():
    note = widget("text", markdown=aws.SECRET)
    assert aws.SECRET not in json.dumps(says(note, graph(EU)))


def test_the_command_names_the_regions_that_lack():
    bound = CHECKS[COVER].bind(aws.PARAMETERS)
    assert "the region of each of these: eu-west-1.\n" in bound.mend_command(says().observed)
