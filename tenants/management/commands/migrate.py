"""`migrate` of Django, run inside a tenant that does not exist.

Postgres checks a new foreign key with a query of the table's owner, and our walls stand for the owner too: with no
tenant stamped that query would raise. Data migrations on scoped tables step through `tenants.scope.each_tenant`.
"""

from typing import Any
from uuid import UUID

from django.core.management.commands.migrate import Command as Migrate

from lib import pgscope


class Command(Migrate):
    def handle(self, *args: Any, **options: Any) -> None:
        with pgscope.scope(UUID(int=0)):
            super().handle(*args, **options)
