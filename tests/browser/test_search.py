"""Something is found by keyboard alone: /, words, Enter; Tab to a result, Enter."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.test_revisit import press


def test_the_slash_leads_to_the_box_and_a_result_to_its_page(open_as):
    page = open_as("viewer", "/queue/")

    page.keyboard.press("/")
    page.keyboard.type("alarm region")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/?q=alarm+region")
    result = page.locator(".found a").first
    title = result.inner_text()

    marks = page.locator(".found li").first.locator("mark").all_inner_texts()
    assert {re.match("alarm|region", mark.lower())[0] for mark in marks} == {"alarm", "region"}
    press(page, result)
    page.wait_for_url("**/components/**/requirements/**")
    expect(page.locator(".row.open")).to_contain_text(title)


def test_the_slash_stays_a_slash_in_a_field_and_leads_back_on_the_page_of_search(open_as):
    page = open_as("viewer", "/search/?q=router")
    box = page.get_by_label("Words")

    page.keyboard.press("/")
    expect(box).to_be_focused()
    page.keyboard.type("a/b")

    expect(box).to_have_value("a/b")
    expect(page.get_by_role("search")).to_have_count(1)


def test_the_slash_is_said_of_the_one_box_that_it_leads_to(open_as):
    page = open_as("viewer")
    claimed = page.locator('[aria-keyshortcuts="/"]')

    for path in ("/queue/", "/search/", "/catalog/", "/components/", "/components/asset-router/"):
        page.goto(path)
        page.keyboard.press("/")
        expect(claimed).to_have_count(1)
        expect(claimed).to_be_focused()
