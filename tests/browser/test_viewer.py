"""Looking at evidence in a real browser: links lead to the second and the page, and boxes need no mouse."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Site
from tests.browser.steps import (
    begin,
    give_previews,
    hand_over,
    make_film,
    parts,
    promise,
    submit,
    takes_files,
    write_part,
)
from tests.submissions.stage import pdf

SECONDS = 200
IS_THERE = "() => Math.abs(document.querySelector('video').currentTime - 151) < 1"


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return make_film(tmp_path_factory.mktemp("film"), SECONDS).read_bytes()


@pytest.fixture
def evidence(site: Site, visit: Callable[..., Page], film: bytes, request: pytest.FixtureRequest) -> dict:
    """A new educator's film and PDF with previews: addresses of their pages, and the educator's page."""
    number = request.session.items.index(request.node)
    page, work = begin(site, visit, f"Viewer{number} Vance")
    address = next(each for each in parts(page, work) if takes_files(page, each))
    shown = [hand_over(page, address, name, content) for name, content in (("lesson.mp4", film), ("Plan.pdf", pdf()))]
    give_previews(site, shown)
    return {"film": shown[0], "paper": shown[1], "page": page}


def test_a_deep_link_seeks_and_the_time_that_is_seen_can_be_pointed_to(evidence: dict) -> None:
    page = evidence["page"]
    page.goto(f"{evidence['film']}?t=151")
    page.wait_for_function(IS_THERE)
    page.get_by_role("button", name="Use the current time, 2:31").click()
    note = page.get_by_label("What should the reviewer look for?")
    expect(note).to_be_focused()
    assert page.get_by_label("At what time?").input_value() == "2:31"
    note.fill("Every card is up")
    page.get_by_role("button", name="Add this").click()
    page.wait_for_function("() => document.querySelector('video').readyState >= 1")
    page.locator(".points a", has_text="2:31").click()
    page.wait_for_function(IS_THERE)
    assert "#" not in page.url  # the script sought; nothing was loaded anew


def test_a_box_is_drawn_with_the_keyboard(evidence: dict) -> None:
    page = evidence["page"]
    page.goto(f"{evidence['paper']}#page-2")
    page.wait_for_function("() => document.querySelector('#page-2 img').complete")
    button = page.get_by_role("button", name="Draw a box")
    button.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#page-2 svg.draw")).to_be_focused()
    for key in ("ArrowLeft", "ArrowUp", "Shift+ArrowRight", "Shift+ArrowDown"):
        page.keyboard.press(key)
    expect(page.locator("#live")).to_have_text("From 28% to 70% across, 28% to 50% down")
    page.keyboard.press("Enter")
    note = page.get_by_label("What should the reviewer look for?")
    expect(note).to_be_focused()
    assert page.get_by_label("On what page?").input_value() == "2"
    page.keyboard.type("The goal")
    page.get_by_role("button", name="Add this").click()
    drawn = page.locator("#page-2 .spots rect")
    expect(drawn).to_have_attribute("x", "28.00%")
    expect(drawn).to_have_attribute("width", "42.00%")
    button.click()
    page.keyboard.press("Escape")
    expect(page.locator("svg.draw")).to_have_count(0)
    expect(button).to_be_focused()


def test_a_box_is_drawn_with_the_pointer_and_pages_can_be_enlarged(evidence: dict) -> None:
    page = evidence["page"]
    page.goto(evidence["paper"])
    page.get_by_role("button", name="Draw a box").click()
    box = page.locator("svg.draw rect").bounding_box()  # in view, unlike the whole page
    page.mouse.move(box["x"] + 10, box["y"] + 10)
    page.mouse.down()
    page.mouse.move(box["x"] + 90, box["y"] + 60)
    page.mouse.up()
    expect(page.get_by_label("What should the reviewer look for?")).to_be_focused()
    expect(page.get_by_text("With the box you drew.")).to_be_visible()
    page.get_by_role("button", name="Take the box away").click()
    assert page.locator("[data-box]").input_value() == ""
    before = page.locator("#page-1 img").bounding_box()["width"]
    page.get_by_role("button", name="Larger").click()
    assert page.locator("#page-1 img").bounding_box()["width"] > before * 1.3
    page.locator("[data-sheets]").focus()
    page.keyboard.press("0")
    assert abs(page.locator("#page-1 img").bounding_box()["width"] - before) < 30


def test_on_a_phone_without_a_script_all_can_be_seen_and_said(
    site: Site, visit: Callable[..., Page], evidence: dict
) -> None:
    state = evidence["page"].context.storage_state()
    context = evidence["page"].context.browser.new_context(
        base_url=site.address, java_script_enabled=False, viewport=PHONE, storage_state=state
    )
    page = context.new_page()
    page.goto(f"{evidence['film']}?t=151")
    expect(page.locator("video")).to_have_attribute("src", re.compile(r"/video/0/#t=151$"))
    page.get_by_label("At what time?").fill("2 min 31 s")
    page.get_by_label("What should the reviewer look for?").fill("Every card is up")
    page.get_by_role("button", name="Add this").click()
    expect(page.locator(".points")).to_contain_text("2:31")
    expect(page.get_by_role("button", name="Draw a box")).to_be_hidden()
    context.close()


def test_t_and_enter_mark_the_place_one_sees(
    site: Site, visit: Callable[..., Page], film: bytes, tmp_path: Path
) -> None:
    educator, work = begin(site, visit, "Tess Tiller")
    address = next(each for each in parts(educator, work) if takes_files(educator, each))
    give_previews(site, [hand_over(educator, address, "lesson.mp4", film)])
    for each in parts(educator, work):
        write_part(educator, each, tmp_path)
    promise(educator, work)
    submit(educator, work)
    code = re.search(r"Reviewers see (\w+)", educator.locator("main").inner_text())[1]
    page = visit("assessor")
    page.goto("/t/jefferson/review/")
    page.locator("tr", has_text=code).get_by_role("button").click()
    page.wait_for_url(re.compile(r"/review/[0-9a-f-]{36}/"))
    lines = page.locator("[data-score-form] fieldset.crit").count()
    for _line in range(lines):
        if page.locator("video").is_visible():
            break
        page.keyboard.press("j")
    page.wait_for_function("() => document.querySelector('video').readyState >= 1")
    page.evaluate("document.querySelector('video').currentTime = 151")
    expect(page.get_by_role("button", name="Comment at 2:31")).to_be_visible()
    page.keyboard.press("t")
    page.keyboard.type("Every card is up")
    page.keyboard.press("Enter")
    mark = page.locator(".crit.is-active .marks a")
    expect(mark).to_be_focused()
    expect(mark).to_contain_text("2:31")
    page.evaluate("document.querySelector('video').currentTime = 3")
    page.keyboard.press("Enter")
    page.wait_for_function(IS_THERE)
    page.get_by_role("button", name="Remove").first.click()
    expect(page.locator(".marks li")).to_have_count(0)
    page.get_by_role("button", name="Give it back").click()
    page.wait_for_url(lambda url: url.endswith("/review/"))
