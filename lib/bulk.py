"""Many rows in one statement, for work by the thousand: what Django's bulk_create does, at a fraction of its cost."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection
from django.db.models import Model
from django.db.models.expressions import RawSQL


def insert_many(
    like: Model, columns: Mapping[str, Sequence[Any]], *, ignore_conflicts: bool = False
) -> list[tuple[Any, ...]]:
    """Insert a row for each place of `columns` (by field name); every other field is as in `like`.

    Values of `columns` are as psycopg2 takes them: ids as text, JSON as text. Bytes are given as text too, which they
    have to be in UTF-8: it is half as long on the way as in hex. Returns the first of the columns of the rows that were
    inserted: with `ignore_conflicts` those that would break a unique constraint are not.
    """
    fields = {field.name: field for field in like._meta.concrete_fields}
    same = [field for name, field in fields.items() if name not in columns]
    varying = [fields[name] for name in columns]
    quote = connection.ops.quote_name
    names = ", ".join(quote(field.column) for field in (*varying, *same))
    types = {field: field.db_type(connection) for field in varying}
    given = [
        f"convert_to({quote(f.column)}, 'UTF8')" if kind == "bytea" else quote(f.column) for f, kind in types.items()
    ]
    values = ", ".join([*given, *("%s" for _field in same)])
    arrays = ", ".join(f"%s::{'text' if kind == 'bytea' else kind}[]" for kind in types.values())
    statement = f"""
        INSERT INTO {quote(like._meta.db_table)} ({names})
        SELECT {values} FROM unnest({arrays}) AS given ({", ".join(quote(field.column) for field in varying)})
        {"ON CONFLICT DO NOTHING" if ignore_conflicts else ""} RETURNING {quote(varying[0].column)}
    """  # noqa: S608 (names of columns, no values)
    fixed = [field.get_db_prep_save(getattr(like, field.attname), connection) for field in same]
    with connection.cursor() as cursor:
        cursor.execute(statement, [*fixed, *(list(column) for column in columns.values())])
        return cursor.fetchall()


def among(values: Sequence[Any], kind: str) -> RawSQL:
    """`values` as one parameter, for `__in` with thousands: Django looks at each value of a list several times."""
    return RawSQL(f"SELECT unnest(%s::{kind}[])", [list(values)])  # noqa: S611 (the name of a type)
