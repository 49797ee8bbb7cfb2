"""Everything the public page of a badge shows. A shape is all that decides what the page looks like.

Two badges of one shape have pages that differ only in `values_of`. That is what lets `badges.skeletons` render a shape
once and fill in the rest, and it is why the template asks only about the shape, never about a value.
"""

import json
from datetime import date, datetime
from functools import cache, lru_cache
from html import escape
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from django.urls import NoReverseMatch, reverse
from django.utils.formats import date_format
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from badges.achievements import stack_item_titles
from badges.facts import Facts
from badges.issuers import profile_of
from badges.models import Badge, Issuer
from badges.openbadges import proving, statuses, verification
from badges.openbadges.report import Report, Step
from credentials.models import Edition, RubricLine, Stack
from tenants.mail import absolute
from tenants.theme import theme_url

CARD = (380, 190)  # pixels of the card for other sites
_NOBODY = UUID(int=0)
_PLACES = (
    "badge", "badge_json", "badge_png", "badge_svg", "badge_pdf", "badge_jwt", "badge_qr", "badge_embed", "honored_by",
    "badge_endorsed_by"
)  # fmt: skip


class Shape(NamedTuple):
    """All that decides what a page looks like, apart from the words of `values_of`."""

    language: str
    state: str
    edition_id: UUID | None
    stack_id: UUID | None
    issuer_id: UUID
    tenant_name: str
    tenant_slug: str
    tenant_email: str
    brand: tuple[str, str, str]  # accent, digest and words of the logo
    visibility: str
    named: bool
    results: str
    expires: bool
    revoked_reason: str
    newer: str  # the Succession of the badge that followed; "" without one
    newer_open: bool
    older: str
    older_open: bool
    evidence: bool


def shape_of(facts: Facts, state: str) -> Shape:
    """The shape of a badge's page."""
    private = Badge.Visibility.PRIVATE
    return Shape(
        language=get_language(),
        state=state,
        edition_id=facts.edition_id,
        stack_id=facts.stack_id,
        issuer_id=facts.issuer_id,
        tenant_name=facts.tenant_name,
        tenant_slug=facts.tenant_slug,
        tenant_email=facts.tenant_email,
        brand=(facts.tenant_accent, facts.tenant_logo, facts.tenant_logo_alt),
        visibility=facts.visibility,
        named=facts.show_name,
        results=facts.results,
        expires=facts.expires_at is not None,
        revoked_reason=facts.revoked_reason,
        newer=facts.newer_succession or "",
        newer_open=facts.newer_id is not None and facts.newer_visibility != private,
        older=facts.succession,
        older_open=facts.older_id is not None and facts.older_visibility != private,
        evidence=facts.evidence is not None,
    )


def values_of(facts: Facts) -> dict[str, str]:
    """What is this badge's own on the page. Each is put in as it is, escaped unless it is safe already."""
    number, zone, language = str(facts.id), _zone(facts.time_zone), get_language()
    url = absolute(f"/b/{number}")
    awarded = facts.awarded_at.astimezone(zone).date()
    expires = facts.expires_at.astimezone(zone).date() if facts.expires_at else None
    name = facts.recipient_name if facts.show_name else _("An educator")
    linkedin = f"&issueYear={awarded.year}&issueMonth={awarded.month}"
    if expires:
        linkedin += f"&expirationYear={expires.year}&expirationMonth={expires.month}"
    return {
        "id": number,
        "url": url,
        "name": name,
        "first_name": (name.split() or [name])[0] if facts.show_name else _("this educator"),
        "awarded_on": _day(awarded, language),
        "awarded_iso": awarded.isoformat(),
        "expires_on": _day(expires, language) if expires else "",
        "expires_iso": expires.isoformat() if expires else "",
        "suspended_on": _moment(facts.suspended_at, zone, language),
        "revoked_on": _moment(facts.revoked_at, zone, language),
        "newer_url": f"/b/{facts.newer_id}" if facts.newer_id else "",
        "older_url": f"/b/{facts.older_id}" if facts.older_id else "",
        "quoted_url": quote(url, safe=""),
        "linkedin_rest": f"{linkedin}&certUrl={quote(url, safe='')}&certId={number}",
        "evidence_list": _evidence_list(facts) if facts.evidence else "",
        **{f"{place}_path": before + number + after for place, before, after in _places()},
    }


