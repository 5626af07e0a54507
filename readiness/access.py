"""Loads an object for a user. A stranger gets 404, a reader who writes gets 403.

Every view loads through here, first thing; a template's `if` protects nothing.
"""

import re
from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone

from readiness.htmx import UserRequest
from readiness.models import (
    AccountGrant,
    AccountTest,
    ApiToken,
    AwsAccount,
    CheckRun,
    Comment,
    Component,
    ConfidenceRound,
    Criterion,
    CriterionProposal,
    Drill,
    Evidence,
    EvidenceFile,
    Membership,
    Milestone,
    PortfolioExport,
    ReportFile,
    ReportJob,
    Requirement,
    Role,
    Team,
)

# A token's last use is written down this seldom: it is for people, and every request would write.
USED = timedelta(minutes=1)


def get_component(
    request: UserRequest, slug: str, *, needs: Role = Role.VIEWER, archived: bool = False
) -> Component:
    """Return the component with its team, catalog, blueprint and `role`: what the user may do.

    An archived one can be read, but changed only where `archived` is True.

    Raises Http404 when the user may not know of it, PermissionDenied when the user may read it
    but `needs` more.
    """
    component = get_object_or_404(
        Component.objects.for_user(request.user).select_related("team", "catalog", "blueprint"),
        slug=slug,
    )
    if needs is Role.VIEWER:
        return component  # for_user has let only readers see it
    if component.role < needs:
        raise PermissionDenied(f"This needs the role {needs.label.lower()} in {component.team}.")
    if component.archived_at and not archived:
        raise PermissionDenied(f"{component} is archived: restore it to change it.")
    return component


def platforms_for(request: UserRequest) -> QuerySet[Component]:
    """Return the platforms that the user may let a component stand on: those they may read."""
    return Component.objects.for_user(request.user).active().filter(is_platform=True)


def readable_components(request: UserRequest) -> QuerySet[Component]:
    """Return the components that the user may read."""
    return Component.objects.for_user(request.user)


def peers_of(request: UserRequest, component: Component) -> QuerySet[Component]:
    """Return the other components of the same blueprint that the user may read, by name."""
    found = Component.objects.for_user(request.user).active().exclude(pk=component.pk)
    of_kind = found.filter(blueprint=component.blueprint_id, blueprint__isnull=False)
    return of_kind.select_related("team", "catalog", "blueprint").order_by("name")


def get_criterion(request: UserRequest, slug: str) -> Criterion:
    """Return a criterion with its topic and catalog: one of the catalog, or a component's own for
    who may read the component. Raises Http404."""
    found = Criterion.objects.filter(
        Q(component=None) | Q(component__in=Component.objects.for_user(request.user).order_by())
    )
    return get_object_or_404(found.select_related("topic__catalog", "component"), slug=slug)


def own_proposals(request: UserRequest) -> QuerySet[CriterionProposal]:
    """Return the proposals of the user's teams; all of them for who runs the installation."""
    teams = teams_with_role(request, Role.VIEWER)
    return CriterionProposal.objects.filter(component__team__in=teams.order_by())


def readable_proposals(request: UserRequest) -> QuerySet[CriterionProposal]:
    """Return those, and what others proposed and was taken up: that is everybody's."""
    return own_proposals(request) | CriterionProposal.objects.filter(taken_up=True)


def get_proposal(request: UserRequest, pk: int) -> CriterionProposal:
    """Return a proposal that the user may read. Raises Http404."""
    belongs = ("catalog", "topic", "component__team", "criterion", "incident", "by", "answered_by")
    return get_object_or_404(readable_proposals(request).select_related(*belongs), pk=pk)


def get_requirement(
    request: UserRequest, component_slug: str, criterion_slug: str, *, needs: Role = Role.VIEWER
) -> Requirement:
    """Return a requirement whose `component` carries the user's role; raises as get_component."""
    component = get_component(request, component_slug, needs=needs)
    requirement = get_object_or_404(
        Requirement.objects.select_related(
            "criterion",
            "blueprint_item",
            "owner",
            "current_decision__decided_by",
            "current_decision__owner",
            "proposed_decision__decided_by",
            "proposed_decision__owner",
            "inherits__component",
        ),
        component=component,
        criterion__slug=criterion_slug,
    )
    requirement.component = component
    return requirement


def get_comment(
    request: UserRequest,
    component_slug: str,
    criterion_slug: str,
    pk: int,
    *,
    needs: Role = Role.VIEWER,
) -> Comment:
    """Return a comment on a requirement; raises as get_component."""
    requirement = get_requirement(request, component_slug, criterion_slug, needs=needs)
    comment = get_object_or_404(Comment, pk=pk, requirement=requirement)
    comment.requirement = requirement
    return comment


