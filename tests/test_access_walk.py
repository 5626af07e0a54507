"""Every address of the application, as everybody who may come along."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from readiness.aws.connection_test import Report
from readiness.comments.actions import add_comment
from readiness.drills.actions import add_finding
from readiness.evidence.actions import add_file
from readiness.milestones.sharing import secret_digest
from readiness.models import (
    AccountTest,
    CheckRun,
    DrillEntry,
    JobState,
    MilestoneShare,
    PortfolioExport,
    ReportFile,
    ReportJob,
    Role,
    User,
    WebhookKind,
)
from readiness.notices.actions import create_webhook, new_feed
from readiness.notices.addresses import unsubscribe_path
from readiness.runs.actions import create_token
from tests import factory
from tests.factory import NOW
from tests.made_once import made_once

ACTORS = ("anonymous", "stranger", "viewer", "editor", "approver", "admin")
LOGIN = 302

# Everybody who is logged in; everybody in the team; those who write; those who administrate.
ALL = (LOGIN, 200, 200, 200, 200, 200)
TEAM = (LOGIN, 404, 200, 200, 200, 200)


def writers(ok: int) -> tuple[int, ...]:
    return (LOGIN, 404, 403, ok, ok, ok)


def admins(ok: int) -> tuple[int, ...]:
    return (LOGIN, 404, 403, 403, 403, ok)


C, CC = {"component": "asset-router"}, {"component": "asset-router", "criterion": "c-0-0"}
RUN, JOB = C | {"pk": "run"}, C | {"pk": "job"}
A = {"account": "edge-delivery"}
GRANT = A | {"pk": "grant"}
# Files are for members, also where everybody may read the component.
MEMBERS_ONLY = {"evidence_download", "confidence_vote"}
MILESTONE = C | {"pk": "milestone"}
DRILL = C | {"pk": "drill"}
SHARE = C | {"pk": "milestone", "share": "share"}
CONDITION = C | {"pk": "judged", "condition": "condition"}
HOOK = {"team": "edge", "pk": "webhook"}
EXPORT, ASKED = {"pk": "export"}, (LOGIN, 404, 404, 200, 404, 404)
# name: (method, arguments, what is sent, the answer to each actor)
ROUTES = {
    "home": ("get", {}, {}, ALL),
    "portfolio": ("get", {}, {}, ALL),
    # A file is for the person who asked for it: here the editor.
    "portfolio_export_start": ("post", {}, {}, (LOGIN, 302, 302, 302, 302, 302)),
    "portfolio_export_detail": ("get", EXPORT, {}, ASKED),
    "portfolio_export_cancel": ("post", EXPORT, {}, (LOGIN, 404, 404, 302, 404, 404)),
    "portfolio_export_download": ("get", EXPORT, {}, ASKED),
    "portfolio_topics": ("get", {}, {}, ALL),
    "portfolio_trends": ("get", {}, {}, ALL),
    "portfolio_refusals": ("get", {}, {}, ALL),
    "component_list": ("get", {}, {}, ALL),
    "component_create": ("get", {}, {}, (LOGIN, 403, 403, 200, 200, 200)),
    "component_edit": ("get", C, {}, writers(200)),
    "component_archive": ("post", C, {}, admins(302)),
    "component_restore": ("post", C, {}, admins(302)),
    "gap_report": ("get", C, {}, TEAM),
    "decisions_export": ("get", C, {}, TEAM),
    "decision_export": ("get", C | {"criterion": "c-0-1"}, {}, TEAM),
    "pdf_choose": ("get", C, {}, TEAM),
    "report_job_start": ("post", C, {}, (LOGIN, 404, 302, 302, 302, 302)),
    "report_job_detail": ("get", JOB, {}, TEAM),
    "report_job_cancel": ("post", JOB, {}, (LOGIN, 404, 302, 302, 302, 302)),
    "report_download": ("get", JOB | {"extension": "pdf"}, {}, TEAM),
    "requirement_detail": ("get", CC, {}, TEAM),
    "decision_save": ("post", CC, {"outcome": "done"}, writers(422)),
    "suggestion_adopt": ("post", CC, {}, writers(302)),
    # There is no proposal: who may end one is told so.
    "proposal_approve": ("post", CC, {}, (LOGIN, 404, 403, 403, 409, 409)),
    "proposal_send_back": ("post", CC, {}, (LOGIN, 404, 403, 403, 409, 409)),
    "proposal_withdraw": ("post", CC, {}, writers(409)),
    "bulk_decide": ("get", C, {}, writers(200)),
    "bulk_assign": ("get", C, {}, writers(200)),
    "bulk_weigh": ("get", C, {}, writers(200)),
    "bulk_undo": ("get", C, {}, writers(200)),
    "decision_undo": ("get", CC, {}, writers(200)),
    "comment_list": ("get", CC, {}, TEAM),
    "comment_add": ("post", CC, {"text": "Is it so?"}, writers(302)),
    "comment_withdraw": ("post", CC | {"pk": "comment"}, {}, (LOGIN, 404, 403, 302, 403, 403)),
    "evidence_list": ("get", CC, {}, TEAM),
    "evidence_link_add": ("post", CC, {"url": "https://wiki.example/"}, writers(302)),
    "evidence_file_add": ("post", CC, {}, writers(422)),
    "evidence_version_add": ("post", CC | {"pk": "evidence"}, {}, writers(422)),
    "evidence_withdraw": ("post", CC | {"pk": "evidence"}, {}, writers(422)),
    "evidence_download": ("get", CC | {"pk": "evidence", "version": 1}, {}, TEAM),
    "risk_matrix": ("get", C, {}, TEAM),
    "portfolio_risks": ("get", {}, {}, ALL),
    "risk_matrix_edit": ("get", {}, {}, ALL),
    "decision_inherit": ("post", CC, {}, writers(422)),
    "inheritance_end": ("post", CC, {}, writers(409)),
    "requirement_edit": ("post", CC, {}, writers(422)),
    "check_binding_save": ("post", CC, {"check_id": "s3.versioning"}, writers(302)),
    "component_checks": ("get", C, {}, TEAM),
    "component_check_detail": ("get", C | {"check_id": "s3.versioning"}, {}, TEAM),
    "check_list": ("get", {}, {}, ALL),
    "check_detail": ("get", {"check_id": "s3.versioning"}, {}, ALL),
    "check_run_list": ("get", C, {}, TEAM),
    "check_run_start": ("post", C, {}, writers(302)),
    "check_run_detail": ("get", RUN, {}, TEAM),
    "check_run_progress": ("get", RUN, {}, TEAM),
    "check_run_cancel": ("post", RUN, {}, writers(302)),
    "catalog_detail": ("get", {}, {}, ALL),
    "criterion_detail": ("get", {"slug": "c-0-0"}, {}, ALL),
    "criterion_refusals": ("get", {"slug": "c-0-0"}, {}, ALL),
    "proposal_list": ("get", {}, {}, ALL),
    "proposal_create": ("get", C, {}, writers(200)),
    "proposal_detail": ("get", {"pk": "proposal"}, {}, TEAM),
    # Who runs the installation answers, and nobody else.
    "proposal_answer": ("post", {"pk": "proposal"}, {}, (LOGIN, 404, 403, 403, 403, 403)),
    "own_criterion_list": ("get", C, {}, TEAM),
    "own_criterion_create": ("get", C, {}, writers(200)),
    "own_criterion_edit": ("get", C | {"criterion": "own"}, {}, writers(200)),
    "own_criterion_retire": ("post", C | {"criterion": "own"}, {}, writers(302)),
    "own_criterion_restore": ("post", C | {"criterion": "own"}, {}, writers(302)),
    "blueprint_list": ("get", {}, {}, ALL),
    "blueprint_detail": ("get", {"slug": "router"}, {}, ALL),
    "team_list": ("get", {}, {}, ALL),
    "team_create": ("get", {}, {}, (LOGIN, 403, 403, 403, 403, 403)),
    "first_steps": ("get", {}, {}, ALL),
    "first_steps_leave": ("post", {}, {}, (LOGIN, 302, 302, 302, 302, 302)),
    "first_steps_resume": ("post", {}, {}, (LOGIN, 302, 302, 302, 302, 302)),
    "first_steps_without_aws": ("post", {}, {}, (LOGIN, 302, 302, 302, 302, 302)),
    "team_detail": ("get", {"team": "edge"}, {}, TEAM),
    "member_add": ("post", {"team": "edge"}, {}, admins(422)),
    "member_update": ("post", {"team": "edge", "pk": "member"}, {"role": 1}, admins(302)),
    "member_remove": ("post", {"team": "edge", "pk": "member"}, {}, admins(302)),
    "account_list": ("get", {}, {}, ALL),
    "account_create": ("get", {}, {}, (LOGIN, 403, 403, 403, 403, 200)),
    "account_detail": ("get", A, {}, TEAM),
    "account_edit": ("get", A, {}, admins(200)),
    "account_archive": ("post", A, {}, admins(302)),
    "account_restore": ("post", A, {}, admins(302)),
    "account_grant_add": ("post", A, {}, admins(422)),
    "account_grant_detail": ("get", GRANT, {}, TEAM),
    "account_grant_show": ("post", GRANT, {}, admins(200)),
    "account_grant_rotate": ("post", GRANT, {}, admins(302)),
    "account_grant_revoke": ("post", GRANT, {}, admins(302)),
    "account_test_start": ("post", GRANT, {}, admins(302)),
    "account_test_cancel": ("post", A | {"pk": "account-test"}, {}, admins(302)),
    "component_accounts": ("get", C, {}, writers(200)),
    "schedule_edit": ("get", C, {}, writers(200)),
    "recording_list": ("get", C, {}, TEAM),
    "recording_upload": ("post", C, {}, writers(422)),
    "recording_judge": ("post", C | {"pk": "recording"}, {}, writers(302)),
    "recording_download": ("get", C | {"pk": "recording"}, {}, writers(200)),
    "token_list": ("get", {"team": "edge"}, {}, admins(200)),
    "token_revoke": ("post", {"team": "edge", "pk": "token"}, {}, admins(302)),
    "revisit_queue": ("get", {}, {}, ALL),
    "decision_keep": ("get", C | {"criterion": "c-1-2"}, {}, writers(200)),
    "requirement_hand_over": ("get", CC, {}, writers(200)),
    "record_lint": ("get", C, {}, TEAM),
    "team_record_lint": ("get", {"team": "edge"}, {}, TEAM),
    "incident_list": ("get", C, {}, TEAM),
    "incident_detail": ("get", C | {"pk": "incident"}, {}, TEAM),
    "incident_edit": ("get", C | {"pk": "incident"}, {}, writers(200)),
    "sheet_detail": ("get", C, {}, TEAM),
    "request_find": ("get", C, {}, TEAM),
    "sheet_pdf_start": ("post", C, {}, (LOGIN, 404, 302, 302, 302, 302)),
    "sheet_edit": ("get", C, {}, writers(200)),
    "sheet_version_list": ("get", C, {}, TEAM),
    "sheet_version_detail": ("get", C | {"number": 1}, {}, TEAM),
    "sheet_version_restore": ("post", C | {"number": 1}, {"base": 1}, writers(302)),
    "drill_list": ("get", C, {}, TEAM),
    "drill_plan": ("get", C, {}, writers(200)),
    "drill_record": ("get", C, {}, writers(200)),
    "drill_matrix": ("get", C, {}, TEAM),
    "drill_detail": ("get", DRILL, {}, TEAM),
    "drill_edit": ("get", DRILL, {}, writers(200)),
    "drill_run": ("get", DRILL, {}, TEAM),
    # Without script it leads back to the page.
    "drill_entries": ("get", DRILL, {}, (LOGIN, 404, 302, 302, 302, 302)),
    "entry_strike": ("post", DRILL | {"entry": "entry"}, {}, writers(302)),
    "entry_reinstate": ("post", DRILL | {"entry": "entry"}, {}, writers(302)),
    "drill_finish": ("post", DRILL, {}, writers(422)),
    "finding_add": ("post", DRILL, {}, writers(422)),
    "finding_comment": ("post", DRILL | {"finding": "finding"}, {}, writers(302)),
    "finding_ticket": ("post", DRILL | {"finding": "finding"}, {}, writers(302)),
    "scenario_list": ("get", C, {}, TEAM),
    "scenario_create": ("get", C, {}, writers(200)),
    "scenario_detail": ("get", C | {"slug": "roll-back"}, {}, TEAM),
    "scenario_edit": ("get", C | {"slug": "unplug"}, {}, writers(200)),
    "scenario_retire": ("post", C | {"slug": "unplug"}, {}, writers(302)),
    "milestone_list": ("get", C, {}, TEAM),
    "milestone_freeze": ("get", C, {}, writers(200)),
    "milestone_detail": ("get", MILESTONE, {}, TEAM),
    "verdict_give": ("post", MILESTONE, {}, (LOGIN, 404, 403, 403, 422, 422)),
    # There is no verdict to sign: who may sign is told so.
    "verdict_sign": ("post", MILESTONE, {}, (LOGIN, 404, 403, 403, 409, 409)),
    "condition_close": ("post", CONDITION, {}, writers(422)),
    # Sharing is off: who may share is told so.
    "share_create": ("post", MILESTONE, {"days": "7"}, (LOGIN, 404, 403, 403, 409, 409)),
    "share_revoke": ("post", SHARE, {}, (LOGIN, 404, 403, 403, 302, 302)),
    "milestone_compare": ("get", C, {}, TEAM),
    "component_trend": ("get", C, {}, TEAM),
    "confidence_list": ("get", C, {}, TEAM),
    "confidence_open": ("get", C, {}, writers(200)),
    "confidence_round": ("get", C | {"pk": "round"}, {}, TEAM),
    # It is closed: who may vote, or close it, is told so.
    "confidence_vote": (
        "post",
        C | {"pk": "round"},
        {"overall": "3"},
        (LOGIN, 404, 409, 409, 409, 409),
    ),
    "confidence_close": ("post", C | {"pk": "round"}, {}, (LOGIN, 404, 403, 403, 409, 409)),
    "notice_settings": ("get", {}, {}, ALL),
    "calendar_new": ("post", {}, {}, ALL),
    "calendar_end": ("post", {}, {}, (LOGIN, 302, 302, 302, 302, 302)),
    "webhook_list": ("get", {"team": "edge"}, {}, admins(200)),
    "webhook_detail": ("get", HOOK, {}, admins(200)),
    "webhook_test": ("post", HOOK, {}, admins(302)),
    "webhook_pause": ("post", HOOK, {}, admins(302)),
    "webhook_resume": ("post", HOOK, {}, admins(302)),
    "webhook_remove": ("post", HOOK, {}, admins(302)),
    # By a secret in the address, whoever is logged in.
    "calendar_feed": ("get", {"secret": "calendar"}, {}, (200,) * 6),
    "unsubscribe": ("get", {"token": "unsubscribe"}, {}, (200,) * 6),
    # Sharing is off; tests/milestones/test_sharing.py has what a link opens else.
    "milestone_shared": ("get", {"secret": "shared"}, {}, (404,) * 6),
    "milestone_shared_pdf": ("get", {"secret": "shared"}, {}, (404,) * 6),
    # By token, whoever is logged in.
    "api_run_start": ("post", C, {}, (401,) * 6),
    "api_run_detail": ("get", RUN, {}, (401,) * 6),
    "api_gate": ("get", C, {}, (401,) * 6),
    "search": ("get", {}, {}, ALL),
    "login": ("get", {}, {}, (200, 302, 302, 302, 302, 302)),
    "logout": ("post", {}, {}, (302, 302, 302, 302, 302, 302)),
    "password_change": ("get", {}, {}, ALL),
    # What a file looks like is no secret.
    "report_schema": ("get", {}, {}, (200,) * 6),
    "healthz": ("get", {}, {}, (200, 200, 200, 200, 200, 200)),
}


def names_of(patterns: list[URLPattern | URLResolver]) -> set[str]:
    names: set[str] = set()
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            if pattern.app_name != "admin":
                names |= names_of(pattern.url_patterns)
        else:
            names.add(str(pattern.name))
    return names


@pytest.fixture(scope="module")
def built(django_db_setup, django_db_blocker):
    with made_once(django_db_blocker, make_world) as world:
        yield world


@pytest.fixture
def world(built, db):
    return dict(built)


def make_world():
    """Make a component whose every address leads somewhere."""
    catalog = factory.make_catalog()
    blueprint = factory.make_blueprint(
        catalog,
        c_0_0={
            "statement": "It is so.",
            "suggested_outcome": "done",
            "suggestion": {"reasoning": "Why not.", "evidence": "There."},
        },
    )
    component = factory.make_component(blueprint=blueprint)
    factory.make_decision(component, "c-0-1")
    run = CheckRun.objects.create(component=component, requested_at=NOW, state=JobState.FINISHED)
    file = ReportFile.objects.create(
        component=component, key="k", filename="r.pdf", content=b"%PDF", created_at=NOW
    )
    job = ReportJob.objects.create(
        component=component, requested_at=NOW, state=JobState.FINISHED, file=file
    )
    member = factory.make_user("member", team=component.team, role=Role.VIEWER)
    for role in Role:
        factory.make_user(role.name.lower(), team=component.team, role=role)
    export = PortfolioExport.objects.create(
        requested_by=User.objects.get(username="editor"),
        requested_at=NOW,
        state=JobState.FINISHED,
        filename="portfolio.xlsx",
        content=b"PK",
    )
    factory.make_user("stranger")
    grant = factory.make_account(team=component.team).grants.get()
    test = AccountTest.objects.create(
        grant=grant, requested_at=NOW, state=JobState.FINISHED, report=Report().as_json()
    )
    recording = factory.make_recording(component, b"{}", recorded_at=NOW)
    factory.make_decision(component, "c-1-2", "done")
    incident = factory.make_incident(component)
    factory.make_sheet(component)
    drill = factory.make_drill(component, outcome="", by=member)
    finding = add_finding(
        drill=drill,
        text="Too slow.",
        requirement=component.requirements.first(),
        by=member,
        now=NOW,
    )
    entry = DrillEntry.objects.create(
        drill=drill, key=uuid4(), kind="note", text="So.", at=NOW, received_at=NOW, by=member
    )
    factory.make_scenario("unplug", component=component)
    token, _ = create_token(
        team=component.team, name="Pipeline", expires_at=None, by=member, now=NOW
    )
    requirement = component.requirements.get(criterion__slug="c-0-0")
    comment = add_comment(
        requirement=requirement, text="So it is.", by=User.objects.get(username="editor"), now=NOW
    )
    file = add_file(
        requirement=requirement, filename="a.txt", content=b"a", title="", by=member, now=NOW
    )
    webhook = create_webhook(
        team=component.team,
        name="Channel",
        url="https://hooks.example.org/",
        kind=WebhookKind.SLACK,
        causes=[],
        allow_private=False,
        by=member,
        now=NOW,
    )
    milestone = factory.make_milestone(component, by=member)
    judged = factory.make_milestone(component, by=member, name="Annual review")
    condition = factory.make_conditions(judged, by=member, owner=member).conditions.get()
    share = MilestoneShare.objects.create(
        milestone=milestone,
        digest=secret_digest("shared"),
        created_by=member,
        created_at=NOW,
        expires_at=timezone.now() + timedelta(days=1),
    )
    return {
        "milestone": milestone.pk,
        "judged": judged.pk,
        "share": share.pk,
        "condition": condition.pk,
        "comment": comment.pk,
        "evidence": file.evidence_id,
        "webhook": webhook.pk,
        "calendar": new_feed(user=member, now=NOW).rsplit("/", 1)[1].removesuffix(".ics"),
        "unsubscribe": unsubscribe_path(member.pk).rstrip("/").rsplit("/", 1)[1],
        "recording": recording.pk,
        "incident": incident.pk,
        "drill": drill.pk,
        "entry": entry.pk,
        "finding": finding.pk,
        "proposal": factory.make_proposal(component).pk,
        "own": factory.make_own_criterion(component).slug,
        "round": factory.make_round(component, votes=[3, 4, 5], by=member).pk,
        "token": token.pk,
        "run": run.pk,
        "job": job.pk,
        "export": export.pk,
        "member": member.pk,
        "grant": grant.pk,
        "account-test": test.pk,
    }


def client_of(actor: str) -> Client:
    client = Client()
    if actor != "anonymous":
        client.force_login(User.objects.get(username=actor))
    return client


def test_walk_covers_every_address():
    assert names_of(get_resolver().url_patterns) == set(ROUTES)


@pytest.mark.one_database
@pytest.mark.parametrize("name", ROUTES)
@pytest.mark.parametrize("actor", ACTORS)
def test_each_actor_gets_the_answer_due(world, name, actor):
    method, arguments, sent, answers = ROUTES[name]
    due = answers[ACTORS.index(actor)]
    url = reverse(name, kwargs={k: world.get(v, v) for k, v in arguments.items()})

    response = getattr(client_of(actor), method)(url, sent)

    assert response.status_code == due
    if actor == "anonymous" and due == LOGIN and name != "logout":
        assert response["Location"] == f"{reverse('login')}?next={url}"


@pytest.mark.parametrize("name", [n for n, route in ROUTES.items() if route[0] == "post"])
def test_what_writes_refuses_get(world, name):
    _, arguments, _, _ = ROUTES[name]
    url = reverse(name, kwargs={k: world.get(v, v) for k, v in arguments.items()})

    assert client_of("admin").get(url).status_code == 405


@pytest.mark.parametrize("name", [n for n, route in ROUTES.items() if "component" in route[1]])
def test_a_component_visible_to_the_organisation_is_read_only_to_others(world, name):
    method, arguments, sent, answers = ROUTES[name]
    url = reverse(name, kwargs={k: world.get(v, v) for k, v in arguments.items()})
    component_of_world().history.all().delete()
    type(component_of_world()).objects.update(visible_to_organisation=True)

    response = getattr(client_of("stranger"), method)(url, sent)

    viewer = answers[ACTORS.index("viewer")]
    assert response.status_code == (403 if name in MEMBERS_ONLY else viewer)


def component_of_world():
    return CheckRun.objects.get().component


@pytest.mark.parametrize("name", [n for n, route in ROUTES.items() if route[3] == writers(302)])
def test_an_archived_component_is_not_written_to(world, name):
    method, arguments, sent, _ = ROUTES[name]
    url = reverse(name, kwargs={k: world.get(v, v) for k, v in arguments.items()})
    client_of("admin").post(reverse("component_archive", kwargs=C))

    assert getattr(client_of("editor"), method)(url, sent).status_code == 403
    assert client_of("editor").get(reverse("gap_report", kwargs=C)).status_code == 200


def test_admin_pages_ask_for_our_login_and_for_staff(world):
    url = reverse("admin:index")

    assert client_of("anonymous").get(url)["Location"].startswith("/admin/login/")
    assert client_of("anonymous").get("/admin/login/")["Location"].startswith(reverse("login"))
    assert client_of("admin").get(url).status_code == 302
