from django.urls import path

from readiness.notices import views

W = "teams/<slug:team>/webhooks/"

urlpatterns = [
    path("notices/", views.notice_settings, name="notice_settings"),
    path("notices/unsubscribe/<str:token>/", views.unsubscribe, name="unsubscribe"),
    path("calendar/new/", views.calendar_new, name="calendar_new"),
    path("calendar/end/", views.calendar_end, name="calendar_end"),
    path("calendar/<str:secret>.ics", views.calendar_feed, name="calendar_feed"),
    path(W, views.webhook_list, name="webhook_list"),
    path(W + "<int:pk>/", views.webhook_detail, name="webhook_detail"),
    path(W + "<int:pk>/test/", views.webhook_test, name="webhook_test"),
    path(W + "<int:pk>/pause/", views.webhook_pause, name="webhook_pause"),
    path(W + "<int:pk>/resume/", views.webhook_resume, name="webhook_resume"),
    path(W + "<int:pk>/remove/", views.webhook_remove, name="webhook_remove"),
]
