"""Criteria that teams propose for the catalog."""

from __future__ import annotations

from django.db import models

from readiness.models.catalog import Catalog, Criterion, Topic
from readiness.models.components import Component
from readiness.models.teams import User
from readiness.models.triggers import Incident


class CriterionProposal(models.Model):
    """A criterion that the catalog may take up; whoever runs the installation answers."""

    catalog = models.ForeignKey(Catalog, on_delete=models.PROTECT, related_name="proposals")
    topic = models.ForeignKey(
        Topic, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    title = models.CharField(max_length=160)
    question = models.CharField(max_length=160)
    why = models.TextField()
    evidence = models.TextField(blank=True)
    weight = models.PositiveSmallIntegerField(default=3)
    # What it came out of: a component's own criterion, an incident, or neither.
    component = models.ForeignKey(Component, on_delete=models.PROTECT, related_name="proposals")
    criterion = models.ForeignKey(
        Criterion, on_delete=models.PROTECT, null=True, blank=True, related_name="proposals"
    )
    incident = models.ForeignKey(
        Incident, on_delete=models.PROTECT, null=True, blank=True, related_name="proposals"
    )
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    # None: it waits. What was answered, by whom, why.
    taken_up = models.BooleanField(null=True, blank=True)
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return self.title
