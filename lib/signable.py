"""What a signed badge can say: texts and addresses that every verifier reads alike (badges/openbadges/canonical.py).

A badge whose words cannot be signed is never made, and that shows only when someone has earned it. So whatever goes
into badges is checked when it is written.
"""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

# Control characters (C0 without tab, line feed and return; DEL; C1), lone surrogates, non-characters.
HIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
# RFC 3987 without the characters that some RDF processors reject, and without those beyond the BMP.
IRI = re.compile(
    r"[A-Za-z][A-Za-z0-9+.-]*:(?:[!#$&-;=?-Z_a-z~\u00a0-\ud7ff\uf900-\ufdcf\ufdf0-\uffef]|%[0-9A-Fa-f]{2})*\Z"
)
BAD_ADDRESS = _("This address has signs that a badge cannot carry, like | or [. Use another one.")


def no_hidden_characters(text: str) -> None:
    """Form validator: refuse characters that nobody sees."""
    if HIDDEN.search(text):
        raise ValidationError(_("This has characters that cannot be shown. Type it again."))


def plain_address(url: str) -> None:
    """Form validator: refuse a web address that a badge cannot carry."""
    if url and not IRI.match(url):
        raise ValidationError(BAD_ADDRESS)
