"""Many rows at once, as somebody does it who does not use the mouse; and what is said on one."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from readiness.models import Comment, Decision, EvidenceFile
from tests.browser.test_story import REPORT, row


def test_keyboard_alone_selects_decides_and_goes_back(open_as):
    page = open_as("editor", f"{REPORT}?standing=undecided")
    bar = page.locator("#selection")
    expect(bar).to_be_hidden()

    # Three in a row, and one of them not after all.
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(bar).to_contain_text("1 selected")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Shift+X")
    expect(bar).to_contain_text("3 selected")
    page.keyboard.press("k")
    page.keyboard.press("x")
    expect(bar).to_contain_text("2 selected")
    chosen = [box.get_attribute("value") for box in page.locator(".pick:checked").all()]

    bar.get_by_role("button", name="Decide").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Decide several at once")
    expect(page.get_by_text("2 requirements")).to_be_visible()
    page.get_by_label("Does not apply here").focus()
    page.keyboard.press("Space")
    page.get_by_label("Reasoning").focus()
    page.keyboard.type("There is nothing of the kind.")
    page.get_by_role("button", name="Decide all").focus()
    page.keyboard.press("Enter")

    expect(page.get_by_role("status").first).to_contain_text("2 requirements decided")
    for slug in chosen:
        expect(row(page, slug).locator(".standing")).to_have_text("not applicable")
    made = Decision.objects.order_by("-pk")[:2]
    assert {d.requirement.criterion.slug for d in made} == set(chosen)
    assert {d.reasoning for d in made} == {"There is nothing of the kind."}

    # Nothing was decided before: the page says so, and has nothing to press.
    page.get_by_role("link", name="Undo", exact=True).first.press("Enter")
    expect(page.get_by_text("Nothing was decided before")).to_have_count(2)
    expect(page.get_by_role("button", name="Decide as before")).to_have_count(0)


def test_mouse_selects_a_range_and_the_keys_go_on_from_there(open_as):
    page = open_as("editor", REPORT)
    boxes, checked = page.locator(".pick"), page.locator(".pick:checked")

    boxes.nth(1).click()
    boxes.nth(5).click(modifiers=["Shift"])
    expect(checked).to_have_count(5)
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(checked).to_have_count(6)
    page.get_by_role("button", name="Clear").click()
    expect(page.locator("#selection-count")).to_have_text("0 selected")
    expect(checked).to_have_count(0)


def test_second_of_two_sees_which_was_decided_meanwhile(open_as):
    page = open_as("editor", f"{REPORT}?standing=undecided", refusal="409")
    boxes = page.locator(".pick")
    for n in (0, 1):
        boxes.nth(n).check()
    slug = boxes.nth(0).get_attribute("value")
    page.get_by_role("button", name="Decide", exact=True).click()
    page.get_by_text("It is done", exact=True).click()
    page.get_by_label("Evidence").fill("The runbook.")

    other = open_as("approver", f"{REPORT}requirements/{slug}/")
    other.get_by_text("Does not apply here").click()
    other.get_by_label("Reasoning").fill("Mine came first.")
    other.get_by_role("button", name="Save decision").click()
    expect(row(other, slug).locator(".standing")).to_have_text("not applicable")

    page.get_by_role("button", name="Decide all").click()
    expect(page.get_by_role("alert")).to_contain_text("Nothing was saved.")
    expect(page.get_by_text("Changed in the meantime.")).to_have_count(1)
    expect(page.get_by_label("Evidence")).to_have_value("The runbook.")
    page.get_by_role("button", name="Decide all").click()
    expect(page.get_by_text("1 requirement decided")).to_be_visible()


def test_assigning_works_without_javascript(open_as):
    page = open_as("editor", REPORT, java_script_enabled=False)

    row(page, "blast-radius").locator(".pick").check()
    row(page, "runbook").locator(".pick").check()
    page.get_by_role("button", name="Assign").click()
    page.get_by_label("Owner", exact=True).select_option(label="Emil Novak")
    page.get_by_role("button", name="Assign all").click()

    expect(page.get_by_text("2 requirements changed.")).to_be_visible()
    expect(row(page, "blast-radius").locator(".who")).to_have_text("EN")


def test_comment_and_file_stay_in_the_open_row(open_as):
    page = open_as("editor", f"{REPORT}requirements/blast-radius/", refusal="422")
    opened = row(page, "blast-radius")

    opened.get_by_label("Comment", exact=True).fill("@approver, is **one** enough?")
    opened.get_by_role("button", name="Comment", exact=True).click()
    expect(opened.locator(".comments strong").first).to_have_text("@approver")
    expect(page).to_have_url(re.compile("/requirements/blast-radius/$"))

    opened.get_by_text("Add a file").click()
    opened.get_by_label("File", exact=True).set_input_files(
        {"name": "drill.pdf", "mimeType": "application/pdf", "buffer": b"no PDF"}
    )
    with page.expect_response(lambda answer: answer.status == 422):
        opened.get_by_role("button", name="Keep file").click()
    expect(opened.get_by_text("what is in it is not a PDF")).to_be_visible()
    opened.get_by_label("File", exact=True).set_input_files(
        {"name": "drill.txt", "mimeType": "text/plain", "buffer": b"It held."}
    )
    opened.get_by_role("button", name="Keep file").click()
    with page.expect_download() as download:
        opened.get_by_role("link", name="drill.txt").click()
    assert download.value.path().read_bytes() == b"It held."
    assert (Comment.objects.count(), EvidenceFile.objects.count()) == (1, 1)


def test_link_in_an_open_row_leads_to_a_page_of_its_own(open_as):
    page = open_as("viewer", REPORT)

    row(page, "blast-radius").locator(".line").click()
    row(page, "blast-radius").locator(".detail a[href^='/catalog/criteria/']").click()

    expect(page).to_have_url(re.compile("/catalog/criteria/blast-radius/$"))
    expect(page.locator("main")).to_have_count(1)
    page.go_back()
    expect(row(page, "blast-radius").locator(".detail")).to_be_visible()
