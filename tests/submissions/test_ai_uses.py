"""The note on AI tools: an answer that must be given, and lines that grow without JavaScript."""

import pytest
from django.urls import reverse

from submissions.actions.outcomes import return_for_changes, take_in
from submissions.models import AiUse, Submission
from submissions.queries import ai_uses_of
from tests.submissions import stage

PROMISE = {"own_work": "on", "protected": "on"}
ONE = {"ai-0-tool": "A chat tool", "ai-0-criterion": "think", "ai-0-what_changed": "I rewrote two of three."}


@pytest.fixture
def ada(cast, client):
    client.force_login(cast.ada)
    return client


@pytest.fixture
def address(draft) -> str:
    return reverse("work_promise", args=["lakeside", draft.work_id])


def test_lines_are_kept_in_their_order_with_the_part(cast, draft, ada, address):
    more = {"ai-7-tool": "  A \x00checker ", "ai-7-criterion": "", "ai-7-what_changed": "It found\r\na typing error."}
    assert ada.post(address, {**PROMISE, "used_ai": "yes", **ONE, **more}).status_code == 302
    with cast.inside():
        assert Submission.objects.get().used_ai is True
        first, second = AiUse.objects.select_related("criterion")
        assert (first.tool, first.criterion.key, first.what_changed) == (
            *list(ONE.values())[:2],
            "I rewrote two of three.",
        )
        assert (second.tool, second.criterion, second.what_changed) == ("A checker", None, "It found\na typing error.")
    text = ada.get(address).content.decode()
    assert 'value="A chat tool"' in text
    assert "It found\na typing error." in text


def test_one_more_line_keeps_everything_typed_and_judges_nothing(cast, draft, ada, address):
    stage.write_all(cast, draft)
    with cast.inside():
        piece = draft.artifacts.get()
    typed = {"own_work": "on", "used_ai": "yes", **ONE, f"students-{piece.id}": "released", f"record-{piece.id}": "R-3"}
    answer = ada.post(address, {**typed, "more": "1"})
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "err-summary" not in text
    for words in (
        'value="A chat tool"',
        "I rewrote two of three.",
        'value="R-3"',
        '<option value="released" selected>',
    ):
        assert words in text
    assert 'name="ai-1-tool"' in text
    assert text.count("autofocus") == 1
    assert 'id="own_work" checked' in text
    assert 'id="protected" checked' not in text
    with cast.inside():
        assert not AiUse.objects.exists()


def test_there_is_an_end_to_lines(ada, address):
    many = {f"ai-{n}-tool": f"Tool {n}" for n in range(30)}
    text = ada.post(address, {**many, "more": "1"}).content.decode()
    assert text.count('-tool" ') == 20
    assert "Add another AI tool" not in text
    full = {f"ai-{n}-{name}": "x" for n in range(30) for name in ("tool", "what_changed")}
    refused = ada.post(address, {**PROMISE, "used_ai": "yes", **full})
    assert refused.status_code == 422
    assert "Name at most 20 AI tools" in refused.content.decode()


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({}, "Say which AI tool you used, and what you changed."),
        ({"ai-0-tool": "  ", "ai-0-what_changed": "\x00 "}, "Say which AI tool you used"),
        ({"ai-0-tool": "A chat tool"}, "Say what you changed"),
        ({"ai-0-what_changed": "I rewrote it."}, "Write the name of the AI tool."),
        (ONE | {"ai-0-tool": "x" * 300}, "Use at most 80 characters"),
        (ONE | {"ai-0-what_changed": "x" * 1001}, "Use at most 1,000 characters"),
        (ONE | {"ai-0-criterion": "nowhere"}, "Choose one of the parts."),
    ],
)
def test_a_line_that_is_not_whole_is_refused_and_kept(cast, ada, address, given, sentence):
    answer = ada.post(address, {**PROMISE, "used_ai": "yes", **given})
    text = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in text
    assert all(value in text for value in given.values() if value.strip(" \x00") and value != "nowhere")
    with cast.inside():
        assert not AiUse.objects.exists()
        assert Submission.objects.get().used_ai is None


def test_everything_that_is_missing_is_said_at_once(cast, draft, ada, address):
    stage.write_all(cast, draft)
    with cast.inside():
        piece = draft.artifacts.get()
    form = {"used_ai": "yes", "ai-0-tool": "A chat tool", "ai-1-what_changed": "All of it", f"students-{piece.id}": "x"}
    text = ada.post(address, form).content.decode()
    summary = text[text.index("err-summary") : text.index("</ul>", text.index("err-summary"))]
    assert summary.count("<li>") == 5
    for place in ("own_work", "protected", f"students-{piece.id}", "ai-0-what_changed", "ai-1-tool"):
        assert f'href="#{place}"' in summary


def test_no_takes_the_lines_away(cast, ada, address):
    ada.post(address, {**PROMISE, "used_ai": "yes", **ONE})
    ada.post(address, {**PROMISE, "used_ai": "no", **ONE})
    with cast.inside():
        assert Submission.objects.get().used_ai is False
        assert not AiUse.objects.exists()


def test_the_next_try_begins_with_what_was_said(cast, draft, ada, address):
    ada.post(address, {**PROMISE, "used_ai": "yes", **ONE})
    stage.write_all(cast, draft)
    ada.post(reverse("work_check", args=["lakeside", draft.work_id]))
    with cast.inside():
        sent = Submission.objects.get()
        assert sent.state == "submitted"
        take_in(by=cast.by(cast.bela), submission=sent)
        again = return_for_changes(by=cast.by(cast.bela), submission=sent, met={})
        assert again.used_ai is True
        assert [(each.tool, each.criterion.key) for each in ai_uses_of(again)] == [("A chat tool", "think")]
        assert len(ai_uses_of(sent)) == 1
