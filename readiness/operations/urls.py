from django.urls import path

from readiness.operations import views

C = "components/<slug:component>/operations/"

urlpatterns = [
    path(C, views.sheet_detail, name="sheet_detail"),
    path(C + "find/", views.request_find, name="request_find"),
    path(C + "edit/", views.sheet_edit, name="sheet_edit"),
    path(C + "pdf/", views.sheet_pdf_start, name="sheet_pdf_start"),
    path(C + "versions/", views.sheet_version_list, name="sheet_version_list"),
    path(C + "versions/<int:number>/", views.sheet_version_detail, name="sheet_version_detail"),
    path(
        C + "versions/<int:number>/restore/",
        views.sheet_version_restore,
        name="sheet_version_restore",
    ),
]
