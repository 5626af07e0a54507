"""The benchmarks' arithmetic and what they read from pages; what they measure needs a machine."""

from __future__ import annotations

import json
import os
import time

import pytest

from bench.account import Door
from bench.browser import Unexpected, form_of
from bench.figures import (
    MET,
    MISSED,
    Figure,
    Requests,
    Size,
    as_data,
    from_data,
    layout,
    percentile,
    tables,
)
from bench.files import lengthened
from bench.machine import descendants, resident_mb
from bench.servers import CALLS
from bench.traffic import Kind, Load, measure
from tests.reports import gap_reports


@pytest.mark.parametrize(
    ("values", "percent", "expected"),
    [
        ([7.0], 95, 7.0),
        ([1.0, 2.0], 50, 1.5),
        ([4.0, 1.0, 3.0, 2.0, 5.0], 50, 3.0),
        ([float(n) for n in range(1, 101)], 95, 95.05),
        ([3.0, 1.0, 2.0], 100, 3.0),
        ([3.0, 1.0, 2.0], 0, 1.0),
    ],
)
def test_percentile_lies_between_neighbours(values, percent, expected):
    assert percentile(values, percent) == pytest.approx(expected)


def test_percentile_of_nothing_is_refused():
    with pytest.raises(ValueError, match="nothing"):
        percentile([], 50)


def requests(what="gap report", clients=1, samples=(0.020, 0.020, 0.020), errors=0, **more):
    known = {"database": "sqlite", "components": 1, "size": Size(8, 2, 80.0, 12.0)}
    return Requests.of(
        list(samples),
        wall=0.1,
        cpu=0.045,
        rss_mb=95.0,
        what=what,
        clients=clients,
        errors=errors,
        **known | more,
    )


def test_requests_are_counted_per_request_and_second():
    measured = requests()

    assert (measured.number, round(measured.per_second)) == (3, 30)
    assert measured.median_ms == pytest.approx(20)
    assert measured.cpu_ms == pytest.approx(15)


def test_cells_of_one_client_are_held_against_the_targets():
    assert requests().cells() == [
        "gap report", "1", f"20.0 {MET}", f"20.0 {MET}", "30", "0", "15.0", f"95 {MET}",
        f"8 {MET} +2", "80.0", f"12.0 {MET}",
    ]  # fmt: skip


def test_cells_show_what_is_missed():
    slow = requests(samples=[0.02, 0.04, 0.30], errors=2, size=Size(11, 0, 500.0, 61.0)).cells()

    assert slow[2:4] == [f"40.0 {MISSED}", f"274.0 {MISSED}"]
    assert (slow[5], slow[8], slow[10]) == (f"2 {MISSED}", f"11 {MISSED} +0", f"61.0 {MISSED}")


def test_eight_clients_have_no_target_of_time():
    assert requests(clients=8).cells()[2:4] == ["20.0", "20.0"]


def test_a_kind_without_target_has_no_marks():
    cells = requests("list of 50", size=None).cells()

    assert not [cell for cell in cells if MET in cell or MISSED in cell]


def test_layout_puts_numbers_to_the_right():
    assert layout(["what", "ms"], [["page", "9.5"], ["a longer name", "120.0"]]) == "\n".join(
        [
            "what              ms",
            "-------------  -----",
            "page             9.5",
            "a longer name  120.0",
        ]
    )


def test_tables_part_databases_numbers_of_components_and_kinds():
    lone = Figure("sqlite", None, "migrate", 3.0, "s", 10)
    shown = tables([lone, requests(), requests(components=1000), requests(database="postgres")])

    headings = [line for line in shown.splitlines() if line.startswith(("sqlite", "postgres"))]
    assert headings == [
        "sqlite", "sqlite, 1 components", "sqlite, 1,000 components", "postgres, 1 components",
    ]  # fmt: skip
    assert f"3.00 {MET} s" in shown


