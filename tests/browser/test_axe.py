"""What axe finds on every page, light and dark; and that no page scrolls sideways on a phone."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from django.utils import timezone

from readiness.accounts import jobs as accounts_jobs
from readiness.aws.runner import run_now
from readiness.catalog.proposals.actions import answer_proposal
from readiness.comments.actions import add_comment, withdraw_comment
from readiness.decisions.bulk.actions import decide_many
from readiness.decisions.rules import Content
from readiness.drills.stamps import press
from readiness.evidence.actions import add_file, add_link, add_version
from readiness.milestones.actions import create_share
from readiness.models import AccountTest, CheckRun, Component, Kind, User, WebhookKind
from readiness.notices.actions import create_webhook, try_webhook
from readiness.notices.addresses import unsubscribe_path
from readiness.notices.collect import collect
from readiness.portfolio.jobs import export_task, request_export
from readiness.portfolio.selection import Selection
from tests import factory

pytestmark = pytest.mark.one_database
C = "/components/asset-router/"
PAGES = (
    "/",
    "/components/",
    "/portfolio/",
    "/portfolio/?sort=confidence&attention=1",
    "portfolio-export",
    "/portfolio/topics/",
    "/portfolio/trends/",
    "/portfolio/refusals/?criterion=blast-radius",
    "/new/",
    C,
    f"{C}?text=unicorn",
    f"{C}requirements/logs-findable/",
    f"{C}requirements/blast-radius/",
    f"{C}requirements/logs-correlated/",
    "/components/header-rewriter/requirements/logs-findable/",
    "/components/download-redirector/requirements/logs-findable/",
    "/components/log-platform/requirements/logs-findable/",
    f"{C}requirements/blast-radius/evidence/",
    f"{C}requirements/blast-radius/comments/",
    f"{C}bulk/decide/?criterion=blast-radius&criterion=runbook",
    f"{C}bulk/assign/?criterion=blast-radius",
    f"{C}bulk/weigh/?criterion=blast-radius",
    f"{C}bulk/decide/",
    f"{C}bulk/undo/",
    f"{C}bulk/undo/runbook/",
    f"{C}requirements/dependencies-pinned/",
    f"{C}requirements/quota-headroom/",
    f"{C}?standing=proposed",
    f"{C}risks/?cell=2-3",
    "/risks/",
    "/risks/?of=remaining&cell=2-4",
    "/risks/matrix/",
    f"{C}edit/",
    f"{C}operations/",
    f"{C}operations/edit/",
    f"{C}operations/find/",
    f"{C}operations/find/?id=79b9da39-b7ae-408a-a6bc-864b2829c622&location=FRA56-P4",
    f"{C}operations/versions/",
    f"{C}operations/versions/1/",
    f"{C}runs/",
    f"{C}checks/",
    f"{C}checks/logs.retention/",
    f"{C}checks/route53.health-checks/",
    "/checks/",
    "/checks/logs.retention/",
    "run",
    "/catalog/",
    "/catalog/criteria/logs-findable/",
    "/catalog/blueprints/",
    "/catalog/blueprints/contentful-s3-router/",
    "/teams/",
    "/teams/edge/",
    "/teams/edge/webhooks/",
    "webhook",
    "/notices/",
    "unsubscribe",
    "/accounts/",
    "/accounts/new/",
    "/accounts/edge-delivery-simulated/",
    "/accounts/edge-delivery-simulated/edit/",
    "account-grant",
    f"{C}accounts/",
    "/queue/",
    "/queue/?of=team:edge",
    f"{C}incidents/",
    "incident",
    "incident-edit",
    f"{C}criteria/",
    f"{C}criteria/new/?title=Somebody+was+asked",
    "own-criterion",
    "own-criterion-edit",
    "propose",
    "/catalog/proposals/",
    "proposal",
    "/catalog/criteria/gradual-rollout/refusals/",
    f"{C}drills/",
    f"{C}drills/plan/?scenario=drain-a-region",
    f"{C}drills/record/",
    f"{C}drills/people/",
    f"{C}drills/people/?who=admin",
    f"{C}drills/scenarios/",
    f"{C}drills/scenarios/new/",
    f"{C}drills/scenarios/drain-a-region/",
    "/components/header-rewriter/drills/",
    "drill",
    "drill-edit",
    "drill-run",
    "drill-done",
    f"{C}milestones/",
    f"{C}milestones/freeze/",
    "milestone",
    "milestone-judged",
    "milestone-shared",
    "/shared/unknown/",
    f"{C}compare/?show=all",
    f"{C}trend/",
    f"{C}confidence/",
    f"{C}confidence/open/",
    "/components/header-rewriter/confidence/",
    "/components/header-rewriter/trend/",
    "confidence-round",
    "confidence-named",
    "/components/header-rewriter/milestones/",
    "/components/header-rewriter/compare/",
    f"{C}lint/",
    "/teams/edge/lint/",
    "/first-steps/",
    "/search/",
    "/search/?q=router",
    "/search/?q=alarm+region&kind=requirement",
    "/search/?q=nowhere&team=edge",
    reverse("password_change"),
    "/nowhere/",
)

UNFOLD = "document.querySelectorAll('main details').forEach((each) => { each.open = true })"


@pytest.fixture
def looked(demo, settings):
    settings.SHARING = True
    component = Component.objects.get(slug="asset-router")
    run_now(component=component, now=timezone.now())
    _work_together(component)
    grant = component.team.account_grants.get(account__slug="edge-delivery-simulated")
    accounts_jobs.test_task(AccountTest.objects.create(grant=grant, requested_at=timezone.now()).pk)
    webhook = create_webhook(
        team=component.team,
        name="Channel",
        url="https://hooks.example.org/",
        kind=WebhookKind.SLACK,
        causes=[Kind.LAPSED],
        allow_private=False,
        by=User.objects.get(username="admin"),
        now=timezone.now(),
    )
    try_webhook(webhook=webhook, now=timezone.now())
    collect(timezone.now())
    closed, named = _asked(Component.objects.get(slug="header-rewriter"))
    running, done = _run(component), component.drills.filter(outcome="failed")[0]
    incident = component.incidents.earliest("started_at")
    own = factory.make_own_criterion(component, now=timezone.now())
    proposal = factory.make_proposal(component, now=timezone.now())
    answer_proposal(
        proposal=proposal, taken_up=True, answer="Yes.", by=proposal.by, now=timezone.now()
    )
    milestone = component.milestones.get(name="Quarterly review")
    judged = component.milestones.get(name="Before cut-over")
    secret = create_share(
        milestone=judged,
        note="Auditors",
        expires_at=timezone.now() + timedelta(days=7),
        by=User.objects.get(username="admin"),
        now=timezone.now(),
    )
    export = request_export(wanted=Selection(), by=User.objects.get(username="admin"))
    export_task(export.pk)
    return {
        "portfolio-export": f"/portfolio/exports/{export.pk}/",
        "drill": f"{C}drills/{running}/",
        "drill-edit": f"{C}drills/{running}/edit/",
        "drill-run": f"{C}drills/{running}/run/",
        "drill-done": f"{C}drills/{done.pk}/",
        "incident": f"{C}incidents/{incident.pk}/",
        "incident-edit": f"{C}incidents/{incident.pk}/edit/",
        "own-criterion": f"/catalog/criteria/{own.slug}/",
        "own-criterion-edit": f"{C}criteria/{own.slug}/edit/",
        "propose": f"{C}criteria/propose/?criterion={own.slug}",
        "proposal": f"/catalog/proposals/{proposal.pk}/",
        "milestone": f"{C}milestones/{milestone.pk}/",
        "confidence-round": closed.get_absolute_url(),
        "confidence-named": named.get_absolute_url(),
        "milestone-shared": f"/shared/{secret}/",
        "milestone-judged": f"{C}milestones/{judged.pk}/",
        "webhook": f"/teams/edge/webhooks/{webhook.pk}/",
        "unsubscribe": unsubscribe_path(webhook.created_by_id),
        "run": f"{C}runs/{CheckRun.objects.get().pk}/",
        "account-grant": f"/accounts/edge-delivery-simulated/grants/{grant.pk}/",
    }


def _asked(component):
    """Two closed rounds, one with names, and an open one."""
    now = timezone.now()
    said = {"overall": 2, "by_topic": {"logging": 1}, "sentence": "Practise a roll-back."}
    votes = [said, said, said | {"overall": 5, "by_topic": {"logging": 5, "deployment": 3}}]
    closed = factory.make_round(component, votes=votes, now=now - timedelta(days=9))
    named = factory.make_round(component, votes=votes, is_named=True, now=now - timedelta(days=5))
    factory.make_round(component, closed=False, votes=[3], now=now)
    return closed, named


def _work_together(component):
    """Something in every list of what people add, by whoever looks at the pages."""
    admin, now = User.objects.get(username="admin"), timezone.now()
    requirement = component.requirements.get(criterion__slug="blast-radius")
    common = {"requirement": requirement, "by": admin, "now": now}
    add_comment(text="@editor, is **one** enough?", **common)
    withdraw_comment(comment=add_comment(text="No.", **common), by=admin, now=now)
    add_link(url="https://wiki.example/", title="Runbook", **common)
    file = add_file(filename="a.txt", content=b"a", title="", **common)
    add_version(evidence=file.evidence, filename="b.txt", content=b"b", by=admin, now=now)
    slugs = ("runbook", "blast-radius")
    heads = component.requirements.filter(criterion__slug__in=slugs)
    decide_many(
        component=component,
        contents=dict.fromkeys(slugs, Content("done", evidence="There.")),
        seen=dict(heads.values_list("criterion__slug", "head_decision_id")),
        by=admin,
        now=now,
    )


def _run(component):
    """The id of the drill that is planned; it runs since a minute, and something was struck out."""
    drill = component.drills.get(outcome="")
    by, now = User.objects.get(username="editor"), timezone.now()
    for kind in ("started", "noticed", "noticed", "note"):
        press(
            drill=drill,
            key=uuid4(),
            kind=kind,
            text="So.",
            age=timedelta(minutes=1),
            by=by,
            now=now,
        )
    return drill.pk


def violations(page, **options):
    return [
        (page.url, violation["id"], [node["html"][:120] for node in violation["nodes"]][:3])
        for violation in Axe().run(page, options=options).response["violations"]
    ]


def test_axe_finds_nothing_on_any_page(open_as, looked):
    page = open_as("admin", "/", refusal="404")
    found = []

    for path in PAGES:
        page.goto(looked.get(path, path))
        page.evaluate(UNFOLD)
        found += violations(page)

    assert found == []


def test_no_page_scrolls_sideways_on_a_phone_or_fades_in_the_dark(open_as, looked):
    phone = {"width": 390, "height": 800}
    page = open_as("admin", "/", viewport=phone, color_scheme="dark", refusal="404")
    found = []

    for place, path in enumerate(PAGES):
        page.goto(looked.get(path, path))
        page.evaluate(UNFOLD)
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > phone["width"]:
            found.append((path, width))
        if place % 3 == 0:  # the colours are few, and the same on all pages
            found += violations(page, runOnly=["color-contrast"])

    assert found == []


def test_a_verdict_has_room_in_the_list_of_milestones(open_as):
    page = open_as("viewer", f"{C}milestones/", viewport={"width": 1280, "height": 900})

    wide = page.locator("#main .list > li > a > div:last-child").first.bounding_box()["width"]
    assert wide > 200  # it stood in a column of 72 px, made for a line of twelve weeks


def test_axe_finds_nothing_where_nobody_is_logged_in(browser, live_server):
    page = browser.new_page()
    page.goto(f"{live_server.url}/login/")

    assert violations(page) == []
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_the_editor_of_the_risk_matrix(open_as, demo, scheme):
    User.objects.filter(username="admin").update(is_superuser=True)
    page = open_as("admin", "/risks/matrix/", color_scheme=scheme, refusal="422")
    found = violations(page)
    page.get_by_label("Level of likelihood 1, impact 1").select_option("4")
    page.get_by_role("button", name="Save as a new version").click()
    page.get_by_role("alert").wait_for()
    page.set_viewport_size({"width": 390, "height": 800})

    assert found + violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_axe_finds_nothing_in_a_form_that_was_refused(open_as, looked):
    page = open_as("editor", "/new/", refusal="422")
    page.get_by_label("CloudFront distribution").fill("nonsense")
    page.get_by_role("button", name="Add component").click()

    assert violations(page) == []
