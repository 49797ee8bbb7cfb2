"""Badges as files that need no Laurel: all of one person, and all that an issuer has given out."""

from badges.archive.mine import FEW, write_badges
from badges.archive.site import write_site

__all__ = ["FEW", "write_badges", "write_site"]
