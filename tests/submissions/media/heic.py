"""A real HEIC, which no library here writes: one HEVC key frame in the boxes of ISO 23008-12, put together by hand."""

import struct
from pathlib import Path

from tests.submissions.media.samples import ffmpeg


def heic(folder: Path, *, quarter_turns: int = 0, exif: bytes = b"") -> bytes:
    """Red over blue, 128 by 64 pixels, to be turned anticlockwise as often as said. `exif` starts with "Exif"."""
    film = folder / "frame.mp4"
    ffmpeg(
        *("-f", "lavfi", "-i", "color=red:s=128x32[a];color=blue:s=128x32[b];[a][b]vstack"),
        *("-frames:v", "1", "-pix_fmt", "yuv420p", "-c:v", "libx265", "-x265-params", "log-level=none"),
        *("-tag:v", "hvc1", str(film)),
    )
    content = film.read_bytes()
    settings = _box_at(content, content.index(b"hvcC") - 4)
    frame = _box_at(content, content.index(b"mdat") - 4)[8:]
    items = [frame, *([struct.pack(">I", 6) + exif] if exif else [])]
    head = _box(b"ftyp", b"heic", struct.pack(">I", 0), b"mif1heic")
    meta = _meta(settings, [0] * len(items), items, quarter_turns)
    start = len(head) + len(meta) + 8
    places = [start + sum(map(len, items[:at])) for at in range(len(items))]
    return head + _meta(settings, places, items, quarter_turns) + _box(b"mdat", *items)


def _meta(settings: bytes, places: list[int], items: list[bytes], quarter_turns: int) -> bytes:
    kinds = [b"hvc1", b"Exif"][: len(items)]
    entries = [_full(b"infe", 2, 0, struct.pack(">HH", at, 0), kind, b"\0") for at, kind in enumerate(kinds, start=1)]
    located = b"".join(
        struct.pack(">HHHII", at, 0, 1, place, len(item))
        for at, (place, item) in enumerate(zip(places, items, strict=True), start=1)
    )
    properties = _box(b"ipco", settings, _full(b"ispe", 0, 0, struct.pack(">II", 128, 64)), _irot(quarter_turns))
    belongs = _full(b"ipma", 0, 0, struct.pack(">IHB", 1, 1, 3), b"\x81\x02\x83")
    refers = [_full(b"iref", 0, 0, _box(b"cdsc", struct.pack(">HHH", 2, 1, 1)))] if len(items) > 1 else []
    return _full(
        b"meta",
        0,
        0,
        _full(b"hdlr", 0, 0, bytes(4), b"pict", bytes(13)),
        _full(b"pitm", 0, 0, struct.pack(">H", 1)),
        _full(b"iinf", 0, 0, struct.pack(">H", len(items)), *entries),
        *refers,
        _box(b"iprp", properties, belongs),
        _full(b"iloc", 0, 0, b"\x44\x00", struct.pack(">H", len(items)), located),
    )


def _irot(quarter_turns: int) -> bytes:
    return _box(b"irot", bytes([quarter_turns]))


def _box(kind: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I", 8 + len(body)) + kind + body


def _full(kind: bytes, version: int, flags: int, *parts: bytes) -> bytes:
    return _box(kind, struct.pack(">I", version << 24 | flags), *parts)


def _box_at(content: bytes, at: int) -> bytes:
    return content[at : at + int.from_bytes(content[at : at + 4], "big")]
