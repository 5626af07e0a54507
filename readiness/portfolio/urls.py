from django.urls import path

from readiness.portfolio import views

urlpatterns = [
    path("", views.home, name="home"),
    path("portfolio/", views.portfolio, name="portfolio"),
    path("portfolio/topics/", views.portfolio_topics, name="portfolio_topics"),
    path("portfolio/trends/", views.portfolio_trends, name="portfolio_trends"),
    path("portfolio/refusals/", views.portfolio_refusals, name="portfolio_refusals"),
]
