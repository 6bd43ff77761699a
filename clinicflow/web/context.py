"""Context processors."""

from django.http import HttpRequest

THEMES = ("system", "light", "dark")
DENSITIES = ("regular", "compact", "roomy")


def appearance(request: HttpRequest) -> dict[str, str]:
    """The theme and density of this browser, from cookies, so that the first paint needs no script."""
    theme = request.COOKIES.get("theme", "")
    density = request.COOKIES.get("density", "")
    return {
        "theme": theme if theme in THEMES else "system",
        "density": density if density in DENSITIES else "regular",
    }
