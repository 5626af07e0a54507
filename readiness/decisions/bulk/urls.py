from django.urls import path

from readiness.decisions.bulk import views

# /components/<component>/bulk/
urlpatterns = [
    path("decide/", views.bulk_decide, name="bulk_decide"),
    path("assign/", views.bulk_assign, name="bulk_assign"),
    path("weigh/", views.bulk_weigh, name="bulk_weigh"),
    path("undo/", views.bulk_undo, name="bulk_undo"),
    path("undo/<slug:criterion>/", views.decision_undo, name="decision_undo"),
]
