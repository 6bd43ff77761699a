"""axe-core in a page of a browser test, without a script tag: the page's own security policy stays on."""

from pathlib import Path
from typing import Any

import axe_playwright_python
from playwright.sync_api import Page

SOURCE = next(Path(axe_playwright_python.__file__).parent.rglob("axe.min.js"))
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def violations(page: Page, *, preload: bool = True) -> list[str]:
    """What axe finds wrong with the page as it is now, a line each: rule, element, reason.

    Without `preload` it does not fetch style sheets that import others: it looks for those in the wrong place, and
    what it then adds to the page is refused by our policy.
    """
    page.evaluate(SOURCE.read_text("utf-8") + "\n;null")
    found: dict[str, Any] = page.evaluate(
        "([tags, preload]) => axe.run(document, {runOnly: tags, preload})", [TAGS, preload]
    )
    return [
        f"{rule['id']} {node['target']} {node['failureSummary']}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]
