"""What proves a requirement: links, and files kept whole."""

from django.db import models
from django.db.models import Q

from readiness.models.components import Requirement
from readiness.models.teams import User


class EvidenceKind(models.TextChoices):
    LINK = "link", "Link"
    FILE = "file", "File"


class Evidence(models.Model):
    """A link, or a file in its versions. Nothing is deleted: what is withdrawn is only hidden."""

    requirement = models.ForeignKey(Requirement, on_delete=models.PROTECT, related_name="evidence")
    kind = models.CharField(max_length=10, choices=EvidenceKind)
    title = models.CharField(max_length=200)
    # Of a link; empty for a file.
    url = models.URLField(max_length=500, blank=True)
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    withdrawn_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_because = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["added_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind=EvidenceKind.FILE, url="")
                | (Q(kind=EvidenceKind.LINK) & ~Q(url="")),
                name="evidence_link_has_url",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class EvidenceFile(models.Model):
    """One version of a file. In the database, so that a backup of that is a backup of all; the
    database itself refuses to change or delete it."""

    evidence = models.ForeignKey(Evidence, on_delete=models.PROTECT, related_name="files")
    # 1 for the first of its evidence.
    version = models.PositiveIntegerField()
    filename = models.CharField(max_length=200)
    content = models.BinaryField()
    size = models.PositiveIntegerField()  # bytes
    sha256 = models.CharField(max_length=64)
    # As the content shows it, whatever the browser said.
    content_type = models.CharField(max_length=100)
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    class Meta:
        ordering = ["evidence", "-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["evidence", "version"], name="evidence_file_version_once"
            ),
            models.UniqueConstraint(
                fields=["evidence", "sha256"], name="evidence_file_content_once"
            ),
        ]
