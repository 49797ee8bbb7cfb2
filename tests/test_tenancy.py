"""The wall between tenants: it stands on every private table, and holds when code makes a mistake."""

import threading
from collections.abc import Iterator
from uuid import uuid4

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, connection, models, transaction
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import Client
from django.urls import include, path

from credentials.models import Edition, MicroCredential
from lib import pgscope
from lib.pgscope import NoTenant
from lib.postgres import POLICY
from submissions.models import Submission, Work
from tenants.models import AuditEntry, Invitation, Role, ScopedModel, StaffRecord, Tenant, User
from tests.cast import Cast, make_user
from tests.conftest import APP_ROLE

SCOPED = [model for model in apps.get_models() if issubclass(model, ScopedModel)]

# Tables that name a tenant and are not behind the wall, each with the reason.
OPEN_TABLES = {
    "tenants.Membership": "read to find out whether a person may enter a tenant at all",
    "tenants.Closure": "public calendar of a tenant; due dates are worked out outside of its scope too",
    "tenants.Partnership": "which catalogs show which issuers; catalogs are public",
    "tenants.Logo": "public picture",
    "tenants.OutgoingMail": "the outbox of the whole installation; pages filter by tenant and never show bodies",
    "credentials.MicroCredential": "published catalogs are public and cross tenants",
    "credentials.Stack": "published stacks are public and cross tenants",
    "badges.Issuer": "public: DID document, profile, signing keys for verification",
    "badges.Endorsement": "public: what a tenant vouches for, carried by the badges of others",
    "badges.AcceptedIssuer": "public: earners see beforehand which badges from elsewhere count",
    "badges.Badge": "belongs to its earner, is checked by anyone; projection that crosses tenants by design",
    "badges.PassportLink": "belongs to its earner, and anyone with the link reads what it shows",
    "recognition.Policy": "read by the micro-credential page to say what counts for the viewer",
    "recognition.RewardCard": "projection of an earner's own rewards over all tenants",
    "submissions.DataExport": "belongs to the person who asked, over all tenants; names one for zips of badges",
    "submissions.WorkCard": "projection of an earner's own works over all tenants",
}


def rows(sql: str, *args: object) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, args)
        return cursor.fetchall()


# --- What the database says about itself ---------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_app_role_cannot_step_over_the_wall():
    ((superuser, bypass, name),) = rows(
        "SELECT rolsuper, rolbypassrls, rolname FROM pg_roles WHERE rolname = current_user"
    )
    assert (superuser, bypass) == (False, False)
    assert name == APP_ROLE
    owned = rows(
        "SELECT relname FROM pg_class WHERE relowner = (SELECT oid FROM pg_roles WHERE rolname = current_user)"
    )
    assert owned == []
    memberships = rows(
        "SELECT count(*) FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.member WHERE r.rolname = %s", name
    )
    assert memberships == [(0,)]


def test_there_are_scoped_models_to_look_at():
    assert {StaffRecord, Invitation, AuditEntry, Work, Submission} <= set(SCOPED)


@pytest.mark.django_db
@pytest.mark.parametrize("model", SCOPED, ids=lambda model: model._meta.label)
def test_every_scoped_table_has_a_forced_wall(model: type[models.Model]):
    found = rows(
        """SELECT c.relrowsecurity, c.relforcerowsecurity, p.polpermissive, p.polcmd, p.polroles = '{0}',
                  pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)
           FROM pg_class c JOIN pg_policy p ON p.polrelid = c.oid WHERE c.relname = %s AND p.polname = %s""",
        model._meta.db_table,
        POLICY,
    )
    assert len(found) == 1, f"{model._meta.db_table} needs lib.postgres.wall() in a migration"
    enabled, forced, permissive, command, everyone, using, check = found[0]
    assert (enabled, forced, permissive, command, everyone) == (True, True, True, "*", True)
    assert "current_setting('app.tenant'::text)" in using
    assert "tenant_id" in using
    assert check is None  # without one, USING also guards what is written
    others = rows("SELECT policyname FROM pg_policies WHERE tablename = %s", model._meta.db_table)
    assert others == [(POLICY,)], "a second permissive policy would open the wall"


def scoped_pointers() -> list[tuple[type[models.Model], models.ForeignKey]]:
    return [
        (model, field)
        for model in SCOPED
        for field in model._meta.concrete_fields
        if isinstance(field, models.ForeignKey) and issubclass(field.related_model, ScopedModel)
    ]


