"""laurel.edition/1: what goes in comes out, and whatever is wrong or hostile is said in a sentence with its place."""

import json
from copy import deepcopy
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from credentials.actions.editions import import_edition
from credentials.exchange import check, export_edition, parse, read_json
from credentials.models import Edition
from lib.canonical import content_hash
from lib.errors import Invalid
from lib.ids import uuid7
from tenants.models import AuditEntry
from tests.credentials.sample import draft, published, sample

DEMO = sorted(Path("config/demo/content/editions").glob("*.json"))

# --- What goes in comes out ------------------------------------------------------------------------------------------

WORD = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"]), min_size=1, max_size=12).filter(
    lambda text: text.strip() and text == " ".join(text.split())
)
TEXT = st.lists(WORD, max_size=4).map("\n\n".join)
KEYS = st.lists(st.from_regex(r"[a-z0-9_-]{1,12}", fullmatch=True), min_size=1, max_size=3, unique=True)


@st.composite
def editions(draw) -> dict:
    def some(strategy, most=2):
        return draw(st.lists(strategy, max_size=most))

    def prompt(key):
        low = draw(st.integers(0, 500))
        return {"key": key, "text": draw(WORD), "min_words": low, "max_words": draw(st.integers(max(low, 1), 1000))}

    def criterion(key):
        part = draw(st.sampled_from(["overview", "artifact", "reflection", "log", "quiz"]))
        low = draw(st.integers(1, 5)) if part == "artifact" else 0
        kinds = st.lists(st.sampled_from(["file", "link", "text"]), min_size=1, unique=True)
        return {
            "key": key, "part": part, "title": draw(WORD), "instructions": draw(TEXT),
            "optional": draw(st.booleans()),
            "prompts": [] if part in ("log", "quiz") else [prompt(each) for each in draw(KEYS)],
            "artifact_min": low, "artifact_max": low and draw(st.integers(low, 9)),
            "artifact_kinds": draw(kinds) if part == "artifact" else [],
            **(log() if part == "log" else quiz() if part == "quiz" else {}),
        }  # fmt: skip

    def log():
        return {"log_minutes_min": draw(st.integers(0, 60_000)), "log_entries_min": draw(st.integers(0, 500))}

    def quiz():
        items = [item(key) for key in draw(KEYS)]
        return {
            "quiz_draw": draw(st.integers(1, len(items))), "quiz_pass": draw(st.integers(1, 100)),
            "quiz_tries": draw(st.integers(1, 20)), "quiz_items": items,
        }  # fmt: skip

    def item(key):
        texts = draw(st.lists(WORD, min_size=2, max_size=8, unique=True))
        right = draw(st.sets(st.sampled_from(texts), min_size=1))
        choices = [{"text": each, "right": each in right} for each in texts]
        return {"key": key, "text": draw(TEXT.filter(bool)), "choices": choices, "feedback": draw(TEXT)}

    def line(key, criterion_key):
        names = draw(st.lists(WORD, min_size=2, max_size=5, unique=True))
        levels = [{"name": name, "description": draw(WORD)} for name in names]
        passing = draw(st.sampled_from(names[:-1]))
        return {"key": key, "criterion": criterion_key, "title": draw(WORD), "levels": levels, "pass_level": passing}

    keys = draw(KEYS)
    group = st.fixed_dictionaries(
        {"title": WORD, "components": st.lists(st.fixed_dictionaries({"title": WORD, "text": TEXT}), max_size=2)}
    )
    return sample(
        title=draw(WORD), competency=draw(TEXT), method_components=some(group),
        criteria=[criterion(key) for key in keys], rubric=[line(f"l{n}", key) for n, key in enumerate(keys)],
        hours=draw(st.one_of(st.integers(1, 60), st.sampled_from([1.5, 2.1, 59.9]))),
        topics=draw(st.lists(WORD, max_size=3, unique=True)),
    )  # fmt: skip


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=editions())
def test_what_is_imported_is_exported_again(cast, data):
    with cast.inside():
        edition = import_edition(by=cast.by(cast.dora), data=deepcopy(data))
    edition = Edition.objects.get(id=edition.id)
    assert export_edition(edition) == data
    assert parse(export_edition(edition)) == data
    assert content_hash(export_edition(edition)) == content_hash(data)


