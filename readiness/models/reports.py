"""Reports as files, each rendered once per content."""

from django.db import models
from django.db.models import F, Value
from django.db.models.functions import Coalesce

from readiness.models.components import Component
from readiness.models.jobs import ACTIVE, Job
from readiness.models.milestones import Milestone


class ReportFile(models.Model):
    """A rendered report. In the database, so that every worker and every web server sees it."""

    component = models.ForeignKey(Component, on_delete=models.CASCADE, related_name="report_files")
    # Of the content and of what rendered it: the same content is never rendered twice.
    key = models.CharField(max_length=64, unique=True)
    # A slug of reports/formats.py.
    format = models.CharField(max_length=10, default="pdf")
    filename = models.CharField(max_length=200)
    content = models.BinaryField()
    created_at = models.DateTimeField()


class ReportJob(Job):
    component = models.ForeignKey(Component, on_delete=models.CASCADE, related_name="report_jobs")
    # A slug of reports/formats.py.
    format = models.CharField(max_length=10, default="pdf")
    # The edition of it, as in reports/formats.py.
    variant = models.CharField(max_length=120, default="full")
    paper = models.CharField(max_length=10, default="a4")
    archival = models.BooleanField(default=False)
    public = models.BooleanField(default=False)
    # What changed since this one is a section of it.
    since = models.ForeignKey(
        Milestone, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    # Whose frozen report it is; None for the report of today.
    milestone = models.ForeignKey(
        Milestone, on_delete=models.CASCADE, null=True, blank=True, related_name="report_jobs"
    )
    file = models.ForeignKey(
        ReportFile, on_delete=models.SET_NULL, null=True, blank=True, related_name="jobs"
    )

    class Meta:
        ordering = ["-requested_at"]
        constraints = [
            models.UniqueConstraint(
                "component",
                "format",
                "variant",
                "paper",
                "archival",
                "public",
                # Unequal, as databases see it, is what is not there to what is not there.
                Coalesce(F("milestone"), Value(0, models.BigIntegerField())),
                Coalesce(F("since"), Value(0, models.BigIntegerField())),
                condition=ACTIVE,
                name="report_job_one_active",
            )
        ]
