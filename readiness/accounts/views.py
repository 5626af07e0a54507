"""AWS accounts: who may use which, how to make the role, and whether it lets us in."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from readiness import access, jobs
from readiness.accounts import actions, queries
from readiness.accounts.connections import accounts_of
from readiness.accounts.forms import AccountForm, ComponentAccountsForm, GrantForm
from readiness.accounts.snippets import RoleWanted, cloudformation, terraform
from readiness.accounts.usage import usage_of
from readiness.aws.connection_test import Report
from readiness.aws.role_arn import RoleArn
from readiness.components.actions import EditConflict
from readiness.htmx import UserRequest, redirect, render_part
from readiness.models import AccountGrant, AccountWay, AwsAccount, Role


@require_GET
def account_list(request: UserRequest) -> HttpResponse:
    archived = request.GET.get("archived") == "1"
    page, rows = queries.account_page(
        access.teams_with_role(request, Role.VIEWER),
        archived=archived,
        page=request.GET.get("page", "1"),
    )
    context = {
        "page": page,
        "rows": rows,
        "archived": archived,
        "may_create": access.teams_with_role(request, Role.ADMIN).exists(),
    }
    return render_part(request, "accounts/account_list.html", context)


@require_http_methods(["GET", "POST"])
def account_create(request: UserRequest) -> HttpResponse:
    teams = access.teams_with_role(request, Role.ADMIN)
    if not teams.exists():
        raise PermissionDenied("This needs the role admin in a team.")
    initial = {"way": AccountWay.ROLE, "team": teams.first()}
    form = AccountForm(
        request.POST or None, initial=initial, teams=teams, operator=request.user.is_superuser
    )
    if request.method == "POST" and form.is_valid():
        account = actions.create_account(by=request.user, now=timezone.now(), **form.values)
        return redirect(request, "account_detail", account.slug)
    context = {"form": form, "account": None, "conflict": None}
    status = 422 if form.is_bound else 200
    return render_part(request, "accounts/account_form.html", context, status=status)


@require_http_methods(["GET", "POST"])
def account_edit(request: UserRequest, account: str) -> HttpResponse:
    found, _ = access.get_account(request, account, needs=Role.ADMIN)
    form = AccountForm(
        request.POST or None,
        instance=found,
        initial={"version": found.version},
        teams=access.teams_with_role(request, Role.ADMIN),
        operator=request.user.is_superuser,
    )
    status, conflict = 200, None
    if request.method == "POST" and form.is_valid():
        try:
            actions.edit_account(
                account=found, values=form.values, version=form.cleaned_data["version"] or 0
            )
        except EditConflict as lost:
            conflict, status = lost.current, 409
            form.show_theirs(lost.current)
        else:
            return redirect(request, "account_detail", account)
    elif form.is_bound:
        status = 422
    context = {"form": form, "account": found, "conflict": conflict}
    return render_part(request, "accounts/account_form.html", context, status=status)


@require_GET
def account_detail(request: UserRequest, account: str) -> HttpResponse:
    found, role = access.get_account(request, account)
    return _account_page(request, found, role, GrantForm(account=found))


@require_POST
def account_archive(request: UserRequest, account: str) -> HttpResponse:
    found, _ = access.get_account(request, account, needs=Role.ADMIN)
    try:
        actions.archive_account(account=found, now=timezone.now())
    except actions.InUse as refused:
        messages.error(request, str(refused))
        return redirect(request, "account_detail", account)
    messages.success(request, f"{found} is archived.")
    return redirect(request, "account_list")


@require_POST
def account_restore(request: UserRequest, account: str) -> HttpResponse:
    found, _ = access.get_account(request, account, needs=Role.ADMIN, archived=True)
    actions.restore_account(account=found)
    return redirect(request, "account_detail", account)


@require_POST
def account_grant_add(request: UserRequest, account: str) -> HttpResponse:
    found, role = access.get_account(request, account, needs=Role.ADMIN)
    form = GrantForm(request.POST, account=found)
    if not form.is_valid():
        return _account_page(request, found, role, form, status=422)
    grant = actions.grant_account(
        account=found, team=form.cleaned_data["team"], by=request.user, now=timezone.now()
    )
    return redirect(request, "account_grant_detail", account, grant.pk)


@require_GET
def account_grant_detail(request: UserRequest, account: str, pk: int) -> HttpResponse:
    grant, role = access.get_grant(request, account, pk)
    return _grant_page(request, grant, role)


@never_cache
@require_POST
def account_grant_show(request: UserRequest, account: str, pk: int) -> HttpResponse:
    """Answers with the page instead of leading to it: the external id is in this answer only."""
    grant, role = access.get_grant(request, account, pk, needs=Role.ADMIN)
    try:
        external_id = actions.show_external_id(grant=grant, now=timezone.now())
    except actions.AlreadyShown as refused:
        messages.error(request, str(refused))
        return redirect(request, "account_grant_detail", account, pk)
    return _grant_page(request, grant, role, external_id)


@require_POST
def account_grant_rotate(request: UserRequest, account: str, pk: int) -> HttpResponse:
    grant, _ = access.get_grant(request, account, pk, needs=Role.ADMIN)
    actions.rotate_external_id(grant=grant)
    messages.success(request, "There is a new external id. The role must learn it.")
    return redirect(request, "account_grant_detail", account, pk)


@require_POST
def account_grant_revoke(request: UserRequest, account: str, pk: int) -> HttpResponse:
    grant, _ = access.get_grant(request, account, pk, needs=Role.ADMIN)
    actions.revoke_grant(grant=grant)
    messages.success(request, f"{grant.team} may not use {grant.account} any more.")
    return redirect(request, "account_detail", account)


@require_POST
def account_test_start(request: UserRequest, account: str, pk: int) -> HttpResponse:
    grant, role = access.get_grant(request, account, pk, needs=Role.ADMIN)
    actions.request_test(grant=grant, by=request.user, now=timezone.now())
    return _grant_or_redirect(request, grant, role)


@require_POST
def account_test_cancel(request: UserRequest, account: str, pk: int) -> HttpResponse:
    test = access.get_account_test(request, account, pk)
    jobs.cancel(test, by=request.user, now=timezone.now())
    grant, role = access.get_grant(request, account, test.grant_id)
    return _grant_or_redirect(request, grant, role)


@require_http_methods(["GET", "POST"])
def component_accounts(request: UserRequest, component: str) -> HttpResponse:
    found = access.get_component(request, component, needs=Role.EDITOR)
    form = ComponentAccountsForm(
        request.POST or None,
        accounts=queries.accounts_for(found.team),
        chosen=accounts_of(found),
        initial={"version": found.version},
    )
    status, conflict = 200, None
    if request.method == "POST" and form.is_valid():
        try:
            actions.set_component_accounts(
                component=found,
                by_service=form.by_service,
                version=form.cleaned_data["version"],
                by=request.user,
                now=timezone.now(),
            )
        except EditConflict as lost:
            conflict, status = lost.current, 409
        else:
            return redirect(request, "component_edit", component)
    elif form.is_bound:
        status = 422
    context = {
        "component": found,
        "form": form,
        "conflict": conflict,
        "may_admin": found.role >= Role.ADMIN,
    }
    return render_part(request, "accounts/component_accounts.html", context, status=status)


def _account_page(
    request: UserRequest, account: AwsAccount, role: Role, form: GrantForm, status: int = 200
) -> HttpResponse:
    owned = access.role_in(request, account.team) is not None
    context = {
        "account": account,
        "rows": queries.grant_rows(access.grants_of(request, account)),
        "shut_out": queries.shut_out(account) if owned else [],
        "may_admin": role >= Role.ADMIN and not account.archived_at,
        "may_restore": role >= Role.ADMIN and account.archived_at,
        "form": form,
    }
    return render_part(request, "accounts/account_detail.html", context, status=status)


def _grant_or_redirect(request: UserRequest, grant: AccountGrant, role: Role) -> HttpResponse:
    if request.htmx:
        return _grant_page(request, grant, role)
    return redirect(request, "account_grant_detail", grant.account.slug, grant.pk)


def _grant_page(
    request: UserRequest, grant: AccountGrant, role: Role, external_id: str = ""
) -> HttpResponse:
    now = timezone.now()
    test = queries.newest_test(grant)
    if test:
        jobs.recover(test, now=now)
    account = grant.account
    context: dict[str, Any] = {
        "account": account,
        "grant": grant,
        "external_id": external_id,
        "test": test,
        "report": Report.of(test.report) if test and test.report else None,
        "unattended": test is not None and jobs.is_unattended(test, now=now),
        "may_admin": role >= Role.ADMIN and not account.archived_at,
    }
    if not (request.htmx and test):
        context |= _snippets(grant, external_id)
    return render_part(
        request, "accounts/account_grant_detail.html", context, parts=("account-test",)
    )


def _snippets(grant: AccountGrant, external_id: str) -> dict[str, Any]:
    """What to make in the account: for all its teams, as they share the role."""
    account = grant.account
    usage = usage_of(account, [each.team for each in account.grants.select_related("team")])
    context: dict[str, Any] = {"usage": usage, "principal": settings.AWS_TRUSTED_PRINCIPAL}
    if account.way != AccountWay.ROLE:
        return context
    actions_wanted = tuple(usage.policy["Statement"][0]["Action"])
    role = RoleWanted(
        RoleArn.parse(account.role_arn), settings.AWS_TRUSTED_PRINCIPAL, external_id, actions_wanted
    )
    return context | {"cloudformation": cloudformation(role), "terraform": terraform(role)}
