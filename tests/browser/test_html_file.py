"""The gap report as one HTML file, opened from a disk."""

from __future__ import annotations

import pytest

from readiness.reports.html_file import render_html
from tests.browser.test_axe import violations
from tests.reports import gap_reports


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("report", [gap_reports.large_report(74), gap_reports.hostile_report()])
def test_is_for_everybody_and_asks_for_nothing(browser, tmp_path, scheme, report):
    file = tmp_path / "report.html"
    file.write_bytes(render_html(report))
    page = browser.new_page(color_scheme=scheme, viewport={"width": 390, "height": 800})
    said, asked = [], []
    page.on("console", lambda message: said.append(message.text))
    page.on("request", lambda request: asked.append(request.url))

    page.goto(file.as_uri())

    assert violations(page) == []
    assert (said, asked) == ([], [file.as_uri()])
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.close()
