from __future__ import annotations

import xml.etree.ElementTree as ET
from datetime import date, timedelta
from decimal import Decimal

import pytest

from readiness.decisions.standing import Standing
from readiness.reports.counts import Counts, Tally
from readiness.trends.chart import (
    CONFIDENCE_HEIGHT,
    HEIGHT,
    LEFT,
    LINE,
    RIGHT,
    TOP,
    WIDTH,
    budget_chart,
    confidence_chart,
    standings_chart,
)
from readiness.trends.queries import Asked, Mark, Point, Trend

FIRST = date(2026, 9, 1)


def point(day, lost=None, **numbers):
    counts = Counts((Standing(name), Tally(number, 3)) for name, number in numbers.items())
    return Point(FIRST + timedelta(days=day), counts, lost if lost is None else Decimal(lost))


GROWING = [point(0, undecided=4), point(5, done=1, undecided=3), point(10, done=2, accepted=2)]


def chart(points=GROWING, milestones=(), incidents=()):
    return standings_chart(Trend(points, milestones, incidents))


def parts(svg, name):
    return [each for each in ET.fromstring(svg).iter() if each.tag == name]  # noqa: S314 - ours


def corners(polygon):
    return [tuple(map(float, pair.split(","))) for pair in polygon.get("points").split()]


def texts(svg):
    return [each.text for each in parts(svg, "text")]


def test_bands_lie_on_each_other_and_fill_the_plot():
    done, accepted, undecided = parts(chart(), "polygon")

    middle = (LEFT + RIGHT) / 2
    assert corners(done)[:3] == [
        (LEFT, TOP + HEIGHT), (middle, TOP + HEIGHT * 3 / 4), (RIGHT, TOP + HEIGHT / 2),
    ]  # fmt: skip
    assert corners(accepted)[2:4] == [(RIGHT, TOP), (RIGHT, TOP + HEIGHT / 2)]
    assert [y for _, y in corners(undecided)[:3]] == [TOP] * 3


def test_days_that_are_not_known_take_their_time():
    uneven = [point(0, done=1), point(1, done=2), point(10, done=2)]

    (band,) = parts(chart(uneven), "polygon")

    assert corners(band)[1][0] == pytest.approx(LEFT + (RIGHT - LEFT) / 10, abs=0.1)


def test_bands_are_told_apart_without_colour():
    svg = chart()

    assert [each.get("fill") for each in parts(svg, "polygon")[1:]] == [
        "url(#hatched)",
        "url(#dotted)",
    ]
    assert {"2 done", "2 accepted"} <= set(texts(svg))
    assert len([each for each in parts(svg, "polyline") if each.get("class") == "bar-edge"]) == 3


def test_a_screen_reader_is_told_first_and_last():
    svg = chart(incidents=[Mark(FIRST, "Stale routes")])

    root = ET.fromstring(svg)  # noqa: S314 - our own
    title, told = root.find("title"), root.find("desc")
    assert (root.get("role"), root.get("aria-labelledby")) == (
        "img", f"{title.get('id')} {told.get('id')}",
    )  # fmt: skip
    assert title.text == "Requirements by standing, 1 September 2026 to 11 September 2026"
    assert told.text.startswith("First: 4 undecided. Last: 2 done, 2 accepted. 0 milestones, 1 inc")


def test_labels_of_thin_bands_do_not_lie_on_each_other():
    thin = {"verified": 60, "done": 1, "gap": 1, "accepted": 1, "lapsed": 1, "undecided": 1}
    svg = chart([point(0, **thin), point(1, **thin)])

    beside = sorted(float(each.get("y")) for each in parts(svg, "text") if each.text[0] in "16")
    beside = [y for y in beside if y < TOP + HEIGHT]
    gaps = [below - above for above, below in zip(beside, beside[1:], strict=False)]
    assert len(beside) == 6
    assert min(gaps) >= LINE - 0.1


def test_milestones_are_named_as_far_as_there_is_room():
    marks = [Mark(FIRST + timedelta(days=5), f"Before cut-over {n}") for n in range(5)]
    svg = chart(milestones=[Mark(FIRST, "A <review> & more"), *marks])

    lines = [each for each in parts(svg, "path") if each.get("class") == "trend-milestone"]
    assert [each.find("title").text for each in lines][0] == "A <review> & more, 1 September 2026"
    assert len(lines) == 6
    named = [each for each in parts(svg, "text") if (each.text or "").startswith("Before")]
    assert len({each.get("y") for each in named}) == len(named) == 3


def test_a_name_at_the_edge_stays_within_the_picture():
    svg = chart(milestones=[Mark(FIRST, "N" * 60)])

    (label,) = [each for each in parts(svg, "text") if each.text.startswith("NNN")]
    half = 6.6 * len(label.text) / 2
    assert half <= float(label.get("x")) <= WIDTH - half


def test_incidents_stand_below_the_axis():
    svg = chart(incidents=[Mark(FIRST + timedelta(days=10), "Stale routes")])

    (mark,) = [each for each in parts(svg, "path") if each.get("class") == "trend-incident"]
    assert mark.get("d").startswith(f"M{RIGHT}.0 {TOP + HEIGHT + 5}")
    assert mark.find("title").text == "Stale routes, 11 September 2026"


