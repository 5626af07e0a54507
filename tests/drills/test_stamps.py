"""Stamps and notes that are written once, whoever sends them and however often."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest

from readiness.drills.actions import EditConflict, add_finding, comment_finding, finish_drill
from readiness.drills.queries import log_of, seen_of, standing_stamps
from readiness.drills.stamps import press, reinstate, strike
from readiness.models import Comment, Drill, DrillEntry
from tests import factory
from tests.decisions.test_races import at_once
from tests.factory import NOW

MANY = 6


def ago(seconds):
    return timedelta(seconds=seconds)


def stamp(drill, user, kind, *, seconds_ago=0, key=None, text="", now=NOW):
    return press(
        drill=drill, key=key or uuid.uuid4(), kind=kind, text=text, age=ago(seconds_ago), by=user,
        now=now,
    )  # fmt: skip


class TestStamps:
    def test_the_same_sent_twice_is_written_once(self, user, drill):
        key = uuid.uuid4()
        first = stamp(drill, user, "started", key=key, seconds_ago=7)
        again = stamp(drill, user, "started", key=key, seconds_ago=9, now=NOW + ago(2))

        assert first.entry == again.entry
        assert again.told == ""
        assert standing_stamps(drill) == {"started": NOW - ago(7)}

    def test_the_first_stands_and_the_second_is_told_whose(self, component, user, drill):
        bo = factory.make_user("bo", team=component.team)
        stamp(drill, user, "noticed")
        key = uuid.uuid4()
        lost = stamp(drill, bo, "noticed", key=key, seconds_ago=3)
        again = stamp(drill, bo, "noticed", key=key, seconds_ago=3)

        assert lost.told == again.told
        assert "Ada had stamped \u201cNoticed\u201d already" in lost.told
        # Nothing that was pressed is lost.
        mine, ours = log_of(drill)
        assert (mine.by, mine.at, mine.struck_at, mine.struck_by) == (bo, NOW - ago(3), NOW, None)
        assert (ours.by, ours.struck_at) == (user, None)

    def test_struck_out_it_is_kept_and_free_again(self, user, drill):
        wrong = stamp(drill, user, "mitigated").entry
        strike(entry=wrong, by=user, now=NOW)
        right = stamp(drill, user, "mitigated", now=NOW + ago(60))

        assert right.told == ""
        assert standing_stamps(drill) == {"mitigated": NOW + ago(60)}
        assert log_of(drill)[0].struck_by == user

    def test_struck_out_it_may_stand_again_in_the_place_of_the_other(self, user, drill):
        wrong = stamp(drill, user, "mitigated").entry
        strike(entry=wrong, by=user, now=NOW)
        stamp(drill, user, "mitigated", now=NOW + ago(60))

        reinstate(entry=wrong, by=user, now=NOW + ago(70))

        assert standing_stamps(drill) == {"mitigated": NOW}
        assert [entry.struck_at for entry in log_of(drill)] == [None, NOW + ago(70)]

    def test_of_a_drill_that_is_over_stay_as_they_are(self, user, drill):
        entry = stamp(drill, user, "mitigated").entry
        struck = stamp(drill, user, "mitigated").entry
        finish_drill(drill=drill, outcome="passed", summary="", version=1, by=user, now=NOW)

        strike(entry=entry, by=user, now=NOW)
        reinstate(entry=struck, by=user, now=NOW)

        assert standing_stamps(drill) == {"mitigated": entry.at}

    def test_from_a_wrong_clock_are_neither_ahead_nor_long_before(self, user, drill):
        stamp(drill, user, "started", seconds_ago=600)
        stamp(drill, user, "noticed", seconds_ago=-50)
        stamp(drill, user, "understood", seconds_ago=86_400 * 20)

        found = standing_stamps(drill)
        assert found["noticed"] == NOW
        assert found["understood"] == NOW - ago(600) - timedelta(hours=1)

    def test_before_a_start_are_a_day_ago_at_most(self, user, drill):
        stamp(drill, user, "started", seconds_ago=86_400 * 20)

        assert standing_stamps(drill) == {"started": NOW - timedelta(hours=24)}

    def test_that_come_late_are_taken_if_they_were_in_time(self, user, drill):
        stamp(drill, user, "started", seconds_ago=900)
        stamp(drill, user, "recovered", seconds_ago=300)
        finish_drill(drill=drill, outcome="passed", summary="", version=1, by=user, now=NOW)

        late = stamp(drill, user, "noticed", seconds_ago=700)
        after = stamp(drill, user, "mitigated", seconds_ago=200)
        note = stamp(drill, user, "note", text="By the way.", seconds_ago=200)

        assert late.told == note.told == ""
        assert after.told == "The drill was over by then: this was not taken."
        assert set(standing_stamps(drill)) == {"started", "noticed", "recovered"}

    def test_from_before_somebody_said_how_it_went_count_and_it_lasted_until_then(
        self, user, drill
    ):
        stamp(drill, user, "started", seconds_ago=900)
        stamp(drill, user, "mitigated", seconds_ago=600)
        finish_drill(drill=drill, outcome="passed", summary="", version=1, by=user, now=NOW)
        finish_drill(
            drill=drill, outcome="failed", summary="", version=2, by=user, now=NOW + ago(90)
        )

        # It lay on a phone without a connection.
        doubled = stamp(drill, user, "mitigated", seconds_ago=500)
        after = stamp(drill, user, "understood", now=NOW + ago(60))
        late = stamp(drill, user, "recovered", seconds_ago=300)

        assert doubled.entry.struck_at == NOW
        assert (late.told, after.entry) == ("", None)
        assert standing_stamps(drill)["recovered"] == NOW - ago(300)
        kept = Drill.objects.get()
        assert (kept.ended_at, kept.version) == (NOW - ago(300), 3)
        assert kept.history.first().history_user == user

    def test_a_second_note_under_the_same_name_is_another_and_written_once(self, user, drill):
        """As a page without script sends it that somebody went back to."""
        key = uuid.uuid4()
        for text in ("One.", "Two.", "Two.", "One."):
            stamp(drill, user, "note", key=key, text=text)

        assert sorted(entry.text for entry in log_of(drill)) == ["One.", "Two."]

    def test_each_changes_what_a_page_has_seen(self, user, drill):
        seen = [seen_of(drill)]
        entry = stamp(drill, user, "noticed").entry
        seen.append(seen_of(drill))
        strike(entry=entry, by=user, now=NOW + ago(1))
        seen.append(seen_of(drill))
        reinstate(entry=entry, by=user, now=NOW + ago(2))
        assert seen_of(drill) == seen[1]  # all is as it was after the press
        finish_drill(drill=drill, outcome="passed", summary="", version=1, by=user, now=NOW)
        seen.append(seen_of(Drill.objects.get()))

        assert len(set(seen)) == 4


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    @pytest.fixture
    def crew(self):
        component = factory.make_component()
        people = [factory.make_user(team=component.team) for _ in range(MANY)]
        return factory.make_drill(component, outcome=""), people

    def test_of_many_who_press_the_same_one_stands_and_all_are_kept(self, crew):
        drill, people = crew

        brought = at_once(MANY, lambda n: stamp(drill, people[n], "noticed"))

        assert [each.told for each in brought].count("") == 1
        stands = DrillEntry.objects.get(struck_at=None)
        assert {each.stands for each in brought} == {None, stands}
        assert DrillEntry.objects.count() == MANY

    def test_the_same_press_sent_by_many_tabs_is_written_once(self, crew):
        drill, people = crew
        key = uuid.uuid4()

        brought = at_once(MANY, lambda n: stamp(drill, people[0], "noticed", key=key))

        assert {each.entry for each in brought} == {DrillEntry.objects.get()}
        assert {each.told for each in brought} == {""}

    def test_struck_out_and_pressed_there_is_never_more_than_one(self, crew):
        drill, people = crew
        first = stamp(drill, people[0], "noticed").entry

        def act(n):
            if n % 2:
                strike(entry=first, by=people[n], now=NOW)
            else:
                stamp(drill, people[n], "noticed")

        at_once(MANY, act)

        assert DrillEntry.objects.filter(struck_at=None).count() <= 1
        assert DrillEntry.objects.count() == 1 + MANY // 2

    def test_finished_by_many_is_finished_once(self, crew):
        drill, people = crew

        def act(n):
            try:
                finish_drill(
                    drill=drill, outcome="passed", summary=f"Says {n}.", version=1,
                    by=people[n], now=NOW,
                )  # fmt: skip
            except EditConflict as lost:
                return lost.current.summary
            return ""

        brought = at_once(MANY, act)

        assert brought.count("") == 1
        assert set(brought) - {""} == {Drill.objects.get().summary}

    def test_a_finding_is_posted_once_by_many(self, crew):
        drill, people = crew
        requirement = drill.component.requirements.first()
        finding = add_finding(
            drill=drill, text="Too slow.", requirement=requirement, by=people[0], now=NOW
        )

        brought = at_once(MANY, lambda n: comment_finding(finding=finding, by=people[n], now=NOW))

        assert brought.count(True) == 1
        assert Comment.objects.get().text == "Too slow."
