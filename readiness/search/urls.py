from django.urls import path

from readiness.search import views

urlpatterns = [path("search/", views.search, name="search")]
