"""For whoever runs the installation: accounts and teams. Everything else has pages of its own."""

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin

from readiness.models import Membership, Team, User


class MembershipInline(admin.TabularInline[Membership, Team]):
    model = Membership
    extra = 0
    autocomplete_fields = ("user",)


@admin.register(Team)
class TeamAdmin(admin.ModelAdmin[Team]):
    prepopulated_fields = {"slug": ("name",)}
    inlines = (MembershipInline,)


admin.site.register(User, UserAdmin)
