from django.urls import path

from readiness.reports import views

# /components/<component>/
urlpatterns = [
    path("", views.gap_report, name="gap_report"),
    path("report.json", views.report_json, name="report_json"),
    path("decisions.zip", views.decisions_export, name="decisions_export"),
    path(
        "requirements/<slug:criterion>/decision.md", views.decision_export, name="decision_export"
    ),
    path("reports/", views.report_job_start, name="report_job_start"),
    path("reports/<int:pk>/", views.report_job_detail, name="report_job_detail"),
    path("reports/<int:pk>/cancel/", views.report_job_cancel, name="report_job_cancel"),
    path("reports/<int:pk>/report.pdf", views.report_download, name="report_download"),
]
