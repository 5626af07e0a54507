"""What an installation is told when its mail is not complete."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import call_command

from readiness.notices.addresses import absolute, host
from readiness.system_checks import mail_knows_where_it_leads


@pytest.mark.parametrize(
    ("configured", "site", "expected"),
    [(True, "", ["readiness.W002"]), (True, "https://a.example", []), (False, "", [])],
)
def test_mail_without_a_site_is_warned_of(settings, configured, site, expected):
    settings.EMAIL_IS_CONFIGURED, settings.SITE_URL = configured, site

    assert [message.id for message in mail_knows_where_it_leads()] == expected


@pytest.mark.parametrize(("configured", "notes"), [(False, 1), (True, 0)])
def test_the_doctor_says_when_nobody_is_reminded(db, settings, configured, notes):
    settings.EMAIL_IS_CONFIGURED = configured
    out = StringIO()

    call_command("doctor", stdout=out)

    assert out.getvalue().count("E-mail is not configured") == notes


@pytest.mark.parametrize(
    ("site", "hosts", "https", "expected"),
    [
        ("https://readiness.example.org/", [], False, "https://readiness.example.org/x/"),
        (
            "",
            ["*", ".example.org", "readiness.example.org"],
            True,
            "https://readiness.example.org/x/",
        ),
        ("", ["*"], False, "http://localhost/x/"),
    ],
)
def test_links_begin_with_the_site_or_with_a_guess(settings, site, hosts, https, expected):
    settings.SITE_URL, settings.ALLOWED_HOSTS, settings.HTTPS = site, hosts, https

    assert absolute("/x/") == expected
    assert host() in expected
