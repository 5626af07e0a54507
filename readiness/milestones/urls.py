from django.urls import path

from readiness.milestones import views
from readiness.milestones.shared import views as shared

COMPONENT = "components/<slug:component>/"
ONE = COMPONENT + "milestones/<int:pk>/"

urlpatterns = [
    path(COMPONENT + "milestones/", views.milestone_list, name="milestone_list"),
    path(COMPONENT + "milestones/freeze/", views.milestone_freeze, name="milestone_freeze"),
    path(ONE, views.milestone_detail, name="milestone_detail"),
    path(ONE + "verdict/", views.verdict_give, name="verdict_give"),
    path(ONE + "sign/", views.verdict_sign, name="verdict_sign"),
    path(ONE + "conditions/<int:condition>/close/", views.condition_close, name="condition_close"),
    path(ONE + "shares/", views.share_create, name="share_create"),
    path(ONE + "shares/<int:share>/revoke/", views.share_revoke, name="share_revoke"),
    path("shared/<str:secret>/", shared.milestone_shared, name="milestone_shared"),
    path(
        "shared/<str:secret>/report.pdf", shared.milestone_shared_pdf, name="milestone_shared_pdf"
    ),
    path(COMPONENT + "compare/", views.milestone_compare, name="milestone_compare"),
]
