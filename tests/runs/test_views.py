from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from readiness.aws.recording import Recording as Answers
from readiness.aws.runner import run_task
from readiness.models import (
    ApiToken,
    CheckRun,
    CheckSchedule,
    JobState,
    Recording,
    Role,
    RunTrigger,
    User,
)
from readiness.runs import forms
from readiness.runs.actions import create_token
from tests import factory
from tests.aws.recordings import complete as aws

URL = "/components/asset-router/"


@pytest.fixture
def router(db):
    return factory.make_component(parameters=aws.PARAMETERS)


@pytest.fixture
def client(router):
    client = Client()
    client.force_login(factory.make_user("ada", team=router.team, role=Role.ADMIN))
    return client


@pytest.fixture
def file():
    return Answers(aws.complete().answers.values(), aws.NOW).dump()


def upload(client, content, name="rec.json"):
    sent = SimpleUploadedFile(name, content, "application/json")
    return client.post(f"{URL}recordings/upload/", {"file": sent})


def test_schedule_is_saved_and_shown(client):
    answer = client.post(f"{URL}schedule/", {"every": "cron", "cron": " 30 6 * * 1-5 "})

    assert answer.status_code == 302
    kept = CheckSchedule.objects.get()
    assert (kept.cron, kept.changed_by.username) == ("30 6 * * 1-5", "ada")
    page = client.get(f"{URL}schedule/").content.decode()
    assert 'value="30 6 * * 1-5"' in page
    assert "06:30" in page


def test_schedule_that_cannot_be_is_refused_beside_its_field_and_kept_as_typed(client):
    answer = client.post(f"{URL}schedule/", {"every": "cron", "cron": "* * * * *"})

    assert answer.status_code == 422
    page = answer.content.decode()
    assert "AWS is asked every five minutes at most." in page
    assert 'value="* * * * *"' in page
    assert not CheckSchedule.objects.exists()


def test_recording_is_brought_kept_and_judged(client, file):
    answer = upload(client, file)

    run = CheckRun.objects.get()
    assert answer["Location"] == f"{URL}runs/{run.pk}/"
    assert (run.trigger, run.requested_by.username) == (RunTrigger.RECORDING, "ada")
    page = client.get(f"{URL}recordings/").content.decode()
    assert "rec.json" in page
    kept = client.get(f"{URL}recordings/{run.recording_id}/file/")
    assert (kept.content, kept["Content-Disposition"]) == (
        file, 'attachment; filename="rec.json"',
    )  # fmt: skip


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"{}", "no recording made by record_aws"),
        (b"\xff", "no JSON, or it was cut off"),
    ],
)
def test_recording_that_is_none_is_refused_with_its_reason(client, content, reason):
    answer = upload(client, content)

    assert answer.status_code == 422
    assert reason in answer.content.decode()
    assert not Recording.objects.exists()


def test_recording_that_is_too_long_is_refused_unread(client, monkeypatch, file):
    monkeypatch.setattr(forms, "MAX_BYTES", 1000)

    answer = upload(client, file)

    assert (answer.status_code, Recording.objects.count()) == (422, 0)
    assert "longer than" in answer.content.decode()


def test_recording_waits_for_a_run_that_is_under_way(client, file, router):
    CheckRun.objects.create(component=router, requested_at=timezone.now())

    answer = upload(client, file)

    assert answer["Location"] == f"{URL}recordings/"
    assert "Another run is under way" in client.get(answer["Location"]).content.decode()
    assert (Recording.objects.count(), CheckRun.objects.count()) == (1, 1)


def test_pages_say_that_a_verdict_is_from_a_recording(client, router, file):
    upload(client, file)
    run_task(CheckRun.objects.get().pk)

    day = "20 November 2026"
    run = CheckRun.objects.get()
    for page in (f"runs/{run.pk}/", "checks/s3.versioning/"):
        assert f"from a recording of {day}" in client.get(URL + page).content.decode()
    assert "recorded" in client.get(f"{URL}checks/").content.decode()


def test_recording_is_judged_again(client, file):
    upload(client, file)
    CheckRun.objects.update(state=JobState.FINISHED)
    pk = Recording.objects.get().pk

    client.post(f"{URL}recordings/{pk}/judge/")

    assert CheckRun.objects.filter(recording=pk).count() == 2


def test_recordings_take_few_queries(client, router, django_assert_max_num_queries):
    for number in range(75):
        factory.make_recording(router, str(number).encode(), recorded_at=aws.NOW)

    with django_assert_max_num_queries(6):
        client.get(f"{URL}recordings/")


def test_token_is_shown_once_and_opens_the_api_of_its_team(client, router):
    page = client.post("/teams/edge/tokens/", {"name": "Pipeline", "lives": "30"})
    text = page.content.decode().split('id="token">')[1].split("<")[0]
    assert text not in client.get("/teams/edge/tokens/").content.decode()
    token = ApiToken.objects.get()
    assert (token.prefix, text in str(vars(token))) == (text[:12], False)

    started = by_token(text).post("/api/components/asset-router/runs/")
    assert started.status_code == 202
    run = CheckRun.objects.get()
    assert (run.trigger, started.json()["state"]) == (RunTrigger.DEPLOY, "requested")
    joined = by_token(text).post("/api/components/asset-router/runs/")
    assert joined.json()["run"] == run.pk

    said = by_token(text).get(started.json()["url"]).json()
    assert said["counts"] == {"pass": 0, "fail": 0, "could_not_look": 0}
    assert "never" not in client.get("/teams/edge/tokens/").content.decode()


def by_token(text):
    return Client(headers={"authorization": f"Bearer {text}"})


@pytest.fixture
def token(router):
    def make(**values):
        given = {"team": router.team, "name": "P", "expires_at": None} | values
        by = User.objects.first() or factory.make_user("maker")
        return create_token(**given, by=by, now=timezone.now())

    return make


def test_token_that_was_revoked_or_is_out_of_date_opens_nothing(client, token):
    revoked, text = token()
    client.post(f"/teams/edge/tokens/{revoked.pk}/revoke/")
    _, late = token(name="Late", expires_at=timezone.now() - timedelta(seconds=1))

    for each in (text, late, "rdy_nonsense", ""):
        answer = by_token(each).post("/api/components/asset-router/runs/")
        assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")
    assert not CheckRun.objects.exists()


def test_token_knows_nothing_of_other_teams(token):
    _, text = token(team=factory.make_team("other"))

    assert by_token(text).post("/api/components/asset-router/runs/").status_code == 404


def test_token_has_a_name_of_its_own(client, token):
    token(name="Pipeline")

    page = client.post("/teams/edge/tokens/", {"name": "Pipeline", "lives": ""})

    assert page.status_code == 422
    assert "has a token called Pipeline already" in page.content.decode()
    assert ApiToken.objects.count() == 1
