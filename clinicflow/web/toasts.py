"""What happened, said at the edge of the page, with a way back where there is one."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Toast:
    """A sentence, and the address (with form values) that undoes what it tells. `kind` is ok or bad."""

    text: str
    undo: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    kind: str = "ok"

    @property
    def json(self) -> str:
        """The values as the button's `hx-vals` wants them; empty when there are none."""
        return json.dumps(dict(self.values)) if self.values else ""
