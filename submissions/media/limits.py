"""How much a preview may cost. Every number can be changed by whoever asks for one."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Seconds are of wall-clock time; bytes and pixels are whole numbers. All are limits of one file."""

    picture_seconds: float = 60
    pdf_seconds: float = 180
    office_seconds: float = 60  # Word and PowerPoint
    text_seconds: float = 30
    # Sound and film: min(most, start + each * duration). The duration is known once the file is opened.
    media_seconds_most: float = 3300
    media_seconds_start: float = 120
    media_seconds_each: float = 4
    memory_bytes: int = 2_000_000_000  # of address space, for each process
    output_bytes: int = 2_500_000_000  # all that is written, scratch files included
    open_files: int = 256
    nice: int = 10
    pixels: int = 100_000_000  # of a picture, or of a frame of a film
    pages: int = 200  # of a PDF, or slides
    text_characters: int = 200_000  # over all pages
    unpacked_bytes: int = 300_000_000  # of all entries of an Office file
    part_bytes: int = 40_000_000  # of one XML part of it
    pictures: int = 60  # shown from one Office file
    rows: int = 500  # of a table of comma-separated values
    columns: int = 50

    def seconds(self, content_type: str) -> float:
        """The wall-clock time for a file of this type, before anything is known about its content."""
        family = content_type.partition("/")[0]
        if content_type == "application/pdf":
            return self.pdf_seconds
        by_family = {"image": self.picture_seconds, "text": self.text_seconds, "application": self.office_seconds}
        return by_family.get(family, self.media_seconds_most)

    def media_seconds(self, duration: float | None) -> float:
        """The time to convert sound or film of that many seconds; the most there is when it states none."""
        if duration is None:
            return self.media_seconds_most
        return min(self.media_seconds_most, self.media_seconds_start + self.media_seconds_each * duration)
