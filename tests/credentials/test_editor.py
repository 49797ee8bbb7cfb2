"""The editor over HTTP: every section can be opened, changed and saved; nothing typed is lost."""

import pytest
from django.urls import reverse

from credentials.actions.editions import save_section, start_edition
from credentials.exchange import export_edition
from credentials.models import Edition
from credentials.sections import SECTIONS
from lib.errors import Invalid, NotAllowed, RuleBroken
from lib.ids import uuid7
from tenants.models import AuditEntry
from tests.credentials.sample import draft, published, sample, sent


def fields_of(response) -> dict:
    """What a browser would send from the form of the page as it stands."""
    sheet = response.context["sheet"]
    values = {"rev": response.context["rev"]} if "rev" in response.context else {}

    def collect(form):
        for field in form:
            value = field.value()
            if value not in (None, False, ""):
                values[field.html_name] = value() if callable(value) else value
        for rows in form.rows.values():
            values[f"{rows.prefix}-TOTAL_FORMS"] = len(rows.forms)
            values[f"{rows.prefix}-INITIAL_FORMS"] = 0
            for row in rows.forms:
                collect(row)

    collect(sheet)
    return values


def section_url(edition, section):
    return reverse("edition_section", args=["lakeside", edition.id, section])


@pytest.mark.parametrize("section", SECTIONS)
def test_opening_and_saving_a_section_changes_nothing(cast, client, section):
    edition = draft(cast)
    client.force_login(cast.dora)
    page = client.get(section_url(edition, section))
    assert page.status_code == 200
    answer = client.post(section_url(edition, section), fields_of(page))
    assert answer.status_code == 302, answer.context["sheet"].problems()
    edition.refresh_from_db()
    assert export_edition(edition) == sample()
    assert edition.rev == 1


def test_a_changed_section_is_saved_and_audited(cast, client):
    edition = draft(cast)
    client.force_login(cast.dora)
    values = fields_of(client.get(section_url(edition, "basics")))
    client.post(section_url(edition, "basics"), values | {"title": "New  title", "topics": "One\nTwo\n\nOne"})
    edition.refresh_from_db()
    assert edition.title == "New title"
    assert edition.topics == ["One", "Two"]
    assert edition.rev == 2
    with cast.inside():
        entry = AuditEntry.objects.get(object_id=edition.id, verb="edition.saved")
    assert entry.facts == {"section": "basics", "rev": 2}


def test_row_buttons_keep_everything_typed_and_save_nothing(cast, client):
    edition = draft(cast)
    client.force_login(cast.dora)
    url = section_url(edition, "criteria")
    values = fields_of(client.get(url)) | {"criteria-0-title": "Typed but not saved"}

    page = client.post(url, values | {"do": "add:criteria:reflection"})
    rows = page.context["sheet"].rows["criteria"].forms
    assert page.status_code == 200
    assert [row["title"].value() for row in rows] == ["Typed but not saved", "Your plan", None]
    assert b"Not saved yet" in page.content

    page = client.post(url, fields_of(page) | {"criteria-2-title": "Look back", "do": "up:criteria-2"})
    titles = [row["title"].value() for row in page.context["sheet"].rows["criteria"].forms]
    assert titles == ["Typed but not saved", "Look back", "Your plan"]

    page = client.post(url, fields_of(page) | {"do": "add:criteria-1-prompts"})
    page = client.post(
        url, fields_of(page) | {"criteria-1-prompts-0-text": "What did you learn?", "do": "remove:criteria-0"}
    )
    edition.refresh_from_db()
    assert export_edition(edition) == sample()

    answer = client.post(url, fields_of(page))
    assert answer.status_code == 302, answer.context["sheet"].problems()
    edition.refresh_from_db()
    saved = export_edition(edition)
    assert [(each["key"], each["part"]) for each in saved["criteria"]] == [
        ("look-back", "reflection"),
        ("plan", "artifact"),
    ]
    assert saved["criteria"][0]["prompts"][0]["key"] == "what-did-you-learn"
    assert [each["key"] for each in saved["rubric"]] == ["questions"], "the line about the removed part goes with it"


