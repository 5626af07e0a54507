"""Comments on a requirement: a page, and the part of an open row that shows the same."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from readiness import access
from readiness.comments import actions
from readiness.comments.forms import CommentForm
from readiness.comments.queries import comments_of
from readiness.htmx import UserRequest, redirect, render_part, wants_fragment
from readiness.models import Requirement, Role


@require_GET
def comment_list(request: UserRequest, component: str, criterion: str) -> HttpResponse:
    requirement = access.get_requirement(request, component, criterion)
    return _comments(request, requirement, CommentForm())


@require_POST
def comment_add(request: UserRequest, component: str, criterion: str) -> HttpResponse:
    requirement = access.get_requirement(request, component, criterion, needs=Role.EDITOR)
    form = CommentForm(request.POST)
    if not form.is_valid():
        return _comments(request, requirement, form, status=422)
    actions.add_comment(
        requirement=requirement,
        text=form.cleaned_data["text"],
        by=request.user,
        now=timezone.now(),
    )
    return _written(request, requirement, "Comment added.")


@require_POST
def comment_withdraw(request: UserRequest, component: str, criterion: str, pk: int) -> HttpResponse:
    comment = access.get_comment(request, component, criterion, pk, needs=Role.EDITOR)
    try:
        actions.withdraw_comment(comment=comment, by=request.user, now=timezone.now())
    except actions.NotTheAuthor:
        raise PermissionDenied("Only who wrote a comment may withdraw it.") from None
    return _written(request, comment.requirement, "Comment withdrawn.")


def _written(request: UserRequest, requirement: Requirement, says: str) -> HttpResponse:
    if not wants_fragment(request):
        return redirect(
            request, "comment_list", requirement.component.slug, requirement.criterion.slug
        )
    return _comments(request, requirement, CommentForm(), says=says)


def _comments(
    request: UserRequest,
    requirement: Requirement,
    form: CommentForm,
    *,
    status: int = 200,
    says: str = "",
) -> HttpResponse:
    component = requirement.component
    context = {
        "component": component,
        "requirement": requirement,
        "comments": list(comments_of(requirement)),
        "form": form,
        "may_edit": component.role >= Role.EDITOR and component.archived_at is None,
    }
    triggers = {"announce": {"text": says}} if says else None
    return render_part(
        request,
        "comments/comment_list.html",
        context,
        parts=("comments",),
        status=status,
        triggers=triggers,
    )
