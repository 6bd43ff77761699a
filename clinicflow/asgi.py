"""The ASGI application: WebSockets under /ws/, Django's WSGI application in a thread pool for HTTP.

Django's own ASGI handler costs one millisecond more CPU per request than WSGI. In larger installations granian serves
`clinicflow.wsgi`, and this module serves only WebSockets.
"""

import os
from typing import Any, cast

from a2wsgi import WSGIMiddleware
from channels.routing import ProtocolTypeRouter

from clinicflow.wsgi import application as wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinicflow.settings")

from clinicflow.realtime.routing import hub

application = ProtocolTypeRouter({"http": WSGIMiddleware(cast(Any, wsgi_application), workers=16), "websocket": hub})