def context_of(shape: Shape, values: dict[str, str]) -> dict[str, Any]:
    """The context of templates/badges/badge.html for a shape, with these values, or with marks in their place."""
    if shape.edition_id:
        thing: Edition | Stack = Edition.objects.select_related("micro_credential__tenant").get(id=shape.edition_id)
    else:
        thing = Stack.objects.select_related("tenant").get(id=shape.stack_id)
    tenant = thing.tenant
    issuer = profile_of(Issuer.objects.select_related("tenant").get(id=shape.issuer_id))
    kind = "e" if shape.edition_id else "s"
    alt = _("Badge: %(title)s, issued by %(issuer)s") % {"title": thing.title, "issuer": shape.tenant_name}
    return {
        **values,
        "shape": shape,
        "kind": kind,
        "thing": thing,
        "tenant": tenant,
        "theme_css_url": theme_url(tenant),
        "alt": alt,
        "checked": Report(_steps(shape, issuer.id, values), None),
        "revoked_because": Badge.Reason(shape.revoked_reason).label if shape.revoked_reason else "",
        "lines": results_of(shape.edition_id, json.loads(shape.results)),
        "items": stack_item_titles(list(thing.items.select_related("substack"))) if shape.stack_id else [],
        "issuer_id": issuer.id,
        "card_url": absolute(reverse("og_card", args=[kind, thing.id])),
        "linkedin": "https://www.linkedin.com/profile/add?"
        + urlencode(
            {"startTask": "CERTIFICATION_NAME", "name": thing.title, "organizationName": shape.tenant_name},
        ),
        "embed_code": embed_code(values["url"], alt),
        "json_ld": _json_ld(shape, thing, issuer.url, values),
    }


def embed_code(url: str, title: str) -> str:
    """The HTML that shows the card of a badge on another site: text, to be copied."""
    width, height = CARD
    return (
        f'<iframe src="{url}/embed" title="{escape(title)}" width="{width}" height="{height}" loading="lazy" '
        'frameborder="0"></iframe>'
    )


def _steps(shape: Shape, issuer: str, values: dict[str, str]) -> tuple[Step, ...]:
    """What was checked of a badge in good standing, in words. The check itself is `badges.standing`."""
    until = Step("dates", "ok", verification.DATES_UNTIL, {"date": values["expires_on"]})
    return (
        Step("proof", "ok", proving.PROOF_OK),
        Step("issuer", "ok", proving.ISSUER_OK, {"issuer": issuer}),
        Step("status", "ok", statuses.STATUS_OK),
        until if shape.expires else Step("dates", "ok", verification.DATES_OK),
    )


def results_of(edition_id: UUID | None, results: list[dict[str, Any]]) -> list[tuple[str, str, bool]]:
    """Title, level and whether it passes, of each rubric line of `Badge.results`."""
    if edition_id is None or not results:
        return []
    rubric = {line.key: line for line in RubricLine.objects.filter(edition=edition_id).prefetch_related("levels")}
    shown = []
    for each in results:
        line = rubric[each["line"]]
        level = next(level for level in line.levels.all() if level.position == each["level"])
        shown.append((line.title, level.name, level.passes))
    return shown


def _json_ld(shape: Shape, thing: Edition | Stack, website: str, values: dict[str, str]) -> SafeString:
    """The badge for search engines (schema.org, EducationalOccupationalCredential), ready to stand in a script."""
    told = {
        "@context": "https://schema.org",
        "@type": "EducationalOccupationalCredential",
        "name": thing.title,
        "description": (thing.summary or thing.competency) if shape.edition_id else thing.description,
        "credentialCategory": "micro-credential" if shape.edition_id else "certificate",
        "identifier": values["id"],
        "url": values["url"],
        "dateCreated": values["awarded_iso"],
        "recognizedBy": {"@type": "Organization", "name": shape.tenant_name, "url": website},
    }
    if shape.expires:
        told["expires"] = values["expires_iso"]
    text = json.dumps(told, ensure_ascii=False)
    return SafeString(text.translate({ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026"}))


def _evidence_list(facts: Facts) -> SafeString:
    """The pieces that the earner shows, as list items."""
    pieces = json.loads(facts.evidence)
    there = format_html_join(
        "",
        '<li><a href="/b/{}/evidence/{}">{}</a> <span class="muted">{}</span></li>',
        ((facts.id, piece, name, about) for piece, name, about, gone in pieces if not gone),
    )
    deleted = _("A piece that was shown here was deleted.")
    return there + format_html_join("", "<li>{}</li>", ((deleted,) for *_piece, gone in pieces if gone))


@cache
def _places() -> tuple[tuple[str, str, str], ...]:
    """The addresses of a badge: name, and what stands before and after its id."""
    found = []
    for name in _PLACES:
        try:
            before, after = reverse(name, args=[_NOBODY]).split(str(_NOBODY))
        except NoReverseMatch:  # an address of an app above, or of one that is not installed
            continue
        found.append((name, before, after))
    return tuple(found)


@lru_cache(maxsize=500)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


@lru_cache(maxsize=10_000)
def _day(day: date, language: str) -> str:
    return date_format(day, "F j, Y")


def _moment(moment: datetime | None, zone: ZoneInfo, language: str) -> str:
    return _day(moment.astimezone(zone).date(), language) if moment else ""
