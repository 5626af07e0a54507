from django.contrib import admin
from django.contrib.auth.decorators import login_required
from django.urls import include, path

from readiness import views

# The admin's own login has no limit and another look: ours takes its place.
admin.site.login = login_required(admin.site.login)  # type: ignore[method-assign]

COMPONENT = "components/<slug:component>/"
REQUIREMENT = COMPONENT + "requirements/<slug:criterion>/"

urlpatterns = [
    path("", include("readiness.portfolio.urls")),
    path("", include("readiness.components.urls")),
    path("", include("readiness.checks.urls")),
    path("catalog/", include("readiness.catalog.urls")),
    path(COMPONENT + "criteria/", include("readiness.catalog.own.urls")),
    path("", include("readiness.reports.urls")),
    path(REQUIREMENT, include("readiness.decisions.urls")),
    path(COMPONENT + "bulk/", include("readiness.decisions.bulk.urls")),
    path(REQUIREMENT + "comments/", include("readiness.comments.urls")),
    path(REQUIREMENT + "evidence/", include("readiness.evidence.urls")),
    path(COMPONENT + "runs/", include("readiness.aws.urls")),
    path("teams/", include("readiness.teams.urls")),
    path("", include("readiness.accounts.urls")),
    path("first-steps/", include("readiness.firststeps.urls")),
    path("", include("readiness.runs.urls")),
    path("", include("readiness.revisit.urls")),
    path("", include("readiness.incidents.urls")),
    path("", include("readiness.drills.urls")),
    path("", include("readiness.milestones.urls")),
    path("", include("readiness.operations.urls")),
    path("", include("readiness.trends.urls")),
    path("", include("readiness.confidence.urls")),
    path("", include("readiness.notices.urls")),
    path("", include("readiness.risks.urls")),
    path("", include("readiness.search.urls")),
    path("login/", views.LoginView.as_view(), name="login"),
    path("logout/", views.LogoutView.as_view(), name="logout"),
    path("password/", views.PasswordChangeView.as_view(), name="password_change"),
    path("healthz/", views.healthz, name="healthz"),
    path("admin/", admin.site.urls),
]
handler403 = "readiness.views.forbidden"
handler404 = "readiness.views.not_found"
handler500 = "readiness.views.server_error"
