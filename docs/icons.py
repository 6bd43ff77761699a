"""Build static/ui/icons.svg, one sprite of the Lucide icons that the pages use.

Run at development time only: `npm install --no-save lucide-static@1.62`, then `python docs/icons.py`.
A page shows an icon by `{% icon "name" %}`; a new icon is one more line in icons.txt. Lucide is ISC licensed.
"""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "node_modules" / "lucide-static" / "icons"
SPRITE = ROOT / "static" / "ui" / "icons.svg"

# symbol -> Lucide icon; a line `state-confirmed = check` gives an icon a second name
NAMES = {
    symbol.strip(): icon.strip() or symbol.strip()
    for symbol, _, icon in (
        line.partition("=") for line in (Path(__file__).parent / "icons.txt").read_text().splitlines()
    )
}


def symbol(name: str, icon: str) -> str:
    """The icon as a `<symbol>` of the sprite; colour and stroke come from the page's stylesheet."""
    drawing = (SOURCE / f"{icon}.svg").read_text()
    inner = re.search(r"<svg[^>]*>(.*)</svg>", drawing, re.DOTALL)
    if inner is None:
        sys.exit(f"{icon}.svg has no <svg> element")
    shapes = re.sub(r"\n *", "", inner.group(1))
    return f'<symbol id="{name}" viewBox="0 0 24 24">{shapes}</symbol>'


def build() -> None:
    missing = [name for name in NAMES.values() if not (SOURCE / f"{name}.svg").exists()]
    if missing:
        sys.exit(f"not in lucide-static: {', '.join(missing)}")
    symbols = "\n".join(symbol(name, icon) for name, icon in NAMES.items())
    head = "<!-- Lucide icons, ISC licence, (c) Lucide Icons and Contributors -->"
    SPRITE.write_text(f'<svg xmlns="http://www.w3.org/2000/svg">{head}\n{symbols}\n</svg>\n')


if __name__ == "__main__":
    build()
