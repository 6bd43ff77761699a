"""Static files, served in front of Django's WSGI application.

servestatic's middleware is asynchronous: among synchronous ones it passes each request through an event loop and three
threads, which costs more than an API request. Here it only resolves the files.
"""

from collections.abc import Callable, Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from servestatic.middleware import ServeStaticMiddleware
from servestatic.utils import decode_path_info
from servestatic.wsgi import FileServerWSGI

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]


def with_static_files(application: Application) -> Application:
    """Wrap a WSGI application so that static files are served first, by servestatic's settings."""
    static = ServeStaticMiddleware(_no_response)

    def serve(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        path = decode_path_info(environ.get("PATH_INFO", ""))
        file = static.find_file(path) if static.autorefresh else static.files.get(path)
        handler: Application = FileServerWSGI(file) if file is not None else application
        return handler(environ, start_response)

    return serve


async def _no_response(request: HttpRequest) -> HttpResponse:
    raise AssertionError("Only the file table of servestatic is used.")