def test_there_are_pointers_between_scoped_tables():
    assert (Submission, Submission._meta.get_field("work")) in scoped_pointers()


@pytest.mark.django_db
@pytest.mark.parametrize(("model", "field"), scoped_pointers(), ids=str)
def test_every_pointer_between_scoped_tables_stays_in_its_tenant(model: type[models.Model], field: models.ForeignKey):
    found = rows(
        "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'f' AND conrelid = %s::regclass",
        model._meta.db_table,
    )
    wanted = f"FOREIGN KEY (tenant_id, {field.column}) REFERENCES {field.related_model._meta.db_table}(tenant_id, id)"
    assert any(definition.startswith(wanted) for (definition,) in found), (
        f"add lib.postgres.tie({model._meta.db_table!r}, {field.column!r}, …) to a migration"
    )


@pytest.mark.parametrize("model", SCOPED, ids=lambda model: model._meta.label)
def test_scoped_models_keep_the_manager_that_raises(model: type[models.Model]):
    with pytest.raises(NoTenant):
        model.objects.all()
    with pytest.raises(NoTenant):
        model._default_manager.all()


def test_many_to_many_fields_do_not_tunnel_under_the_wall():
    tunnels = [
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.local_many_to_many
        if (issubclass(model, ScopedModel) or issubclass(field.related_model, ScopedModel))
        and not issubclass(field.remote_field.through, ScopedModel)
    ]
    assert tunnels == []


def test_tables_with_a_tenant_outside_the_wall_are_known_and_explained():
    with_tenant = {
        model._meta.label
        for model in apps.get_models(include_auto_created=True)
        if not issubclass(model, ScopedModel)
        and any(field.column == "tenant_id" for field in model._meta.concrete_fields)
    }
    assert with_tenant - set(OPEN_TABLES) == set(), (
        "private rows belong behind the wall; say why if these are not private"
    )
    assert set(OPEN_TABLES) - with_tenant == set(), "these are gone or walled by now: take them off the list"
    assert all(len(reason) > 10 for reason in OPEN_TABLES.values())


@pytest.mark.django_db
def test_the_system_check_sees_a_role_and_walls_as_they_should_be():
    call_command("check", databases=["default"], tags=["database"])


@pytest.mark.django_db
def test_audit_rows_cannot_be_changed_or_deleted(cast: Cast):
    with cast.inside():
        entry = AuditEntry.objects.create(verb="x.y", object_type="tenants.tenant", object_id=cast.lakeside.id)
        for change in ("UPDATE tenants_auditentry SET verb = 'z'", "DELETE FROM tenants_auditentry"):
            with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(change)
        assert AuditEntry.objects.get(id=entry.id).verb == "x.y"


# --- Planted mistakes ----------------------------------------------------------------------------------------------


@pytest.fixture
def staffed(cast: Cast) -> Cast:
    """One private row in each of the two tenants."""
    with cast.inside():
        StaffRecord.objects.create(user=cast.ada, job_class="teacher")
    with cast.inside(cast.harbor):
        StaffRecord.objects.create(user=cast.mallory, job_class="principal")
    return cast


def test_raw_sql_without_a_tenant_raises(staffed: Cast):
    with pytest.raises(DatabaseError), transaction.atomic():
        rows("SELECT * FROM tenants_staffrecord")


def test_raw_sql_sees_only_the_active_tenant(staffed: Cast):
    for tenant, job in ((staffed.lakeside, "teacher"), (staffed.harbor, "principal")):
        with staffed.inside(tenant):
            assert rows("SELECT job_class FROM tenants_staffrecord") == [(job,)]
            assert rows("SELECT count(*) FROM tenants_staffrecord WHERE tenant_id <> %s", tenant.id) == [(0,)]


def test_an_unfiltered_manager_sees_only_the_active_tenant(staffed: Cast):
    """Even a query that never went through ScopedManager."""
    with staffed.inside():
        assert StaffRecord._base_manager.count() == 1
        everywhere = models.QuerySet(StaffRecord)
        assert [row.job_class for row in everywhere] == ["teacher"]
        assert everywhere.filter(tenant=staffed.harbor).update(job_class="hacked") == 0
        assert everywhere.filter(tenant=staffed.harbor).delete()[0] == 0
    with staffed.inside(staffed.harbor):
        assert StaffRecord.objects.get().job_class == "principal"


def test_an_unfiltered_manager_without_a_tenant_raises(staffed: Cast):
    with pytest.raises(DatabaseError), transaction.atomic():
        StaffRecord._base_manager.count()


