from django.urls import path

from readiness.risks import views

urlpatterns = [
    path("components/<slug:component>/risks/", views.risk_matrix, name="risk_matrix"),
    path("risks/", views.portfolio_risks, name="portfolio_risks"),
    path("risks/matrix/", views.risk_matrix_edit, name="risk_matrix_edit"),
]
