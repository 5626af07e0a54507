from django.urls import path

from readiness.teams import views

# /teams/
urlpatterns = [
    path("", views.team_list, name="team_list"),
    path("new/", views.team_create, name="team_create"),
    path("<slug:team>/", views.team_detail, name="team_detail"),
    path("<slug:team>/members/", views.member_add, name="member_add"),
    path("<slug:team>/members/<int:pk>/", views.member_update, name="member_update"),
    path("<slug:team>/members/<int:pk>/remove/", views.member_remove, name="member_remove"),
]
