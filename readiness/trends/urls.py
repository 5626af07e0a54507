from django.urls import path

from readiness.trends import views

urlpatterns = [
    path("components/<slug:component>/trend/", views.component_trend, name="component_trend"),
]
