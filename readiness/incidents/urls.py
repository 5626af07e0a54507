from django.urls import path

from readiness.incidents import views

COMPONENT = "components/<slug:component>/incidents/"

urlpatterns = [
    path(COMPONENT, views.incident_list, name="incident_list"),
    path(COMPONENT + "<int:pk>/", views.incident_edit, name="incident_edit"),
]
