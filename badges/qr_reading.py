"""Reading a QR code from a photo: the text in it, which for a badge is its address."""

import io

import zxingcpp
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from lib.errors import Invalid

MOST_PIXELS = 40_000_000  # a photo of a telephone has 12 to 50 million; larger ones are not unpacked
LONGEST_SIDE = 2_000  # enough for any code, and quick
BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)
FORMATS = ("PNG", "JPEG", "WEBP", "GIF")


def read_qr(picture: bytes) -> str:
    """The text of the one QR code in a PNG, JPEG, WebP or GIF; raises Invalid with a sentence for anything else."""
    try:
        with Image.open(io.BytesIO(picture), formats=FORMATS) as image:
            if image.width * image.height > MOST_PIXELS:
                raise Invalid(_("This picture is too large. Make it smaller, or cut it to the code."), field="photo")
            image.draft("L", (LONGEST_SIDE, LONGEST_SIDE))
            small = ImageOps.exif_transpose(image).convert("L")
            small.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, *BOMBS) as error:
        raise Invalid(_("This is no picture that we can open. Use a PNG or JPEG."), field="photo") from error
    found = {code.text for code in zxingcpp.read_barcodes(small, formats=zxingcpp.BarcodeFormat.QRCode) if code.text}
    if not found:
        message = _("We could not find a QR code in this picture. Come closer and keep the whole code in view.")
        raise Invalid(message, field="photo")
    if len(found) > 1:
        raise Invalid(_("There are several QR codes in this picture. Show us only that of the badge."), field="photo")
    return found.pop().strip()