def get_evidence(
    request: UserRequest,
    component_slug: str,
    criterion_slug: str,
    pk: int,
    *,
    needs: Role = Role.VIEWER,
) -> Evidence:
    """Return a piece of evidence of a requirement; raises as get_component."""
    requirement = get_requirement(request, component_slug, criterion_slug, needs=needs)
    evidence = get_object_or_404(Evidence, pk=pk, requirement=requirement)
    evidence.requirement = requirement
    return evidence


def get_evidence_file(
    request: UserRequest, component_slug: str, criterion_slug: str, pk: int, version: int
) -> EvidenceFile:
    """Return one version of a file, with its content, for a member of the team.

    Raises as get_component; PermissionDenied also for who may read the component without being a
    member, Http404 for evidence that was withdrawn.
    """
    evidence = get_evidence(request, component_slug, criterion_slug, pk)
    component = evidence.requirement.component
    if component.role < Role.VIEWER:
        raise PermissionDenied(f"Files are for members of {component.team}.")
    if evidence.withdrawn_at:
        raise Http404
    return get_object_or_404(EvidenceFile, evidence=evidence, version=version)


def get_check_run(
    request: UserRequest, component_slug: str, pk: int, *, needs: Role = Role.VIEWER
) -> CheckRun:
    """Return a check run of a component; raises as get_component."""
    component = get_component(request, component_slug, needs=needs)
    run = get_object_or_404(
        CheckRun.objects.select_related("requested_by", "recording").defer("recording__content"),
        pk=pk,
        component=component,
    )
    run.component = component
    return run


def milestone_of(component: Component, pk: str | int) -> Milestone:
    """Return a milestone of a component that was loaded here. Raises Http404 for what is none."""
    if not re.fullmatch("[0-9]{1,18}", str(pk)):
        raise Http404
    found = Milestone.objects.select_related("made_by")
    milestone = get_object_or_404(found, pk=pk, component=component)
    milestone.component = component
    return milestone


def get_milestone(
    request: UserRequest,
    component_slug: str,
    pk: int,
    *,
    needs: Role = Role.VIEWER,
    archived: bool = False,
) -> Milestone:
    """Return a milestone of a component; raises as get_component."""
    component = get_component(request, component_slug, needs=needs, archived=archived)
    return milestone_of(component, pk)


def get_confidence_round(
    request: UserRequest, component_slug: str, pk: int, *, votes: bool = False
) -> ConfidenceRound:
    """Return a round of a component; raises as get_component.

    Where `votes`, raises PermissionDenied for everybody who may not vote in it: who is no member
    of the team, whatever else they may do, and everybody once the component is archived.
    """
    component = get_component(request, component_slug)
    if votes and component.archived_at:
        raise PermissionDenied(f"{component} is archived: nobody is asked about it any more.")
    if votes and not is_member(request, component.team):
        raise PermissionDenied(f"Members of {component.team} vote here.")
    rounds = ConfidenceRound.objects.select_related("opened_by", "closed_by")
    found = get_object_or_404(rounds, pk=pk, component=component)
    found.component = component
    return found


def may_close(request: UserRequest, found: ConfidenceRound) -> bool:
    """True for who opened a round and is still in the team, and for approvers."""
    role, component = found.component.role, found.component
    own = found.opened_by_id == request.user.pk and role >= Role.VIEWER
    return (own or role >= Role.APPROVER) and component.archived_at is None


def is_member(request: UserRequest, team: Team) -> bool:
    """True for who belongs to a team; who runs the installation need not."""
    return Membership.objects.filter(team=team, user=request.user).exists()


def get_drill(
    request: UserRequest, component_slug: str, pk: int, *, needs: Role = Role.VIEWER
) -> Drill:
    """Return a drill of a component, with its scenario; raises as get_component."""
    component = get_component(request, component_slug, needs=needs)
    found = Drill.objects.select_related("scenario", "made_by")
    drill = get_object_or_404(found, pk=pk, component=component)
    drill.component = component
    return drill


def get_report_job(request: UserRequest, component_slug: str, pk: int) -> ReportJob:
    """Return a report job of a component; raises as get_component."""
    component = get_component(request, component_slug)
    job = get_object_or_404(
        ReportJob.objects.select_related("file", "milestone").defer(
            "file__content", "milestone__frozen"
        ),
        pk=pk,
        component=component,
    )
    job.component = component
    return job


def get_report_file(request: UserRequest, component_slug: str, pk: int) -> ReportFile:
    """Return the file that a report job brought; raises as get_component, Http404 when none."""
    component = get_component(request, component_slug)
    return get_object_or_404(ReportFile, jobs=pk, component=component)


def get_portfolio_export(request: UserRequest, pk: int) -> PortfolioExport:
    """Return a file of the portfolio that the user asked for. Raises Http404 for anybody else's."""
    return get_object_or_404(PortfolioExport, pk=pk, requested_by=request.user)


