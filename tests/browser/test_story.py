"""The gap report of a router, as its team goes through it."""

from __future__ import annotations

import re
from datetime import timedelta
from io import BytesIO

import boto3
from django.utils import timezone
from playwright.sync_api import expect
from pypdf import PdfReader

from readiness.models import Approval, CheckRun, Requirement

REPORT = "/components/asset-router/"
LOG_GROUP = "/aws/lambda/us-east-1.asset-router"


def logs_of(aws, region):
    return boto3.client(
        "logs",
        region_name=region,
        endpoint_url=aws["endpoint_url"],
        aws_access_key_id="demo",
        aws_secret_access_key="demo",
    )


def row(page, criterion):
    return page.locator(f"#row--{criterion}")


def test_team_decides_looks_and_takes_the_report_along(open_as, aws):
    page = open_as("editor", REPORT)
    expect(page.get_by_role("heading", level=1)).to_have_text("Asset router")

    # Decide an item: refuse it with a risk, the date comes from policy.
    undecided = row(page, "blast-radius")
    undecided.locator(".line").click()
    expect(page).to_have_url(re.compile("/requirements/blast-radius/$"))
    undecided.get_by_text("We will not build it").click()
    undecided.get_by_label("Reasoning").fill("One distribution is **cheaper** to run than three.")
    undecided.get_by_label("Risk", exact=True).fill("A bad rule hits every customer.")
    undecided.get_by_text("high", exact=True).first.click()
    until = (timezone.localdate() + timedelta(days=90)).isoformat()
    expect(undecided.get_by_label("Revisit by")).to_have_value(until)
    expect(undecided.get_by_text("Somebody else must approve")).to_be_visible()
    undecided.get_by_role("button", name="Save decision").click()
    expect(page.locator("#announce")).to_contain_text("Proposed.")
    expect(undecided.locator(".standing")).to_have_text("undecided")
    expect(undecided.locator(".tag.proposed")).to_be_visible()
    expect(page.locator("#report-summary")).to_contain_text("2 proposals wait for approval.")
    expect(page.locator("#report-summary")).to_contain_text("7 accepted")

    # Somebody else approves it: now it stands.
    other = open_as("approver", f"{REPORT}requirements/blast-radius/")
    row(other, "blast-radius").get_by_role("button", name="Approve").click()
    expect(other.locator("#announce")).to_contain_text("Approved.")
    expect(row(other, "blast-radius").locator(".standing")).to_have_text("accepted")
    expect(other.locator("#report-summary")).to_contain_text("8 accepted")
    assert Approval.objects.latest("pk").decision.decided_by.username == "editor"

    # Look into AWS: the paper is contradicted.
    expect(row(page, "logs-findable").locator(".standing")).to_have_text("done")
    page.get_by_role("button", name="Run checks").click()
    expect(row(page, "logs-findable").locator(".standing")).to_have_text("contradicted")
    expect(page.locator("#report-summary")).to_contain_text("No log group in ap-northeast-1")
    expect(page.locator("#report-summary")).to_contain_text("Could not look")
    expect(page.locator("#announce")).to_contain_text("Checks finished.")

    # Mend it where it lies, look again: it is verified.
    logs = logs_of(aws, "ap-northeast-1")
    logs.create_log_group(logGroupName=LOG_GROUP)
    # Its lines go where those of the other regions go.
    elsewhere = logs_of(aws, "us-east-1").describe_subscription_filters(logGroupName=LOG_GROUP)
    ship = elsewhere["subscriptionFilters"][0]
    logs.put_subscription_filter(
        logGroupName=LOG_GROUP,
        filterName=ship["filterName"],
        filterPattern="",
        roleArn=ship["roleArn"],
        destinationArn=ship["destinationArn"].replace("us-east-1", "ap-northeast-1"),
    )
    page.get_by_role("button", name="Run checks").click()
    expect(row(page, "logs-findable").locator(".standing")).to_have_text("verified")
    logs.delete_log_group(logGroupName=LOG_GROUP)

    # Take the PDF along.
    page.get_by_role("button", name="PDF report").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the PDF").click()
    text = "".join(
        p.extract_text() for p in PdfReader(BytesIO(download.value.path().read_bytes())).pages
    )
    assert "Asset router" in text
    assert "A bad rule hits every customer." in text


