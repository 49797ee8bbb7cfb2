"""Paper: tagged PDF files made from our own layouts (PDF/UA-1)."""

from badges.print.pdf import compile_pdf, printable

__all__ = ["compile_pdf", "printable"]
