from __future__ import annotations

from html.parser import HTMLParser

import pytest

from readiness.markdown import render_markdown


class Tags(HTMLParser):
    """What a browser would make elements of."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("**so** it is", "<p><strong>so</strong> it is</p>\n"),
        ("# Big", "<h4>Big</h4>\n"),
        (
            "[a](https://example.org)",
            '<p><a href="https://example.org" rel="noopener noreferrer nofollow">a</a></p>\n',
        ),
        ("<b>x</b>", "<p>&lt;b&gt;x&lt;/b&gt;</p>\n"),
    ],
)
def test_markdown_becomes_html(text, html):
    assert render_markdown(text) == html


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "![x](https://evil.example/x.png)",
        "![x](data:image/svg+xml;base64,AAAA)",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](data:text/html,x)",
        "[x](file:///etc/passwd)",
        "<a href='file:///etc/passwd' rel=attachment>x</a>",
        "<svg onload=alert(1)>",
        "<style>@import url(https://evil.example)</style>",
        "[x]: javascript:alert(1)\n\n[x]",
        "<iframe src=//evil.example></iframe>",
        "<!-- --><x style=background:url(//evil.example)>",
        '&lt;script&gt;<https://a.example/"onmouseover=alert(1)>',
    ],
)
def test_markdown_brings_nothing_to_life(text):
    tags = Tags()
    tags.feed(render_markdown(text))

    assert {tag for tag, _ in tags.found} <= {"p", "a", "em"}
    for _, attributes in tags.found:
        assert set(attributes) <= {"href", "rel"}
        assert attributes.get("href", "https://").startswith("https://")
