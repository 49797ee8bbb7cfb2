"""A tenant's colours as a small style sheet of its own, at an address that changes with the colour."""

import hashlib

from django.urls import reverse

from lib.colour import make_theme
from tenants.models import Tenant


def theme_css(tenant: Tenant) -> str:
    """CSS custom properties derived from the accent, each pair readable whatever the accent is."""
    return make_theme(tenant.accent).css()


def theme_url(tenant: Tenant) -> str:
    """Where the tenant's style sheet lies. Cached for ever: another colour is another address."""
    digest = hashlib.sha256(tenant.accent.lower().encode()).hexdigest()[:10]
    return reverse("theme", args=[tenant.slug, digest])
