"""Events of the back office."""

import datetime as dt
from dataclasses import dataclass

from clinicflow.core.events import Event


@dataclass(frozen=True, kw_only=True)
class AuditCheckAsked(Event):
    """Somebody wants to know whether the audit log is whole."""

    at: dt.datetime
