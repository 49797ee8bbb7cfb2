"""Photos of iPhones. Few browsers show HEIC, so people get a JPEG."""

import pi_heif

from submissions.media.processors.pictures import IMAGE_SIDE
from submissions.media.processors.pixels import add_picture, add_thumb, read
from submissions.media.processors.task import Task


def make(task: Task) -> None:
    """One picture to look at and one for lists. Further pictures in the file are no frames, so no word on them."""
    pi_heif.register_heif_opener()
    image, _more = read(task.source, "HEIF", side=IMAGE_SIDE, pixels=task.limits.pixels)
    add_picture(task, "image", image, jpeg=True)
    add_thumb(task, image)
