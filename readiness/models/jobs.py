"""What a piece of long work is, whoever does it: the row is the truth, the queue only a nudge."""

from django.db import models
from django.db.models import Q

from readiness.models.teams import User


class JobState(models.TextChoices):
    REQUESTED = "requested", "Waiting"
    RUNNING = "running", "Running"
    FINISHED = "finished", "Finished"
    FAILED = "failed", "Failed"
    CANCELLED = "cancelled", "Cancelled"


ACTIVE_STATES = (JobState.REQUESTED, JobState.RUNNING)
ACTIVE = Q(state__in=[state.value for state in ACTIVE_STATES])


class Job(models.Model):
    """Written by readiness/jobs.py only."""

    state = models.CharField(max_length=10, choices=JobState, default=JobState.REQUESTED)
    requested_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    requested_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    # When the queue was last told of it.
    nudged_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    # Who works on it; a worker whose claim is no longer here lost it and must not write.
    claim = models.CharField(max_length=32, blank=True)
    attempt = models.PositiveSmallIntegerField(default=0)
    cancel_requested = models.BooleanField(default=False)
    progress = models.JSONField(default=dict, blank=True)
    # One sentence: why it failed, or by whom it was cancelled.
    message = models.TextField(blank=True)

    class Meta:
        abstract = True

    @property
    def group(self) -> Q:
        """Which rows a worker takes up together with this one, itself among them."""
        return Q(pk=self.pk)

    @property
    def is_active(self) -> bool:
        return self.state in ACTIVE_STATES
