"""Where webhooks may lead, and how a conversation with them ends."""

from __future__ import annotations

import socket
import time

import pytest

from readiness.notices import target
from readiness.notices.target import TargetRefused, Unreachable, is_public, post, resolve


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.9.9.9", "10.0.0.1", "172.16.0.1", "192.168.1.1",
        "169.254.169.254", "100.64.0.1", "192.0.0.1", "198.18.0.1", "224.0.0.1", "240.0.0.1",
        "255.255.255.255", "0.0.0.1", "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1",
        "fec0::1", "ff02::1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1",
        "2002:7f00:1::", "2001:0:1::", "2001:db8::1", "nonsense",
    ],
)  # fmt: skip
def test_addresses_that_lead_inside_are_not_public(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "93.184.215.14", "2606:4700::1111"])
def test_addresses_of_the_internet_are(address):
    assert is_public(address)


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://example.org/", "https"),
        ("ftp://example.org/", "https"),
        ("https://user:secret@example.org/", "user name"),
        ("https://user@example.org/", "user name"),
        ("https:///path", "no address"),
        ("https://example.org:0/", "no address"),
        ("https://example.org:99999/", "no address"),
        ("https://[::1/", "no address"),
        ("https://example.org/a b", "no address"),
        ("https://example.org/a\r\nHost: other", "no address"),
        ("https://127.0.0.1/", "private network"),
        ("https://[::ffff:10.0.0.1]/", "private network"),
        ("https://localhost./", "private network"),
        ("nonsense", "no address"),
    ],
)
def test_what_can_be_refused_by_its_looks_is(url, why):
    with pytest.raises(TargetRefused, match=why):
        target.refuse_by_looks(url, allow_private=False)


def answering(*addresses):
    def getaddrinfo(host, port, *args, **kwargs):
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in addresses]

    return getaddrinfo


@pytest.mark.parametrize("addresses", [("127.0.0.1",), ("93.184.215.14", "10.0.0.1")])
def test_a_name_with_any_address_inside_is_refused_and_nothing_is_sent(
    monkeypatch, receiver, addresses
):
    monkeypatch.setattr(socket, "getaddrinfo", answering(*addresses))

    with pytest.raises(TargetRefused, match="private network"):
        post(f"https://hooks.example.org:{receiver.server_port}/", b"{}", {}, allow_private=False)
    assert receiver.received == []


def test_the_address_that_was_judged_is_the_one_that_is_called(monkeypatch):
    """A name that says something else the second time is not asked a second time."""
    asked, called = [], []

    def getaddrinfo(host, port, *args, **kwargs):
        asked.append(host)
        return answering("93.184.215.14" if len(asked) == 1 else "127.0.0.1")(host, port)

    def create_connection(address, *args, **kwargs):
        called.append(address)
        raise ConnectionRefusedError("nobody there")

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    monkeypatch.setattr(socket, "create_connection", create_connection)

    with pytest.raises(Unreachable, match=r"hooks.example.org could not be reached"):
        post("https://hooks.example.org/", b"{}", {}, allow_private=False)
    assert (asked, called) == (["hooks.example.org"], [("93.184.215.14", 443)])


def test_a_name_without_an_address_is_unreachable(monkeypatch):
    def getaddrinfo(*args, **kwargs):
        raise socket.gaierror(8, "nodename nor servname provided")

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)

    with pytest.raises(Unreachable, match="has no address"):
        resolve("nowhere.example.org", 443, allow_private=True)


def test_an_allowed_target_is_sent_the_very_bytes_under_its_name(receiver):
    port = receiver.server_port
    answer = post(
        f"http://localhost:{port}/200?a=b", b'{"a": 1}', {"X-Mine": "yes"}, allow_private=True
    )

    assert (answer.status, answer.text) == (200, "Said \N{REPLACEMENT CHARACTER} what.")
    path, headers, body = receiver.received[0]
    assert (path, body) == ("/200?a=b", b'{"a": 1}')
    assert (headers["Host"], headers["X-Mine"]) == (f"localhost:{port}", "yes")


def test_a_redirect_is_not_followed(receiver):
    assert post(f"{receiver.url}/302", b"{}", {}, allow_private=True).status == 302
    assert [path for path, _, _ in receiver.received] == ["/302"]


def test_no_proxy_is_asked(receiver, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")

    assert post(receiver.url, b"{}", {}, allow_private=True).status == 200


def test_a_long_answer_is_cut(receiver):
    answer = post(f"{receiver.url}/long", b"{}", {}, allow_private=True)

    assert len(answer.text) == target.ANSWER_BYTES


def test_who_does_not_answer_is_given_up(receiver, monkeypatch):
    monkeypatch.setattr(target, "TIMEOUT", 0.2)

    with pytest.raises(Unreachable, match="did not answer within"):
        post(f"{receiver.url}/slow", b"{}", {}, allow_private=True)


def test_who_answers_byte_by_byte_is_cut_off(receiver, monkeypatch):
    monkeypatch.setattr(target, "AT_MOST", 0.5)
    began = time.monotonic()

    with pytest.raises(Unreachable, match="did not finish"):
        post(f"{receiver.url}/drip", b"{}", {}, allow_private=True)
    assert time.monotonic() - began < 2


def test_who_speaks_no_tls_is_unreachable(receiver):
    with pytest.raises(Unreachable, match="could not be reached"):
        post(receiver.url.replace("http:", "https:"), b"{}", {}, allow_private=True)
