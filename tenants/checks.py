"""System checks that explain a mistake in the set-up before it becomes an incident."""

from typing import Any

from django.apps import apps
from django.core.checks import Error, Tags, register
from django.db import connections

from lib.postgres import POLICY
from tenants.models import ScopedModel


@register(Tags.database)
def the_wall_stands(app_configs: Any = None, databases: Any = None, **kwargs: Any) -> list[Error]:
    """Every scoped table has forced row-level security with our policy, and our role cannot step over it."""
    problems = []
    for alias in databases or []:
        with connections[alias].cursor() as cursor:
            cursor.execute("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
            if cursor.fetchone()[0]:
                hint = "Connect as a role made with NOSUPERUSER NOBYPASSRLS (docs/operations.md)."
                message = "The database role can bypass row-level security."
                problems.append(Error(message, hint=hint, id="tenants.E002"))
            cursor.execute(
                """SELECT c.relname FROM pg_class c JOIN pg_policy p ON p.polrelid = c.oid
                   WHERE c.relrowsecurity AND c.relforcerowsecurity AND p.polname = %s""",
                [POLICY],
            )
            walled = {name for (name,) in cursor.fetchall()}
            existing = set(connections[alias].introspection.table_names(cursor))
        for model in apps.get_models():
            table = model._meta.db_table
            if issubclass(model, ScopedModel) and table in existing and table not in walled:
                hint = "Add lib.postgres.wall() for it to a migration."
                problems.append(Error(f"{table} has no row-level security.", hint=hint, id="tenants.E003"))
    return problems
