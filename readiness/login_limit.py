"""Guessing passwords is slow here: after a few failures a name and an address have to wait."""

from __future__ import annotations

import hashlib
from typing import Any

from django.contrib.auth.forms import AuthenticationForm
from django.core.cache import cache
from django.core.exceptions import ValidationError

FAILURES = 8
WAIT_SECONDS = 300


class LimitedAuthenticationForm(AuthenticationForm):
    """Refuses to look at the password while a name, or the address it comes from, has to wait.

    Counted in the cache: per process with the local one, for all with a shared one.
    """

    def clean(self) -> dict[str, Any]:
        keys = self._keys()
        if any(cache.get(key, 0) >= FAILURES for key in keys):
            raise ValidationError(
                f"Too many failures. Try again in {WAIT_SECONDS // 60} minutes.", code="limited"
            )
        try:
            cleaned = super().clean()
        except ValidationError:
            for key in keys:
                cache.add(key, 0, WAIT_SECONDS)
                cache.incr(key)
            raise
        cache.delete_many(keys)
        return cleaned or {}

    def _keys(self) -> list[str]:
        name = str(self.cleaned_data.get("username", "")).casefold()
        address = self.request.META.get("REMOTE_ADDR", "") if self.request else ""
        return [
            "login-" + hashlib.sha256(f"{kind} {value}".encode()).hexdigest()
            for kind, value in (("name", name), ("address", address))
        ]
