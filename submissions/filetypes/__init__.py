"""What kind of file something really is, by its content. Name and declared type are never believed."""

from submissions.filetypes.identify import FAMILIES, FileType, identify
from submissions.filetypes.names import clean_name

__all__ = ["FAMILIES", "FileType", "clean_name", "identify"]
