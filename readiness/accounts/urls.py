from django.urls import URLPattern, URLResolver, include, path

from readiness.accounts import views

GRANT: list[URLPattern | URLResolver] = [
    path("", views.account_grant_detail, name="account_grant_detail"),
    path("show/", views.account_grant_show, name="account_grant_show"),
    path("rotate/", views.account_grant_rotate, name="account_grant_rotate"),
    path("revoke/", views.account_grant_revoke, name="account_grant_revoke"),
    path("test/", views.account_test_start, name="account_test_start"),
]
ACCOUNT: list[URLPattern | URLResolver] = [
    path("", views.account_detail, name="account_detail"),
    path("edit/", views.account_edit, name="account_edit"),
    path("archive/", views.account_archive, name="account_archive"),
    path("restore/", views.account_restore, name="account_restore"),
    path("grants/", views.account_grant_add, name="account_grant_add"),
    path("grants/<int:pk>/", include(GRANT)),
    path("tests/<int:pk>/cancel/", views.account_test_cancel, name="account_test_cancel"),
]
urlpatterns = [
    path("accounts/", views.account_list, name="account_list"),
    path("accounts/new/", views.account_create, name="account_create"),
    path("accounts/<slug:account>/", include(ACCOUNT)),
    path(
        "components/<slug:component>/accounts/",
        views.component_accounts,
        name="component_accounts",
    ),
]
