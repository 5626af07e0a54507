from django.urls import path

from readiness.confidence import views

COMPONENT = "components/<slug:component>/confidence/"

urlpatterns = [
    path(COMPONENT, views.confidence_list, name="confidence_list"),
    path(COMPONENT + "open/", views.confidence_open, name="confidence_open"),
    path(COMPONENT + "<int:pk>/", views.confidence_round, name="confidence_round"),
    path(COMPONENT + "<int:pk>/vote/", views.confidence_vote, name="confidence_vote"),
    path(COMPONENT + "<int:pk>/close/", views.confidence_close, name="confidence_close"),
]
