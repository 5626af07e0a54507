"""Search over what the user may read."""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from readiness import access
from readiness.htmx import UserRequest, render_part
from readiness.search import page as pages
from readiness.search import queries
from readiness.search.rows import MOST, Kind
from readiness.search.typed import LONGEST, typed


@require_GET
def search(request: UserRequest) -> HttpResponse:
    text = " ".join(request.GET.get("q", "").replace("\0", " ").split())[:LONGEST]
    team, kind_name = request.GET.get("team", ""), request.GET.get("kind", "")
    kind = Kind(kind_name) if kind_name in list(Kind) else None
    readable = queries.described(access.readable_components(request))
    asked = typed(text)
    found = queries.search(
        asked,
        within=[each for each in readable if not team or each.team_slug == team],
        everybodys=not team,
        kind=kind,
        page=request.GET.get("page", "1"),
    )
    context = {
        "text": text,
        "asked": asked,
        "team": team,
        "teams": sorted({(each.team_name, each.team_slug) for each in readable}),
        "kind": kind,
        "tabs": pages.tabs_of(found, kind),
        "sections": pages.sections_of(found, asked),
        "number": found.number,
        "most": MOST,
        "page": found.page,
    }
    return render_part(request, "search/search.html", context)
