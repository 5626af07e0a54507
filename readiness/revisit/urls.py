from django.urls import path

from readiness.revisit import views

ROW = "queue/<slug:component>/<slug:criterion>/"

urlpatterns = [
    path("queue/", views.revisit_queue, name="revisit_queue"),
    path(ROW + "keep/", views.decision_keep, name="decision_keep"),
    path(ROW + "hand-over/", views.requirement_hand_over, name="requirement_hand_over"),
]