def get_team(request: UserRequest, slug: str, *, needs: Role = Role.VIEWER) -> tuple[Team, Role]:
    """Return a team and the user's role in it. Raises Http404 or PermissionDenied."""
    team = get_object_or_404(Team, slug=slug)
    role = role_in(request, team)
    if role is None:
        raise Http404
    if role < needs:
        raise PermissionDenied(f"This needs the role {needs.label.lower()} in {team}.")
    return team, role


def get_account(
    request: UserRequest, slug: str, *, needs: Role = Role.VIEWER, archived: bool = False
) -> tuple[AwsAccount, Role]:
    """Return an AWS account and what the user may do with it: the role in the team that owns it,
    viewer in a team that it was granted to.

    An archived one can be read, but changed only where `archived` is True. Raises Http404 for
    everybody else, PermissionDenied for who `needs` more.
    """
    account = get_object_or_404(AwsAccount.objects.select_related("team"), slug=slug)
    role = role_in(request, account.team)
    if role is None:
        mine = teams_with_role(request, Role.VIEWER)
        if not account.grants.filter(team__in=mine).exists():
            raise Http404
        role = Role.VIEWER
    if role < needs:
        raise PermissionDenied(f"This needs the role {needs.label.lower()} in {account.team}.")
    if account.archived_at and needs > Role.VIEWER and not archived:
        raise PermissionDenied(f"{account} is archived: restore it to change it.")
    return account, role


def grants_of(request: UserRequest, account: AwsAccount) -> QuerySet[AccountGrant]:
    """Return the grants that the user may know of: all in the team that owns it, else one's own."""
    if role_in(request, account.team) is not None:
        return account.grants.select_related("team", "granted_by")
    mine = teams_with_role(request, Role.VIEWER)
    return account.grants.filter(team__in=mine).select_related("team", "granted_by")


def get_grant(
    request: UserRequest, account_slug: str, pk: int, *, needs: Role = Role.VIEWER
) -> tuple[AccountGrant, Role]:
    """Return a grant of an account, and the role as get_account; raises as that."""
    account, role = get_account(request, account_slug, needs=needs)
    grant = get_object_or_404(grants_of(request, account), pk=pk)
    grant.account = account
    return grant, role


def get_account_test(request: UserRequest, account_slug: str, pk: int) -> AccountTest:
    """Return a test that an admin of the owning team may cancel; raises as get_account."""
    account, _ = get_account(request, account_slug, needs=Role.ADMIN)
    tests = AccountTest.objects.select_related("grant")
    return get_object_or_404(tests, pk=pk, grant__account=account)


class TokenRefused(Exception):
    """A request without a token that works; the message says what to send."""


def get_component_by_token(request: HttpRequest, slug: str) -> Component:
    """Return a component of the team whose token the request carries, for machines.

    Raises TokenRefused, and Http404 for a component of another team or an archived one.
    """
    scheme, _, text = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not text:
        raise TokenRefused("Send the header Authorization: Bearer TOKEN, with a token of the team.")
    now = timezone.now()
    token = ApiToken.objects.filter(
        Q(expires_at__isnull=True) | Q(expires_at__gt=now),
        digest=ApiToken.digest_of(text.strip()),
        revoked_at__isnull=True,
    ).first()
    if token is None:
        raise TokenRefused("This token is unknown, revoked or out of date.")
    ApiToken.objects.filter(Q(last_used_at__isnull=True) | Q(last_used_at__lt=now - USED)).filter(
        pk=token.pk
    ).update(last_used_at=now)
    components = Component.objects.active().select_related("team", "catalog", "blueprint")
    return get_object_or_404(components, slug=slug, team=token.team_id)


def role_in(request: UserRequest, team: Team) -> Role | None:
    """Return the user's role in a team, None for a stranger; a superuser is admin everywhere."""
    if request.user.is_superuser:
        return Role.ADMIN
    role = Membership.objects.filter(team=team, user=request.user).values_list("role", flat=True)
    return Role(role[0]) if role else None


def needs_superuser(request: UserRequest) -> None:
    """Raise PermissionDenied for everybody who does not run the installation."""
    if not request.user.is_superuser:
        raise PermissionDenied(
            "This is the whole organisation's: only who runs the installation changes it."
        )


def teams_with_role(request: UserRequest, needs: Role) -> QuerySet[Team]:
    """Return the teams in which the user has at least the role `needs`."""
    if request.user.is_superuser:
        return Team.objects.all()
    return Team.objects.filter(memberships__user=request.user, memberships__role__gte=needs)


def roles_of(request: UserRequest) -> list[tuple[Team, Role]]:
    """Return every team of the user with the role in it, by name. One query."""
    if request.user.is_superuser:
        return [(team, Role.ADMIN) for team in Team.objects.all()]
    memberships = Membership.objects.filter(user=request.user).select_related("team")
    return [(m.team, Role(m.role)) for m in memberships.order_by("team__name")]
