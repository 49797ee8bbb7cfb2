"""Ids of another tenant inside forms, queries and calls: refused without effect."""

import json
from typing import Any
from uuid import uuid4

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from assessment.models import Review, Score
from credentials.models import Edition, MicroCredential, RubricLevel, RubricLine, Stack
from lib.ids import uuid7
from recognition.models import Grant, Policy
from submissions.models import Artifact, WorkCard
from tenants.models import AccessToken, AuditEntry
from tests.credentials.sample import sample
from tests.matrix.world import World


@pytest.fixture
def ids(world: World) -> dict[str, Any]:
    """Harbor's things, by what they are."""
    there = world.things["harbor"]
    return {
        "mc": MicroCredential.objects.get(slug=there["edition"]["mc"]).id,
        "slug": there["edition"]["mc"],
        "edition": there["edition"]["edition"],
        "draft": there["edition:draft"]["edition"],
        "stack": there["stack:offered"]["stack"],
        "policy": there["policy"]["policy"],
        "grant": there["grant"]["grant"],
        "review": there["review:queued"]["review"],
    }


def own(world: World, name: str) -> MicroCredential:
    return MicroCredential.objects.get(slug=world.things["lakeside"][name]["mc"])


def url(name: str, **more: object) -> str:
    return reverse(name, kwargs={"slug": "lakeside", **more})


def post_json(client: Client, address: str, body: dict, method: str = "post") -> HttpResponse:
    return getattr(client, method)(address, body, content_type="application/json")


def stack_form(item: str, **more: object) -> dict[str, object]:
    return {
        "id": uuid7(), "title": "Talk", "description": "You lead talk.", "rule": "all",
        "items-TOTAL_FORMS": "1", "items-INITIAL_FORMS": "0", "items-0-item": item, **more,
    }  # fmt: skip


def test_a_stack_holds_only_what_is_offered_here(world: World, ids: dict):
    cleo = world.browser("cleo")
    before = Stack.objects.count()
    for item in (f"mc:{ids['mc']}", f"stack:{ids['stack']}"):
        assert cleo.post(url("manage_stack_new"), stack_form(item)).status_code == 422
    assert Stack.objects.count() == before
    planned = world.things["lakeside"]["stack:planned"]
    assert cleo.post(url("manage_stack", **planned), stack_form(f"mc:{ids['mc']}")).status_code == 422
    good = stack_form(f"mc:{own(world, 'edition').id}")
    assert cleo.post(url("manage_stack_new"), good).status_code == 302
    assert Stack.objects.count() == before + 1


def test_the_id_of_a_new_thing_is_not_one_that_is_taken_elsewhere(world: World, ids: dict):
    cleo, dora = world.browser("cleo"), world.browser("dora")
    counts = [model.objects.count() for model in (Stack, Edition, Policy, MicroCredential)]
    item = f"mc:{own(world, 'edition').id}"
    assert cleo.post(url("manage_stack_new"), stack_form(item, id=ids["stack"])).status_code == 409
    assert dora.post(url("author_new"), {"id": ids["draft"], "title": "Mine now"}).status_code in (409, 422)
    start = world.things["lakeside"]["edition"]["edition"]
    copy = {"id": ids["draft"], "title": "Mine now", "start": start}
    assert dora.post(url("author_new"), copy).status_code in (409, 422)
    text = '{"format": "laurel.edition/1", "title": "x"}'
    assert dora.post(url("author_import"), {"id": ids["draft"], "text": text}).status_code in (409, 422)
    assert cleo.post(url("policy_new"), policy_form("any", id=ids["policy"])).status_code == 409
    assert [model.objects.count() for model in (Stack, Edition, Policy, MicroCredential)] == counts
    assert not Edition.objects.filter(title="Mine now").exists()


def test_a_whole_edition_is_not_imported_over_one_that_is_there(world: World, ids: dict):
    dora, title = world.browser("dora"), Edition.objects.get(id=ids["draft"]).title
    form = {"id": ids["draft"], "text": json.dumps(sample(title="Mine now"))}
    assert dora.post(url("author_import"), form).status_code in (409, 422)
    assert Edition.objects.get(id=ids["draft"]).title == title
    assert dora.post(url("author_import"), {**form, "id": uuid7()}).status_code == 302


