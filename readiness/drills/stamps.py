"""Stamps and notes of a drill that runs. A browser names each and sends it until it is confirmed:
whatever comes twice is written once, and nothing that was pressed is lost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from django.db import transaction

from readiness.drills.rules import moment_of
from readiness.models import Drill, DrillEntry, EntryKind, User

# A clock may run on while a phone sleeps, but nothing was pressed so long before the start ...
BEFORE_START = timedelta(hours=1)
# ... nor, without one, so long ago.
LONGEST = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Pressed:
    """What came of a stamp or note. `entry` is None where the drill was over by then."""

    entry: DrillEntry | None
    # The stamp of somebody else that stands instead: it was there first.
    stands: DrillEntry | None = None

    @property
    def told(self) -> str:
        """What whoever pressed it has to know; empty where it stands as it was pressed."""
        if self.entry is None:
            return "The drill was over by then: this was not taken."
        if self.stands is None:
            return ""
        return (
            f"{self.stands.by.name} had stamped “{self.stands.get_kind_display()}” already, and "
            "that stands. Yours is kept in the log, struck out."
        )


@transaction.atomic
def press(
    *, drill: Drill, key: UUID, kind: str, text: str, age: timedelta, by: User, now: datetime
) -> Pressed:
    """Write a stamp or a note that was made `age` ago; `key` is the browser's name for it.

    The same key again changes nothing and answers as the first time. Of two people who press the
    same stamp the one who reaches us first stands; the other's is kept struck out. A stamp of
    after the end is not taken; a note always is. One from before somebody said how it went counts,
    and the drill lasted until then.
    """
    # Everybody who stamps this drill waits here, so that there is a first and a second.
    drill = Drill.objects.select_for_update(no_key=True).get(pk=drill.pk)
    known = drill.entries.select_related("by").filter(key=key).first()
    if known and known.text != text:
        # Without script somebody went back and wrote another note into the same form.
        key = uuid5(key, text)
        known = drill.entries.select_related("by").filter(key=key).first()
    standing = drill.entries.select_related("by").filter(kind=kind, struck_at=None).first()
    if kind == EntryKind.NOTE:
        standing = None
    if known:
        lost = known.struck_at is not None and known.struck_by_id is None
        return Pressed(known, standing if lost else None)
    started = drill.entries.filter(kind=EntryKind.STARTED, struck_at=None).first()
    earliest = started.at - BEFORE_START if started else now - LONGEST
    at = moment_of(age, received_at=now, earliest=earliest)
    if drill.ended_at and at > drill.ended_at and kind != EntryKind.NOTE:
        if at > _over_at(drill, drill.ended_at):
            return Pressed(None)
        if standing is None:
            drill.ended_at = at
            drill._history_user = by  # type: ignore[attr-defined] # where simple_history looks
            drill.save(update_fields=["ended_at"])
    entry = DrillEntry.objects.create(
        drill=drill,
        key=key,
        kind=EntryKind(kind),
        text=text,
        at=at,
        by=by,
        received_at=now,
        struck_at=now if standing else None,
    )
    return Pressed(entry, standing)


def _over_at(drill: Drill, ended_at: datetime) -> datetime:
    """Return until when a stamp counts: until it recovered; else nobody knew that it was over
    before somebody said how it went, wherever its last stamp was."""
    if drill.entries.filter(kind=EntryKind.RECOVERED, struck_at=None).exists():
        return ended_at
    said = drill.history.exclude(outcome="").order_by("history_date")
    return said.values_list("history_date", flat=True).first() or ended_at


@transaction.atomic
def strike(*, entry: DrillEntry, by: User, now: datetime) -> None:
    """Strike out a stamp or note that was a mistake; it is kept, and the stamp is free again.

    One that was struck out already stays as it was, and so does one of a drill that is over.
    """
    if Drill.objects.select_for_update(no_key=True).get(pk=entry.drill_id).outcome:
        return
    DrillEntry.objects.filter(pk=entry.pk, struck_at=None).update(struck_at=now, struck_by=by)


@transaction.atomic
def reinstate(*, entry: DrillEntry, by: User, now: datetime) -> None:
    """Let stand what was struck out, in the place of the stamp that stands, while it runs."""
    if Drill.objects.select_for_update(no_key=True).get(pk=entry.drill_id).outcome:
        return
    rows = DrillEntry.objects.filter(drill=entry.drill_id)
    if entry.kind != EntryKind.NOTE:
        standing = rows.filter(kind=entry.kind, struck_at=None).exclude(pk=entry.pk)
        standing.update(struck_at=now, struck_by=by)
    rows.filter(pk=entry.pk).update(struck_at=None, struck_by=None)
