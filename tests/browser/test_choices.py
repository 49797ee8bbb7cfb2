"""How students are protected in a piece: chosen beside it, kept as it is chosen, and without JavaScript too."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Site
from tests.browser.steps import begin, parts


def add_link(page: Page, work: str, link: str) -> str:
    """Add a link to the first part that takes one; returns the address of the part."""
    for address in parts(page, work):
        page.goto(address)
        if page.locator("#url").count():
            page.locator("#url").fill(link)
            page.get_by_role("button", name="Add this link").click()
            expect(page.locator("#files li")).to_have_count(1)
            return address
    raise AssertionError("no part takes a link")


def test_a_choice_is_kept_as_it_is_made(visit: Callable[..., Page], site: Site) -> None:
    page, work = begin(site, visit, "Cora Choice")
    part = add_link(page, work, "https://example.org/lesson")
    number = page.locator("#files .release input[type=text]")
    expect(number).to_be_hidden()
    page.locator("#files select.students").select_option("released")
    number.press_sequentially("R-2026", delay=600)  # meanwhile the row asks for itself again
    assert number.evaluate("field => document.activeElement === field")
    expect(page.locator(".saved").first).to_contain_text("Saved")
    with page.expect_response(lambda answer: answer.request.method == "POST" and answer.url.endswith(part)):
        number.press("End")
        number.press_sequentially("-7")
    page.goto(part)
    expect(page.locator("#files select.students")).to_have_value("released")
    expect(number).to_have_value("R-2026-7")


@pytest.mark.parametrize("javascript", [True, False])
def test_a_piece_is_replaced_and_brought_back(visit: Callable[..., Page], site: Site, javascript: bool) -> None:
    name = "Rita Replace" if javascript else "Nora Noscript"
    page, work = begin(site, visit, name, javascript=javascript, size=PHONE)
    part = add_link(page, work, "https://example.org/old")
    page.locator("#files select.students").select_option("covered")
    page.get_by_role("button", name="Replace").click()
    expect(page.get_by_text("The old one is kept under “Replaced and removed”.")).to_be_visible()
    if javascript:
        assert page.evaluate("document.activeElement.id") == "url"
    page.get_by_text("Replaced and removed").last.click()
    page.get_by_role("button", name="Bring back").click()
    expect(page.locator("#files li")).to_have_count(1)
    expect(page.locator("#files select.students")).to_have_value("")
    page.goto(work + "promise/")
    page.locator("input[name=own_work]").check()
    page.locator("input[name=protected]").check()
    page.locator("input[name=used_ai][value=yes]").check()
    page.locator("#ai-0-tool").fill("A chat tool")
    page.get_by_role("button", name="Add another AI tool").click()
    expect(page.locator("#ai-1-tool")).to_be_visible()
    expect(page.locator("#ai-0-tool")).to_have_value("A chat tool")
    page.get_by_role("button", name="I promise this").last.click()
    expect(page.locator(".err-summary li")).to_have_count(2)
    page.locator("select.students").last.select_option("none")
    page.locator("#ai-0-what_changed").fill("I rewrote half of it.")
    page.get_by_role("button", name="I promise this").last.click()
    page.wait_for_url(lambda url: "/promise/" not in url)
    page.goto(part)
    expect(page.locator("#files select.students")).to_have_value("none")
