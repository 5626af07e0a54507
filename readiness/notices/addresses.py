"""Addresses that lead here from elsewhere: from mail, chat and calendars."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings
from django.core import signing
from django.urls import reverse

SALT = "readiness.notices.unsubscribe"


def site() -> str:
    """Return the root of this installation without a slash at its end.

    SITE_URL, or what ALLOWED_HOSTS and HTTPS let guess.
    """
    if settings.SITE_URL:
        return str(settings.SITE_URL).rstrip("/")
    named = [host for host in settings.ALLOWED_HOSTS if not host.startswith((".", "*"))]
    return f"{'https' if settings.HTTPS else 'http'}://{named[0] if named else 'localhost'}"


def absolute(path: str) -> str:
    return site() + path


def host() -> str:
    return urlsplit(site()).hostname or "localhost"


def unsubscribe_path(user_id: int) -> str:
    """Return the address that ends a person's mail without a login: who has the mail, has it."""
    return reverse("unsubscribe", args=[signing.dumps(user_id, salt=SALT)])


def unsubscribing(token: str) -> int | None:
    """Return whose mail a token ends, None when it is not ours."""
    try:
        return int(signing.loads(token, salt=SALT))
    except signing.BadSignature:
        return None
