"""When checks run by themselves."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import islice, pairwise

from cronsim import CronSim, CronSimError
from django.utils import timezone

from readiness.aws.runner import request_together
from readiness.models import CheckSchedule, Every, RunTrigger

# At one minute for all, so that components which run together share what they read.
CRON_LINES = {Every.HOURLY: "7 * * * *", Every.DAILY: "7 5 * * *", Every.WEEKLY: "7 5 * * 1"}
LEAST_PAUSE = timedelta(minutes=5)
# How many times of a cron line are looked at for its shortest pause.
LOOKED_AT = 300


class CronRefused(ValueError):
    """A cron line that cannot be kept; the message is a sentence for whoever typed it."""


def cron_line(every: Every, own: str = "") -> str:
    """Return the line that stands for a choice; `own` is the one of Every.CRON."""
    return own if every == Every.CRON else CRON_LINES.get(every, "")


def next_time(line: str, after: datetime) -> datetime | None:
    """Return when a cron line comes next, in the installation's time zone; None for no line.

    Raises CronRefused when it is no cron line of five fields.
    """
    return next(_times(line, after), None) if line else None


def refuse_too_often(line: str, after: datetime) -> None:
    """Raise CronRefused for a line that comes again within less than five minutes."""
    times = islice(_times(line, after), LOOKED_AT)
    if any(later - earlier < LEAST_PAUSE for earlier, later in pairwise(times)):
        raise CronRefused("AWS is asked every five minutes at most.")


def _times(line: str, after: datetime) -> CronSim:
    if len(line.split()) != 5:
        raise CronRefused("Five fields are needed: minute, hour, day, month, weekday.")
    try:
        return CronSim(line, timezone.localtime(after))
    except CronSimError as error:
        raise CronRefused(f"This is no cron line: {str(error).lower()}.") from error


def run_due() -> None:
    """Ask for the runs whose time has come; a schedule calls it each minute.

    However many times were missed, a component runs once.
    """
    now = timezone.now()
    due = CheckSchedule.objects.select_related("component__team").filter(
        next_at__lte=now, component__archived_at__isnull=True
    )
    mine = [schedule.component for schedule in due if _moved_on(schedule, now)]
    request_together(components=mine, now=now, trigger=RunTrigger.SCHEDULE)


def _moved_on(schedule: CheckSchedule, now: datetime) -> bool:
    """Set the next time. False when another worker was faster: the run is theirs to ask for."""
    following = next_time(cron_line(Every(schedule.every), schedule.cron), now)
    rows = CheckSchedule.objects.filter(pk=schedule.pk, next_at=schedule.next_at)
    return bool(rows.update(next_at=following, last_at=now))
