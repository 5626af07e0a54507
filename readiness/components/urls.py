from django.urls import path

from readiness.components import views

urlpatterns = [
    path("components/", views.component_list, name="component_list"),
    path("new/", views.component_create, name="component_create"),
    path("components/<slug:component>/edit/", views.component_edit, name="component_edit"),
    path("components/<slug:component>/archive/", views.component_archive, name="component_archive"),
    path("components/<slug:component>/restore/", views.component_restore, name="component_restore"),
]
