"""Run inside a site (`python -m tests.browser.previews <tenant> <artifact>…`): files get previews as workers make them.

A film gets itself as its preview, a PDF three pages. What a worker has found out before is replaced.
"""

import io
import sys

import django
from PIL import Image, ImageDraw

PAGES = 3


def sheet(number: int) -> bytes:
    """A page with its number on it, and lines."""
    image = Image.new("RGB", (850, 1100), "white")
    pen = ImageDraw.Draw(image)
    pen.text((60, 60), f"Page {number}", fill="black", font_size=48)
    for line in range(160, 1040, 40):
        pen.line((60, line, 790 - (line * 7 + number * 90) % 300, line), fill="#77839a", width=8)
    out = io.BytesIO()
    image.save(out, "WEBP")
    return out.getvalue()


def main(slug: str, *artifacts: str) -> None:
    """Replace what there is."""
    django.setup()
    from django.core.files.base import ContentFile
    from django.core.files.storage import default_storage
    from django.db import transaction

    from lib import clock, pgscope
    from submissions.models import Artifact, Preview, Rendering
    from tenants.models import Tenant

    with pgscope.scope(Tenant.objects.get(slug=slug).id), transaction.atomic():
        for artifact in Artifact.objects.filter(id__in=artifacts).select_related("file"):
            file = artifact.file
            is_film = file.content_type.startswith("video/")
            texts = [f"Page {n + 1}" for n in range(PAGES)]
            facts = {"seconds": 200.0} if is_film else {"pages": PAGES, "texts": texts}
            Preview.objects.filter(file=file).delete()
            Rendering.objects.update_or_create(
                file=file, defaults={"state": "made", "ended_at": clock.now(), "note": "", **facts}
            )
            if is_film:
                with default_storage.open(file.key) as stored:
                    made = [("video", "video/mp4", stored.read(), (320, 180))]
            else:
                made = [("page", "image/webp", sheet(n + 1), (850, 1100)) for n in range(PAGES)]
            for position, (kind, content_type, content, (width, height)) in enumerate(made):
                key = default_storage.save(f"previews/{file.id}/{kind}-{position}", ContentFile(content))
                facts = {"width": width, "height": height, "content_type": content_type, "size": len(content)}
                Preview.objects.create(file=file, kind=kind, position=position, key=key, **facts)


if __name__ == "__main__":
    main(*sys.argv[1:])
