"""AWS accounts, who may look through them, and tokens for what has no person behind it."""

from __future__ import annotations

import hashlib

from django.db import models
from django.db.models import Q

from readiness.models.components import Component
from readiness.models.jobs import ACTIVE, Job
from readiness.models.teams import Team, User


class AccountWay(models.TextChoices):
    """How we get into an account. A key of it is never stored."""

    DEFAULT = "default", "Credentials of this installation"
    PROFILE = "profile", "Named profile of this installation"
    ROLE = "role", "Role that this installation assumes"


class AwsAccount(models.Model):
    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=100, unique=True)
    # Its admins look after it; other teams use it by a grant.
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="aws_accounts")
    way = models.CharField(max_length=10, choices=AccountWay)
    profile = models.CharField(max_length=100, blank=True)
    role_arn = models.CharField(max_length=2048, blank=True)
    partition = models.CharField(max_length=20, default="aws")
    # Twelve digits; empty until a test of the connection has seen them.
    account_id = models.CharField(max_length=12, blank=True)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class AccountGrant(models.Model):
    """A team that may look through an account."""

    account = models.ForeignKey(AwsAccount, on_delete=models.CASCADE, related_name="grants")
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="account_grants")
    # Ours to make and AWS's to compare: nobody can have us look through a role for somebody else.
    external_id = models.CharField(max_length=64, unique=True)
    granted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    granted_at = models.DateTimeField()
    # When the external id was shown, which happens once.
    shown_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["team__name"]
        constraints = [
            models.UniqueConstraint(fields=["account", "team"], name="grant_once_per_team"),
        ]


class AccountTest(Job):
    """Looks what a team can read through an account: each team gets in by its own external id."""

    grant = models.ForeignKey(AccountGrant, on_delete=models.CASCADE, related_name="tests")
    # As readiness.aws.connection_test.Report says it; empty until the test has finished.
    report = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["-requested_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["grant"], condition=ACTIVE, name="account_test_one_active_per_grant"
            ),
        ]


class ComponentAccount(models.Model):
    """Which account the checks of a component ask: one for all, and others for single services."""

    component = models.ForeignKey(Component, on_delete=models.CASCADE, related_name="accounts")
    account = models.ForeignKey(AwsAccount, on_delete=models.PROTECT, related_name="components")
    # As boto3 calls the service; empty for every service that no other row names.
    service = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering = ["service"]
        constraints = [
            models.UniqueConstraint(
                fields=["component", "service"], name="component_account_once_per_service"
            ),
        ]


class ApiToken(models.Model):
    """Lets a machine ask for what its team may ask for. Shown once, kept as a digest."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=100)
    # The beginning, by which people tell one from another.
    prefix = models.CharField(max_length=12)
    digest = models.CharField(max_length=64, unique=True)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["team", "name"],
                condition=Q(revoked_at__isnull=True),
                name="api_token_once_per_name",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @staticmethod
    def digest_of(text: str) -> str:
        """Return what is kept of a token. It is long and random: a plain SHA-256 is enough."""
        return hashlib.sha256(text.encode()).hexdigest()
