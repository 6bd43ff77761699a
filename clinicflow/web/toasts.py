"""Toasts: short messages about a completed action, with an undo button where there is one."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Toast:
    """A message, and the URL and form values that undo the action. `kind` is `ok` or `bad`."""

    text: str
    undo: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    kind: str = "ok"

    @property
    def json(self) -> str:
        """The form values as JSON for the button's `hx-vals`; empty when there are none."""
        return json.dumps(dict(self.values)) if self.values else ""
