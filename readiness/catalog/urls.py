from django.urls import path

from readiness.catalog import views

# /catalog/
urlpatterns = [
    path("", views.catalog_detail, name="catalog_detail"),
    path("criteria/<slug:slug>/", views.criterion_detail, name="criterion_detail"),
    path("blueprints/", views.blueprint_list, name="blueprint_list"),
    path("blueprints/<slug:slug>/", views.blueprint_detail, name="blueprint_detail"),
]
