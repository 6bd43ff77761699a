"""Template tags and filters used on every page: icons, names, times and dates by the clinic's preferences."""

import datetime as dt
from functools import cache
from urllib.parse import urlencode

import phonenumbers
from django import template
from django.conf import settings
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from clinicflow.web import display
from clinicflow.web.fragment_cache import render_cached

register = template.Library()


@register.simple_tag
def icon(name: str, classes: str = "", label: str = "") -> SafeString:
    """An icon of the sprite; with a label it is announced by screen readers, without one it is decorative."""
    if label:
        href = f"{static('ui/icons.svg')}#{name}"
        classes = f"i {classes}".rstrip()
        return format_html('<svg class="{}" role="img" aria-label="{}"><use href="{}"/></svg>', classes, label, href)
    return _decorative_icon(name, classes)


@cache
def _decorative_icon(name: str, classes: str) -> SafeString:
    """An unlabelled icon, cached: a day page has four hundred of them."""
    href = f"{static('ui/icons.svg')}#{name}"
    return format_html('<svg class="{}" aria-hidden="true"><use href="{}"/></svg>', f"i {classes}".rstrip(), href)


@register.simple_tag
def cached_include(template_name: str, **values: object) -> SafeString:
    """Include a template with these values alone, cached: see `clinicflow.web.fragment_cache`."""
    return render_cached(template_name, values)


@register.filter
def clock(moment: dt.datetime | dt.time | None) -> str:
    """`3:00 pm` or `15:00`, in the clinic's zone."""
    return "" if moment is None else display.write_clock(moment)


@register.filter
def clock_bare(moment: dt.datetime | dt.time | None) -> str:
    """The same without am or pm, where that is obvious."""
    return "" if moment is None else display.write_clock(moment, suffix=False)


@register.filter
def day(moment: dt.datetime | dt.date | None, style: str = "short") -> str:
    """A date in the clinic's format; for the styles see `clinicflow.web.display.write_date`."""
    return "" if moment is None else display.write_date(moment, style)


@register.filter
def hour(value: int) -> str:
    """A full hour, as on a time axis: `9 am` or `09:00`."""
    return display.write_hour(value)


@register.filter
def ago(seconds: float | None) -> str:
    """A duration in its largest unit: `18 min`, `3 h`, `2 d`."""
    minutes = int(seconds or 0) // 60
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 24 * 60:
        return f"{minutes // 60} h"
    return f"{minutes // (24 * 60)} d"


@register.filter
def initials(name: str) -> str:
    """The first letters of the first and last word of a name."""
    words = [word for word in name.split() if word[:1].isalpha()]
    return "".join(word[0] for word in ([words[0], words[-1]] if len(words) > 1 else words)).upper()


@register.simple_tag(takes_context=True)
def query(context: template.Context, **changes: object) -> str:
    """The query string of the page with some parameters changed; None removes a parameter."""
    values: dict[str, list[str]] = dict(context["request"].GET.lists())
    for name, value in changes.items():
        if value is None:
            values.pop(name, None)
        else:
            values[name] = [str(value)]
    return f"?{urlencode(values, doseq=True)}"


@register.filter
def short_doctor(name: str) -> str:
    """`Dr. Okafor` for `Dr. Amara Okafor`, where space is short."""
    words = name.split()
    return f"Dr. {words[-1]}" if words else ""


@register.filter
def phone(number: object) -> str:
    """A phone number in the national format of the clinic's country, `(512) 555-0121`, else the international one."""
    text = str(number or "")
    if not text:
        return ""
    try:
        parsed = phonenumbers.parse(text, settings.PHONENUMBER_DEFAULT_REGION)
    except phonenumbers.NumberParseException:
        return text
    home = phonenumbers.country_code_for_region(settings.PHONENUMBER_DEFAULT_REGION)
    style = phonenumbers.PhoneNumberFormat
    return phonenumbers.format_number(parsed, style.NATIONAL if parsed.country_code == home else style.INTERNATIONAL)
