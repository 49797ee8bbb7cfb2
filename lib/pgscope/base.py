"""The PostgreSQL backend of Django plus one thing: it stamps the active tenant on every transaction."""

from django.db.backends.postgresql import base
from psycopg2.extensions import TRANSACTION_STATUS_INERROR

from lib.pgscope import SETTING, current


class DatabaseWrapper(base.DatabaseWrapper):
    """Stamps `app.tenant`, transaction-local, so a pooled connection can never carry it to someone else."""

    def set_autocommit(self, autocommit: bool, force_begin_transaction_with_broken_autocommit: bool = False) -> None:
        """Leaving autocommit is how Django opens the outermost transaction: stamp it. Unstamped, the wall raises."""
        super().set_autocommit(autocommit, force_begin_transaction_with_broken_autocommit)
        if not autocommit and current() is not None:
            self.stamp_tenant()

    def stamp_tenant(self) -> None:
        """Tell Postgres which tenant is active, until the end of this transaction. No tenant is stamped as ''."""
        if self.connection is None or self.connection.info.transaction_status == TRANSACTION_STATUS_INERROR:
            return  # the rollback that follows restores the value of its savepoint
        with self.wrap_database_errors, self.connection.cursor() as cursor:
            cursor.execute("SELECT set_config(%s, %s, true)", [SETTING, str(current() or "")])
