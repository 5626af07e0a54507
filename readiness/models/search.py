"""What search looks into: a copy of the texts that people wrote, kept by triggers."""

from __future__ import annotations

from django.db import models


class SearchEntry(models.Model):
    """The words of one row of another table. The database writes it in the transaction that writes
    that row (readiness/search/index.py); nothing else does."""

    # Which of readiness.search.sources, and the row's key there.
    source = models.CharField(max_length=20)
    object_id = models.BigIntegerField()
    # No foreign keys: the triggers see to them. 0: what everybody may read.
    component_id = models.BigIntegerField()
    # The requirement or the drill that it belongs to.
    parent_id = models.BigIntegerField(null=True)
    by_id = models.BigIntegerField(null=True)
    at = models.DateTimeField(null=True)
    title = models.TextField()
    text = models.TextField()

    class Meta:
        verbose_name_plural = "search entries"
        constraints = [
            models.UniqueConstraint(fields=["source", "object_id"], name="search_entry_once"),
        ]
