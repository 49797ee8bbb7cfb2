"""The first tenant of an installation, made on the command line."""

import re

import pytest
from django.core import mail as outbox
from django.core.management import CommandError, call_command

from tenants.members import member_of
from tenants.models import AuditEntry, OutgoingMail, Role, Tenant, User
from tenants.scope import inside
from tenants.tasks import deliver


def test_a_new_tenant_has_an_admin_who_can_set_a_password(client, db, capsys):
    call_command("found", "lakeside", "Lakeside Schools", "Ann@lakeside.example", time_zone="America/Chicago")
    tenant, ann = Tenant.objects.get(), User.objects.get()
    assert tenant.time_zone == "America/Chicago"
    assert member_of(ann, tenant).roles == {Role.ADMIN}
    with inside(tenant):
        assert AuditEntry.objects.filter(verb="tenant.founded").count() == 1
    [address] = re.findall(r"http\S+/password/reset/", capsys.readouterr().out)
    client.post(address.removeprefix("http://127.0.0.1:8000"), {"email": ann.email})
    assert deliver(OutgoingMail.objects.get().id)
    assert "/password/reset/" in outbox.outbox[-1].body


@pytest.mark.parametrize(("slug", "time_zone"), [("not a slug", "America/Chicago"), ("lakeside", "Mars/Base")])
def test_a_mistake_is_named_and_nothing_is_made(db, slug, time_zone):
    with pytest.raises(CommandError):
        call_command("found", slug, "Lakeside Schools", "ann@lakeside.example", time_zone=time_zone)
    assert not Tenant.objects.exists()
