from django.urls import path

from readiness.firststeps import views

# /first-steps/
urlpatterns = [
    path("", views.first_steps, name="first_steps"),
    path("leave/", views.first_steps_leave, name="first_steps_leave"),
    path("resume/", views.first_steps_resume, name="first_steps_resume"),
    path("without-aws/", views.first_steps_without_aws, name="first_steps_without_aws"),
]