@pytest.mark.parametrize("day", [-40, 11])
def test_an_incident_on_a_day_that_is_not_in_the_picture_is_not_drawn(day):
    incidents = [Mark(FIRST + timedelta(days=each), "Stale routes") for each in (day, 3)]
    rounds = [Asked(FIRST, 1, "How?", 3, 4, 3.0, 1.0)]

    for svg in (
        chart(incidents=incidents),
        confidence_chart(Trend(GROWING, (), incidents, rounds)),
    ):
        drawn = [each for each in parts(svg, "path") if each.get("class") == "trend-incident"]
        assert [each.find("title").text for each in drawn] == ["Stale routes, 4 September 2026"]
        assert ", 1 incident." in parts(svg, "desc")[0].text


@pytest.mark.parametrize("points", [[], [point(0, done=1)]])
def test_one_day_is_no_trend(points):
    with pytest.raises(ValueError, match="two days"):
        chart(points)
    with pytest.raises(ValueError, match="two days"):
        budget_chart(points, 4.3)


def test_a_component_without_requirements_has_an_empty_chart():
    assert parts(chart([point(0), point(1)]), "polygon") == []


def test_budget_shows_what_was_lost_against_what_may_be():
    svg = budget_chart([point(0, "0"), point(1), point(4, "2.50")], 4.32)

    (line,) = parts(svg, "polyline")
    assert [x for x, _ in corners(line)] == [LEFT, RIGHT]
    assert {"lost: 2.5 min", "budget: 4.3 min"} <= set(texts(svg))
    (allowed,) = [each for each in parts(svg, "path") if each.get("class") == "trend-allowed"]
    assert allowed.get("stroke-dasharray")
    assert "The budget is 4.3 min today." in parts(svg, "desc")[0].text


def test_without_a_target_there_is_no_line_of_the_budget():
    svg = budget_chart([point(0, "0"), point(4, "2.5")], None)

    assert [each for each in parts(svg, "path") if each.get("class") == "trend-allowed"] == []
    assert parts(svg, "desc")[0].text == "0 min at first, 2.5 min at last."


def asked(day, mean, spread=None, pk=1):
    return Asked(FIRST + timedelta(days=day), pk, "Tonight?", 5, 7, mean, spread)


def confidence(*rounds, points=GROWING, **happened):
    marks = {"milestones": (), "incidents": ()} | happened
    return confidence_chart(Trend(points, **marks, rounds=rounds))


def test_confidence_is_a_dot_at_each_mean_on_the_days_of_the_standings():
    svg = confidence(asked(0, 1.0), asked(5, 3.0, 1.0), asked(10, 5.0, 0.5))

    dots = [(float(dot.get("cx")), float(dot.get("cy"))) for dot in parts(svg, "circle")]
    assert dots == [
        (LEFT, TOP + CONFIDENCE_HEIGHT),
        ((LEFT + RIGHT) / 2, TOP + CONFIDENCE_HEIGHT / 2),
        (RIGHT, TOP),
    ]
    assert [each for each in texts(svg) if each][:5] == ["1", "2", "3", "4", "5"]
    assert "mean: 5.0 of 5" in texts(svg)


def test_spread_of_confidence_ends_where_the_scale_does():
    svg = confidence(asked(3, 4.5, 1.5))

    (spread,) = [each for each in parts(svg, "path") if each.get("class") == "trend-spread"]
    foot = TOP + CONFIDENCE_HEIGHT / 2
    assert f" {TOP:.1f}V{foot:.1f}" in spread.get("d")


def test_confidence_marks_milestones_and_incidents_and_says_all_in_words():
    mark = Mark(FIRST + timedelta(days=2), "Cut-over <1>")
    svg = confidence(asked(0, 2.0, 1.0), asked(9, 4.0), milestones=[mark], incidents=[mark] * 2)

    (desc,) = parts(svg, "desc")
    assert desc.text == (
        "1 September 2026: mean 2.0, spread 1.0, 5 of 7 answered; "
        "10 September 2026: mean 4.0, 5 of 7 answered. 1 milestone, 2 incidents."
    )
    assert "Cut-over <1>" in texts(svg)


def test_a_round_that_may_show_nothing_is_not_in_the_chart():
    svg = confidence(asked(0, None), asked(5, 3.0, 1.0), asked(7, None))

    assert len(parts(svg, "circle")) == 1


def test_a_round_before_the_first_known_day_widens_both_charts():
    trend = Trend(GROWING, (), (), [asked(-10, 3.0)])

    (dot,) = parts(confidence_chart(trend), "circle")
    done = parts(standings_chart(trend), "polygon")[0]
    assert float(dot.get("cx")) == LEFT
    assert corners(done)[0][0] == (LEFT + RIGHT) / 2


@pytest.mark.parametrize(
    ("points", "rounds"), [(GROWING, []), (GROWING, [asked(3, None)]), ([], [asked(3, 4.0)])]
)
def test_confidence_over_time_needs_a_round_and_two_days(points, rounds):
    with pytest.raises(ValueError, match="a round and two days"):
        confidence_chart(Trend(points, (), (), rounds))
