"""Context that every page needs."""

from django.http import HttpRequest

THEMES = ("system", "light", "dark")
DENSITIES = ("regular", "compact", "roomy")


def appearance(request: HttpRequest) -> dict[str, str]:
    """Theme and density that this browser asked for; kept in cookies, so that no script has to run first."""
    theme = request.COOKIES.get("theme", "")
    density = request.COOKIES.get("density", "")
    return {
        "theme": theme if theme in THEMES else "system",
        "density": density if density in DENSITIES else "regular",
    }
