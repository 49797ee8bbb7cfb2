"""Admins look after the people of their tenant, and cannot leave it without an admin."""

import threading

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from lib.errors import Invalid, NotAllowed, RuleBroken
from tenants.actions import people
from tenants.models import AuditEntry, Membership, Role, StaffRecord, Tenant, User
from tests.cast import Cast, make_user


@pytest.fixture
def admin(cast: Cast, client: Client) -> Client:
    client.force_login(cast.cleo)
    return client


def page(name: str, *args: object) -> str:
    return reverse(name, args=["lakeside", *args])


def held(user: User, tenant: Tenant) -> Membership:
    return Membership.objects.get(user=user, tenant=tenant)


def last_entry(cast: Cast) -> AuditEntry:
    with cast.inside():
        return AuditEntry.objects.first()


def test_an_admin_changes_roles(cast: Cast, admin: Client):
    answer = admin.post(page("person", cast.ada.id), {"roles": ["assessor", "earner"]})
    assert answer.status_code == 302
    assert held(cast.ada, cast.lakeside).roles == ["earner", "assessor"]
    entry = last_entry(cast)
    assert (entry.verb, entry.actor) == ("person.roles_changed", cast.cleo)
    assert (entry.facts["before"], entry.facts["after"]) == (["earner"], ["earner", "assessor"])


def test_saving_the_same_roles_is_not_noted(cast: Cast, admin: Client):
    admin.post(page("person", cast.ada.id), {"roles": ["earner"]})
    with cast.inside():
        assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("roles", [[], ["emperor"]])
def test_no_or_unknown_roles_are_422(cast: Cast, admin: Client, roles: list[str]):
    answer = admin.post(page("person", cast.ada.id), {"roles": roles})
    assert answer.status_code == 422
    assert held(cast.ada, cast.lakeside).roles == ["earner"]
    with cast.inside(), pytest.raises(Invalid):
        people.change_roles(by=cast.by(cast.cleo), membership=held(cast.ada, cast.lakeside), roles=roles)


def test_nobody_takes_the_admin_role_from_themselves(cast: Cast, admin: Client):
    make_user("Second Admin", cast.lakeside, Role.ADMIN)
    answer = admin.post(page("person", cast.cleo.id), {"roles": ["earner"]})
    assert answer.status_code == 409
    assert admin.post(page("person_switch", cast.cleo.id), {"on": "0"}).status_code == 409
    assert held(cast.cleo, cast.lakeside).roles == ["admin"]


def test_an_admin_from_above_cannot_remove_the_last_one_unless_there_are_others(cast: Cast):
    """The state's admin is an admin of Lakeside too, so Lakeside is never without one while the state has one."""
    state = Tenant.objects.create(slug="state", name="State")
    boss = make_user("Boss Bell", state, Role.ADMIN)
    Tenant.objects.filter(id=cast.lakeside.id).update(parent=state)
    cast.lakeside.refresh_from_db()
    with cast.inside():
        people.change_roles(by=cast.by(boss), membership=held(cast.cleo, cast.lakeside), roles=["earner"])
    assert held(cast.cleo, cast.lakeside).roles == ["earner"]


def test_two_admins_who_demote_each_other_leave_one(transactional_db):
    tenant = Tenant.objects.create(slug="lakeside", name="Lakeside")
    one = make_user("One Admin", tenant, Role.ADMIN)
    two = make_user("Two Admin", tenant, Role.ADMIN)
    from tenants.members import member_of
    from tenants.scope import inside

    start, refused = threading.Barrier(2), []

    def demote(by: User, other: User) -> None:
        try:
            member = member_of(by, tenant)
            start.wait(10)
            with inside(tenant), transaction.atomic():
                people.change_roles(by=member, membership=held(other, tenant), roles=["earner"])
        except RuleBroken as problem:
            refused.append(problem.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=demote, args=pair) for pair in ((one, two), (two, one))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert refused == ["last-admin"]
    assert Membership.objects.filter(tenant=tenant, roles__contains=["admin"]).count() == 1


