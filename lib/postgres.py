"""Migration operations for what Django's models cannot say: row-level security, composite keys, append-only."""

from django.db import migrations

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
