"""Events of the back office."""

import datetime as dt
from dataclasses import dataclass

from clinicflow.core.events import Event


@dataclass(frozen=True, kw_only=True)
class AuditCheckAsked(Event):
    """A member requested a verification of the audit log."""

    at: dt.datetime