def policy_form(what: str, **more: object) -> dict[str, object]:
    return {
        "id": uuid7(), "title": "Stipend", "who": "anyone", "jobs": "", "what": what, "dollars": "500", "ceu": "",
        "max_count": "", "max_dollars": "", "max_ceu": "", "year_starts_month": "7", "starts_on": "2027-10-05",
        "ends_on": "", "note": "", **more,
    }  # fmt: skip


def test_a_rule_names_only_what_is_in_the_catalog(world: World, ids: dict):
    cleo = world.browser("cleo")
    before = Policy.objects.count()
    draft = world.things["lakeside"]["policy:draft"]
    for what in (f"mc:{ids['mc']}", f"stack:{ids['stack']}", f"issuer:{world.cast.harbor.id}"):
        for address in (url("policy_new"), url("policy_try"), url("policy_edit", **draft)):
            assert cleo.post(address, policy_form(what)).status_code == 422, what
    assert cleo.get(url("policy_new"), {"from": ids["policy"]}).status_code == 404
    assert Policy.objects.count() == before
    assert cleo.post(url("policy_new"), policy_form(f"mc:{own(world, 'edition').id}")).status_code == 302


def test_an_edition_starts_only_from_one_of_ours(world: World, ids: dict):
    dora = world.browser("dora")
    before = Edition.objects.count()
    copy = {"id": uuid7(), "title": "A copy", "start": ids["edition"]}
    assert dora.post(url("author_new"), copy).status_code == 422
    assert "Harbor District Listed" not in dora.get(url("author_new"), {"copy": ids["edition"]}).content.decode()
    import_form = {"id": uuid7(), "text": "{}", "of": ids["mc"]}
    assert dora.post(url("author_import"), import_form).status_code == 422
    assert post_json(dora, url("api_editions") + f"?of={ids['slug']}", sample()).status_code == 404
    assert Edition.objects.count() == before


def test_a_review_of_another_tenant_cannot_be_claimed(world: World, ids: dict):
    bela = world.browser("bela")
    for answer in (
        bela.post(url("claim"), {"review": ids["review"]}),
        post_json(bela, url("api_claim"), {"review": str(ids["review"])}),
    ):
        assert answer.status_code == 404
    with world.cast.inside(world.cast.harbor):
        assert Review.objects.get(id=ids["review"]).state == Review.State.WAITING
    mine = world.things["lakeside"]["review:queued"]["review"]
    assert bela.post(url("claim"), {"review": mine}).status_code == 302


def test_a_line_takes_only_its_own_levels(world: World):
    """Levels of another line, of another edition and of another tenant."""
    bela, given = world.browser("bela"), world.things["lakeside"]["review"]
    with world.cast.inside():
        review = Review.objects.get(id=given["review"])
    line, beside = RubricLine.objects.filter(edition=review.edition_id)[:2]
    foreign = RubricLine.objects.get(edition__title="Harbor District Scored", key=line.key)
    form = {"token": review.token, "note": ""}
    for level in (beside.levels.first(), foreign.levels.first()):
        answer = bela.post(url("review_save", review=review.id), form | {f"level-{line.id}": level.id})
        assert answer.status_code == 422
    bela.post(url("review_save", review=review.id), form | {f"level-{foreign.id}": foreign.levels.first().id})
    call = url("api_review_scores", review=review.id)
    for score in ({"line": "nothing", "level": 0}, {"line": line.key, "level": 99}):
        body = {"token": review.token, "scores": [score]}
        assert post_json(bela, call, body, "patch").status_code == 400
    with world.cast.inside():
        assert not Score.objects.filter(review=review, level__isnull=False).exists()
    good: RubricLevel = line.levels.first()
    assert bela.post(url("review_save", review=review.id), form | {f"level-{line.id}": good.id}).status_code == 302
    with world.cast.inside():
        assert Score.objects.get(review=review, line=line).level == good


