"""Admins set how their tenant is called, looks and counts its days."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from lib.errors import RuleBroken
from tenants.actions import settings as actions
from tenants.models import AuditEntry, Closure, Logo, Partnership, Role, Tenant
from tests.cast import Cast, make_user


@pytest.fixture
def admin(cast: Cast, client: Client) -> Client:
    client.force_login(cast.cleo)
    return client


def page(name: str, *args: object) -> str:
    return reverse(name, args=["lakeside", *args])


def verbs(cast: Cast) -> list[str]:
    with cast.inside():
        return list(AuditEntry.objects.values_list("verb", flat=True))


PROFILE = {
    "name": "Lakeside",
    "kind": "district",
    "description": "We teach.",
    "contact_email": "hello@lakeside.example",
    "website": "https://lakeside.example",
    "time_zone": "America/Chicago",
    "country": "us",
    "subdivision": "ky",
}


def test_the_profile_is_saved_and_what_changed_is_noted(cast: Cast, admin: Client):
    assert admin.get(page("tenant_settings")).status_code == 200
    assert admin.post(page("tenant_settings"), PROFILE).status_code == 302
    tenant = Tenant.objects.get(slug="lakeside")
    assert (tenant.name, tenant.time_zone, tenant.country, tenant.subdivision) == (
        "Lakeside",
        "America/Chicago",
        "US",
        "KY",
    )
    with cast.inside():
        changed = AuditEntry.objects.get().facts["changed"]
    assert changed["name"] == ["Lakeside Schools", "Lakeside"]
    assert "kind" not in changed
    admin.post(page("tenant_settings"), PROFILE)
    assert verbs(cast) == ["tenant.profile_saved"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": ""}, "required"),
        ({"time_zone": "Mars/Olympus"}, "valid choice"),
        ({"country": "ZZ"}, "do not know this country"),
        ({"subdivision": "QQ"}, "do not know this state"),
        ({"contact_email": "nope"}, "valid email"),
        ({"website": "javascript:alert(1)"}, "valid URL"),
        ({"website": "https://lakeside.example/?a[]=1"}, "a badge cannot carry"),
        ({"name": "Lake\x7fside"}, "cannot be shown"),
    ],
)
def test_a_bad_profile_is_422_and_keeps_what_was_typed(cast: Cast, admin: Client, changes: dict, words: str):
    answer = admin.post(page("tenant_settings"), {**PROFILE, **changes})
    assert answer.status_code == 422
    text = answer.content.decode()
    assert words in text
    assert "We teach." in text
    assert "<span>Lakeside Schools</span>" in text  # the head still shows the saved name
    assert Tenant.objects.get(slug="lakeside").name == "Lakeside Schools"


def test_pages_show_times_of_the_tenant(cast: Cast, admin: Client):
    from datetime import UTC, datetime

    from lib import clock

    Tenant.objects.filter(slug="lakeside").update(time_zone="Pacific/Honolulu")
    with clock.at(datetime(2026, 3, 2, 5, 30, tzinfo=UTC)), cast.inside():
        actions.add_closure(by=cast.by(cast.cleo), day=datetime(2026, 7, 1).date(), name="Rest")
    assert "Mar 1, 2026, 7:30 PM" in admin.get(page("audit")).content.decode()


# --- Colour and logo -----------------------------------------------------------------------------------------------


def test_the_accent_changes_every_page_by_a_new_address(cast: Cast, admin: Client):
    before = _theme_of(admin)
    assert admin.post(page("look"), {"accent": "#FFC72C"}).status_code == 302
    after = _theme_of(admin)
    assert before != after
    sheet = Client().get(after)
    assert "--accent: #ffc72c" in sheet.content.decode()
    assert sheet["Content-Type"] == "text/css"
    assert "immutable" in sheet["Cache-Control"]
    assert Client().get(before)["Location"] == after
    assert "tenant.accent_saved" in verbs(cast)


def _theme_of(client: Client) -> str:
    text = client.get(page("look")).content.decode()
    return text.split('href="/t/lakeside/theme.')[1].split('"')[0].join(["/t/lakeside/theme.", ""])


@pytest.mark.parametrize("accent", ["", "red", "#12345", "#1D5BB5; } body { display: none"])
def test_what_is_not_a_colour_is_422(cast: Cast, admin: Client, accent: str):
    assert admin.post(page("look"), {"accent": accent}).status_code == 422
    assert Tenant.objects.get(slug="lakeside").accent == "#1d5bb5"


@pytest.mark.parametrize(
    ("accent", "words"),
    [("#1d5bb5", "we use it as it is"), ("#ffc72c", "for links, so people can read"), ("oops", "Write a color like")],
)
def test_the_sample_says_what_becomes_of_a_colour(cast: Cast, admin: Client, accent: str, words: str):
    answer = admin.get(page("look_sample"), {"accent": accent})
    assert answer.status_code == 200
    assert words in " ".join(answer.content.decode().split())
    assert "<html" not in answer.content.decode()


def picture(kind: str = "PNG", size: tuple[int, int] = (900, 300), noise: bool = False) -> bytes:
    image = Image.effect_noise(size, 90).convert("RGB") if noise else Image.new("RGB", size, "#225588")
    out = io.BytesIO()
    image.save(out, kind)
    return out.getvalue()


def upload(admin: Client, content: bytes, name: str = "logo.png", alt: str = "A heron"):
    return admin.post(page("logo_save"), {"logo": SimpleUploadedFile(name, content, "image/png"), "alt": alt})


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_logo_is_encoded_anew_and_served_for_ever(cast: Cast, admin: Client, kind: str):
    assert upload(admin, picture(kind)).status_code == 302
    tenant = Tenant.objects.get(slug="lakeside")
    served = Client().get(tenant.logo_url)
    assert served["Content-Type"] == "image/png"
    assert "immutable" in served["Cache-Control"]
    image = Image.open(io.BytesIO(served.content))
    assert (image.format, image.size) == ("PNG", (512, 171))
    assert f'src="{tenant.logo_url}" alt="A heron"' in admin.get(page("look")).content.decode()
    assert "tenant.logo_saved" in verbs(cast)


def test_metadata_and_whatever_follows_the_picture_is_dropped(cast: Cast, admin: Client):
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "taken at home"
    Image.new("RGB", (64, 64)).save(out, "JPEG", exif=exif)
    upload(admin, out.getvalue() + b"<script>alert(1)</script>")
    png = bytes(Logo.objects.get().png)
    assert b"taken at home" not in png
    assert b"script" not in png


def test_a_busy_picture_is_made_small_enough(cast: Cast, admin: Client):
    assert upload(admin, picture("JPEG", (700, 700), noise=True)).status_code == 302
    assert len(bytes(Logo.objects.get().png)) <= 200_000


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b'<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>', "cannot read this picture"),
        (b"", "empty"),
        (picture()[:200], "cannot read this picture"),
        (b"GIF89a" + bytes(50), "cannot read this picture"),
        (bytes(1_000_001), "bigger than 1 MB"),
    ],
    ids=["svg", "empty", "cut off", "gif", "too big"],
)
def test_bad_logos_are_422_with_a_reason(cast: Cast, admin: Client, content: bytes, words: str):
    answer = upload(admin, content)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Logo.objects.exists()


def test_a_picture_of_too_many_pixels_is_refused_before_it_is_decoded(cast: Cast, admin: Client):
    bomb = io.BytesIO()
    Image.new("1", (30_000, 30_000)).save(bomb, "PNG")
    assert len(bomb.getvalue()) < 1_000_000
    assert upload(admin, bomb.getvalue()).status_code == 422


def test_a_new_logo_has_a_new_address_and_an_old_one_leads_there(cast: Cast, admin: Client):
    upload(admin, picture())
    old = Tenant.objects.get(slug="lakeside").logo_url
    upload(admin, picture(size=(50, 50)))
    new = Tenant.objects.get(slug="lakeside").logo_url
    assert Client().get(old)["Location"] == new
    admin.post(page("logo_remove"))
    assert Client().get(new).status_code == 404
    assert not Logo.objects.exists()


# --- Calendar, partners, tenants below -----------------------------------------------------------------------------


def test_closed_days_move_due_dates(cast: Cast, admin: Client):
    before = cast.lakeside.due_date(1)
    assert admin.post(page("closures"), {"day": before.isoformat(), "name": "Snow"}).status_code == 302
    assert cast.lakeside.due_date(1) > before
    assert "Snow" in admin.get(page("closures")).content.decode()
    closure = Closure.objects.get()
    assert admin.post(page("closure_remove", closure.id)).status_code == 302
    assert cast.lakeside.due_date(1) == before
    assert verbs(cast) == ["closure.removed", "closure.added"]
    assert admin.post(page("closures"), {"day": "soon", "name": "?"}).status_code == 422


def test_closures_of_others_do_not_exist(cast: Cast, admin: Client):
    from datetime import date

    closure = Closure.objects.create(tenant=cast.harbor, day=date(2999, 1, 1), name="Theirs")
    assert admin.post(page("closure_remove", closure.id)).status_code == 404
    assert Closure.objects.filter(id=closure.id).exists()


def test_partners_come_and_go(cast: Cast, admin: Client):
    assert "Harbor District" in admin.get(page("partners"), {"q": "harb"}).content.decode()
    assert admin.post(page("partners"), {"issuer": "harbor"}).status_code == 302
    assert admin.post(page("partners"), {"issuer": "harbor"}).status_code == 302  # a double click
    partnership = Partnership.objects.get()
    assert partnership.issuer == cast.harbor
    assert verbs(cast).count("partner.listed") == 1
    assert admin.post(page("partner_remove", partnership.id)).status_code == 302
    assert not Partnership.objects.exists()
    assert admin.post(page("partners"), {"issuer": "nowhere"}).status_code == 404
    assert admin.post(page("partners"), {"issuer": "lakeside"}).status_code == 409


def test_a_school_below_starts_with_what_the_district_has(cast: Cast, admin: Client):
    given = {"name": "Hill School", "slug": "Hill-School", "kind": "school"}
    assert admin.post(page("below"), given).status_code == 302
    child = Tenant.objects.get(slug="hill-school")
    assert (child.parent, child.accent, child.subdivision) == (cast.lakeside, "#1d5bb5", "WV")
    assert Role.ADMIN in cast.by(cast.cleo, child).roles
    assert "Hill School" in admin.get(page("below")).content.decode()
    assert admin.post(page("below"), given).status_code == 302  # the second click of a double click
    assert verbs(cast).count("tenant.child_created") == 1
    assert admin.post(page("below"), {**given, "name": "Another"}).status_code == 422
    assert admin.post(page("below"), {**given, "slug": "not a slug"}).status_code == 422


def test_there_are_at_most_four_levels(cast: Cast):
    tenant = cast.lakeside
    for level in range(3):
        by = cast.by(cast.cleo, tenant)
        with cast.inside(tenant):
            tenant = actions.create_child(by=by, slug=f"level-{level}", name="Below", kind="school")
    with cast.inside(tenant), pytest.raises(RuleBroken):
        actions.create_child(by=cast.by(cast.cleo, tenant), slug="too-deep", name="Below", kind="school")


def test_an_admin_of_a_school_is_not_an_admin_above_it(cast: Cast):
    school = Tenant.objects.create(slug="hill", name="Hill", parent=cast.lakeside)
    head = make_user("Hedda Head", school, Role.ADMIN)
    client = Client()
    client.force_login(head)
    assert client.get(page("tenant_settings")).status_code == 404
