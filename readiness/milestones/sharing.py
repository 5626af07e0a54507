"""What a link to a milestone needs: its secret's digest, the network it is used from, and a page
that leads nowhere else. Pure."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection
from ipaddress import IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

_LINK = re.compile(r'<a\b[^>]*?\bhref="([^"]*)"[^>]*>(.*?)</a>', re.DOTALL)
# As HTML may write it, in an address of the web too. No more than 64 characters stand before the @:
# without an end, a long word without one would be read anew from each of its letters.
_E_MAIL = re.compile(r"[\w.+-]{1,64}(?:@|%40|&#64;|&#x40;)[\w-]+(?:\.[\w-]+)*", re.IGNORECASE)
LEFT_OUT = "(e-mail address left out)"


def secret_digest(secret: str) -> str:
    """Return what is kept of a secret. Finding a row by it takes as long for a near guess as for
    any other."""
    return hashlib.sha256(secret.encode()).hexdigest()


def network(address: str) -> str:
    """Return the network of an address as a /24, of IPv6 as a /48; empty for what is no address."""
    try:
        ip = ip_address(address.partition("%")[0])
    except ValueError:
        return ""
    if isinstance(ip, IPv6Address):
        ip = ip.ipv4_mapped or ip
    return str(ip_network(f"{ip}/{24 if ip.version == 4 else 48}", strict=False))


def for_strangers(html: str, ours: Collection[str], kept: str = "") -> str:
    """Return a page without e-mail addresses, and without links but those to other sites and the
    one that is `kept`.

    `ours` are the names of the hosts that this application is served under.
    """

    def link(found: re.Match[str]) -> str:
        parts = urlsplit(found[1])
        outside = parts.scheme in ("http", "https") and parts.hostname not in ours
        stays = outside and not _E_MAIL.search(found[1])
        return found[0] if stays or (kept and found[1] == kept) else found[2]

    return _E_MAIL.sub(LEFT_OUT, _LINK.sub(link, html))


def without_e_mail(html: str) -> str:
    """Return a document for paper without e-mail addresses, and without links to them."""

    def link(found: re.Match[str]) -> str:
        return found[2] if _E_MAIL.search(found[1]) else found[0]

    return _E_MAIL.sub(LEFT_OUT, _LINK.sub(link, html))