def test_untidy_text_is_tidied_once():
    data = sample(title="  Two \t words ", competency="One\r\n\r\nTwo  \r\n", hours=6.0)
    clean = parse(data)
    assert (clean["title"], clean["competency"], clean["hours"]) == ("Two words", "One\n\nTwo", 6)
    assert parse(clean) == clean


def test_what_may_be_left_out_gets_its_usual_value():
    data = sample()
    for name in ("language", "alignments", "hours", "weeks", "topics", "tries", "due_business_days", "badge"):
        del data[name]
    del data["criteria"][0]["artifact_kinds"], data["research"][0]["pages"]
    clean = parse(data)
    assert (clean["language"], clean["hours"], clean["tries"], clean["due_business_days"]) == ("en", 8, 3, 10)
    assert clean["badge"] == {"icon": "spark", "seed": ""}


def test_the_hash_of_a_text_never_moves(cast):
    known = "sha256:e4d843f59cc4785b8d131decc34d0587710d5841a7515b3e3ed2132aa5797492"
    assert content_hash(sample()) == known
    assert published(cast).content_hash == known


@pytest.mark.parametrize("path", DEMO, ids=lambda path: path.stem)
def test_every_edition_of_the_demo_is_right(path):
    _clean, problems = check(json.loads(path.read_text()))
    assert problems == {}


# --- What is wrong is named ------------------------------------------------------------------------------------------


def changed(path: str, value) -> dict:
    """The sample with one place replaced; ... removes it."""
    data = sample()
    names = path.replace("[", ".").replace("]", "").split(".")
    *steps, last = [int(name) if name.isdigit() else name for name in names]
    at = data
    for step in steps:
        at = at[step]
    if value is ...:
        del at[last]
    else:
        at[last] = value
    return data


WRONG = [
    ("format", "laurel.edition/2", "must be one of"),
    ("format", ..., "missing"),
    ("title", "", "must not be empty"),
    ("title", "x" * 161, "161 characters. The limit is 160"),
    ("title", 7, "must be text in quotes, not a number"),
    ("summary", ..., "missing"),
    ("summary", "a\x00b", "cannot be shown"),
    ("competency", "\ud800", "cannot be shown"),
    ("key_method", ["x"], "not a list"),
    ("rationale", "x" * 20_001, "The limit is 20000"),
    ("language", "english please", "characters"),
    ("language", "e1", "not a language code"),
    ("method_components", {}, "must be a list"),
    ("method_components[0].title", None, "missing"),
    ("method_components[0].components[0].text", 5, "must be text"),
    ("method_components[1].colour", "red", "no field of this name"),
    ("research[0].year", "1986", "must be a number without quotes"),
    ("research[0].year", 1986.5, "whole number"),
    ("research[0].year", 10**400, "from 1800 to 2200"),
    ("research[0].year", float("nan"), "from 1800 to 2200"),
    ("research[0].year", True, "not true or false"),
    ("research[0].url", "javascript:alert(1)", "not a web address"),
    ("research[0].url", "https://[", "not a web address"),
    ("research[0].free_online", "yes", "true or false"),
    ("research[0].checked_on", "yesterday", "not a date"),
    ("research[0].checked_on", "2026-02-30", "not a date"),
    ("research[0].pages", 0, "from 1 to"),
    ("resources[0].kind", "podcast", "must be one of"),
    ("resources[0].kind", ["video"], "must be one of"),
    ("resources[0].minutes", -1, "from 1 to"),
    ("criteria[0].key", "my key!", "letters from a to z"),
    ("criteria[1].key", "class", "used twice"),
    ("criteria[0].part", "exam", "must be one of"),
    ("criteria[0].prompts", [], "at least one question"),
    ("criteria[0].prompts[0].max_words", 5, "less than the smallest"),
    ("criteria[0].prompts[0].max_words", 0, "from 1 to"),
    ("criteria[0].prompts[0].min_words", 1e308, "from 0 to"),
    ("criteria[0].artifact_max", 2, "Only a part for evidence"),
    ("criteria[1].artifact_min", 0, "at least 1"),
    ("criteria[1].artifact_max", 0, "less than the smallest"),
    ("criteria[1].artifact_kinds", [], "which kinds"),
    ("criteria[1].artifact_kinds[0]", "video", "must be one of"),
    ("rubric[0].criterion", "plan-b", "no criterion with the key"),
    ("rubric[1].key", "context", "used twice"),
    ("rubric[0].levels", [{"name": "Yes", "description": "x"}], "at least 2"),
    ("rubric[1].levels[2].name", "Solid", "used twice"),
    ("rubric[1].levels", "many", "must be a list"),
    ("rubric[1].pass_level", "Great", "not the name of a level"),
    ("rubric[1].pass_level", "Beginning", "lowest level"),
    ("rubric[0]", None, "must be an object in braces, not nothing"),
    ("rubric", [], "at least 1 entry"),
    ("alignments[0].url", "", "must not be empty"),
    ("alignments[0].url", "https://example.org/a|b", "a badge cannot carry"),
    ("alignments[0].name", "Reading\ufdd0", "cannot be shown"),
    ("hours", 0, "from 1 to 60"),
    ("hours", 1.25, "one digit after the point"),
    ("weeks", float("inf"), "from 1 to 52"),
    ("topics", ["a", "a"], "in the list twice"),
    ("topics", "Reading", "must be a list"),
    ("topics", ["x"] * 13, "limit is 12"),
    ("tries", 0, "from 1 to 20"),
    ("badge", "spark", "must be an object"),
    ("badge.icon", "star", "must be one of"),
    ("colour", "red", "no field of this name"),
]


