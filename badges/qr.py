"""QR codes of addresses."""

import io
from functools import lru_cache

import segno


@lru_cache(maxsize=200)
def qr_svg(address: str, *, border: int = 0) -> bytes:
    """A QR code (ISO/IEC 18004, level M) as SVG. `border`: modules of white around it; readers want four."""
    drawn = io.BytesIO()
    segno.make(address, error="m", micro=False).save(
        drawn, kind="svg", scale=8, border=border, light="#fff", title=address, xmldecl=False
    )
    return drawn.getvalue()
