"""CSV downloads that open safely in a spreadsheet."""

import csv
import io
from collections.abc import Iterable

from django.http import HttpResponse

# A spreadsheet runs a cell that starts like this as a formula (OWASP, CSV Injection).
STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def safe(cell: object) -> str:
    """A cell that a spreadsheet shows as text: an apostrophe goes before what it would run."""
    text = str(cell).replace("\x00", "")
    return f"'{text}" if text.startswith(STARTS_A_FORMULA) else text


def csv_text(rows: Iterable[Iterable[object]]) -> str:
    """RFC 4180, with a byte-order mark so that Excel reads it as UTF-8."""
    file = io.StringIO()
    file.write("\ufeff")
    writer = csv.writer(file)
    for row in rows:
        writer.writerow([safe(cell) for cell in row])
    return file.getvalue()


def csv_response(name: str, rows: Iterable[Iterable[object]]) -> HttpResponse:
    """A download named `name`.

    It is written before the view returns, since private rows cannot be read once the tenant is left.
    """
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    return HttpResponse(csv_text(rows), content_type="text/csv; charset=utf-8", headers=headers)
