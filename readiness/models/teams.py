"""Who works here, and what each may do."""

from django.contrib.auth.models import AbstractUser
from django.db import models


class Role(models.IntegerChoices):
    """What a member may do; each role includes those below it."""

    VIEWER = 1, "Viewer"
    EDITOR = 2, "Editor"
    APPROVER = 3, "Approver"
    ADMIN = 4, "Admin"


class User(AbstractUser):
    # When the first steps were left for later; they are not offered on the start page then.
    left_first_steps_at = models.DateTimeField(null=True, blank=True)

    @property
    def name(self) -> str:
        return self.get_full_name() or self.get_username()

    @property
    def initials(self) -> str:
        return "".join(word[0] for word in self.name.split()[:2]).upper()


class Team(models.Model):
    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=100, unique=True)
    members = models.ManyToManyField(User, through="Membership", related_name="teams")

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.PositiveSmallIntegerField(choices=Role, default=Role.VIEWER)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["team", "user"], name="membership_once_per_team"),
        ]

    def __str__(self) -> str:
        return f"{self.user.name}, {self.get_role_display()} of {self.team}"
