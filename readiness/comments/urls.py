from django.urls import path

from readiness.comments import views

# /components/<component>/requirements/<criterion>/comments/
urlpatterns = [
    path("", views.comment_list, name="comment_list"),
    path("add/", views.comment_add, name="comment_add"),
    path("<int:pk>/withdraw/", views.comment_withdraw, name="comment_withdraw"),
]
