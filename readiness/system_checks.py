"""What Django should complain about before it serves; `manage.py doctor` shows these too."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register


@register
def endpoint_is_loopback(**kwargs: Any) -> list[CheckMessage]:
    """Elsewhere than on this machine it would be sent whatever the credentials allow."""
    host = urlsplit(settings.AWS_ENDPOINT_URL).hostname
    if not settings.AWS_ENDPOINT_URL or host in ("127.0.0.1", "localhost", "::1"):
        return []
    return [
        Error(
            "READINESS_AWS_ENDPOINT_URL does not point to this machine.",
            hint="It is for the simulated account of the demo and the tests. Unset it.",
            id="readiness.E001",
        )
    ]


@register
def secret_key_is_set(**kwargs: Any) -> list[CheckMessage]:
    if not settings.SECRET_KEY_IS_MISSING:
        return []
    return [
        Error(
            "SECRET_KEY is not set.",
            hint="Run script/bootstrap, which writes .env, or set it in the environment.",
            id="readiness.E002",
        )
    ]


@register
def mail_knows_where_it_leads(**kwargs: Any) -> list[CheckMessage]:
    if settings.SITE_URL or not settings.EMAIL_IS_CONFIGURED:
        return []
    return [
        Warning(
            "Mail is sent, but SITE_URL is not set: links in it begin with a guess.",
            hint="Set SITE_URL to where people reach this installation.",
            id="readiness.W002",
        )
    ]


@register(deploy=True)
def endpoint_is_not_simulated(**kwargs: Any) -> list[CheckMessage]:
    if not settings.AWS_ENDPOINT_URL:
        return []
    return [
        Warning(
            "READINESS_AWS_ENDPOINT_URL is set: live checks read a simulated account.",
            hint="Unset it where real components are checked.",
            id="readiness.W001",
        )
    ]