@pytest.mark.parametrize(("path", "value", "sentence"), WRONG, ids=[f"{n}-{case[0]}" for n, case in enumerate(WRONG)])
def test_each_problem_is_said_at_its_place(path, value, sentence):
    with pytest.raises(Invalid) as refusal:
        parse(changed(path, value))
    errors = refusal.value.facts["errors"]
    found = [text for place, text in errors.items() if place == path or place.startswith(f"{path}[")]
    assert any(sentence in text for text in found), errors
    assert refusal.value.field in errors


def test_a_criterion_that_counts_needs_a_line():
    data = sample()
    del data["rubric"][0]
    _clean, problems = check(data)
    assert list(problems) == ["criteria[0]"]
    data["criteria"][0]["optional"] = True
    assert check(data)[1] == {}


def test_all_problems_are_reported_at_once():
    data = sample(title=5, hours="many", colour=1)
    data["rubric"][1]["levels"][0] = {"name": "Expert"}
    assert set(check(data)[1]) == {"title", "hours", "colour", "rubric[1].levels[0].description"}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_any_value_anywhere_is_a_sentence_and_never_a_crash(data):
    edition = sample()
    at, path = edition, []
    while True:
        keys = list(at) if isinstance(at, dict) else list(range(len(at)))
        key = data.draw(st.sampled_from(keys)) if keys else None
        if key is None:
            break
        path.append(key)
        if not isinstance(at[key], dict | list) or not at[key] or data.draw(st.booleans()):
            at[key] = data.draw(JSON)
            break
        at = at[key]
    clean, problems = check(edition)
    assert all(sentence.endswith(".") for sentence in problems.values()), path
    if not problems:
        assert parse(clean) == clean


@given(data=JSON)
def test_anything_but_an_edition_is_refused(data):
    with pytest.raises(Invalid):
        parse(data)


HOSTILE = {
    "not JSON": b"{title: 1}",
    "cut off": json.dumps(sample()).encode()[:700],
    "empty": b"",
    "too deep": b"[" * 200_000,
    "deep objects": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "NaN": b'{"hours": NaN}',
    "huge number": b'{"hours": 1e999999}',
    "many digits": b'{"hours": ' + b"9" * 5000 + b"}",
    "lone surrogate": b'{"title": "\\ud800"}',
    "NUL": b'{"title": "a\\u0000b"}',
    "NUL in a name": b'{"ti\\u0000tle": "x"}',
    "not UTF-8": b'{"title": "\xff\xfe"}',
    "a list": b"[]",
    "too big": b'"' + b"x" * 1_000_001 + b'"',
}


@pytest.mark.parametrize("raw", HOSTILE.values(), ids=HOSTILE)
def test_hostile_json_is_a_sentence_through_every_door(cast, client, raw):
    with pytest.raises(Invalid):
        parse(read_json(raw))
    client.force_login(cast.dora)
    page = client.post(
        reverse("author_import", args=["lakeside"]), {"id": uuid7(), "file": SimpleUploadedFile("x.json", raw)}
    )
    assert page.status_code == 422
    answer = client.post(reverse("api_editions", args=["lakeside"]), raw, content_type="application/json")
    assert answer.status_code == 400, answer.content
    assert answer.json()["detail"]
    assert not Edition.objects.exists()