def test_an_edition_can_be_written_from_nothing(cast, client):
    client.force_login(cast.dora)
    id = uuid7()
    for _twice in range(2):
        answer = client.post(reverse("author_new", args=["lakeside"]), {"id": id, "title": "Asking Better Questions"})
        assert answer.status_code == 302
    edition = Edition.objects.get()
    for section in SECTIONS:  # type the sample in, row by row
        url = section_url(edition, section)
        wanted = draft_page(cast, client, section)
        edition.refresh_from_db()
        answer = client.post(url, wanted | {"rev": edition.rev})
        assert answer.status_code == 302, (section, answer.context["sheet"].problems())
    edition.refresh_from_db()
    assert export_edition(edition) == sample()
    assert client.post(reverse("edition_send", args=["lakeside", edition.id])).status_code == 302
    edition.refresh_from_db()
    assert edition.state == Edition.State.VETTING


def draft_page(cast, client, section):
    other = Edition.objects.filter(micro_credential__slug__endswith="lakeside").first() or draft(cast)
    return fields_of(client.get(section_url(other, section)))


def test_wrong_values_come_back_with_the_field_named(cast, client):
    edition = draft(cast)
    client.force_login(cast.dora)
    url = section_url(edition, "rubric")
    values = fields_of(client.get(url))
    values |= {"rubric-0-pass_place": 2, "rubric-1-criterion": "", "rubric-1-levels-0-description": ""}
    page = client.post(url, values)
    assert page.status_code == 422
    forms = page.context["sheet"].rows["rubric"].forms
    assert "lowest level" in str(forms[0].errors["pass_place"])
    assert forms[1].errors["criterion"]
    assert forms[1].rows["levels"].forms[0].errors["description"]
    assert b"There are 3 problems" in page.content
    assert b'href="#id_rubric-0-pass_place"' in page.content
    edition.refresh_from_db()
    assert edition.rev == 1


def test_numbers_and_dates_that_cannot_be_read_are_said_at_the_field(cast, client):
    edition = draft(cast)
    client.force_login(cast.dora)
    url = section_url(edition, "research")
    values = fields_of(client.get(url)) | {"research-0-year": "long ago", "research-0-checked_on": "soon"}
    page = client.post(url, values)
    assert page.status_code == 422
    assert set(page.context["sheet"].rows["research"].forms[0].errors) == {"year", "checked_on"}
    assert b"long ago" in page.content


def test_a_stale_save_shows_both_versions_and_can_be_repeated(cast, client):
    edition = draft(cast)
    client.force_login(cast.dora)
    url = section_url(edition, "competency")
    mine = fields_of(client.get(url)) | {"competency": "What I typed."}
    with cast.inside():
        save_section(
            by=cast.by(cast.dora), edition=edition, section="competency", values={"competency": "Saved first."}, rev=1
        )
    page = client.post(url, mine)
    assert page.status_code == 409
    assert b"What I typed." in page.content
    assert b"Saved first." in page.content
    assert client.post(url, fields_of(page)).status_code == 302
    edition.refresh_from_db()
    assert edition.competency == "What I typed."


def test_a_form_without_its_row_counts_does_not_empty_the_section(cast, client):
    edition = draft(cast)
    client.force_login(cast.dora)
    for data in (
        {"rev": 1},
        {"rev": 1, "do": "add:rubric"},
        {"rev": 1, "rubric-TOTAL_FORMS": 2, "rubric-INITIAL_FORMS": 0},
    ):
        assert client.post(section_url(edition, "rubric"), data).status_code == 400
    assert edition.rubric.count() == 2


