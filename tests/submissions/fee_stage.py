"""Props for tests of fees: an edition that costs something, as its author would have set it before it was vetted."""

from credentials.actions.editions import import_edition, publish, send_to_vetting
from credentials.models import Edition
from tests.cast import Cast
from tests.submissions import stage


def paid_edition(cast: Cast, title: str = "Costs money") -> Edition:
    """49.50 dollars."""
    with cast.inside():
        draft = import_edition(by=cast.by(cast.dora), data=stage.edition_data(title))
        Edition.objects.filter(id=draft.id).update(mode="paid", fee_cents=4_950, fee_currency="USD")
        send_to_vetting(by=cast.by(cast.dora), edition=draft)
        publish(by=cast.by(cast.vito), edition=draft)
    return Edition.objects.get(id=draft.id)
