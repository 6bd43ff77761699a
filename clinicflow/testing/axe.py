"""Accessibility checks with axe-core in browser tests, injected without a script tag, so that the CSP stays active."""

from pathlib import Path
from typing import Any

import axe_playwright_python
from playwright.sync_api import Page

SOURCE = next(Path(axe_playwright_python.__file__).parent.rglob("axe.min.js"))
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def violations(page: Page, *, preload: bool = True) -> list[str]:
    """The violations of the page in its current state, one line each: rule, element, reason.

    Without `preload`, axe does not fetch style sheets with imports, which it would resolve against the wrong URL and
    inject in a way that the CSP refuses.
    """
    page.evaluate(SOURCE.read_text("utf-8") + "\n;null")
    result: dict[str, Any] = page.evaluate(
        "([tags, preload]) => axe.run(document, {runOnly: tags, preload})", [TAGS, preload]
    )
    return [
        f"{rule['id']} {node['target']} {node['failureSummary']}"
        for rule in result["violations"]
        for node in rule["nodes"]
    ]
