"""What those who score see of the evidence: all of it, as long as they hold it, and nothing that names anyone."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from assessment.actions.queue import release
from credentials.models import Criterion
from submissions.actions.evidence import add_link, add_text, remove_artifact
from submissions.actions.logs import add_entry, remove_entry
from submissions.actions.pointers import add_pointer
from submissions.actions.writing import save_response
from submissions.models import Artifact, LogEntry, Submission
from submissions.places import Place
from tenants.models import Role
from tests.assessment import stage
from tests.cast import make_user
from tests.credentials.sample import log_part
from tests.submissions.props import add, document, film, paper, photo, render
from tests.submissions.stage import edition_data, pdf, prompt_of, publish_edition
from tests.submissions.stage import line as rubric_line

pytestmark = pytest.mark.django_db
FLAG = "The same file was also added by someone else. Look closely."
NAMED = "This piece may show the educator’s name; please ignore it."


@pytest.fixture
def bela(cast):
    client = Client()
    client.force_login(cast.bela)
    return client


@pytest.fixture
def draft(cast, edition) -> Submission:
    return stage.write(cast, edition, cast.ada)


def workspace(client: Client, review, query: str = "", **headers: str):
    return client.get(reverse("review", args=["lakeside", review.id]) + query, **headers)


def sources(page: str) -> set[str]:
    """Every address of ours that the page loads or offers for download."""
    found = re.findall(r'(?:src|poster)="(/t/[^"#]+)', page) + re.findall(r'href="(/t/[^"]+)" download', page)
    return {each.replace("&amp;", "&") for each in found}


def test_every_preview_can_be_had_while_the_claim_is_held_and_not_after(cast, draft, bela):
    film(cast, draft)
    paper(cast, draft, key="extra")
    document(cast, draft)
    stage.send(cast, draft)
    review = stage.take(cast)
    page = workspace(bela, review).content.decode()
    addresses = sources(page)
    assert len(addresses) >= 8  # film, still, captions, three pages, a document, and the originals
    other = Client()
    other.force_login(make_user("Otto Ost", cast.lakeside, Role.ASSESSOR))
    for address in addresses:
        answer = bela.get(address, follow=True)
        assert answer.status_code == 200, address
        assert "Ada" not in str(answer.headers), address
        assert other.get(address).status_code == 404, address
    with stage.inside(cast):
        release(by=cast.by(cast.bela), review=review, token=review.token)
    assert {bela.get(address).status_code for address in addresses} == {404}


def test_a_short_lived_address_is_good_for_its_reader_only(cast, draft, bela):
    film(cast, draft)
    stage.send(cast, draft)
    review = stage.take(cast)
    address = next(each for each in sources(workspace(bela, review).content.decode()) if "/video/0/" in each)
    leads_to = bela.get(address).headers["Location"]
    assert bela.get(leads_to).status_code == 200
    other = Client()
    other.force_login(make_user("Otto Ost", cast.lakeside, Role.ASSESSOR))
    assert other.get(leads_to).status_code == 404
    assert bela.get(leads_to.replace("/video/0/", "/poster/0/")).status_code == 404


def test_a_preview_that_is_not_there_is_not_found(cast, draft, bela):
    plan = paper(cast, draft)
    stage.send(cast, draft)
    review = stage.take(cast)
    for kind, number in (("page", 3), ("video", 0), ("nothing", 0)):
        address = reverse("review_preview", args=["lakeside", review.id, plan.id, kind, number])
        assert bela.get(address).status_code == 404
    assert bela.get(reverse("review_captions", args=["lakeside", review.id, plan.id, "en"])).status_code == 404


def test_what_the_educator_points_to_comes_first_and_leads_there(cast, draft, bela):
    lesson, plan = film(cast, draft), paper(cast, draft)
    with stage.inside(cast):
        by = cast.by(cast.ada)
        add_pointer(by=by, artifact=lesson, place=Place(seconds=151), note="Every card is up")
        add_pointer(by=by, artifact=plan, place=Place(page=2), note="The goal")
    stage.send(cast, draft)
    review = stage.take(cast)
    page = workspace(bela, review).content.decode()
    assert page.index("The educator says: look at") < page.index("<video")
    assert (
        f'<a href="?piece={lesson.id}&amp;t=151#a-{lesson.id}" data-go="a-{lesson.id}" data-seek="151">2:31</a>' in page
    )
    assert f'href="#a-{plan.id}-page-2"' in page
    assert f'id="a-{plan.id}-page-2"' in page
    there = workspace(bela, review, f"?piece={lesson.id}&t=151").content.decode()
    assert re.search(r'<video [^>]*src="[^"]+#t=151"', there)


def test_a_link_opens_the_part_that_holds_the_piece(cast, draft, bela):
    plan = paper(cast, draft, key="extra")
    stage.send(cast, draft)
    review = stage.take(cast)
    page = workspace(bela, review, f"?piece={plan.id}&box=2,0.1,0.1,0.2,0.2").content.decode()
    assert re.search(r'data-ev="ev-extra" aria-current="true"', page)
    assert '<rect x="10.00%"' in page
    led_on = workspace(bela, review, f"?piece={plan.id}&page=2")
    assert led_on.headers["Location"].endswith(f"/#a-{plan.id}-page-2")
    for broken in ("?piece=x", "?piece=", f"?piece={review.id}&t=-1", f"?piece={plan.id}&box=,,,"):
        assert workspace(bela, review, broken).status_code == 200


def test_a_preview_that_was_awaited_comes_by_itself(cast, draft, bela):
    plan = add(cast, draft, "plan.pdf", pdf())
    stage.send(cast, draft)
    review = stage.take(cast)
    assert f'hx-get="/t/lakeside/review/{review.id}/?piece={plan.id}"' in workspace(bela, review).content.decode()
    render(cast, plan, ("page", b"x", "image/webp"), pages=1)
    piece = workspace(bela, review, f"?piece={plan.id}", HTTP_HX_REQUEST="true").content.decode()
    assert "<html" not in piece
    assert "Page 1 of 1" in piece
    assert workspace(bela, review, f"?piece={review.id}", HTTP_HX_REQUEST="true").status_code == 404


def test_the_same_file_of_someone_else_is_told_to_those_who_score_only(cast, edition, draft, bela):
    paper(cast, draft, "Same.pdf")
    paper(cast, stage.write(cast, edition, make_user("Egon Eden", cast.lakeside, Role.EARNER)), "Same.pdf")
    plan = paper(cast, draft, "Own.pdf")
    ada = Client()
    ada.force_login(cast.ada)
    with cast.inside():
        base = ["lakeside", draft.work_id]
        own = [reverse("work_check", args=base), reverse("artifact_view", args=[*base, plan.id])]
    pages = [ada.get(each).content.decode() for each in own]
    stage.send(cast, draft)
    review = stage.take(cast)
    assert workspace(bela, review).content.decode().count(FLAG) == 1
    assert not any("someone else" in page for page in pages)


def test_a_name_in_a_piece_is_noted_without_saying_it(cast, draft, bela):
    paper(cast, draft, "one.pdf", texts=["Goals", "By Ada ALVÁREZ"], pages=2)
    paper(cast, draft, "two.pdf", texts=["Goals", "Adages"], pages=2)
    with stage.inside(cast):
        plan = Criterion.objects.get(edition=draft.edition_id, key="plan")
        Artifact.objects.filter(submission=draft, kind="link").update(link_title="Ada’s plan", link_state="open")
        assert plan
    stage.send(cast, draft)
    page = workspace(bela, stage.take(cast)).content.decode()
    assert page.count(NAMED) == 2
    assert "Ada’s plan" not in page


def test_the_api_gives_previews_captions_pointers_and_flags(cast, draft, bela):
    lesson = film(cast, draft)
    paper(cast, draft, texts=["Ada", "", ""])
    with stage.inside(cast):
        add_pointer(by=cast.by(cast.ada), artifact=lesson, place=Place(seconds=151), note="Every card is up")
    stage.send(cast, draft)
    review = stage.take(cast)
    answer = bela.get(reverse("api_review", args=["lakeside", review.id])).json()
    shown = {each["artifact"]: each for each in answer["evidence"] if each["artifact"]}
    of_film = shown[str(lesson.id)]
    assert (of_film["shown_as"], of_film["seconds"], of_film["may_name_earner"]) == ("film", 300.5, False)
    assert of_film["pointers"] == [{"seconds": 151, "page": None, "spot": "", "note": "Every card is up"}]
    assert [each["kind"] for each in of_film["previews"]] == ["poster", "video"]
    of_pdf = next(each for each in shown.values() if each["shown_as"] == "pages")
    assert of_pdf["may_name_earner"] is True
    assert [each["width"] for each in of_pdf["previews"]] == [850] * 3
    for each in (*of_film["previews"], *of_film["captions"], *of_pdf["previews"]):
        served = bela.get(each["url"])
        assert served.status_code == 200
        assert "Ada" not in str(served.headers)
    part = bela.get(of_film["previews"][1]["url"], HTTP_RANGE="bytes=0-3")
    assert part.status_code == 206
    with stage.inside(cast):
        release(by=cast.by(cast.bela), review=review, token=review.token)
    assert {bela.get(each["url"]).status_code for each in of_film["previews"]} == {404}


def test_many_pieces_take_as_many_queries_as_one_of_each(cast, edition, draft, bela, django_assert_num_queries):
    counted = []
    for pages, more in ((1, 0), (40, 2)):
        earner = cast.ada if not counted else make_user("Egon Eden", cast.lakeside, Role.EARNER)
        work = draft if not counted else stage.write(cast, edition, earner)
        made = [film(cast, work), paper(cast, work, "extra.pdf", pages=pages, key="extra")]
        for n in range(more // 2):
            made.append(photo(cast, work, f"{n}.png"))
        for second in range(1 + 5 * more):
            with stage.inside(cast):
                add_pointer(by=cast.by(earner), artifact=made[0], place=Place(seconds=second), note="Look")
        stage.send(cast, work)
        review = stage.take(cast)
        with django_assert_num_queries(23) as queries:
            workspace(bela, review)
        counted.append(len(queries))
    assert counted[0] == counted[1]


# --- What is new in a second try -----------------------------------------------------------------------------------


@pytest.fixture
def second(cast, edition, draft) -> Submission:
    """A try that came back, of which everything about the plan is open."""
    paper(cast, draft, "kept.pdf")
    photo(cast, draft, "taken out.png")
    stage.send(cast, draft)
    stage.score(cast, stage.take(cast), below=("plans", "reach"))
    with cast.inside():
        return Submission.objects.select_related("work", "edition", "earner").get(work=draft.work_id, number=2)


def test_a_second_try_says_what_is_new_and_what_is_the_same(cast, second, bela):
    by = cast.by(cast.ada)
    with stage.inside(cast):
        remove_artifact(by=by, artifact=second.artifacts.get(name="taken out.png"))
        plan = Criterion.objects.get(edition=second.edition_id, key="plan")
        remove_artifact(by=by, artifact=second.artifacts.get(kind="link"))
        add_text(by=by, submission=second, criterion=plan, text="A new text.")
        prompt = prompt_of(second.edition, "look")
        save_response(by=by, submission=second, prompt=prompt, text="These are my better words about look.")
    stage.send(cast, second)
    page = workspace(bela, stage.take(cast)).content.decode()
    assert page.count("Same as last try") == 1
    assert page.count("New in this try") == 1
    assert ">Changed<" in page
    assert "<ins>better </ins>" in page
    assert "2 pieces of the last try were taken out or replaced." in page


def test_the_same_link_added_again_is_the_same(cast, second, bela):
    by = cast.by(cast.ada)
    with stage.inside(cast):
        link = second.artifacts.get(kind="link")
        plan = Criterion.objects.get(edition=second.edition_id, key="plan")
        remove_artifact(by=by, artifact=link)
        add_link(by=by, submission=second, criterion=plan, url=link.url)
    stage.send(cast, second)
    page = workspace(bela, stage.take(cast)).content.decode()
    assert "New in this try" not in page
    assert page.count("Same as last try") == 4  # two files, the link, and the answer
    assert "taken out or replaced" not in page


def test_parts_that_were_met_are_not_compared(cast, second, bela):
    stage.send(cast, second)
    page = workspace(bela, stage.take(cast)).content.decode()
    panels = dict(re.findall(r'id="ev-(\w+)" data-ev-panel(.*?)(?=id="ev-|</section>)', page, re.S))
    assert "Same as last try" in panels["plan"]
    assert "last try" not in panels["class"] + panels["think"]


def test_what_was_replaced_and_what_changed_in_a_text_is_told(cast, second, bela):
    by = cast.by(cast.ada)
    with stage.inside(cast):
        plan = Criterion.objects.get(edition=second.edition_id, key="plan")
        remove_artifact(by=by, artifact=second.artifacts.get(kind="link"))
        remove_artifact(by=by, artifact=second.artifacts.get(name="taken out.png"))
        add_link(by=by, submission=second, criterion=plan, url="https://example.org/better")
        add_text(by=by, submission=second, criterion=plan, text="I check three times in a lesson.")
    stage.send(cast, second)
    page = workspace(bela, stage.take(cast)).content.decode()
    assert page.count("New, in place of another") == 1
    assert "Add your lesson plan, link" in page  # what is gone, by its neutral name
    assert "taken out.png" not in page


def test_a_text_that_was_written_anew_shows_its_changes(cast, edition, bela):
    by, drafts = cast.by(cast.ada), stage.write(cast, edition, cast.ada)
    with stage.inside(cast):
        plan = Criterion.objects.get(edition=edition, key="plan")
        add_text(by=by, submission=drafts, criterion=plan, text="I check two times in a lesson.")
    stage.send(cast, drafts)
    stage.score(cast, stage.take(cast), below=("plans",))
    with stage.inside(cast):
        again = Submission.objects.select_related("work", "edition", "earner").get(work=drafts.work_id, number=2)
        remove_artifact(by=by, artifact=again.artifacts.get(kind="text"))
        add_text(by=by, submission=again, criterion=plan, text="I check three times in a lesson.")
    stage.send(cast, again)
    page = workspace(bela, stage.take(cast)).content.decode()
    assert "<del>two </del><ins>three </ins>" in page


def test_a_log_shows_which_entries_are_new_and_which_are_gone(cast, bela):
    data = edition_data()
    rubric = [*data["rubric"], rubric_line("hours", "hours", "Took the time")]
    edition = publish_edition(
        cast, "Logged", criteria=[*data["criteria"], log_part(minutes=600, entries=2)], rubric=rubric
    )
    by, draft = cast.by(cast.ada), stage.write(cast, edition, cast.ada)
    log, today = Criterion.objects.get(edition=edition, key="hours"), cast.lakeside.local_date()
    with stage.inside(cast):
        for days, what in ((9, "I watched a lesson."), (8, "I watched another.")):
            add_entry(by=by, submission=draft, criterion=log, on=today - timedelta(days), minutes=300, what=what)
    stage.send(cast, draft)
    stage.score(cast, stage.take(cast), below=("hours",))
    with stage.inside(cast):
        again = Submission.objects.select_related("work", "edition", "earner").get(work=draft.work_id, number=2)
        remove_entry(by=by, entry=LogEntry.objects.get(submission=again, what="I watched another."))
        add_entry(by=by, submission=again, criterion=log, on=today, minutes=300, what="I taught it myself.")
    stage.send(cast, again)
    page = workspace(bela, stage.take(cast)).content.decode()
    assert "<ins>" in page
    assert "I taught it myself." in page
    assert "I watched another." in page.partition("<del>")[2].partition("</del>")[0]
