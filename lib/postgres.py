"""Migration operations for what Django's models cannot say: row-level security, composite keys, a schema at once."""

from collections.abc import Sequence
from typing import Any

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

POLICY = "tenant_wall"


def wall(table: str) -> migrations.RunSQL:
    """Row-level security on `table`: only rows of the stamped tenant are seen or written, also by the owner."""
    return migrations.RunSQL(
        f"""
        ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
        ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
        CREATE POLICY {POLICY} ON {table} USING (tenant_id = (SELECT current_setting('app.tenant')::uuid));
        ALTER TABLE {table} ADD CONSTRAINT {table}_tenant_id_id UNIQUE (tenant_id, id);
        """,
        f"""
        ALTER TABLE {table} DROP CONSTRAINT {table}_tenant_id_id;
        DROP POLICY {POLICY} ON {table};
        ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY;
        ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;
        """,
    )


def tie(child: str, column: str, parent: str) -> migrations.RunSQL:
    """A composite foreign key (tenant_id, column) → parent (tenant_id, id): a row cannot point into another tenant."""
    name = f"{child}_{column}_same_tenant"[:63]
    return migrations.RunSQL(
        f"""ALTER TABLE {child} ADD CONSTRAINT {name} FOREIGN KEY (tenant_id, {column})
            REFERENCES {parent} (tenant_id, id) DEFERRABLE INITIALLY DEFERRED""",
        f"ALTER TABLE {child} DROP CONSTRAINT {name}",
    )


def of_its_line(table: str) -> migrations.RunSQL:
    """A key (line_id, level_id) → level: what `table` gives to a line is one of its own levels."""
    return migrations.RunSQL(
        f"""ALTER TABLE {table} ADD CONSTRAINT {table}_level_of_its_line FOREIGN KEY (line_id, level_id)
            REFERENCES credentials_rubriclevel (line_id, id) DEFERRABLE INITIALLY DEFERRED""",
        f"ALTER TABLE {table} DROP CONSTRAINT {table}_level_of_its_line",
    )


class Together(Operation):
    """Operations of one kind, with one look at all models before and one after, instead of one each.

    Django draws up every related model anew after each operation; here nearly all are related, through tenants and
    users. For a first schema with hundreds of operations that is the difference between a minute and a few seconds.
    They must not build on one another: all are carried out on the models as they are after the last.
    """

    reduces_to_sql = True

    def __init__(self, *operations: Operation) -> None:
        self.operations = operations

    def deconstruct(self) -> tuple[str, Sequence[Operation], dict[str, Any]]:
        return (self.__class__.__name__, self.operations, {})

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        state.clear_delayed_apps_cache()
        state.__dict__.pop("apps", None)  # without drawn models there is nothing to draw anew
        for operation in self.operations:
            operation.state_forwards(app_label, state)

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        for operation in self.operations:
            operation.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        for operation in reversed(self.operations):
            operation.database_backwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        return "; ".join(operation.describe() for operation in self.operations)
