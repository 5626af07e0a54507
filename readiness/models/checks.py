"""What AWS said: runs, answers, and the latest word on each check of a component."""

from django.db import models
from django.db.models import Q

from readiness.models.components import Component
from readiness.models.jobs import ACTIVE, Job
from readiness.models.teams import User


class RunTrigger(models.TextChoices):
    """Why AWS was looked at."""

    PERSON = "person", "By hand"
    SCHEDULE = "schedule", "By schedule"
    DEPLOY = "deploy", "After a deploy"
    COMMAND = "command", "By command"
    RECORDING = "recording", "From a recording"


class Recording(models.Model):
    """Answers of AWS that somebody took elsewhere and brought here, kept as they came."""

    component = models.ForeignKey(Component, on_delete=models.CASCADE, related_name="recordings")
    filename = models.CharField(max_length=200)
    # The file as it came, and its SHA-256.
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    recorded_at = models.DateTimeField()
    uploaded_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    uploaded_at = models.DateTimeField()

    class Meta:
        ordering = ["-uploaded_at"]
        constraints = [
            models.UniqueConstraint(fields=["component", "sha256"], name="recording_once"),
        ]


class CheckRun(Job):
    component = models.ForeignKey(Component, on_delete=models.PROTECT, related_name="check_runs")
    # The component's when the run was asked for.
    parameters = models.JSONField(default=dict)
    reads_made = models.PositiveIntegerField(default=0)
    trigger = models.CharField(max_length=10, choices=RunTrigger, default=RunTrigger.PERSON)
    # Judged from these answers instead of asking AWS.
    recording = models.ForeignKey(
        Recording, on_delete=models.PROTECT, null=True, blank=True, related_name="runs"
    )
    # Shared by the runs that were made together, on one snapshot; empty for a run alone.
    together = models.CharField(max_length=32, blank=True, db_index=True)

    class Meta:
        ordering = ["-requested_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["component"], condition=ACTIVE, name="check_run_one_active_per_component"
            ),
        ]
        indexes = [
            models.Index(fields=["component", "-requested_at"], name="check_run_newest"),
        ]

    @property
    def group(self) -> Q:
        return Q(together=self.together) if self.together else super().group


class CheckResult(models.Model):
    run = models.ForeignKey(CheckRun, on_delete=models.CASCADE, related_name="results")
    check_id = models.CharField(max_length=80)
    check_version = models.PositiveSmallIntegerField()
    # Of the parameters it was asked with: an answer about others is about another thing.
    params_digest = models.CharField(max_length=64)
    status = models.CharField(max_length=20)
    reason = models.TextField()
    observed = models.JSONField(default=dict)
    # Each {service, operation, region, milliseconds, attempts, error_code, shared}.
    reads = models.JSONField(default=list)
    checked_at = models.DateTimeField()
    duration_ms = models.PositiveIntegerField()

    class Meta:
        ordering = ["run", "check_id"]
        constraints = [
            models.UniqueConstraint(fields=["run", "check_id"], name="check_result_once_per_run"),
        ]


class CheckState(models.Model):
    """The latest word on one check of one component."""

    component = models.ForeignKey(Component, on_delete=models.CASCADE, related_name="check_states")
    check_id = models.CharField(max_length=80)
    latest = models.ForeignKey(CheckResult, on_delete=models.CASCADE, related_name="+")
    # The newest pass or fail: what moves a requirement while `latest` could not look.
    known = models.ForeignKey(
        CheckResult, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    # Since when `known` says what it says.
    known_since = models.DateTimeField(null=True, blank=True)
    # Since when nobody could look; None while `latest` is an answer.
    unknown_since = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["component", "check_id"], name="check_state_once_per_check"
            ),
        ]


class VerdictChange(models.Model):
    """A check of a component said something else than before: its history, one row per change."""

    component = models.ForeignKey(
        Component, on_delete=models.CASCADE, related_name="verdict_changes"
    )
    check_id = models.CharField(max_length=80)
    at = models.DateTimeField()
    # Results that a change names are never cleared away: they hold the facts on both sides.
    before = models.ForeignKey(
        CheckResult, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    after = models.OneToOneField(CheckResult, on_delete=models.PROTECT, related_name="change")
    # Criteria whose requirement fell from verified to contradicted by it.
    contradicts = models.JSONField(default=list, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["component", "check_id", "-at"], name="verdict_change_newest"),
        ]


class Every(models.TextChoices):
    OFF = "off", "Never by itself"
    HOURLY = "hourly", "Every hour"
    DAILY = "daily", "Every day"
    WEEKLY = "weekly", "Every week"
    CRON = "cron", "By a cron line"


class CheckSchedule(models.Model):
    """When a component's checks run by themselves. Times are in the installation's time zone."""

    component = models.OneToOneField(Component, on_delete=models.CASCADE, related_name="schedule")
    every = models.CharField(max_length=10, choices=Every, default=Every.OFF)
    cron = models.CharField(max_length=100, blank=True)
    next_at = models.DateTimeField(null=True, blank=True, db_index=True)
    last_at = models.DateTimeField(null=True, blank=True)
    changed_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    changed_at = models.DateTimeField()