def test_grants_of_another_tenant_are_not_honored(world: World, ids: dict):
    rao, mine = world.browser("rao"), world.things["lakeside"]["grant"]["grant"]
    rao.post(url("honour_chosen"), {"grant": [ids["grant"], mine, uuid4()]})
    with world.cast.inside(world.cast.harbor):
        assert Grant.objects.get(id=ids["grant"]).state == Grant.State.PENDING
    with world.cast.inside():
        assert Grant.objects.get(id=mine).state == Grant.State.HONOURED


def test_work_starts_only_on_what_the_catalog_lists(world: World, ids: dict):
    egon = world.browser("egon")
    before = WorkCard.objects.count()
    assert egon.post(url("work_start", mc=ids["slug"])).status_code == 404
    assert post_json(egon, url("api_work_start"), {"micro_credential": ids["slug"]}).status_code == 400
    assert WorkCard.objects.count() == before
    assert egon.post(url("work_start", mc=own(world, "edition").slug)).status_code == 302
    assert WorkCard.objects.count() == before + 1


def test_an_answer_belongs_to_a_question_of_the_part(world: World):
    ada, work = world.browser("ada"), world.things["lakeside"]["work:begun"]["work"]
    for criterion, prompt in (("plan", "who"), ("plan", "nothing"), ("nothing", "who")):
        address = url("api_response", work=work, criterion=criterion, prompt=prompt)
        assert post_json(ada, address, {"text": "Mine"}, "put").status_code == 404


def test_evidence_of_another_tenant_or_person_is_not_used_or_spoken_for(world: World):
    ada, here, there = world.browser("ada"), world.things["lakeside"], world.things["harbor"]
    begun = {"work": here["work:begun"]["work"], "key": "plan"}
    with world.cast.inside():
        before = Artifact.objects.count()
    for foreign in (there["file"]["artifact"], there["removed"]["artifact"], uuid4(), "nothing"):
        assert ada.post(url("artifact_pick", **begun), {"artifact": foreign}).status_code == 404
        form = {"rev": "0", f"students-{foreign}": "none", f"record-{foreign}": ""}
        assert ada.post(url("work_criterion", **begun), form).status_code == 302
    assert ada.post(url("artifact_pick", **begun), {"artifact": here["file"]["artifact"]}).status_code == 302
    with world.cast.inside():
        assert Artifact.objects.count() == before
    with world.cast.inside(world.cast.harbor):
        assert Artifact.objects.get(id=there["file"]["artifact"]).students == ""


def test_an_ai_tool_belongs_to_a_part_of_the_edition(world: World):
    ada, work = world.browser("ada"), world.things["lakeside"]["work:begun"]["work"]
    use = {"tool": "A chat tool", "what_changed": "I rewrote it."}
    body = {"own_work": True, "protected": True, "used_ai": True}
    address = url("api_promises", work=work)
    for part, status in (("nowhere", 400), ("plan", 200)):
        answer = post_json(ada, address, {**body, "ai_uses": [{**use, "criterion": part}]}, "put")
        assert answer.status_code == status


def test_the_record_answers_only_about_this_tenant(world: World, ids: dict):
    cleo = world.browser("cleo")
    with world.cast.inside(world.cast.harbor):
        entry = AuditEntry.objects.latest("id")
    assert cleo.get(url("audit"), {"before": entry.id}).status_code == 404
    about = cleo.get(url("audit"), {"object": entry.object_id})
    assert about.context["deeds"] == []
    with world.cast.inside():
        entry = AuditEntry.objects.latest("id")
    assert cleo.get(url("audit"), {"object": entry.object_id}).context["deeds"] != []


def test_a_role_that_one_does_not_hold_cannot_be_chosen(world: World):
    assert world.browser("ada").post(url("switch_role"), {"to": "admin"}).status_code == 404
    assert world.browser("cleo").post(url("switch_role"), {"to": "admin"}).status_code == 302


def test_a_token_with_the_id_of_someone_elses_is_not_made(world: World):
    taken = world.things["lakeside"]["token"]["token"]
    form = {"id": taken, "name": "Mine", "scopes": ["read"], "days": "30"}
    assert world.browser("cleo").post(reverse("tokens"), form).status_code == 409
    assert AccessToken.objects.get(id=taken).user == world.cast.ada
