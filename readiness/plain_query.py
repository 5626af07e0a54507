"""What an address asks for holds no NUL: PostgreSQL takes none in a text, whatever it is compared
with, and each filter of each page would have to say so."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse


class PlainQueryMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        query = request.META.get("QUERY_STRING", "")
        request.META["QUERY_STRING"] = query.replace("%00", "%20")
        return self.get_response(request)
