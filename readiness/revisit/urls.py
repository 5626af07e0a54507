from django.urls import path

from readiness.revisit import views

ROW = "queue/<slug:component>/<slug:criterion>/"

urlpatterns = [
    path("queue/", views.revisit_queue, name="revisit_queue"),
    path(ROW + "keep/", views.decision_keep, name="decision_keep"),
    path(ROW + "hand-over/", views.requirement_hand_over, name="requirement_hand_over"),
    path("components/<slug:component>/lint/", views.record_lint, name="record_lint"),
    path("teams/<slug:team>/lint/", views.team_record_lint, name="team_record_lint"),
]
