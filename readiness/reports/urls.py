from django.urls import path

from readiness.reports import api, views

C = "components/<slug:component>/"

urlpatterns = [
    path(C, views.gap_report, name="gap_report"),
    path(C + "decisions.zip", views.decisions_export, name="decisions_export"),
    path(
        C + "requirements/<slug:criterion>/decision.md",
        views.decision_export,
        name="decision_export",
    ),
    path(C + "reports/", views.report_job_start, name="report_job_start"),
    path(C + "reports/pdf/", views.pdf_choose, name="pdf_choose"),
    path(C + "reports/<int:pk>/", views.report_job_detail, name="report_job_detail"),
    path(C + "reports/<int:pk>/cancel/", views.report_job_cancel, name="report_job_cancel"),
    path(
        C + "reports/<int:pk>/report.<slug:extension>",
        views.report_download,
        name="report_download",
    ),
    path("api/components/<slug:component>/gate/", api.api_gate, name="api_gate"),
    path("gap-report.schema.json", views.report_schema, name="report_schema"),
]
