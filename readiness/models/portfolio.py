"""Files of the view over many components."""

from __future__ import annotations

from django.db import models

from readiness.models.jobs import ACTIVE, Job


class PortfolioExport(Job):
    """The table of the portfolio as a spreadsheet: what one person might read when it was made,
    for that person alone."""

    # What the table was filtered and sorted by, as its address says it.
    query = models.CharField(max_length=1000, blank=True)
    filename = models.CharField(max_length=100, blank=True)
    content = models.BinaryField(null=True, blank=True)

    class Meta:
        ordering = ["-requested_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["requested_by", "query"],
                condition=ACTIVE,
                name="portfolio_export_one_active",
            ),
        ]

    def __str__(self) -> str:
        return self.filename or f"Export {self.pk}"
