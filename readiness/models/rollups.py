"""What each component came to, day by day: small rows that are kept for good."""

from __future__ import annotations

from django.db import models

from readiness.models.components import Component
from readiness.models.teams import Team


class DailyRollup(models.Model):
    """Where a component stood on a day, as of the last look at it that day."""

    component = models.ForeignKey(Component, on_delete=models.PROTECT, related_name="rollups")
    day = models.DateField()
    # Number and weight by standing, as a milestone has them; standings of none are left out.
    counts = models.JSONField()
    # Of the error budget, over the component's window that ended then.
    minutes_lost = models.DecimalField(max_digits=11, decimal_places=2)

    class Meta:
        ordering = ["day"]
        constraints = [
            models.UniqueConstraint(fields=["component", "day"], name="rollup_once_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.component_id} on {self.day}"


class WeeklyRollup(models.Model):
    """What the components of a team came to in a week, as of its last look: a page over the whole
    organisation reads these instead of a day of each component."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="rollups")
    # The Monday it begins on.
    week = models.DateField()
    components = models.PositiveIntegerField()
    counts = models.JSONField()

    class Meta:
        ordering = ["week"]
        constraints = [
            models.UniqueConstraint(fields=["team", "week"], name="rollup_once_a_week"),
        ]

    def __str__(self) -> str:
        return f"{self.team_id} in the week of {self.week}"