def test_switching_off_keeps_the_person_out_and_on_lets_them_in(cast: Cast, admin: Client):
    ada = Client()
    ada.force_login(cast.ada)
    assert ada.post(page("switch_role"), {"to": "earner"}).status_code == 302
    admin.post(page("person_switch", cast.ada.id), {"on": "0"})
    assert last_entry(cast).verb == "person.switched_off"
    assert ada.post(page("switch_role"), {"to": "earner"}).status_code == 404
    assert admin.get(page("people"), {"away": "1"}).content.count(b"ada@example.org") == 1
    admin.post(page("person_switch", cast.ada.id), {"on": "1"})
    assert ada.post(page("switch_role"), {"to": "earner"}).status_code == 302
    assert held(cast.ada, cast.lakeside).roles == ["earner"]


def test_the_staff_record_is_saved_and_noted(cast: Cast, admin: Client):
    given = {"staff-job_class": "teacher", "staff-building": "Hill", "staff-employee_number": "7"}
    assert admin.post(page("person_staff", cast.ada.id), given).status_code == 302
    with cast.inside():
        record = StaffRecord.objects.get(user=cast.ada)
    assert (record.job_class, record.full_time, record.building) == ("teacher", False, "Hill")
    assert last_entry(cast).facts == {"person": "Ada Alvarez", "job": "teacher", "full_time": False}
    too_long = admin.post(page("person_staff", cast.ada.id), {"staff-job_class": "x" * 81})
    assert too_long.status_code == 422
    assert b"x" * 81 in too_long.content


def test_people_of_other_tenants_do_not_exist(cast: Cast, admin: Client):
    assert admin.get(page("person", cast.mallory.id)).status_code == 404
    assert admin.post(page("person_switch", cast.mallory.id), {"on": "0"}).status_code == 404
    stranger = Client()
    stranger.force_login(cast.mallory)
    assert stranger.get(page("people")).status_code == 404


def test_only_admins_come_near(cast: Cast, client: Client):
    client.force_login(cast.ada)
    for name in ("people", "invite", "tenant_settings", "look", "closures", "partners", "below", "audit", "mail_log"):
        assert client.get(page(name)).status_code == 403, name
    with cast.inside(), pytest.raises(NotAllowed):
        people.switch_off(by=cast.by(cast.ada), membership=held(cast.bela, cast.lakeside))


def test_five_hundred_people_are_found_in_pages_with_few_queries(
    cast: Cast, admin: Client, django_assert_max_num_queries
):
    users = User.objects.bulk_create(
        User(email=f"p{number}@example.org", name=f"Pat {number:03}") for number in range(500)
    )
    Membership.objects.bulk_create(Membership(tenant=cast.lakeside, user=user, roles=["earner"]) for user in users)
    with django_assert_max_num_queries(12):
        answer = admin.get(page("people"), {"page": "3"})
    assert "101 to 150 of 506" in answer.content.decode()
    found = admin.get(page("people"), {"q": "pat 123", "role": "earner"}).content.decode()
    assert "p123@example.org" in found
    assert "1 to 1 of 1" in found
    assert "Nobody fits" in admin.get(page("people"), {"q": "nobody"}).content.decode()
    assert "501 to 506 of 506" in admin.get(page("people"), {"page": "99"}).content.decode()


def test_the_role_switch_only_takes_roles_one_holds(cast: Cast, client: Client):
    client.force_login(cast.bela)
    answer = client.post(page("switch_role"), {"to": "earner"})
    assert answer["Location"] == page("catalog")
    assert client.session[f"role:{cast.lakeside.id}"] == "earner"
    assert client.post(page("switch_role"), {"to": "admin"}).status_code == 404
    assert client.get(page("switch_role")).status_code == 405
