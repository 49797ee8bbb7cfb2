"""What happens to a badge after it was minted: on hold, lifted, taken back, renewed, corrected, run out."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from badges import ending
from badges.actions import award, correct, lift, renew, revoke, suspend
from badges.models import Badge, BadgeEvent, StatusList
from badges.openbadges.status_list import decode, is_set
from badges.status import signed_status_list
from credentials.actions.editions import new_edition, publish, retire, send_to_vetting
from lib import clock
from lib.errors import RuleBroken
from tenants.models import AuditEntry, OutgoingMail, Tenant
from tests.badges.made import best_results, minted, work_off
from tests.credentials.sample import published, sample


def lasting(cast, months=12, title="Asking Better Questions", **more):
    """An edition whose badges run out."""
    return published(cast, title=title, badge={**sample()["badge"], "valid_months": months, **more})


def admin_does(cast, action, badge, **more):
    with cast.inside():
        return action(by=cast.by(cast.cleo), badge=badge, **more)


def listed_as_out_of_force(client, badge):
    """What a verifier elsewhere reads."""
    document = json.loads(bytes(badge.document))
    path = document["credentialStatus"]["statusListCredential"].removeprefix("http://127.0.0.1:8000")
    listed = client.get(path).json()
    return is_set(decode(listed["credentialSubject"]["encodedList"]), badge.status_index)


def mails(kind):
    return OutgoingMail.objects.filter(kind=kind).order_by("id")


@pytest.fixture
def badge(cast):
    return minted(cast, published(cast))


def test_an_admin_puts_a_badge_on_hold_and_lifts_it(client, cast, badge):
    client.force_login(cast.cleo)
    assert listed_as_out_of_force(client, badge) is False
    address = reverse("badge_suspend", args=["lakeside", badge.id])
    empty = client.post(address, {"note": " "})
    assert empty.status_code == 422
    done = client.post(address, {"note": "Two people sent the same film."}, follow=True)
    assert "On hold since" in done.content.decode()
    assert "Two people sent the same film." in done.content.decode()
    badge.refresh_from_db()
    assert badge.state == Badge.State.SUSPENDED
    assert listed_as_out_of_force(client, badge) is True
    assert client.post(address, {"note": "Again."}).status_code == 409
    done = client.post(reverse("badge_lift", args=["lakeside", badge.id]), follow=True)
    assert "in good standing again" in done.content.decode()
    assert listed_as_out_of_force(client, badge) is False
    badge.refresh_from_db()
    assert (badge.state, badge.suspended_at, badge.suspended_note) == (Badge.State.ISSUED, None, "")
    with cast.inside():
        verbs = set(AuditEntry.objects.filter(object_id=badge.id).values_list("verb", flat=True))
    assert {"badge.suspended", "badge.lifted"} <= verbs


def test_the_earner_is_told_of_each_hold_and_of_its_end(cast, badge):
    for note in ("First doubt.", "Second doubt."):
        admin_does(cast, suspend, badge, note=note)
        work_off()
        admin_does(cast, lift, badge)
        work_off()
    assert [mail.to for mail in mails("badge_suspended")] == [cast.ada.email] * 2
    assert "Second doubt." in mails("badge_suspended")[1].text
    assert mails("badge_lifted").count() == 2


def test_nobody_else_can_touch_its_standing(client, cast, badge):
    for person, status in ((cast.ada, 403), (cast.mallory, 404)):
        client.force_login(person)
        for name in ("badge_suspend", "badge_lift", "badge_renew", "badge_correct"):
            given = {"note": "x", "name": "x", "awarded_on": "2026-01-01"}
            assert client.post(reverse(name, args=["lakeside", badge.id]), given).status_code == status
    badge.refresh_from_db()
    assert badge.state == Badge.State.ISSUED


def test_only_the_system_says_that_a_badge_was_replaced(client, cast, badge):
    client.force_login(cast.cleo)
    address = reverse("badge_revoke", args=["lakeside", badge.id])
    assert "corrected badge takes its place" not in client.get(address).content.decode()
    assert client.post(address, {"reason": "replaced"}).status_code == 422


def test_what_is_taken_back_stays_so(cast, badge):
    admin_does(cast, suspend, badge, note="Doubt.")
    admin_does(cast, revoke, badge, reason="integrity")
    for action in (lift, suspend):
        with pytest.raises(RuleBroken):
            admin_does(cast, action, badge, **({"note": "x"} if action is suspend else {}))


def test_a_badge_that_is_still_being_made_cannot_be_lifted(cast):
    with cast.inside():
        made = award(by=cast.by(cast.cleo), earner=cast.ada, edition=published(cast))
    with pytest.raises(RuleBroken):
        admin_does(cast, lift, made)


def test_a_status_list_is_signed_once_for_each_version(cast, badge, django_assert_num_queries):
    listed = StatusList.objects.select_related("issuer__tenant").get()
    first = signed_status_list(listed)
    with django_assert_num_queries(1):  # the key; the list itself is kept
        assert signed_status_list(listed) == first
    admin_does(cast, suspend, badge, note="Doubt.")
    admin_does(cast, lift, badge)  # as many as before are out of force, and yet it is another version
    listed.refresh_from_db()
    assert listed.version == 3
    with django_assert_num_queries(3):  # the key, for its id and to sign, and the bits
        signed_status_list(listed)


def test_the_list_of_badges_is_filtered_by_state(client, cast, badge):
    other = minted(cast, published(cast, title="Another skill"), earner=cast.bela)
    admin_does(cast, suspend, other, note="Doubt.")
    client.force_login(cast.cleo)
    text = client.get(reverse("manage_badges", args=["lakeside"]), {"state": "suspended"}).content.decode()
    assert "Another skill" in text
    assert badge.edition.title not in text


def test_an_edition_says_how_long_its_badges_are_valid_and_what_ceu_they_carry(cast, client):
    edition = lasting(cast, months=6, ceu_hundredths=150)
    with clock.at(timezone.datetime(2026, 8, 31, 20, tzinfo=cast.lakeside.zone)):
        made = minted(cast, edition)
    end = made.expires_at.astimezone(cast.lakeside.zone)
    assert end.isoformat() == "2027-02-28T23:59:59-05:00"
    document = json.loads(bytes(made.document))
    assert document["validUntil"].startswith("2027-03-01T04:59:59")
    assert document["credentialSubject"]["achievement"]["creditsAvailable"] == 1.5
    assert document["credentialSubject"]["creditsEarned"] == 1.5
    text = client.get(f"/t/lakeside/mc/{edition.micro_credential.slug}/").content.decode()
    assert "Valid for 6 months" in text
    assert "Carries 1.5 CEU" in text


def test_an_admin_renews_a_badge_and_no_day_is_lost(client, cast):
    old = minted(cast, lasting(cast))
    client.force_login(cast.cleo)
    address = reverse("badge_renew", args=["lakeside", old.id])
    assert client.post(address, {"note": ""}).status_code == 422
    done = client.post(address, {"note": "Took the refresher."}, follow=True)
    assert done.status_code == 200
    work_off()
    new = Badge.objects.get(replaces=old)
    old.refresh_from_db()
    assert (new.state, new.succession, old.state) == (Badge.State.ISSUED, "renewal", Badge.State.ISSUED)
    assert old.superseded_at is not None
    assert new.expires_at.year == old.expires_at.year + 1
    assert new.results == old.results
    assert list(old.replaced_by.all()) == [new]
    assert listed_as_out_of_force(client, old) is False
    assert mails("badge_renewed").count() == 1
    assert mails("badge_issued").count() == 1
    assert client.post(address, {"note": "Again."}).status_code == 409
    page = client.get(reverse("manage_badge", args=["lakeside", new.id])).content.decode()
    assert "Took the refresher." in page
    assert reverse("manage_badge", args=["lakeside", old.id]) in page


def test_an_admin_renews_many_at_once(client, cast, badge):
    lasting_one = minted(cast, lasting(cast, title="Lasting"))
    client.force_login(cast.cleo)
    address = reverse("manage_badges", args=["lakeside"])
    nothing = client.post(address, {"note": "Course."})
    assert nothing.status_code == 422
    assert "Nothing was chosen" in nothing.content.decode()
    kept = client.post(address, {"badge": [lasting_one.id], "note": ""})
    assert kept.status_code == 422
    assert "checked" in kept.content.decode()
    done = client.post(address, {"badge": [lasting_one.id, badge.id, uuid4(), "x"], "note": "Course."}, follow=True)
    assert "1 badge is renewed. 1 cannot be renewed." in done.content.decode()
    assert Badge.objects.filter(succession="renewal").count() == 1


def test_new_work_renews_a_badge_only_when_it_runs_out_soon(cast):
    edition = lasting(cast)
    old = minted(cast, edition)

    def pass_again():
        with cast.inside():
            work = {"submission_id": uuid4(), "results": best_results(edition)}
            return award(by=cast.by(cast.bela), earner=cast.ada, edition=edition, **work)

    assert pass_again() == old
    with clock.at(old.expires_at - timedelta(days=80)):
        new = pass_again()
        assert new.replaces_id == old.id
        with cast.inside():
            same = {"submission_id": new.submission_id, "results": new.results}
            assert award(by=cast.by(cast.bela), earner=cast.ada, edition=edition, **same) == new
    with clock.at(new.expires_at + timedelta(days=400)):
        work_off()
        assert pass_again().replaces_id == new.id


def test_a_badge_on_hold_is_not_renewed_by_new_work(cast):
    edition = lasting(cast)
    old = minted(cast, edition)
    admin_does(cast, suspend, old, note="Doubt.")
    with clock.at(old.expires_at), cast.inside():
        assert award(by=cast.by(cast.bela), earner=cast.ada, edition=edition, submission_id=uuid4()) == old


def test_a_correction_takes_the_place_of_the_badge_with_the_mistake(client, cast, badge):
    cast.ada.email = "ada.alvarez@example.org"
    cast.ada.save()
    client.force_login(cast.cleo)
    address = reverse("badge_correct", args=["lakeside", badge.id])
    assert 'value="Ada Alvarez"' in client.get(address).content.decode()
    later = cast.lakeside.local_date() + timedelta(days=1)
    refused = client.post(address, {"name": "Ada", "awarded_on": later.isoformat(), "note": "x"})
    assert refused.status_code == 400
    given = {"name": "Ada Álvarez", "awarded_on": "2026-01-31", "note": "The accent was missing."}
    assert client.post(address, given).status_code == 302
    work_off()
    badge.refresh_from_db()
    new = Badge.objects.get(replaces=badge)
    assert (badge.state, badge.revoked_reason) == (Badge.State.REVOKED, Badge.Reason.REPLACED)
    assert (new.state, new.succession, new.recipient_name) == (Badge.State.ISSUED, "correction", "Ada Álvarez")
    assert new.submission_id == badge.submission_id
    assert str(cast.lakeside.local_date(new.awarded_at)) == "2026-01-31"
    assert listed_as_out_of_force(client, badge) is True
    assert listed_as_out_of_force(client, new) is False
    assert "The accent was missing." in mails("badge_corrected").get().text
    assert mails("badge_revoked").count() == 0
    checked = client.post(reverse("verify"), {"text": bytes(new.document).decode(), "email": "ada.alvarez@example.org"})
    assert "real and in good standing" in checked.content.decode()


def test_the_end_of_a_badge_is_announced_once_and_told_ahead(cast):
    Tenant.objects.filter(id=cast.lakeside.id).update(contact_email="help@lakeside.example")
    made = minted(cast, lasting(cast))
    forever = minted(cast, published(cast, title="For ever"))
    with clock.at(made.expires_at - timedelta(days=31)):
        assert (ending.remind(), ending.announce_ends()) == (0, 0)
    with clock.at(made.expires_at - timedelta(days=29)):
        assert (ending.remind(), ending.announce_ends()) == (1, 0)
        assert (ending.remind(), ending.announce_ends()) == (0, 0)
    with clock.at(made.expires_at + timedelta(seconds=1)):
        assert (ending.remind(), ending.announce_ends()) == (0, 1)
        assert (ending.remind(), ending.announce_ends()) == (0, 0)
        work_off()
    assert [mail.to for mail in mails("badge_runs_out")] == [cast.ada.email]
    for kind in ("badge_runs_out", "badge_ran_out"):
        text = mails(kind).get().text
        assert "do the work once more, with new evidence. You can begin here:" in text
        assert f"/t/lakeside/mc/{made.edition.micro_credential.slug}/" in text
        assert "write to" not in text
    assert not BadgeEvent.objects.filter(badge=forever, kind="expired").exists()


def test_the_mail_says_how_else_a_badge_is_renewed(cast, settings):
    Tenant.objects.filter(id=cast.lakeside.id).update(contact_email="help@lakeside.example")
    settings.RENEWAL_DAYS = 14  # later than the mail
    late, newer, retired = (minted(cast, lasting(cast, title=f"Skill {n}")) for n in range(3))
    with cast.inside():
        new = new_edition(by=cast.by(cast.dora), micro_credential=newer.edition.micro_credential)
        send_to_vetting(by=cast.by(cast.dora), edition=new)
        publish(by=cast.by(cast.vito), edition=new)
        retire(by=cast.by(cast.cleo), edition=retired.edition)
    with clock.at(late.expires_at - timedelta(days=29)):
        ending.remind()
    told = {mail.subject: mail.text for mail in mails("badge_runs_out")}
    day = date_format(cast.lakeside.local_date(late.expires_at - timedelta(days=14)))
    said = [f"You can begin on {day}, here:", "There is a newer edition", "write to help@lakeside.example"]
    for badge, sentence in zip((late, newer, retired), said, strict=True):
        text = told[f"Your badge “{badge.title}” runs out soon"]
        assert [each in text for each in said] == [each == sentence for each in said]


def test_a_renewed_badge_runs_out_quietly(cast):
    made = minted(cast, lasting(cast))
    admin_does(cast, renew, made, note="Course.")
    work_off()
    with clock.at(made.expires_at + timedelta(seconds=1)):
        assert ending.announce_ends() == 1
        work_off()
    assert mails("badge_ran_out").count() == 0


def test_a_badge_without_an_end_is_not_renewed(cast, badge):
    with pytest.raises(RuleBroken, match="does not run out"):
        admin_does(cast, renew, badge, note="x")


def test_what_the_earner_chose_goes_along(cast, badge):
    Badge.objects.filter(id=badge.id).update(visibility="private", show_name=False)
    new = admin_does(
        cast, correct, badge, name="Ada", awarded_on=cast.lakeside.local_date(badge.awarded_at), note="Shorter."
    )
    assert (new.visibility, new.show_name) == ("private", False)