def test_a_row_for_another_tenant_is_refused(staffed: Cast):
    with staffed.inside(), pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
        StaffRecord.objects.create(tenant=staffed.harbor, user=staffed.ada)
    with staffed.inside(), pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
        StaffRecord.objects.update(tenant=staffed.harbor)


def test_a_pointer_into_another_tenant_is_refused(staffed: Cast):
    """The row itself is Harbor's own, so the wall lets it pass; the key does not."""
    work = _work_in_lakeside(staffed)

    def point(number: int) -> None:
        Submission.objects.create(
            work_id=work.id, earner=staffed.mallory, edition=work.edition, number=number, code=f"PLAN{number}"
        )
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    with staffed.inside(), transaction.atomic():
        point(2)
        transaction.set_rollback(True)
    with (
        staffed.inside(staffed.harbor),
        pytest.raises(IntegrityError, match="violates foreign key"),
        transaction.atomic(),
    ):
        point(3)


def _work_in_lakeside(cast: Cast) -> Work:
    with cast.inside():
        micro = MicroCredential.objects.create(tenant=cast.lakeside, slug="planted")
        edition = Edition.objects.create(micro_credential=micro, author=cast.dora, title="Planted")
        return Work.objects.create(edition=edition, earner=cast.ada)


@pytest.mark.parametrize(
    "ask",
    [
        lambda: StaffRecord.objects.exists(),
        lambda: StaffRecord.objects.count(),
        lambda: StaffRecord.objects.first(),
        lambda: StaffRecord.objects.explain(),
        lambda: StaffRecord.objects.bulk_create([StaffRecord(user_id=uuid4())]),
        lambda: StaffRecord.objects.update(job_class="x"),
        lambda: StaffRecord.objects.all().delete(),
        lambda: StaffRecord.objects.get_or_create(user_id=uuid4()),
        lambda: StaffRecord.objects.raw("SELECT * FROM tenants_staffrecord")[0],
        lambda: list(StaffRecord.objects.none().union(models.QuerySet(StaffRecord))),
        lambda: StaffRecord(user_id=uuid4()).save(),
    ],
    ids=[
        "exists",
        "count",
        "first",
        "explain",
        "bulk_create",
        "update",
        "delete",
        "get_or_create",
        "raw",
        "union",
        "save",
    ],
)
def test_whatever_is_asked_without_a_tenant_raises(staffed: Cast, ask):
    with pytest.raises((NoTenant, DatabaseError)), transaction.atomic():
        ask()


def test_a_queryset_does_not_carry_its_tenant_to_another(staffed: Cast):
    with staffed.inside():
        kept = StaffRecord.objects.all()
    with staffed.inside(staffed.harbor):
        assert list(kept) == []
    with pytest.raises(DatabaseError), transaction.atomic():
        list(kept.all())


# --- The scope comes and goes as it should -------------------------------------------------------------------------


def stamped() -> str | None:
    return rows("SELECT current_setting('app.tenant', true)")[0][0]


def _fail(as_expected: bool) -> None:
    assert as_expected
    raise ZeroDivisionError


def test_the_scope_is_restored_after_an_exception(staffed: Cast):
    with staffed.inside():
        with pytest.raises(ZeroDivisionError), staffed.inside(staffed.harbor):
            _fail(stamped() == str(staffed.harbor.id))
        assert pgscope.current() == staffed.lakeside.id
        assert stamped() == str(staffed.lakeside.id)
    assert pgscope.current() is None
    assert stamped() == ""


def test_the_scope_holds_in_and_after_savepoints(staffed: Cast):
    with staffed.inside():
        with transaction.atomic():
            assert StaffRecord.objects.count() == 1
        with pytest.raises(IntegrityError), transaction.atomic():
            StaffRecord.objects.create(user=staffed.ada)
        assert stamped() == str(staffed.lakeside.id)
        assert StaffRecord.objects.get().job_class == "teacher"


def test_leaving_a_tenant_in_a_broken_transaction_is_repaired_by_its_rollback(staffed: Cast):
    """The scope ends while Postgres refuses every command; the savepoint's rollback brings the old stamp back."""
    with staffed.inside():
        with pytest.raises(DatabaseError), transaction.atomic(), staffed.inside(staffed.harbor):
            rows("SELECT 1/0")
        assert stamped() == str(staffed.lakeside.id)
        assert StaffRecord.objects.get().job_class == "teacher"


