"""Everything on one port: the live hub under /ws/, Django's WSGI application for the rest.

Django's own ASGI handler costs a millisecond more of CPU on every request than WSGI does, so HTTP stays WSGI,
in a thread pool. In a larger installation granian serves `clinicflow.wsgi` and this module only the hub.
"""

import os
from typing import Any, cast

from a2wsgi import WSGIMiddleware
from channels.routing import ProtocolTypeRouter

from clinicflow.wsgi import application as wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinicflow.settings")

from clinicflow.realtime.routing import hub

application = ProtocolTypeRouter({"http": WSGIMiddleware(cast(Any, wsgi_application), workers=16), "websocket": hub})
