"""Pictures inside Office files: made anew from their pixels, like any other picture, and put into the page itself."""

import base64
import io

from submissions.media.processors.pixels import read
from submissions.media.processors.task import Refused, Task

_SIDE = 1200  # pixels
_MOST_BYTES = 8_000_000  # of all pictures in one document, as they are written
_FORMS = {b"\xff\xd8\xff": "JPEG", b"\x89PNG": "PNG", b"GIF8": "GIF", b"RIFF": "WEBP", b"BM": "BMP"}


class Pictures:
    """Counts the pictures of one document and stops when there are enough. Drawings (EMF, WMF, SVG) are left out."""

    def __init__(self, task: Task) -> None:
        self._task = task
        self._room = _MOST_BYTES
        self._shown = 0
        self.left_out = 0

    def address(self, content: bytes) -> str:
        """The picture as a data: address, or "" when it is left out."""
        form = next((form for start, form in _FORMS.items() if content.startswith(start)), "")
        if form and self._shown < self._task.limits.pictures and self._room > 0:
            try:
                image, _moving = read(io.BytesIO(content), form, side=_SIDE, pixels=self._task.limits.pixels)
            except Refused:
                return self.skip()
            written = io.BytesIO()
            image.save(written, "WEBP", quality=75, method=2)
            self._room -= written.tell()
            if self._room >= 0:
                self._shown += 1
                return "data:image/webp;base64," + base64.b64encode(written.getvalue()).decode()
        return self.skip()

    def skip(self) -> str:
        """Count a picture that is not shown."""
        self.left_out += 1
        return ""

    def tell(self) -> None:
        """Say how many are missing, when the document is done."""
        if self.left_out:
            self._task.leave_out("pictures", count=self.left_out)
