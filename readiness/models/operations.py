"""What people practise, and what they open in an incident."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from readiness.models.catalog import Criterion
from readiness.models.comments import Comment
from readiness.models.components import Component, Requirement
from readiness.models.teams import User


class DrillScenario(models.Model):
    """An operation worth practising: from the library, or a component's own."""

    slug = models.SlugField(max_length=60, unique=True)
    # None: of the library, for everybody.
    component = models.ForeignKey(
        Component, on_delete=models.PROTECT, null=True, blank=True, related_name="own_scenarios"
    )
    title = models.CharField(max_length=160)
    # In a word or two, for the matrix of people and operations, such as "roll back".
    operation = models.CharField(max_length=40)
    purpose = models.TextField()
    # Markdown: what is done, step by step, and how one knows that it went well.
    steps = models.TextField()
    success = models.TextField(blank=True)
    # A drill of it proves something for this long.
    term_days = models.PositiveSmallIntegerField(default=180)
    criteria = models.ManyToManyField(Criterion, related_name="drill_scenarios", blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["title"]

    def __str__(self) -> str:
        return self.title


class DrillOutcome(models.TextChoices):
    PASSED = "passed", "Passed"
    FAILED = "failed", "Failed"
    ABANDONED = "abandoned", "Abandoned"


class Drill(models.Model):
    """A rehearsal: planned, run or just recorded afterwards."""

    component = models.ForeignKey(Component, on_delete=models.PROTECT, related_name="drills")
    scenario = models.ForeignKey(DrillScenario, on_delete=models.PROTECT, related_name="drills")
    planned_for = models.DateTimeField()
    goal = models.TextField(blank=True)
    # What it proves when it passes; those of its scenario, unless somebody chose others.
    criteria = models.ManyToManyField(Criterion, related_name="drills", blank=True)
    people = models.ManyToManyField(User, through="DrillPerson", related_name="drills")
    outcome = models.CharField(max_length=10, choices=DrillOutcome, blank=True)
    summary = models.TextField(blank=True)
    # The day it proves something from: when it ended, not when it was written down.
    ended_at = models.DateTimeField(null=True, blank=True)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1, editable=False)

    history = HistoricalRecords(excluded_fields=["version"], m2m_fields=["criteria"])

    class Meta:
        ordering = ["-planned_for", "-pk"]
        indexes = [models.Index(fields=["component", "scenario", "ended_at"], name="drill_latest")]

    def __str__(self) -> str:
        return str(self.scenario)


class DrillPerson(models.Model):
    drill = models.ForeignKey(Drill, on_delete=models.CASCADE, related_name="parts")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="drill_parts")
    # Such as "at the keyboard", "watching", "breaks it".
    part = models.CharField(max_length=60, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["drill", "user"], name="drill_person_once"),
        ]

    def __str__(self) -> str:
        return self.user.name


class EntryKind(models.TextChoices):
    STARTED = "started", "Started"
    NOTICED = "noticed", "Noticed"
    UNDERSTOOD = "understood", "Understood"
    MITIGATED = "mitigated", "Mitigated"
    RECOVERED = "recovered", "Recovered"
    NOTE = "note", "Note"


class DrillEntry(models.Model):
    """A stamp or a note of a drill that runs. The browser names it, so that sending it twice
    writes it once."""

    drill = models.ForeignKey(Drill, on_delete=models.PROTECT, related_name="entries")
    key = models.UUIDField()
    kind = models.CharField(max_length=10, choices=EntryKind)
    text = models.TextField(blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    # When the server learned of it; later than `at` where the connection was cut.
    received_at = models.DateTimeField()
    # A stamp that was pressed by mistake stays, struck out.
    struck_at = models.DateTimeField(null=True, blank=True)
    struck_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["drill", "key"], name="drill_entry_once"),
            models.UniqueConstraint(
                fields=["drill", "kind"],
                condition=~Q(kind="note") & Q(struck_at__isnull=True),
                name="drill_stamp_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} at {self.at:%H:%M:%S}"


class DrillFinding(models.Model):
    """What a drill taught. Answered by a decision on its requirement, a comment or a ticket."""

    drill = models.ForeignKey(Drill, on_delete=models.PROTECT, related_name="findings")
    text = models.TextField()
    requirement = models.ForeignKey(
        Requirement, on_delete=models.PROTECT, null=True, blank=True, related_name="drill_findings"
    )
    ticket_url = models.URLField(max_length=500, blank=True)
    # The comment on the requirement that says it, once somebody has posted it there.
    comment = models.ForeignKey(
        Comment, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return self.text


class SheetVersion(models.Model):
    """An operations sheet as it was saved once; a new version never changes an old one."""

    component = models.ForeignKey(
        Component, on_delete=models.PROTECT, related_name="sheet_versions"
    )
    number = models.PositiveIntegerField()
    # As readiness.operations.sheet.Sheet writes it.
    content = models.JSONField()
    # Why it was changed, in a line.
    note = models.CharField(max_length=200, blank=True)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["component", "number"], name="sheet_number_once"),
        ]

    def __str__(self) -> str:
        return f"Version {self.number}"
