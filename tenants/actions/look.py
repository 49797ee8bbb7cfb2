"""A tenant's accent colour and logo."""

import hashlib
import io
import warnings

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from lib.errors import Invalid
from tenants import audit
from tenants.models import Logo, Tenant
from tenants.roles import Member, require

FORMATS = ("PNG", "JPEG", "WEBP")
MOST_BYTES = 1_000_000  # of the upload
MOST_STORED = 200_000  # of our PNG
MOST_PIXELS = 40_000_000
SIDES = (512, 384, 256, 192, 128)  # px; tried until the PNG is small enough


def save_accent(*, by: Member, accent: str) -> Tenant:
    """Set the accent colour (#rrggbb). lib.colour makes readable colours from it, whatever it is."""
    require(by, "tenant.brand")
    tenant = Tenant.objects.select_for_update().get(id=by.tenant.id)
    before, tenant.accent = tenant.accent, accent.lower()
    if before != tenant.accent:
        tenant.save(update_fields=["accent"])
        audit.record(by, "tenant.accent_saved", tenant, before=before, after=tenant.accent)
    return tenant


def save_logo(*, by: Member, upload: UploadedFile, alt: str) -> Tenant:
    """Take a PNG, JPEG or WebP of at most 1 MB, and keep our own PNG of it. Raises Invalid for anything else."""
    require(by, "tenant.brand")
    png = encode_logo(upload)
    tenant = Tenant.objects.select_for_update().get(id=by.tenant.id)
    Logo.objects.update_or_create(tenant=tenant, defaults={"png": png})
    tenant.logo_digest = hashlib.sha256(png).hexdigest()[:10]
    tenant.logo_alt = alt
    tenant.save(update_fields=["logo_digest", "logo_alt"])
    audit.record(by, "tenant.logo_saved", tenant, digest=tenant.logo_digest, alt=alt)
    return tenant


def remove_logo(*, by: Member) -> Tenant:
    """Go back to Laurel's mark."""
    require(by, "tenant.brand")
    tenant = Tenant.objects.select_for_update().get(id=by.tenant.id)
    if tenant.logo_digest:
        Logo.objects.filter(tenant=tenant).delete()
        tenant.logo_digest = tenant.logo_alt = ""
        tenant.save(update_fields=["logo_digest", "logo_alt"])
        audit.record(by, "tenant.logo_removed", tenant)
    return tenant


def encode_logo(upload: UploadedFile) -> bytes:
    """A PNG of at most MOST_STORED bytes without metadata. Decoding and encoding drops whatever hid in the file."""
    if (upload.size or 0) > MOST_BYTES:
        raise Invalid(_("This picture is bigger than 1 MB. Make it smaller and try again."), field="logo")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(upload, formats=FORMATS)
            if picture.width * picture.height > MOST_PIXELS:
                raise Invalid(_("This picture has too many pixels. Use one of at most 2,000 by 2,000."), field="logo")
            picture = ImageOps.exif_transpose(picture).convert("RGBA")
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError, Image.DecompressionBombWarning) as problem:
        message = _("We cannot read this picture. Use a PNG, JPEG or WebP file. SVG files are not taken.")
        raise Invalid(message, field="logo") from problem
    for side in SIDES:
        small = picture.copy()
        small.thumbnail((side, side))
        out = io.BytesIO()
        small.save(out, "PNG", optimize=True)
        if out.tell() <= MOST_STORED:
            return out.getvalue()
    raise Invalid(_("This picture has too much detail for a logo. Use a simpler one."), field="logo")
