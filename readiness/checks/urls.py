from django.urls import path

from readiness.checks import views

# /
urlpatterns = [
    path("checks/", views.check_list, name="check_list"),
    path("checks/<str:check_id>/", views.check_detail, name="check_detail"),
    path("components/<slug:component>/checks/", views.component_checks, name="component_checks"),
    path(
        "components/<slug:component>/checks/<str:check_id>/",
        views.component_check_detail,
        name="component_check_detail",
    ),
]
