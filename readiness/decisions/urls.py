from django.urls import path

from readiness.decisions import views

# /components/<component>/requirements/<criterion>/
urlpatterns = [
    path("", views.requirement_detail, name="requirement_detail"),
    path("decide/", views.decision_save, name="decision_save"),
    path("adopt/", views.suggestion_adopt, name="suggestion_adopt"),
    path("proposal/approve/", views.proposal_approve, name="proposal_approve"),
    path("proposal/send-back/", views.proposal_send_back, name="proposal_send_back"),
    path("proposal/withdraw/", views.proposal_withdraw, name="proposal_withdraw"),
    path("inherit/", views.decision_inherit, name="decision_inherit"),
    path("inherit/end/", views.inheritance_end, name="inheritance_end"),
    path("edit/", views.requirement_edit, name="requirement_edit"),
    path("checks/", views.check_binding_save, name="check_binding_save"),
]
