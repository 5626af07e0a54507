from django.urls import path

from readiness.drills import views
from readiness.drills.scenarios import views as scenarios

DRILLS = "components/<slug:component>/drills/"
DRILL = DRILLS + "<int:pk>/"
FINDING = DRILL + "findings/<int:finding>/"
SCENARIOS = DRILLS + "scenarios/"

urlpatterns = [
    path(DRILLS, views.drill_list, name="drill_list"),
    path(DRILLS + "plan/", views.drill_plan, name="drill_plan"),
    path(DRILLS + "record/", views.drill_record, name="drill_record"),
    path(DRILLS + "people/", views.drill_matrix, name="drill_matrix"),
    path(SCENARIOS, scenarios.scenario_list, name="scenario_list"),
    path(SCENARIOS + "new/", scenarios.scenario_create, name="scenario_create"),
    path(SCENARIOS + "<slug:slug>/", scenarios.scenario_detail, name="scenario_detail"),
    path(SCENARIOS + "<slug:slug>/edit/", scenarios.scenario_edit, name="scenario_edit"),
    path(SCENARIOS + "<slug:slug>/retire/", scenarios.scenario_retire, name="scenario_retire"),
    path(DRILL, views.drill_detail, name="drill_detail"),
    path(DRILL + "edit/", views.drill_edit, name="drill_edit"),
    path(DRILL + "run/", views.drill_run, name="drill_run"),
    path(DRILL + "entries/", views.drill_entries, name="drill_entries"),
    path(DRILL + "entries/<int:entry>/strike/", views.entry_strike, name="entry_strike"),
    path(DRILL + "entries/<int:entry>/restore/", views.entry_reinstate, name="entry_reinstate"),
    path(DRILL + "finish/", views.drill_finish, name="drill_finish"),
    path(DRILL + "findings/", views.finding_add, name="finding_add"),
    path(FINDING + "comment/", views.finding_comment, name="finding_comment"),
    path(FINDING + "ticket/", views.finding_ticket, name="finding_ticket"),
]
