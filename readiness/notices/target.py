"""Requests to addresses that people gave us, without letting them look into our own network.

The host is resolved here, every address it has is judged, and the connection goes to the very
address that was judged: a name that resolves to something else a moment later gains nothing. No
redirect is followed and no proxy is asked.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

# For connecting, and for each wait after that; and for all of it together. In seconds.
TIMEOUT = 5.0
AT_MOST = 15.0
ANSWER_BYTES = 2048

# Ways to write an IPv4 address as an IPv6 one: a gateway could lead inside.
_TUNNELS = tuple(
    ipaddress.ip_network(each)
    for each in ("2002::/16", "2001::/32", "64:ff9b::/96", "64:ff9b:1::/48")
)


class TargetRefused(Exception):
    """Nothing may be sent to this address; the message is a sentence for whoever gave it."""


class Unreachable(Exception):
    """The other side did not answer; the message is a sentence."""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    # The beginning of the body.
    text: str


def refuse_by_looks(url: str, *, allow_private: bool) -> SplitResult:
    """Raise TargetRefused for what can be told without asking a name server; return the parts."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise TargetRefused("This is no address of a web server.") from error
    if any(not each.isprintable() or each.isspace() for each in url) or not parts.hostname:
        raise TargetRefused("This is no address of a web server.")
    if parts.scheme not in (("https", "http") if allow_private else ("https",)):
        raise TargetRefused("Only addresses that begin with https:// are used.")
    if parts.username is not None or parts.password is not None:
        raise TargetRefused("The address must not hold a user name or password.")
    if port == 0:
        raise TargetRefused("This is no address of a web server.")
    with suppress(ValueError):
        literal = ipaddress.ip_address(parts.hostname)
        if not (allow_private or is_public(str(literal))):
            raise TargetRefused(_private(parts.hostname))
    if parts.hostname.rstrip(".") == "localhost" and not allow_private:
        raise TargetRefused(_private(parts.hostname))
    return parts


def resolve(host: str, port: int, *, allow_private: bool) -> list[str]:
    """Return the addresses of a host.

    Raises Unreachable when it has none, TargetRefused when any of them is not public.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unreachable(f"{host} has no address.") from error
    addresses = list(dict.fromkeys(str(each[4][0]) for each in found))
    if not allow_private and not all(is_public(address) for address in addresses):
        raise TargetRefused(_private(host))
    return addresses


def is_public(address: str) -> bool:
    """True for an address of the public internet, however it is written."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped:
            return is_public(str(ip.ipv4_mapped))
        if ip.is_site_local or any(ip in tunnel for tunnel in _TUNNELS):
            return False
    return ip.is_global and not (
        ip.is_private
        or ip.is_loopback
        or ip.is_link_local
        or ip.is_multicast
        or ip.is_reserved
        or ip.is_unspecified
    )


def post(url: str, body: bytes, headers: Mapping[str, str], *, allow_private: bool) -> Answer:
    """Send one POST to a judged address and return what came back, redirects included.

    Raises TargetRefused, or Unreachable when nothing whole came back in time.
    """
    parts = refuse_by_looks(url, allow_private=allow_private)
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    addresses = resolve(host, port, allow_private=allow_private)
    context = ssl.create_default_context() if parts.scheme == "https" else None
    connection = _Pinned(host, port, addresses, context)
    try:
        connection.request("POST", path, body=body, headers=dict(headers))
        with connection.getresponse() as answer:
            text = answer.read(ANSWER_BYTES).decode("utf-8", "replace")
    except TimeoutError as error:
        raise Unreachable(f"{host} did not answer within {TIMEOUT:.0f} seconds.") from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        why = f"{host} could not be reached: {str(error) or type(error).__name__}."
        if connection.was_cut:
            why = f"{host} did not finish its answer within {AT_MOST:.0f} seconds."
        raise Unreachable(why) from error
    finally:
        connection.finish()
    if connection.was_cut:
        raise Unreachable(f"{host} did not finish its answer within {AT_MOST:.0f} seconds.")
    return Answer(answer.status, text.replace("\0", "\N{REPLACEMENT CHARACTER}"))


def _private(host: str) -> str:
    return (
        f"{host} leads into a private network or to this machine itself. "
        "An administrator of the installation can allow that."
    )


class _Pinned(http.client.HTTPConnection):
    """A connection to addresses that were judged, under the name that they were found by."""

    def __init__(
        self, host: str, port: int, addresses: list[str], context: ssl.SSLContext | None
    ) -> None:
        super().__init__(host, port, timeout=TIMEOUT)
        self.default_port = 443 if context else 80  # else the Host header would name it
        self.was_cut = False
        self._addresses = addresses
        self._context = context
        self._timer = threading.Timer(AT_MOST, self._cut)
        self._timer.daemon = True
        self._talking: socket.socket | None = None

    def connect(self) -> None:
        self._timer.start()
        plain = self._connected()
        if self._context is None:
            self.sock = self._talking = plain
            return
        secure = self._context.wrap_socket(
            plain, server_hostname=self.host, do_handshake_on_connect=False
        )
        self.sock = self._talking = secure
        secure.do_handshake()

    def _connected(self) -> socket.socket:
        refused: OSError = OSError("no address")
        for address in self._addresses[:2]:  # one of each family is enough
            try:
                return socket.create_connection((address, self.port), TIMEOUT)
            except OSError as error:
                refused = error
        raise refused

    def _cut(self) -> None:
        """End a conversation that the other side draws out byte by byte."""
        self.was_cut = True
        if self._talking is not None:
            with suppress(OSError):
                # Of the plain socket: the one of TLS would say goodbye first, and wait.
                socket.socket.shutdown(self._talking, socket.SHUT_RDWR)

    def finish(self) -> None:
        """Close; unlike close(), which http.client calls itself before the answer is read."""
        self._timer.cancel()
        self.close()
