"""JPEG, PNG, WebP and GIF."""

from submissions.media.processors.pixels import add_picture, add_thumb, read
from submissions.media.processors.task import Task

IMAGE_SIDE = 2400  # pixels: sharp on a large screen, and writing on paper can be read when zoomed


def make(task: Task) -> None:
    """One picture to look at and one for lists."""
    form = task.content_type.removeprefix("image/").upper()
    image, moving = read(task.source, form, side=IMAGE_SIDE, pixels=task.limits.pixels)
    if moving:
        task.leave_out("moving")
    add_picture(task, "image", image)
    add_thumb(task, image)
