"""Gap reports that were frozen, and what approvers said of them. Written once, as the ledger is."""

from __future__ import annotations

from django.db import models

from readiness.models.components import Component
from readiness.models.teams import User


class Milestone(models.Model):
    component = models.ForeignKey(Component, on_delete=models.PROTECT, related_name="milestones")
    name = models.CharField(max_length=100)
    # The whole report, as milestones/frozen.py writes it.
    frozen = models.TextField()
    # As the report's own files print it.
    report_digest = models.CharField(max_length=64)
    # Of the report: number and weight by standing, so that lists need not read it.
    counts = models.JSONField()
    catalog_revision = models.PositiveIntegerField()
    # Of Readiness, when it was frozen.
    version = models.CharField(max_length=40)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    # Over all of the above.
    digest = models.CharField(max_length=64)

    class Meta:
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["component", "name"], name="milestone_name_once"),
        ]

    def __str__(self) -> str:
        return self.name


class VerdictKind(models.TextChoices):
    GO = "go", "Go"
    CONDITIONS = "conditions", "Go with conditions"
    NO_GO = "no_go", "No-go"


class MilestoneVerdict(models.Model):
    """What an approver said of a milestone; number 2 is another approver's signature below it."""

    milestone = models.ForeignKey(Milestone, on_delete=models.PROTECT, related_name="verdicts")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10, choices=VerdictKind)
    reason = models.TextField(blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    # Over the fields above, the conditions, the milestone's digest and that of the verdict before.
    digest = models.CharField(max_length=64)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["milestone", "number"], name="verdict_number_once"),
            models.UniqueConstraint(fields=["milestone", "by"], name="verdict_once_per_approver"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} by {self.by.name}"


class MilestoneCondition(models.Model):
    """What must be done for a go to hold."""

    verdict = models.ForeignKey(
        MilestoneVerdict, on_delete=models.PROTECT, related_name="conditions"
    )
    text = models.TextField()
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    due_date = models.DateField()

    class Meta:
        ordering = ["due_date", "pk"]

    def __str__(self) -> str:
        return self.text


class ConditionClosing(models.Model):
    condition = models.OneToOneField(
        MilestoneCondition, on_delete=models.PROTECT, related_name="closing"
    )
    evidence = models.TextField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    # Over the fields above, the condition and the verdict's digest.
    digest = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"Closed by {self.by.name}"
