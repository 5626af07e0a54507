from django.urls import path

from readiness.catalog import views
from readiness.catalog.proposals import views as proposals

# /catalog/
urlpatterns = [
    path("", views.catalog_detail, name="catalog_detail"),
    path("criteria/<slug:slug>/", views.criterion_detail, name="criterion_detail"),
    path("criteria/<slug:slug>/refusals/", views.criterion_refusals, name="criterion_refusals"),
    path("proposals/", proposals.proposal_list, name="proposal_list"),
    path("proposals/<int:pk>/", proposals.proposal_detail, name="proposal_detail"),
    path("proposals/<int:pk>/answer/", proposals.proposal_answer, name="proposal_answer"),
    path("blueprints/", views.blueprint_list, name="blueprint_list"),
    path("blueprints/<slug:slug>/", views.blueprint_detail, name="blueprint_detail"),
]