STEPS = ["", "x", "add:", "add:nothing", "add:rubric-0", "add:rubric-0-levels-0-x", "remove:rubric", "zap:rubric-0"]
STEPS += [
    "remove:rubric-x",
    "remove:rubric-0-levels-²",
    "down:rubric-0-levels-9",
    "up:rubric-99",
    "up:rubric-" + "9" * 5000,
]


@pytest.mark.parametrize("step", STEPS, ids=range(len(STEPS)))
def test_unknown_steps_change_nothing(cast, client, step):
    edition = draft(cast)
    client.force_login(cast.dora)
    url = section_url(edition, "rubric")
    answer = client.post(url, fields_of(client.get(url)) | {"do": step})
    assert answer.status_code in (200, 302)
    assert export_edition(edition) == sample()


def test_a_draft_with_a_vetter_cannot_be_edited(cast, client):
    edition = sent(cast)
    client.force_login(cast.dora)
    assert client.get(section_url(edition, "basics")).status_code == 302
    with cast.inside(), pytest.raises(RuleBroken):
        save_section(by=cast.by(cast.dora), edition=edition, section="basics", values={"title": "x"}, rev=1)


def test_only_the_author_edits(cast, client):
    from tenants.models import Membership

    edition = draft(cast)
    Membership.objects.filter(user=cast.vito).update(roles=["vetter", "author"])
    client.force_login(cast.vito)
    assert client.get(section_url(edition, "basics")).status_code == 403
    assert client.get(reverse("edition_editor", args=["lakeside", edition.id])).status_code == 403
    with cast.inside(), pytest.raises(NotAllowed):
        save_section(by=cast.by(cast.vito), edition=edition, section="basics", values={"title": "x"}, rev=1)
    client.force_login(cast.mallory)
    assert client.get(section_url(edition, "basics")).status_code == 404
    assert client.get(reverse("edition_editor", args=["harbor", edition.id])).status_code == 404


def test_sending_an_incomplete_draft_lists_what_is_missing_with_links(cast, client):
    with cast.inside():
        edition = start_edition(by=cast.by(cast.dora), title="Hardly begun")
    client.force_login(cast.dora)
    page = client.post(reverse("edition_send", args=["lakeside", edition.id]))
    assert page.status_code == 409
    assert section_url(edition, "rubric").encode() in page.content
    with pytest.raises(Invalid), cast.inside():
        start_edition(by=cast.by(cast.dora), title=" ")


def test_lists_and_pages_of_an_author(cast, client, django_assert_max_num_queries):
    client.force_login(cast.dora)
    home = reverse("author_home", args=["lakeside"])
    assert b"You have no drafts" in client.get(home).content
    edition = published(cast)
    for n in range(12):
        draft(cast, title=f"Draft {n}")
    for name in ("author_home", "author_published", "author_new", "author_import"):
        with django_assert_max_num_queries(14):
            assert client.get(reverse(name, args=["lakeside"])).status_code == 200
    assert client.get(reverse("edition_preview", args=["lakeside", edition.id])).status_code == 200
    export = client.get(reverse("edition_export", args=["lakeside", edition.id]))
    assert export.json() == sample()
    assert 'filename="asking-better-questions-1.json"' in export["Content-Disposition"]
    client.force_login(cast.ada)
    assert client.get(home).status_code == 403


def test_a_copy_and_a_new_edition_start_from_the_published_text(cast, client):
    edition = published(cast)
    client.force_login(cast.dora)
    answer = client.post(
        reverse("author_new", args=["lakeside"]), {"id": uuid7(), "title": "Other skill", "start": edition.id}
    )
    copy = Edition.objects.get(title="Other skill")
    assert answer.url == reverse("edition_editor", args=["lakeside", copy.id])
    assert export_edition(copy) == sample(title="Other skill")
    answer = client.post(reverse("edition_again", args=["lakeside", edition.id]))
    assert answer.status_code == 302
    assert edition.micro_credential.editions.count() == 2
    assert client.post(reverse("edition_again", args=["lakeside", edition.id])).status_code == 409
