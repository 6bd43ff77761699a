"""Static files in front of Django's WSGI application.

servestatic's own middleware is for asynchronous Django: among synchronous ones it sends each request through an event
loop and three threads, which costs more than a whole page of the API. It still is what knows the files.
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
    """Answer for static files, by the settings that servestatic reads, and let `application` answer the rest."""
    known = ServeStaticMiddleware(_nobody_else)

    def serve(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        path = decode_path_info(environ.get("PATH_INFO", ""))
        file = known.find_file(path) if known.autorefresh else known.files.get(path)
        answer: Application = FileServerWSGI(file) if file is not None else application
        return answer(environ, start_response)

    return serve


async def _nobody_else(request: HttpRequest) -> HttpResponse:
    raise AssertionError("Only the table of files is used.")
