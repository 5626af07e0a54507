"""From a database with nothing but its tables to the first decisions, as one person goes."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client
from playwright.sync_api import expect

from readiness.models import CheckState, User
from readiness.teams.actions import create_team
from tests import factory
from tests.browser.test_axe import violations

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
NEEDED = ("distribution_id", "function_name", "record_name", "hosted_zone_id")


def test_first_steps_lead_from_nothing_to_the_first_decisions(
    browser, live_server, transactional_db, aws, worker, settings
):
    settings.AWS_ENDPOINT_URL = aws["endpoint_url"]
    User.objects.create_superuser("root", "root@example.org", "readiness-demo")
    page = browser.new_page(base_url=live_server.url)
    page.set_default_timeout(15_000)
    bar = page.locator("#first-steps-bar")

    page.goto("/")
    page.get_by_label("Username").fill("root")
    page.get_by_label("Password").fill("readiness-demo")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("First steps")
    expect(page.get_by_role("heading", name="Load the catalog")).to_be_visible()
    files = (*FIXTURES.glob("catalog/*.yaml"), *FIXTURES.glob("blueprints/*.yaml"))
    call_command("load_catalog", *map(str, files), verbosity=0)

    page.reload()
    page.get_by_role("link", name="Make a team").click()
    page.get_by_label("Name").fill("Edge team")
    page.get_by_role("button", name="Make the team").click()
    expect(bar).to_contain_text("First steps: 1 of 6")

    bar.get_by_role("link", name="First steps").click()
    page.get_by_role("link", name="Lambda@Edge router to the nearest S3 bucket").click()
    page.get_by_label("Name", exact=True).fill("Asset router")
    page.get_by_role("button", name="Add component").click()
    expect(bar).to_contain_text("First steps: 2 of 6")

    bar.get_by_role("link", name="Give parameters").click()
    page.evaluate("document.querySelectorAll('.fold').forEach((each) => { each.open = true })")
    for name in NEEDED:
        page.locator(f"[name=aws_{name}]").fill(aws["parameters"][name])
    page.get_by_role("button", name="Save").click()
    expect(bar).to_contain_text("First steps: 3 of 6")

    # Leave, and come back another day.
    bar.get_by_role("link", name="First steps").click()
    page.get_by_role("button", name="Leave them for now").click()
    page.context.clear_cookies()
    page.goto("/components/asset-router/")
    page.get_by_label("Username").fill("root")
    page.get_by_label("Password").fill("readiness-demo")
    page.get_by_role("button", name="Log in").click()
    expect(bar).to_have_count(0)
    page.locator("header summary", has_text="root").click()
    page.get_by_role("button", name="Resume first steps").click()

    # Nothing to choose: this installation's own credentials may look.
    page.get_by_role("link", name="run the checks", exact=True).click()
    page.get_by_role("button", name="Run checks").click()
    expect(bar).to_contain_text("First steps: 5 of 6", timeout=60_000)
    assert CheckState.objects.filter(known__isnull=False).exists()

    for step in ("Next: Make the first decisions", "Next: Make the first decisions", "6 of 6"):
        page.goto("/first-steps/")
        page.get_by_role("link", name="Decide the").click()
        page.get_by_role("button", name="Adopt with this reasoning").click()
        expect(page.locator("#announce")).to_contain_text("Adopted and saved.")
        expect(bar).to_contain_text(step)

    bar.get_by_role("link", name="What comes next").click()
    expect(page.get_by_role("heading", name="What comes next")).to_be_visible()
    page.get_by_role("link", name="Go on with Asset router").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Asset router")
    expect(bar).to_have_count(0)
    page.close()


@pytest.mark.one_database
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_the_way(browser, live_server, transactional_db, scheme):
    client = Client()
    client.force_login(User.objects.create_superuser("root", "root@example.org", "secret"))
    page = browser.new_page(base_url=live_server.url, color_scheme=scheme)
    session = {"name": "sessionid", "value": client.cookies["sessionid"].value}
    page.context.add_cookies([session | {"url": live_server.url}])
    found = []

    def look(*paths):
        for path in paths:
            page.goto(path)
            found.extend(violations(page))

    look("/first-steps/", "/", "/components/", "/teams/", "/teams/new/", "/accounts/")
    team = create_team(name="Delivery", by=User.objects.get())
    look("/first-steps/", "/teams/delivery/", "/new/")
    factory.make_component(team=team)
    look("/first-steps/", "/", "/components/asset-router/", "/components/asset-router/accounts/")
    # The bar went along, also on a phone.
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.locator("#first-steps-bar").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    client.post("/first-steps/leave/")
    look("/first-steps/")

    assert found == []
    page.close()
