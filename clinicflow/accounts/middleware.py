"""Django's session middleware, with a cookie that only sign-out deletes."""

from django.conf import settings
from django.contrib.sessions import middleware
from django.http import HttpRequest, HttpResponse

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class SessionMiddleware(middleware.SessionMiddleware):
    """Keeps the cookie of a safe request whose session has ended.

    Tabs share one cookie. A request that was sent with the old cookie may be answered after another tab has signed in
    or switched roles; Django would delete the new cookie then, and both tabs would be signed out. The cookie of an
    ended session opens nothing.
    """

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        response = super().process_response(request, response)
        cookie = response.cookies.get(settings.SESSION_COOKIE_NAME)
        if cookie is not None and cookie["max-age"] == 0 and request.method in SAFE_METHODS:
            del response.cookies[settings.SESSION_COOKIE_NAME]
        return response
