"""MP4, MOV, HEIC and M4A (ISO 14496-12 boxes), WebM (EBML, RFC 8794), MP3 and WAV: is all of it there?"""

from typing import BinaryIO

from submissions.filetypes.problems import damaged, truncated

MOST_BOXES = 100_000  # at the top level; a fragmented recording of hours has a few thousand
_QUICKTIME_STARTS = {b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"}


def brand_of(head: bytes) -> str:
    """The major brand of an ISO base media file ("isom", "qt", "heic" …), or "" when it is none."""
    kind = head[4:8]
    if kind == b"ftyp":
        return head[8:12].decode("latin-1").strip() or "isom"
    return "qt" if kind in _QUICKTIME_STARTS else ""


def check_boxes(file: BinaryIO, size: int, needed: set[bytes]) -> None:
    """Walk the top-level boxes. Raise Invalid when one reaches past the end, or none of `needed` is there."""
    at, seen = 0, set()
    for _count in range(MOST_BOXES):
        if at == size:
            break
        file.seek(at)
        header = file.read(16)
        if len(header) < 8:
            raise truncated()
        length, kind = int.from_bytes(header[:4], "big"), header[4:8]
        if length == 1:
            length = int.from_bytes(header[8:16], "big")
            if length < 16:
                raise damaged()
        elif length == 0:  # the last box, to the end of the file
            length = size - at
        elif length < 8:
            raise damaged()
        if at + length > size:
            raise truncated()
        seen.add(kind)
        at += length
    else:
        raise damaged()
    if not seen & needed:
        raise truncated()  # a recording that was cut off before its index was written


def check_webm(file: BinaryIO, size: int) -> None:
    """The EBML header names WebM, and the segment fits into the file (or has no stated size, as live recordings)."""
    file.seek(4)
    header_length, at = _vint(file, 4)
    head = file.read(min(header_length or 0, 4096))
    if b"webm" not in head:
        raise damaged()
    at += header_length or 0
    file.seek(at)
    if file.read(4) != b"\x18\x53\x80\x67":
        raise truncated()
    length, start = _vint(file, at + 4)
    if length is not None and start + length > size:
        raise truncated()
    if start >= size:
        raise truncated()


def _vint(file: BinaryIO, at: int) -> tuple[int | None, int]:
    """A variable-size integer at `at`, and where it ends. None: "unknown", all bits set."""
    file.seek(at)
    first = file.read(1)
    if not first or first[0] == 0:
        raise damaged()
    width = 9 - first[0].bit_length()
    rest = file.read(width - 1)
    if len(rest) < width - 1:
        raise truncated()
    value = int.from_bytes(first + rest, "big") & ((1 << (7 * width)) - 1)
    return (None if value == (1 << (7 * width)) - 1 else value), at + width


def check_wav(file: BinaryIO, size: int) -> None:
    """The RIFF chunk fits into the file. Streamed recordings state 0 or the largest number."""
    file.seek(4)
    stated = int.from_bytes(file.read(4), "little")
    if stated not in (0, 0xFFFFFFFF) and stated + 8 > size:
        raise truncated()
    if size <= 44:
        raise truncated()


_BITRATES = {  # kbit/s by (is MPEG 1, layer): index of the frame header
    (True, 3): (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (False, 3): (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_RATES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}  # Hz by version bits


def check_mp3(file: BinaryIO, size: int) -> None:
    """After the ID3 tag come frames, each exactly where the one before it ends."""
    file.seek(0)
    head = file.read(10)
    at = 0
    if head[:3] == b"ID3":
        at = 10 + sum((byte & 0x7F) << shift for byte, shift in zip(head[6:10], (21, 14, 7, 0), strict=False))
    if at >= size:
        raise truncated()
    file.seek(at)
    padding = file.read(4096)
    at += len(padding) - len(padding.lstrip(b"\x00"))
    for _frame in range(3):
        file.seek(at)
        length = _frame_length(file.read(4))
        if length is None:
            raise damaged()
        if at + length > size:
            raise truncated()
        at += length
        if at == size:
            return


def _frame_length(header: bytes) -> int | None:
    """Bytes of an MPEG layer III frame, or None when this is not the start of one."""
    if len(header) < 4 or header[0] != 0xFF or header[1] & 0xE0 != 0xE0 or (header[1] >> 1) & 3 != 1:
        return None
    version, bitrate, rate = (header[1] >> 3) & 3, header[2] >> 4, (header[2] >> 2) & 3
    if version == 1 or bitrate in (0, 15) or rate == 3:
        return None
    kilobits = _BITRATES[version == 3, 3][bitrate]
    samples = 144 if version == 3 else 72
    return samples * kilobits * 1000 // _RATES[version][rate] + ((header[2] >> 1) & 1)
