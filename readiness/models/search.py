"""What search looks into: a copy of the texts that people wrote, kept by triggers."""

from __future__ import annotations

from django.db import models

from readiness.models.components import Requirement
from readiness.models.operations import Drill
from readiness.models.teams import User


class SearchEntry(models.Model):
    """The words of one row of another table. The database writes it in the transaction that writes
    that row (readiness/search/index.py); nothing else does."""

    # Which of readiness.search.sources, and the row's key there.
    source = models.CharField(max_length=20)
    object_id = models.BigIntegerField()
    # 0: what everybody may read.
    component_id = models.BigIntegerField()
    # What it belongs to. The triggers see to it that this is there; nothing is looked up by it.
    requirement = models.ForeignKey(
        Requirement,
        on_delete=models.DO_NOTHING,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    drill = models.ForeignKey(
        Drill,
        on_delete=models.DO_NOTHING,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    by = models.ForeignKey(
        User,
        on_delete=models.DO_NOTHING,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    at = models.DateTimeField(null=True)
    title = models.TextField()
    text = models.TextField()

    class Meta:
        verbose_name_plural = "search entries"
        constraints = [
            models.UniqueConstraint(fields=["source", "object_id"], name="search_entry_once"),
        ]
