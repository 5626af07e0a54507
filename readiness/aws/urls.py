from django.urls import path

from readiness.aws import views

# /components/<component>/runs/
urlpatterns = [
    path("", views.check_run_list, name="check_run_list"),
    path("start/", views.check_run_start, name="check_run_start"),
    path("<int:pk>/", views.check_run_detail, name="check_run_detail"),
    path("<int:pk>/progress/", views.check_run_progress, name="check_run_progress"),
    path("<int:pk>/cancel/", views.check_run_cancel, name="check_run_cancel"),
]
