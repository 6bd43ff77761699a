"""Accessibility checks with axe-core in browser tests, injected without a script tag, so that the CSP stays active."""

from pathlib import Path
from typing import Any

import axe_playwright_python
from playwright.sync_api import Page

SOURCE = next(Path(axe_playwright_python.__file__).parent.rglob("axe.min.js"))
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def violations(page: Page) -> list[str]:
    """The violations of the page in its current state, one line each: rule, element, reason.

    Style sheets are not fetched again for axe: only its rule on screen orientation needs that, and
    `tests/test_front_end.py` checks the style sheets themselves.
    """
    page.evaluate(SOURCE.read_text("utf-8") + "\n;null")
    options = {"runOnly": TAGS, "preload": False, "resultTypes": ["violations"]}
    result: dict[str, Any] = page.evaluate("options => axe.run(document, options)", options)
    return [
        f"{rule['id']} {node['target']} {node['failureSummary']}"
        for rule in result["violations"]
        for node in rule["nodes"]
    ]
