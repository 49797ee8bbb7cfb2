"""The artwork of editions and stacks that were published, whose words no longer change: drawn once and kept."""

from django.utils.translation import gettext as _

from badges.art import BadgeArt, draw_card, draw_svg, render_card, render_png
from badges.models import Artwork
from credentials.models import Edition, Stack


def artwork_of(thing: Edition | Stack) -> Artwork:
    """The picture of a thing that was published, drawn when it is first asked for."""
    key = {"edition": thing} if isinstance(thing, Edition) else {"stack": thing}
    kept = Artwork.objects.filter(**key).first()
    if kept is not None:
        return kept
    svg = draw_svg(_art(thing))
    drawn = Artwork(**key, svg=svg, png=render_png(svg))
    Artwork.objects.bulk_create([drawn], ignore_conflicts=True)  # two first visitors draw the same picture
    return Artwork.objects.get(**key)


def card_of(thing: Edition | Stack) -> bytes:
    """The picture for links to a thing that was published (PNG, 1200 by 630), drawn when it is first asked for."""
    art = artwork_of(thing)
    if art.card is None:
        kind = _("Micro-credential") if isinstance(thing, Edition) else _("Stack of micro-credentials")
        tenant = thing.tenant
        svg = draw_card(art.svg, title=thing.title, issuer=tenant.name, kind=kind, accent=tenant.accent)
        art.card = render_card(svg)
        art.save(update_fields=["card"])
    return bytes(art.card)


def _art(thing: Edition | Stack) -> BadgeArt:
    tenant = thing.tenant
    described = _("Badge issued by %(issuer)s") % {"issuer": tenant.name}
    if isinstance(thing, Edition):
        return BadgeArt(
            title=thing.title,
            issuer=tenant.name,
            accent=tenant.accent,
            description=described,
            icon=thing.icon,
            seed=thing.art_seed,
        )
    count = thing.needed or thing.items.count()
    ribbon = _("STACK OF %(count)s") % {"count": count}
    return BadgeArt(
        title=thing.title,
        issuer=tenant.name,
        accent=tenant.accent,
        description=described,
        kind="stack",
        icon="people",
        ribbon=ribbon,
    )
