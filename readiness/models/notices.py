"""What people and other programs were told, so that nobody is told twice."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.db import models
from django.db.models import Q

from readiness.models.components import Component, Requirement
from readiness.models.teams import Team, User


class Kind(models.TextChoices):
    """Why somebody is told, the most serious first."""

    CONTRADICTED = "contradicted", "Contradicted"
    LAPSED = "lapsed", "Lapsed"
    OVERTAKEN = "overtaken", "Overtaken"
    OVERDUE = "overdue", "Overdue"
    ARRIVED = "arrived", "Arrived"
    PROPOSED = "proposed", "Waits for an approval"
    DUE_SOON = "due_soon", "Due soon"
    MENTIONED = "mentioned", "Mentioned"
    CONDITION = "condition", "Condition of a go"
    ROUND_OPENED = "round_opened", "Asked how confident"
    ROUND_CLOSED = "round_closed", "Confidence round closed"
    DRILL_SOON = "drill_soon", "Drill tomorrow"
    DRILL_STALE = "drill_stale", "Drill went stale"


# These hold as long as their source names them; the others have happened and stay so.
STANDING_KINDS = tuple(kind for kind in Kind if kind not in (Kind.MENTIONED, Kind.ROUND_CLOSED))


class How(models.TextChoices):
    """When a person gets mail."""

    IMMEDIATE = "immediate", "At once"
    DAILY = "daily", "Once a day"
    WEEKLY = "weekly", "Once a week"
    OFF = "off", "Never"


class NoticeSetting(models.Model):
    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="notice_setting")
    how = models.CharField(max_length=10, choices=How, default=How.DAILY)
    # When the next digest is due; None where there is none.
    next_at = models.DateTimeField(null=True, blank=True, db_index=True)


class Outgoing(models.Model):
    """Something that leaves the house. Written by readiness/notices/outgoing.py only."""

    created_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    # When it is tried next, or when whoever tries it now is given up; None when it ended.
    next_at = models.DateTimeField(null=True, blank=True, db_index=True)
    attempted_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    # One sentence: why the last attempt failed.
    error = models.TextField(blank=True)

    class Meta:
        abstract = True


class Mail(Outgoing):
    """One mail to one person; what it says are its notices, as they stand when it is sent."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="mails")
    # The same at each attempt, so that a mail server can tell a second copy.
    message_id = models.CharField(max_length=64, unique=True)


class Channel(models.TextChoices):
    """How a notice reached its person, or why it did not."""

    WAITING = "", "Waits"
    MAIL = "mail", "By mail"
    OFF = "off", "Not mailed"
    SETTLED = "settled", "Came to nothing before it was sent"


class Notice(models.Model):
    """A cause that concerns a person: one row for ever, so that it is told once."""

    # Of the cause: readiness.notices.causes.Cause.key.
    key = models.CharField(max_length=400)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=20, choices=Kind)
    component = models.ForeignKey(Component, on_delete=models.CASCADE, related_name="notices")
    requirement = models.ForeignKey(
        Requirement, on_delete=models.CASCADE, null=True, blank=True, related_name="notices"
    )
    at = models.DateTimeField()
    text = models.TextField()
    path = models.CharField(max_length=300)
    created_at = models.DateTimeField()
    mail = models.ForeignKey(
        Mail, on_delete=models.RESTRICT, null=True, blank=True, related_name="notices"
    )
    channel = models.CharField(max_length=10, choices=Channel, blank=True, default=Channel.WAITING)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["key", "user"], name="notice_once_per_cause"),
        ]
        indexes = [
            models.Index(fields=["user"], condition=Q(channel=""), name="notice_waiting"),
            models.Index(fields=["user", "-created_at"], name="notice_newest"),
        ]


class WebhookKind(models.TextChoices):
    GENERIC = "generic", "Signed JSON (Standard Webhooks)"
    SLACK = "slack", "Slack, or what takes the same"


class Webhook(models.Model):
    """An address of another program that is told what concerns a team."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="webhooks")
    name = models.CharField(max_length=100)
    url = models.URLField(max_length=500)
    kind = models.CharField(max_length=10, choices=WebhookKind, default=WebhookKind.GENERIC)
    # Of a generic one; kept readable because each event is signed with it.
    secret = models.CharField(max_length=100, blank=True)
    # Values of Kind.
    causes = models.JSONField(default=list)
    active = models.BooleanField(default=True)
    # An administrator of the installation said that it may lead into our own network.
    allow_private = models.BooleanField(default=False)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    # Attempts in a row that failed, and since when: too long and it is disabled, until somebody
    # resumes it.
    failures = models.PositiveIntegerField(default=0)
    failing_since = models.DateTimeField(null=True, blank=True)
    disabled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["team", "name"], name="webhook_name_once"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def host(self) -> str:
        """Where it leads, as far as anybody may see: the rest of an address may be a secret."""
        return urlsplit(self.url).netloc

    @property
    def cause_words(self) -> list[str]:
        return [kind.label for kind in Kind if kind in self.causes]


class Delivery(Outgoing):
    """One event to one webhook, and how its last attempt went."""

    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries")
    # Of the cause, or of a test.
    key = models.CharField(max_length=400)
    event = models.CharField(max_length=40)
    # What it is about, for people.
    about = models.CharField(max_length=200, blank=True)
    # The same at each attempt: receivers tell by it what they have had.
    message_id = models.CharField(max_length=64, unique=True)
    # The very bytes that are signed and sent.
    body = models.TextField()
    status_code = models.PositiveSmallIntegerField(null=True, blank=True)
    duration_ms = models.PositiveIntegerField(null=True, blank=True)
    # The beginning of what the other side answered.
    answer = models.TextField(blank=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["webhook", "key"], name="delivery_once_per_cause"),
        ]

    @property
    def state(self) -> str:
        if self.sent_at:
            return "delivered"
        return "given up" if self.next_at is None else "waiting"


class CalendarFeed(models.Model):
    """The secret address under which a person's calendar fetches due dates."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="calendar_feed")
    # SHA-256 of the secret, which is shown once.
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
