"""The gap report as one HTML file, opened from a disk."""

from __future__ import annotations

import socket

import pytest

from readiness.reports.html_file import render_html
from tests.browser.test_axe import violations
from tests.reports import gap_reports
from tests.reports.test_pdf import hostile, hostile_report


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


def test_hostile_text_in_every_field_reaches_neither_network_nor_disk(browser, tmp_path):
    file, canary = tmp_path / "report.html", tmp_path / "canary.txt"
    canary.write_text("the bird has sung")
    page = browser.new_page()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        address = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        file.write_bytes(render_html(hostile_report(hostile(address, canary.as_uri()))))

        page.goto(file.as_uri(), wait_until="networkidle")

        with pytest.raises(BlockingIOError):
            listener.accept()
    assert asked == [file.as_uri()]
    assert "the bird has sung" not in page.content()
    assert "</article></section><img src=" in page.inner_text("body")
    page.close()
