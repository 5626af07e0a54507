from django.urls import path

from readiness.evidence import views

# /components/<component>/requirements/<criterion>/evidence/
urlpatterns = [
    path("", views.evidence_list, name="evidence_list"),
    path("link/", views.evidence_link_add, name="evidence_link_add"),
    path("file/", views.evidence_file_add, name="evidence_file_add"),
    path("<int:pk>/file/", views.evidence_version_add, name="evidence_version_add"),
    path("<int:pk>/withdraw/", views.evidence_withdraw, name="evidence_withdraw"),
    path("<int:pk>/<int:version>/", views.evidence_download, name="evidence_download"),
]
