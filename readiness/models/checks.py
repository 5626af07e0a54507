"""What AWS said: runs, answers, and the latest word on each check of a component."""

from django.db import models

from readiness.models.components import Component
from readiness.models.jobs import ACTIVE, Job


class CheckRun(Job):
    component = models.ForeignKey(Component, on_delete=models.PROTECT, related_name="check_runs")
    # The component's when the run was asked for.
    parameters = models.JSONField(default=dict)
    reads_made = models.PositiveIntegerField(default=0)

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
