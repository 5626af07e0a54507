from django.urls import path

from readiness.catalog.own import views
from readiness.catalog.proposals import views as proposals

# /components/<slug>/criteria/
urlpatterns = [
    path("", views.own_criterion_list, name="own_criterion_list"),
    path("new/", views.own_criterion_create, name="own_criterion_create"),
    path("propose/", proposals.proposal_create, name="proposal_create"),
    path("<slug:criterion>/edit/", views.own_criterion_edit, name="own_criterion_edit"),
    path("<slug:criterion>/retire/", views.own_criterion_retire, name="own_criterion_retire"),
    path("<slug:criterion>/restore/", views.own_criterion_restore, name="own_criterion_restore"),
]
