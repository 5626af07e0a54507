"""Run mode in a real Chromium: a cut connection, a reload, an ended session, and others."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from readiness.models import Drill, DrillEntry, Membership, Role, User
from tests import factory


@pytest.fixture
def drill(transactional_db):
    component = factory.make_component()
    factory.make_user("ada", team=component.team, role=Role.EDITOR)
    factory.make_user("bo", team=component.team, role=Role.EDITOR)
    return factory.make_drill(component, outcome="")


@pytest.fixture
def open_run(browser, live_server, drill):
    """Open run mode as "ada" or "bo", signed in; whatever the page throws fails the test."""
    contexts, thrown = [], []

    def opened(who):
        client = Client()
        client.force_login(User.objects.get(username=who))
        context = browser.new_context(
            base_url=live_server.url, viewport={"width": 390, "height": 844}, has_touch=True
        )
        contexts.append(context)
        sign_in(context, client, live_server.url)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: thrown.append(str(error)))
        page.goto(reverse("drill_run", args=["asset-router", drill.pk]))
        return page

    yield opened
    for context in contexts:
        context.close()
    assert thrown == []


def sign_in(context, client, url):
    name = settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": url}])


def press(page, label):
    page.get_by_role("button", name=label).first.tap()


def finish(page):
    page.get_by_text("Finish the drill").first.tap()
    page.get_by_label("Failed").check()
    page.get_by_role("button", name="Finish the drill").tap()


def kept(page):
    return page.locator("#drill-entries [data-kept]")


def written():
    """What was taken in, in the order in which it came: that of pressing."""
    return list(DrillEntry.objects.order_by("pk").values_list("kind", flat=True))


def test_no_stamp_is_lost_or_doubled_by_a_cut_connection_and_a_reload(open_run):
    page = open_run("ada")
    press(page, "Started")
    page.get_by_text("Everything is sent.").wait_for()

    page.context.set_offline(True)
    press(page, "Noticed")
    page.get_by_label("Note").fill("It is the resolver.")
    press(page, "Add note")
    press(page, "Understood")
    page.get_by_text("3 presses are kept on this device").wait_for()
    assert kept(page).count() == 3
    assert written() == ["started"]

    # It is sent, but the answers are lost on their way: it has to be sent again.
    page.evaluate(
        "() => { const sent = fetch; window.lost = 0; window.fetch = async (...what) => {"
        " await sent(...what); window.lost++; throw new TypeError('cut'); } }"
    )
    page.context.set_offline(False)
    page.wait_for_function("() => window.lost > 0")
    page.reload()
    page.get_by_text("Everything is sent.").wait_for()

    assert written() == ["started", "noticed", "note", "understood"]
    assert kept(page).count() == 0
    press(page, "Mitigated")
    press(page, "Recovered")
    page.get_by_text("Everything is sent.").wait_for()
    page.wait_for_function(
        "() => document.querySelectorAll('#drill-entries [data-key]').length === 6"
    )
    assert written() == ["started", "noticed", "note", "understood", "mitigated", "recovered"]
    started = DrillEntry.objects.get(kind="started")
    late = DrillEntry.objects.get(kind="noticed")
    assert late.received_at > late.at > started.at


def test_what_is_kept_is_sent_after_signing_in_again(open_run, drill):
    page = open_run("ada")
    press(page, "Started")
    page.get_by_text("Everything is sent.").wait_for()
    cookies = page.context.cookies()
    page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)

    press(page, "Noticed")
    page.get_by_text("You were signed out. 1 press is kept on this device").wait_for()
    assert written() == ["started"]
    assert page.get_by_role("link", name="Sign in again").is_visible()

    # In another tab, and with another token than this page has.
    page.context.clear_cookies()
    page.context.add_cookies([c for c in cookies if c["name"] == settings.SESSION_COOKIE_NAME])
    page.evaluate("dispatchEvent(new Event('online'))")
    page.get_by_text("Everything is sent.").wait_for()
    assert written() == ["started", "noticed"]
    # The other forms of the page have learned of the new token, too.
    finish(page)
    page.wait_for_url(f"**/drills/{drill.pk}/")
    assert Drill.objects.get().outcome == "failed"


def test_an_answer_that_lacks_the_press_is_not_believed(open_run):
    page = open_run("ada")
    stale = page.evaluate(
        "() => fetch(document.getElementById('drill-run').dataset.entries,"
        " {headers: {'HX-Request': 'true', 'HX-Target': 'drill-state'}}).then((r) => r.text())"
    )
    believed = []

    def answer(route):
        if route.request.method == "POST" and not believed:
            believed.append(route.request.url)
            route.fulfill(status=200, content_type="text/html", body=stale)
        else:
            route.continue_()

    page.route("**/entries/**", answer)
    press(page, "Started")
    page.locator("#drill-entries [data-key]").wait_for()

    assert (len(believed), written(), kept(page).count()) == (1, ["started"], 0)


def test_what_one_pressed_on_a_shared_phone_is_never_sent_in_the_name_of_another(
    open_run, live_server
):
    page = open_run("ada")
    page.route("**/entries/**", lambda route: route.abort())
    press(page, "Started")
    page.get_by_text("1 press is kept").wait_for()
    page.unroute("**/entries/**")
    ada = page.context.cookies()

    client = Client()
    client.force_login(User.objects.get(username="bo"))
    sign_in(page.context, client, live_server.url)
    page.reload()
    press(page, "Noticed")
    page.locator("[data-kind=noticed] .pressed:not(.kept)").wait_for()
    assert written() == ["noticed"]

    page.context.add_cookies(ada)
    page.reload()
    page.locator("[data-kind=started] .pressed:not(.kept)").wait_for()
    by = {entry.kind: entry.by.username for entry in DrillEntry.objects.select_related("by")}
    assert by == {"started": "ada", "noticed": "bo"}


def test_whoever_left_the_team_is_told_and_what_is_kept_is_sent_once_they_are_back(open_run):
    page = open_run("ada")
    press(page, "Started")
    page.get_by_text("Everything is sent.").wait_for()
    membership = Membership.objects.get(user__username="ada")
    membership.delete()

    press(page, "Noticed")
    page.get_by_text("The server refused it: you may not write here, or no longer.").wait_for()
    assert (written(), kept(page).count()) == (["started"], 1)

    membership.save()
    page.evaluate("dispatchEvent(new Event('online'))")
    page.get_by_text("Everything is sent.").wait_for()
    assert written() == ["started", "noticed"]


def test_two_who_press_the_same_see_whose_stands(open_run):
    ada, bo = open_run("ada"), open_run("bo")
    press(ada, "Started")
    ada.get_by_text("Everything is sent.").wait_for()
    bo.context.set_offline(True)
    bo.get_by_text("No connection.").wait_for()
    press(bo, "Noticed")
    press(ada, "Noticed")
    ada.locator("[data-kind=noticed] .pressed:not(.kept)").wait_for()
    bo.context.set_offline(False)

    bo.get_by_role("alert").get_by_text("Ada had stamped").wait_for()
    stamp = bo.locator("[data-kind=noticed] .pressed")
    assert "Ada" in stamp.inner_text()
    assert DrillEntry.objects.filter(kind="noticed").count() == 2
    assert DrillEntry.objects.get(kind="noticed", struck_at=None).by.username == "ada"
    # And what one does, the other sees without doing anything.
    press(ada, "Understood")
    bo.locator("[data-kind=understood] .pressed").wait_for()


def test_it_is_not_finished_before_everything_is_sent(open_run, drill):
    page = open_run("ada")
    page.route("**/entries/**", lambda route: route.abort())
    press(page, "Started")
    page.get_by_text("1 press is kept").wait_for()
    finish(page)
    page.get_by_text("Not finished: something is kept here").wait_for()
    assert Drill.objects.get().outcome == ""

    page.unroute("**/entries/**")
    page.evaluate("dispatchEvent(new Event('online'))")
    page.get_by_text("Everything is sent.").wait_for()
    page.get_by_role("button", name="Finish the drill").tap()
    page.wait_for_url(f"**/drills/{drill.pk}/")
    assert Drill.objects.get().outcome == "failed"
    assert written() == ["started"]
