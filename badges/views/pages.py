"""The page of one badge in bytes: from its skeleton for anonymous visitors, rendered as a whole for everyone else."""

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from badges.checking import check
from badges.facts import Facts, state_of
from badges.models import Badge
from badges.page import context_of, shape_of, values_of
from badges.queries import badge_by_id
from badges.renewing import Offer, offers_of
from badges.skeletons import page_from
from badges.standing import is_signed
from badges.terms import is_due
from tenants.context import Link


def page_of(request: HttpRequest, facts: Facts) -> bytes:
    """The whole page. Its signature is checked now; where that fails, every step of the full check is shown."""
    shape = shape_of(facts, state_of(facts, is_signed(facts)))
    values = values_of(facts)

    def render(words: dict[str, str]) -> str:
        context = context_of(shape, words)
        if shape.state == "broken":
            context["report"] = check(bytes(facts.document))
        if request.user.is_authenticated:
            context["is_mine"] = request.user.id == facts.earner_id
            if context["is_mine"]:
                context["renew"] = _offer_of(facts)
            context["visibility_words"] = Badge.Visibility(facts.visibility).label
        else:
            catalog = Link(_("Catalog"), reverse("catalog", args=[shape.tenant_slug]))
            context["nav_items"] = [catalog, Link(_("Check a badge"), reverse("verify"))]
        return render_to_string("badges/badge.html", context, request)

    anonymous = not request.META.get("HTTP_COOKIE") and not request.user.is_authenticated
    if anonymous and shape.state != "broken":
        return page_from(shape, values, render)
    return render(values).encode()


def _offer_of(facts: Facts) -> Offer | None:
    """How its earner renews a badge now, if it is due for that and its micro-credential is still offered."""
    badge = badge_by_id(facts.id)
    return offers_of([badge]).get(badge.id) if badge is not None and is_due(badge) else None
