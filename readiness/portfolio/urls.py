from django.urls import path

from readiness.portfolio import views

urlpatterns = [
    path("", views.home, name="home"),
    path("portfolio/", views.portfolio, name="portfolio"),
    path("portfolio/export/", views.portfolio_export_start, name="portfolio_export_start"),
    path(
        "portfolio/exports/<int:pk>/",
        views.portfolio_export_detail,
        name="portfolio_export_detail",
    ),
    path(
        "portfolio/exports/<int:pk>/cancel/",
        views.portfolio_export_cancel,
        name="portfolio_export_cancel",
    ),
    path(
        "portfolio/exports/<int:pk>/portfolio.xlsx",
        views.portfolio_export_download,
        name="portfolio_export_download",
    ),
    path("portfolio/topics/", views.portfolio_topics, name="portfolio_topics"),
    path("portfolio/trends/", views.portfolio_trends, name="portfolio_trends"),
    path("portfolio/refusals/", views.portfolio_refusals, name="portfolio_refusals"),
]
