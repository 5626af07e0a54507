from django.urls import path

from readiness.runs import api, views

C = "components/<slug:component>/"

urlpatterns = [
    path(C + "schedule/", views.schedule_edit, name="schedule_edit"),
    path(C + "recordings/", views.recording_list, name="recording_list"),
    path(C + "recordings/upload/", views.recording_upload, name="recording_upload"),
    path(C + "recordings/<int:pk>/judge/", views.recording_judge, name="recording_judge"),
    path(C + "recordings/<int:pk>/file/", views.recording_download, name="recording_download"),
    path("teams/<slug:team>/tokens/", views.token_list, name="token_list"),
    path("teams/<slug:team>/tokens/<int:pk>/revoke/", views.token_revoke, name="token_revoke"),
    path("api/components/<slug:component>/runs/", api.api_run_start, name="api_run_start"),
    path(
        "api/components/<slug:component>/runs/<int:pk>/", api.api_run_detail, name="api_run_detail"
    ),
]
