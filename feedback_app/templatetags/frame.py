"""What every page is framed with: icons, the navigation, scores and times."""

from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

from django import template
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from feedback_app.my_work import notices
from traces_app.models import Project

if TYPE_CHECKING:
    from feedback_app.http import PageRequest

register = template.Library()

GOOD = Decimal("0.7")
MIDDLING = Decimal("0.5")

# name of the URL, icon, words, what the names of the section's own pages begin with
_SECTIONS = (
    ("home", "inbox", "My work", "home"),
    ("traces", "list", "Traces", "trace"),
    ("queues", "queue", "Queues", "queue"),
    ("datasets", "data", "Datasets", "data"),
)
_SETTINGS = (
    ("api-keys", "key", "API keys", "api-key"),
    ("members", "people", "Members", "member"),
    ("jobs", "clock", "Jobs", "job"),
    ("trash", "bin", "Trash", "trash"),
)


@register.simple_tag
def icon(name: str, label: str = "", css: str = "") -> SafeString:
    """One icon of the sprite: decoration, or with ``label`` a picture that says it."""
    return _drawn(static("img/icons.svg"), name, label, css)


@lru_cache(maxsize=512, typed=True)  # a page has dozens; whether a label is safe is its type
def _drawn(sprite: str, name: str, label: str, css: str) -> SafeString:
    return format_html(
        '<svg class="{}" {}><use href="{}#{}"/></svg>',
        f"icon {css}".strip(),
        format_html('role="img" aria-label="{}"', label)
        if label
        else SafeString('aria-hidden="true"'),
        sprite,
        name,
    )


@register.inclusion_tag("_parts/nav.html", takes_context=True)
def nav(context: template.Context) -> dict[str, Any]:
    """The navigation of whoever is signed in, with the workspace's projects to switch to."""
    request = cast("PageRequest", context["request"])
    access = request.access
    projects = Project.objects.visible_to(access).order_by("name_key", "pk")
    return {
        "request": request,
        "csrf_token": context.get("csrf_token"),
        "user": request.user,
        "access": access,
        "memberships": request.memberships,
        "sections": _links(request, _SECTIONS[: 1 if access.sees_queues_only else None]),
        "unread": notices.unread(access),
        "settings": [] if access.sees_queues_only else _links(request, _SETTINGS),
        "projects": [] if access.sees_queues_only else projects.only("id", "name"),
        "project": context.get("project"),
        "traces_url": _reverse("traces"),
        "themes": _choices("theme", request.user.theme, request.user.Theme.choices),
        "typefaces": _choices("typeface", request.user.typeface, request.user.Typeface.choices),
    }


@register.simple_tag
def score(value: Decimal | float | None) -> SafeString:
    """A score with its shape: rounded for reading, in full on hover."""
    if value is None:
        return format_html(
            '<span class="score unset">{}<span class="quiet">no score</span></span>', icon("none")
        )
    exact = Decimal(str(value))
    css, shape = ("good", "high") if exact >= GOOD else ("mid", "mid")
    if exact < MIDDLING:
        css, shape = "bad", "low"
    if not 0 <= exact <= 1:
        css, shape = "plain", ""
    return format_html(
        '<span class="score {}" title="{}">{}{}</span>',
        css,
        format(exact.normalize(), "f"),
        icon(shape) if shape else "",
        short_number(exact),
    )


@register.filter
def short_number(value: Decimal | float) -> str:
    """At most two decimals, at least one below a thousand: 0.35, 1.0, 12500."""
    rounded = Decimal(str(value)).quantize(Decimal("0.01"))
    text = f"{rounded:f}".rstrip("0")
    return f"{text}0" if text.endswith(".") and abs(rounded) < 1000 else text.rstrip(".")


@register.simple_tag
def ago(moment: datetime | None) -> SafeString:
    """A time as people say it, with the exact one in the title."""
    if moment is None:
        return SafeString("")
    local = timezone.localtime(moment)
    exact = local.isoformat(timespec="seconds")
    return format_html('<time datetime="{0}" title="{0}">{1}</time>', exact, _words(local))


@register.simple_tag
def span_of(milliseconds: float) -> str:
    """A stretch of time in its largest units: 850 ms, 12.5 s, 4 min, 3 h, 2 days."""
    seconds = milliseconds / 1000
    if seconds < 1:
        return f"{milliseconds:.0f} ms"
    if seconds < 60:
        return f"{seconds:.1f} s"
    for unit, length, most in (("min", 60, 90), ("h", 3600, 48)):
        if seconds / length < most:
            return f"{seconds / length:.0f} {unit}"
    return f"{seconds / 86400:,.0f} days"


def _words(local: datetime) -> str:
    passed = timezone.now() - local
    if timedelta(0) <= passed < timedelta(minutes=1):
        return "now"
    if timedelta(0) <= passed < timedelta(hours=1):
        return f"{passed.seconds // 60} min"
    if timedelta(0) <= passed < timedelta(days=1):
        return f"{passed.seconds // 3600} h"
    same_year = local.year == timezone.localtime().year
    return f"{local.day} {local:%b}" if same_year else f"{local.day} {local:%b %Y}"


def _links(
    request: HttpRequest, sections: tuple[tuple[str, str, str, str], ...]
) -> list[dict[str, object]]:
    here = (request.resolver_match and request.resolver_match.url_name) or ""
    return [
        {"url": url, "icon": picture, "words": words, "here": here.startswith(prefix)}
        for name, picture, words, prefix in sections
        if (url := _reverse(name))
    ]


def _choices(name: str, current: str, choices: list[tuple[str, str]]) -> list[dict[str, object]]:
    return [
        {"name": name, "value": value, "words": words, "here": value == current}
        for value, words in choices
    ]


def _reverse(name: str) -> str:
    """The address of ``name``, or an empty string where no such page exists."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