@pytest.mark.parametrize(
    "measured",
    [requests(), requests(size=None), Figure("sqlite", 1, "PDF", 2.5, "s", 1.5, "cold")],
)
def test_what_is_written_can_be_read_back(measured):
    assert from_data(json.loads(json.dumps(as_data(measured)))) == measured


PAGE = """
<form action="/elsewhere/"><input name="no" value="no"></form>
<form method="post" action="/components/a/decide/?standing=gap">
  <input type="hidden" name="supersedes" value="7">
  <input type="radio" name="outcome" value="build"><input type="radio" name="outcome" value="done" checked>
  <input type="checkbox" name="unticked" value="1"><button name="button">Save</button>
  <textarea name="reasoning">
two &amp; &lt;b&gt; lines
</textarea>
  <select name="owner"><option value="">Nobody</option><option value="3" selected>Ada</option></select>
  <select name="effort"><option value="">Not estimated</option><option value="S">S</option></select>
</form>
<form method="post"><input name="username"></form>
"""  # noqa: E501 - as a template writes it


def test_form_of_reads_what_a_browser_would_send():
    assert form_of(PAGE, "/decide/") == {
        "supersedes": "7",
        "outcome": "done",
        "reasoning": "two & <b> lines\n",
        "owner": "3",
        "effort": "",
    }


def test_form_of_finds_the_form_without_an_action():
    assert form_of(PAGE, "") == {"username": ""}


def test_form_of_refuses_a_page_without_the_form():
    with pytest.raises(Unexpected, match="adopt"):
        form_of(PAGE, "/adopt/")


def test_descendants_of_no_process_are_none():
    assert descendants(-1) == []


def test_a_process_has_something_resident_and_an_ended_one_nothing_to_tell():
    assert 10 < resident_mb(os.getpid()) < 2000
    assert resident_mb(-1) is None


class Turns:
    """A person who is slow in the first round, and is refused once in the second."""

    def __init__(self):
        self.seconds = iter([0.9, 0.9, 0.03, None, 0.01, 0.02, 0.01, 0.02])

    def of(self, username):
        return [self]

    def login(self):
        pass

    def take(self, browser, turn):
        if (seconds := next(self.seconds)) is None:
            raise Unexpected("refused")
        return seconds


def test_the_quietest_round_stands_and_no_error_is_lost():
    turns = Turns()
    kind = Kind("gap report", "anybody", [turns.take])
    known = {"database": "sqlite", "components": 1, "size": None}
    load = Load(2, 1, rounds=3, warm_up=0)

    alone = next(measure(kind, turns, web=-1, load=load, **known))

    assert (round(alone.median_ms), round(alone.p95_ms, 1), alone.errors) == (15, 19.5, 1)


def asked(door, path, method="GET", query="", authorization=""):
    environ = {"PATH_INFO": path, "REQUEST_METHOD": method, "QUERY_STRING": query,
               "HTTP_AUTHORIZATION": authorization}  # fmt: skip
    began = time.perf_counter()
    [content] = door(environ, lambda status, headers: None)
    return content, time.perf_counter() - began


def test_the_door_counts_by_service_and_delays():
    door = Door(lambda environ, start: [b"from the account"])
    signed = "AWS4-HMAC-SHA256 Credential=x/20190831/eu-west-1/s3/aws4_request, Signature=y"

    assert asked(door, "/", authorization=signed)[0] == b"from the account"
    asked(door, "/")
    assert json.loads(asked(door, CALLS)[0]) == {"s3": 1, "unsigned": 1}
    asked(door, CALLS, "POST", "delay_ms=30")
    assert json.loads(asked(door, CALLS)[0]) == {}
    assert asked(door, "/", authorization=signed)[1] >= 0.03


@pytest.mark.parametrize("requirements", [1, 74, 300])
def test_a_report_is_lengthened_to_so_many_requirements_each_with_its_own_name(requirements):
    report = lengthened(gap_reports.large_report(12), requirements)

    assert len({line.criterion for line in report.requirements}) == requirements
    assert report.counts.total.number == requirements
