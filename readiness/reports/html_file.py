"""The gap report as one HTML file that needs nothing else: no network, no script, no font.

It says what the PDF says, in the order of the PDF. Its stylesheet is in it, and the policy in its
head lets nothing in but that very stylesheet, by its digest.
"""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string

from readiness.reports import charts
from readiness.reports.gap_report import GapReport
from readiness.reports.pdf_content import content
from readiness.reports.plain_text import without_control_characters

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_BLOCK = r"(?=</?(?:article|blockquote|dl|h[1-6]|header|li|main|nav|ol|p|pre|section|table|ul)\b)"
# HTML means them where a block begins or ends; 300 requirements have 50 KB of them.
_IMPLIED = re.compile(rf"(?<!\s)\s+{_BLOCK}|</p>\s*{_BLOCK}|</li>\s*(?=<li\b|</[ou]l>)")
_TOKEN = re.compile(r"^ *(--[a-z0-9-]+): [^;]+;\n", re.MULTILINE)


def render_html(report: GapReport) -> bytes:
    """Return the report as HTML. The same report gives the same bytes."""
    css = _stylesheet()
    digest = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
    context = _content(report) | {"css": css, "css_digest": digest, "sprite": charts.sprite()}
    html = render_to_string("reports/html/report.html", context)
    return _IMPLIED.sub("", without_control_characters(html)).encode()


def _content(report: GapReport) -> dict[str, Any]:
    """Return what the PDF says, with bars that share the patterns of the page."""
    said = content(report)
    total = report.counts.total.number
    topics = [
        topic | {"bar": charts.bar(lines.counts, height=8)}
        for topic, lines in zip(said["topics"], report.topics, strict=True)
    ]
    bars = [(by, charts.bar(report.counts, by=by)) for by in ("number", "weight") if total]
    return said | {"topics": topics, "bars": bars}


@cache
def _stylesheet() -> str:
    """Return the styles of the file with those of the house's tokens that they use."""
    css = _COMMENT.sub("", render_to_string("reports/html/report.css"))
    tokens = (settings.BASE_DIR / "static/tokens.css").read_text(encoding="utf-8")
    # Paper is white, whatever the screen is.
    tokens = tokens.replace("@media (prefers", "@media screen and (prefers")

    def wanted(token: re.Match[str]) -> str:
        return token[0] if f"var({token[1]})" in css else ""

    lines = f"{_TOKEN.sub(wanted, _COMMENT.sub('', tokens))}{css}".splitlines()
    return "\n".join(line.strip() for line in lines if line.strip())
