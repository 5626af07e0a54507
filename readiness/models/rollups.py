"""What each component came to, day by day: small rows that are kept for good."""

from __future__ import annotations

from django.db import models

from readiness.models.components import Component


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
