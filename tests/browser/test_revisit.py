"""A refusal that comes back, from the risk to the next decision, by keyboard alone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from demo.simulated_aws.account import LOG_RETENTION_DAYS
from readiness.models import Approval, Requirement, TriggerFiring
from tests.browser.test_story import LOG_GROUP, REPORT, logs_of, row

CRITERION = "log-retention"
BOUND = "logs.retention regions.us-east-1.days > 400"
# More than any page of the demo has between two places that somebody goes to in one way.
FAR = 150

# A radio button of the matrix is hidden behind its cell: then it is the cell that is seen.
IN_SIGHT = """() => {
  const at = document.activeElement;
  const { top, bottom } = (at.closest("label") ?? at).getBoundingClientRect();
  return bottom > 0 && top < innerHeight;
}"""


@pytest.fixture
def logs(aws):
    """CloudWatch Logs of the simulated account, whose retention is as it was afterwards."""
    logs = logs_of(aws, "us-east-1")
    yield logs
    logs.put_retention_policy(logGroupName=LOG_GROUP, retentionInDays=LOG_RETENTION_DAYS)


def go_to(page, wanted, key="Tab"):
    """Press `key` until `wanted` has the focus; it must be in sight then."""
    expect(wanted).to_have_count(1)
    for _ in range(FAR):
        page.keyboard.press(key)
        if wanted.evaluate("each => each === document.activeElement"):
            page.wait_for_function(IN_SIGHT)
            return
    pytest.fail(f"Nobody comes to {wanted} by {key}.")


def press(page, wanted):
    go_to(page, wanted)
    page.keyboard.press("Enter")


def write(page, wanted, text):
    go_to(page, wanted)
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type(text)


def choose(page, group, wanted):
    """Come to a group of radio buttons and walk through it with the arrows."""
    radios = group.get_by_role("radio")
    chosen = group.locator("input:checked")
    go_to(page, chosen if chosen.count() else radios.first)
    page.keyboard.press("Space")
    for _ in range(radios.count()):
        if wanted.is_checked():
            return
        page.keyboard.press("ArrowDown")
    pytest.fail(f"Nobody chooses {wanted} by the arrows.")


def decide_again(page, line):
    """Open the form on a line that is decided, and return it."""
    press(page, line.locator("summary", has_text="Decide again"))
    return line.locator(".decision-form").first


def refuse(page, form):
    outcomes = form.get_by_role("group", name="What is it to be?")
    choose(page, outcomes, outcomes.get_by_label("We will not build it"))
    write(page, form.get_by_label("Reasoning"), "Four hundred days cost little.")
    write(page, form.get_by_label("Risk", exact=True), "We keep what we should not have.")
    matrix = form.get_by_role("group", name="How likely, and how bad?")
    choose(page, matrix, matrix.locator("[data-level=high]").first)
    expect(form.get_by_text("Somebody else must approve")).to_be_visible()
    write(page, form.get_by_label("A fact crosses a bound"), BOUND)
    press(page, form.get_by_role("button", name="Save decision"))


def run_checks(page):
    press(page, page.get_by_role("button", name="Run checks"))
    expect(page.locator("#announce")).to_contain_text("Checks finished.")


def test_keyboard_alone_refuses_approves_and_decides_what_came_back(open_as, logs):
    # Look, so that the decision knows what was so.
    page = open_as("editor", REPORT)
    run_checks(page)
    line = row(page, CRITERION)

    # Refuse it with a high risk: a proposal.
    write(page, page.get_by_label("Search", exact=True), "retention")
    expect(page).to_have_url(re.compile("text=retention"))
    press(page, line.locator(".line"))
    refuse(page, decide_again(page, line))
    expect(page.locator("#announce")).to_contain_text("Proposed.")
    expect(line.locator(".standing").first).to_have_text("gap")
    expect(line.locator(".line")).to_be_focused()

    # Somebody else finds it in the queue, and approves it.
    other = open_as("approver", "/queue/?group=proposed")
    statement = Requirement.objects.get(
        component__slug="asset-router", criterion__slug=CRITERION
    ).statement
    press(other, other.get_by_role("link", name=f"Look at the proposal: {statement}"))
    press(other, row(other, CRITERION).get_by_role("button", name="Approve"))
    expect(other.locator("#announce")).to_contain_text("Approved.")
    expect(row(other, CRITERION).locator(".standing").first).to_have_text("accepted")
    assert Approval.objects.latest("pk").by.username == "approver"

    # The account changes: what was agreed is not so any more.
    logs.put_retention_policy(logGroupName=LOG_GROUP, retentionInDays=731)
    page.goto(REPORT)
    run_checks(page)
    expect(line.locator(".standing").first).to_have_text("lapsed")
    assert TriggerFiring.objects.get().decision.requirement.criterion.slug == CRITERION

    # It waits in the queue and says why; decide it again.
    go_to(page, page.get_by_role("link", name="Queue", exact=True), "Shift+Tab")
    page.keyboard.press("Enter")
    waiting = page.locator(".row", has_text=statement)
    expect(waiting).to_contain_text("lapsed")
    press(page, waiting.get_by_role("link", name=f"Change: {statement}"))
    expect(line.locator(".fired")).to_contain_text("is > 400 now.")
    form = decide_again(page, line)
    outcomes = form.get_by_role("group", name="What is it to be?")
    choose(page, outcomes, outcomes.get_by_label("We will build it"))
    write(page, form.get_by_label("Reasoning"), "Two years are too long: back to one.")
    go_to(page, form.get_by_label("Owner"))
    page.keyboard.type("Emil")
    press(page, form.get_by_role("button", name="Save decision"))
    expect(line.locator(".standing").first).to_have_text("gap")
    expect(line.locator(".line")).to_be_focused()
    page.goto("/queue/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Queue")
    expect(page.locator(".row", has_text=statement)).to_have_count(0)