@pytest.fixture
def two(transactional_db) -> tuple[Tenant, Tenant]:
    """Two committed tenants with one private row each."""
    pair = []
    for slug in ("lakeside", "harbor"):
        tenant = Tenant.objects.create(slug=slug, name=slug)
        user = make_user(f"Pat{slug}", tenant, Role.EARNER)
        with pgscope.scope(tenant.id), transaction.atomic():
            StaffRecord.objects.create(user=user, job_class=slug)
        pair.append(tenant)
    return pair[0], pair[1]


def test_outside_of_a_transaction_private_tables_raise(two: tuple[Tenant, Tenant]):
    with pgscope.scope(two[0].id), pytest.raises(DatabaseError):
        StaffRecord.objects.count()


def test_a_transaction_leaves_nothing_on_its_connection(two: tuple[Tenant, Tenant]):
    with pgscope.scope(two[0].id), transaction.atomic():
        assert stamped() == str(two[0].id)
    assert not stamped()
    with transaction.atomic(), pytest.raises(DatabaseError), transaction.atomic():
        rows("SELECT * FROM tenants_staffrecord")


def test_a_rolled_back_transaction_leaves_nothing_either(two: tuple[Tenant, Tenant]):
    with pytest.raises(ZeroDivisionError), pgscope.scope(two[0].id), transaction.atomic():
        raise ZeroDivisionError
    assert not stamped()


def test_after_commit_no_tenant_is_active_in_the_database(two: tuple[Tenant, Tenant]):
    """on_commit hooks run outside of the transaction, so they cannot read private rows by accident."""
    seen = []

    def hook() -> None:
        try:
            seen.append(StaffRecord.objects.count())
        except (NoTenant, DatabaseError) as problem:
            seen.append(type(problem))

    with pgscope.scope(two[0].id), transaction.atomic():
        transaction.on_commit(hook)
    assert len(seen) == 1
    assert isinstance(seen[0], type)


def test_threads_do_not_see_each_others_tenant(two: tuple[Tenant, Tenant]):
    wrong, start = [], threading.Barrier(6)

    def work(mine: Tenant) -> None:
        try:
            start.wait(10)
            for _turn in range(25):
                with pgscope.scope(mine.id), transaction.atomic():
                    jobs = [row.job_class for row in models.QuerySet(StaffRecord)]
                    if jobs != [mine.slug] or pgscope.current() != mine.id:
                        wrong.append((mine.slug, jobs))
                if pgscope.current() is not None:
                    wrong.append((mine.slug, "still there"))
        except Exception as problem:  # a thread's exception would be lost
            wrong.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(two[turn % 2],)) for turn in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert wrong == []


# --- Requests ------------------------------------------------------------------------------------------------------


def leak(request: HttpRequest, slug: str):
    """A public page that reads private rows: the mistake the wall is for."""
    return HttpResponse(StaffRecord.objects.count())


def stream(request: HttpRequest, slug: str) -> StreamingHttpResponse:
    """A page that reads private rows after the request's transaction is over."""

    def lines() -> Iterator[str]:
        for row in models.QuerySet(StaffRecord).filter(tenant=request.tenant):
            yield row.job_class

    return StreamingHttpResponse(lines())


urlpatterns = [
    path("t/<slug:slug>/leak/", leak),
    path("t/<slug:slug>/stream/", stream),
    path("", include("config.urls")),
]


def signed_in(user: User | None) -> Client:
    client = Client(raise_request_exception=True)
    if user:
        client.force_login(user)
    return client


@pytest.mark.urls(__name__)
def test_a_public_page_that_reads_private_rows_breaks_instead_of_leaking(staffed: Cast):
    for person in (None, staffed.mallory, staffed.stranger):
        with pytest.raises((NoTenant, DatabaseError)), transaction.atomic():
            signed_in(person).get("/t/lakeside/leak/")
    assert signed_in(staffed.ada).get("/t/lakeside/leak/").content == b"1"


@pytest.mark.urls(__name__)
def test_a_request_leaves_no_tenant_behind(staffed: Cast):
    signed_in(staffed.ada).get("/t/lakeside/leak/")
    assert pgscope.current() is None


@pytest.mark.urls(__name__)
def test_what_is_streamed_after_the_request_raises(two: tuple[Tenant, Tenant]):
    answer = signed_in(User.objects.get(email="patlakeside@example.org")).get("/t/lakeside/stream/")
    with pytest.raises((NoTenant, DatabaseError)):
        b"".join(answer.streaming_content)
