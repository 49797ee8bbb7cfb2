"""Comma-separated values, as spreadsheets write them."""

import csv
from html import escape

from submissions.media.processors.markup import write_document
from submissions.media.processors.task import Refused, Task
from submissions.media.processors.text import beginning

_SEPARATORS = ",;\t"  # Excel writes semicolons where the comma is the decimal mark


def make(task: Task) -> None:
    """The first rows and columns as a table, and all of it as text."""
    text = beginning(task)
    task.add_text(text)
    rows, columns = task.limits.rows, task.limits.columns
    first = text.partition("\n")[0]
    csv.field_size_limit(task.limits.text_characters)
    try:
        table = list(csv.reader(text.splitlines(keepends=True), delimiter=max(_SEPARATORS, key=first.count)))
    except csv.Error as problem:
        raise Refused("damaged") from problem
    if len(table) > rows:
        task.leave_out("rows", shown=rows)
    if any(len(row) > columns for row in table[:rows]):
        task.leave_out("columns", shown=columns)
    write_document(task, f"<table><tbody>{''.join(_row(row[:columns]) for row in table[:rows])}</tbody></table>")


def _row(cells: list[str]) -> str:
    return "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>"