def test_what_remains_of_a_risk_proposes_the_date(open_as):
    page = open_as("editor", f"{REPORT}requirements/blast-radius/")
    form = row(page, "blast-radius").locator(".decision-form")
    form.get_by_text("We will not build it").click()
    form.get_by_text("critical", exact=True).first.click()
    hint = form.get_by_text("Somebody else must approve")
    expect(hint).to_be_visible()

    form.get_by_text("Mitigations, cost, benefit, alternatives").click()
    remains = form.get_by_role("group", name="What remains after them?")
    remains.locator("label.mild").first.click()

    until = (timezone.localdate() + timedelta(days=180)).isoformat()
    expect(form.get_by_label("Revisit by")).to_have_value(until)
    expect(hint).to_be_hidden()


def test_back_closes_the_row_and_the_address_opens_it(open_as):
    page = open_as("viewer", REPORT)

    row(page, "runbook").locator(".line").click()
    expect(row(page, "runbook").locator(".detail")).to_be_visible()
    page.go_back()
    expect(row(page, "runbook").locator(".detail")).to_have_count(0)
    page.go_forward()
    expect(row(page, "runbook").locator(".detail")).to_be_visible()
    page.reload()
    expect(row(page, "runbook").locator(".detail")).to_be_visible()


def test_keyboard_alone_finds_opens_decides_and_goes_on(open_as):
    page = open_as("editor", f"{REPORT}?standing=undecided")
    lines = page.locator(".row > .line")

    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    expect(lines.nth(0)).to_be_focused()
    page.keyboard.press("Enter")
    first = page.locator(".row").nth(0)
    expect(first.locator(".detail")).to_be_visible()
    first.get_by_label("Does not apply here").focus()
    page.keyboard.press("Space")
    first.get_by_label("Reasoning").focus()
    page.keyboard.type("There is nothing of the kind.")
    page.keyboard.press("Escape")
    expect(first.locator(".detail")).to_be_visible()
    first.get_by_role("button", name="Save decision").press("Enter")
    expect(first.locator(".standing")).to_have_text("not applicable")
    page.get_by_role("link", name="Next undecided").press("Enter")
    expect(page.locator(".row.open")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.locator(".row.open")).to_have_count(0)


def test_filter_follows_the_typing_and_stays_in_the_address(open_as):
    page = open_as("viewer", REPORT)

    page.get_by_label("Search", exact=True).fill("replication")
    expect(page).to_have_url(re.compile("text=replication"))
    expect(page.locator(".row")).not_to_have_count(74)
    found = page.locator(".row").count()
    page.reload()
    expect(page.locator(".row")).to_have_count(found)
    page.get_by_role("link", name="Show all").click()
    expect(page.locator(".row")).to_have_count(74)


def test_second_of_two_who_decide_at_once_sees_both_texts(open_as):
    first = open_as("editor", f"{REPORT}requirements/blast-radius/")
    second = open_as("approver", f"{REPORT}requirements/blast-radius/", refusal="409")
    for page, words in ((first, "Mine came first."), (second, "Mine came second.")):
        page.get_by_text("Does not apply here").click()
        page.get_by_label("Reasoning").fill(words)

    first.get_by_role("button", name="Save decision").click()
    expect(row(first, "blast-radius").locator(".standing")).to_have_text("not applicable")
    second.get_by_role("button", name="Save decision").click()

    alert = second.get_by_role("alert")
    expect(alert).to_contain_text("Emil Novak decided this while you were writing.")
    expect(alert).to_contain_text("Mine came first.")
    expect(second.get_by_label("Reasoning")).to_have_value("Mine came second.")
    second.get_by_role("button", name="Save decision").click()
    expect(second.locator("#announce")).to_contain_text("Saved.")
    requirement = Requirement.objects.get(
        component__slug="asset-router", criterion__slug="blast-radius"
    )
    assert [d.reasoning for d in requirement.decisions.order_by("number")] == [
        "Mine came first.",
        "Mine came second.",
    ]


def test_everything_works_without_javascript(open_as):
    page = open_as("editor", REPORT, java_script_enabled=False)

    row(page, "blast-radius").locator(".line").click()
    page.get_by_text("It is done", exact=True).click()
    page.get_by_label("Evidence").fill("The runbook.")
    page.get_by_role("button", name="Save decision").click()
    expect(row(page, "blast-radius").locator(".standing")).to_have_text("done")

    page.get_by_role("button", name="Run checks").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Check run")
    page.wait_for_timeout(100)
    while CheckRun.objects.latest("pk").is_active:
        page.wait_for_timeout(100)
    page.reload()
    expect(page.locator("#run-whole")).to_contain_text("No log group in ap-northeast-1")
    page.get_by_role("link", name="Asset router").click()
    expect(row(page, "logs-findable").locator(".standing")).to_have_text("contradicted")
