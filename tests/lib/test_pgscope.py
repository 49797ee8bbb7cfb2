"""The scope is a context variable that every transaction carries to Postgres."""

import contextvars
import threading
from uuid import UUID

import pytest
from django.db import connection, transaction

from lib import pgscope
from lib.pgscope import NoTenant

ONE, TWO = UUID(int=1), UUID(int=2)


def stamped() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('app.tenant', true)")
        return cursor.fetchone()[0] or ""


def test_without_a_scope_there_is_no_tenant():
    assert pgscope.current() is None
    with pytest.raises(NoTenant, match="inside"):
        pgscope.require()


def test_scopes_nest_and_end():
    with pgscope.scope(ONE):
        with pgscope.scope(TWO):
            assert pgscope.require() == TWO
        with pgscope.scope(None):
            assert pgscope.current() is None
        assert pgscope.require() == ONE
    assert pgscope.current() is None


def test_other_threads_and_contexts_start_without_one():
    seen = []
    with pgscope.scope(ONE):
        thread = threading.Thread(target=lambda: seen.append(pgscope.current()))
        thread.start()
        thread.join()
        kept = contextvars.copy_context()
    assert seen == [None]
    assert kept.run(pgscope.current) == ONE
    assert pgscope.current() is None


@pytest.mark.django_db(transaction=True)
def test_a_transaction_is_stamped_when_it_begins():
    with pgscope.scope(ONE), transaction.atomic():
        assert stamped() == str(ONE)
    assert stamped() == ""


@pytest.mark.django_db(transaction=True)
def test_a_transaction_that_runs_is_stamped_anew():
    with transaction.atomic():
        assert stamped() == ""
        with pgscope.scope(ONE):
            assert stamped() == str(ONE)
            with transaction.atomic():
                assert stamped() == str(ONE)
        assert stamped() == ""


@pytest.mark.django_db(transaction=True)
def test_a_rolled_back_savepoint_does_not_bring_an_ended_scope_back():
    with transaction.atomic():
        with pytest.raises(ZeroDivisionError), transaction.atomic(), pgscope.scope(ONE):
            _fail_stamped_as(ONE)
        assert stamped() == ""


def _fail_stamped_as(tenant: UUID) -> None:
    assert stamped() == str(tenant)
    raise ZeroDivisionError


@pytest.mark.django_db(transaction=True)
def test_a_scope_begun_inside_a_savepoint_that_rolls_back_is_kept_right():
    """The stamp is undone with the savepoint, but the scope around it was stamped before it."""
    with transaction.atomic(), pgscope.scope(ONE):
        with pytest.raises(ZeroDivisionError), transaction.atomic(), pgscope.scope(TWO):
            _fail_stamped_as(TWO)
        assert stamped() == str(ONE)


@pytest.mark.django_db(transaction=True)
def test_no_scope_costs_no_query(django_assert_num_queries):
    with django_assert_num_queries(0), pgscope.scope(ONE):
        pass


@pytest.mark.django_db(transaction=True)
def test_a_lost_connection_is_stamped_when_it_comes_back():
    with pgscope.scope(ONE):
        connection.close()
        with transaction.atomic():
            assert stamped() == str(ONE)
