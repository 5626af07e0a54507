from django.urls import path

from readiness.incidents import views

COMPONENT = "components/<slug:component>/incidents/"

urlpatterns = [
    path(COMPONENT, views.incident_list, name="incident_list"),
    path(COMPONENT + "<int:pk>/", views.incident_detail, name="incident_detail"),
    path(COMPONENT + "<int:pk>/edit/", views.incident_edit, name="incident_edit"),
]
