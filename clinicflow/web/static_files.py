"""Static files, served in front of Django's WSGI application.

servestatic's middleware is asynchronous: among synchronous ones it passes each request through an event loop and three
threads, which costs more than an API request. Here it only resolves the files.
"""

from collections.abc import Callable, Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from servestatic.middleware import ServeStaticMiddleware
from servestatic.storage import CompressedManifestStaticFilesStorage
from servestatic.utils import decode_path_info
from servestatic.wsgi import FileServerWSGI

IMPORT = r"""(?P<matched>from\s*["'](?P<url>\.[^"']*)["'])"""
Application = Callable[[dict[str, Any], Any], Iterable[bytes]]


class ManifestStorage(CompressedManifestStaticFilesStorage):
    """Static files with a hash of their content in the name, also where one of our scripts imports another.

    Django's own switch for that reads the scripts of every library too, and some import files that they do not bring.
    """

    patterns = (
        *CompressedManifestStaticFilesStorage.patterns,
        *((f"{folder}/*.js", ((IMPORT, 'from "%(url)s"'),)) for folder in ("scheduling", "ui")),
    )


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