# --- The page --------------------------------------------------------------------------------------------------------


def test_a_file_or_a_pasted_text_becomes_a_draft(cast, client):
    client.force_login(cast.dora)
    url = reverse("author_import", args=["lakeside"])
    raw = json.dumps(sample())
    id = uuid7()
    for _twice in range(2):
        assert client.post(url, {"id": id, "text": raw}).status_code == 302
    edition = Edition.objects.get()
    assert (edition.id, edition.author, edition.state) == (id, cast.dora, "draft")
    with cast.inside():
        assert AuditEntry.objects.filter(object_id=id, verb="edition.imported").count() == 1
    file = SimpleUploadedFile("x.json", b"\xef\xbb\xbf" + raw.encode())
    assert client.post(url, {"id": uuid7(), "file": file}).status_code == 302
    assert Edition.objects.count() == 2


def test_problems_are_listed_and_the_text_is_kept(cast, client):
    client.force_login(cast.dora)
    raw = json.dumps(changed("rubric[1].pass_level", "Great"))
    url = reverse("author_import", args=["lakeside"])
    for data in ({"text": raw}, {"file": SimpleUploadedFile("x.json", raw.encode())}):
        page = client.post(url, {"id": uuid7(), **data})
        assert page.status_code == 422
        assert page.context["problems"] == {
            "rubric[1].pass_level": "This is not the name of a level above. Use one of: Expert, Solid, Beginning."
        }
        assert page.context["form"]["text"].value() == raw
    assert client.post(url, {"id": uuid7()}).status_code == 422
    assert client.post(url, {"id": "x", "text": raw}).status_code == 422


def test_an_import_can_be_the_next_edition(cast, client):
    edition = published(cast)
    client.force_login(cast.dora)
    url = reverse("author_import", args=["lakeside"])
    data = {"id": uuid7(), "text": json.dumps(sample(weeks=4)), "of": edition.micro_credential_id}
    assert client.post(url, data).status_code == 302
    assert edition.micro_credential.editions.get(number=2).weeks == 4
    assert client.post(url, data | {"id": uuid7()}).status_code == 422


# --- The API ---------------------------------------------------------------------------------------------------------


def test_the_api_imports_lists_exports_sends_and_publishes(cast, client, django_assert_max_num_queries):
    url = reverse("api_editions", args=["lakeside"])
    client.force_login(cast.dora)
    answer = client.post(url, sample(), content_type="application/json", headers={"Idempotency-Key": "one"})
    assert answer.status_code == 201
    again = client.post(url, sample(), content_type="application/json", headers={"Idempotency-Key": "one"})
    assert again.json() == answer.json()
    edition = Edition.objects.get()
    assert client.get(reverse("api_edition_export", args=["lakeside", edition.id])).json() == sample()
    sent = client.post(reverse("api_edition_send", args=["lakeside", edition.id]))
    assert sent.json()["state"] == "vetting"
    publish = reverse("api_edition_publish", args=["lakeside", edition.id])
    assert client.post(publish).status_code == 403
    client.force_login(cast.vito)
    assert client.post(publish).json()["content_hash"] == content_hash(sample())
    assert client.post(publish).status_code == 409
    for n in range(5):
        draft(cast, title=f"Draft {n}")
    with django_assert_max_num_queries(8):
        assert len(client.get(url).json()["results"]) == 6


def test_the_api_names_every_bad_field(cast, client):
    client.force_login(cast.dora)
    url = reverse("api_editions", args=["lakeside"])
    answer = client.post(url, sample(title="", hours=0), content_type="application/json")
    assert answer.status_code == 400
    assert set(answer.json()["errors"]) == {"title", "hours"}


def test_the_api_is_for_those_who_write_and_vet_here(cast, client):
    edition = draft(cast)
    url = reverse("api_editions", args=["lakeside"])
    assert client.get(url).status_code == 401
    client.force_login(cast.ada)
    assert client.get(url).status_code == 403
    assert client.post(url, sample(), content_type="application/json").status_code == 403
    client.force_login(cast.mallory)
    assert client.get(url).status_code == 404
    assert client.get(reverse("api_edition_export", args=["harbor", edition.id])).status_code == 404
    own = reverse("api_editions", args=["harbor"])
    of = f"{own}?of={edition.micro_credential.slug}"
    assert client.post(of, sample(), content_type="application/json").status_code == 404
