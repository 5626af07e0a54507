"""Guessing links is slow here, and one link cannot keep the workers busy.

Counted in the cache, as for logins: per process with the local one, for all with a shared one.
"""

from __future__ import annotations

from django.core.cache import cache

from readiness.milestones.sharing import network, secret_digest
from readiness.models import MilestoneShare

# A network may open nothing so often, and a link may ask for its page and for its PDF so often, in
# WAIT_SECONDS.
GUESSES, PAGES, FILES = 20, 120, 30
WAIT_SECONDS = 300


def must_wait(address: str) -> bool:
    """Whether too many links that open nothing came from the network of an address."""
    return _count(_of_network(address)) >= GUESSES


def guessed(address: str) -> None:
    """Count a link that opened nothing."""
    _add(_of_network(address))


def page_too_often(share: MilestoneShare) -> bool:
    """Count that a link asks for its page; return whether it has to wait."""
    return _too_often(f"share-page-{share.pk}", PAGES)


def file_too_often(share: MilestoneShare) -> bool:
    """Count that a link asks for its PDF; return whether it has to wait."""
    return _too_often(f"share-pdf-{share.pk}", FILES)


def _too_often(key: str, most: int) -> bool:
    _add(key)
    return _count(key) > most


def _of_network(address: str) -> str:
    return f"share-guess-{secret_digest(network(address))}"


def _count(key: str) -> int:
    return int(cache.get(key, 0))


def _add(key: str) -> None:
    cache.add(key, 0, WAIT_SECONDS)
    try:
        cache.incr(key)
    except ValueError:  # it ran out in between
        cache.set(key, 1, WAIT_SECONDS)
