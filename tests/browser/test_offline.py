"""Nothing typed is lost: the network goes, the tab closes, another tab was quicker, an upload breaks."""

import os
from collections.abc import Callable
from pathlib import Path

from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Site
from tests.browser.steps import begin, parts

OFFLINE = "Not connected. Your words are safe on this device. We will save them when you are back online."


def part_with(page: Page, work: str, selector: str) -> str:
    """Open the first part of a work that has such an element; returns its address."""
    for address in parts(page, work):
        page.goto(address)
        if page.locator(selector).count():
            return page.url
    raise AssertionError(f"no part has {selector}")


def box(page: Page) -> Locator:
    return page.locator("textarea[data-words]").first


def saved(page: Page) -> Locator:
    return page.locator("form[data-autosave] .saved")


def test_words_typed_without_a_network_are_saved_when_it_is_back(visit: Callable[..., Page], site: Site) -> None:
    page, work = begin(site, visit, "Olive Offline")
    here = part_with(page, work, "textarea[data-words]")
    box(page).fill("Before the train went into the tunnel.")
    expect(saved(page)).to_contain_text("Saved")
    page.context.set_offline(True)
    box(page).press_sequentially(" And inside of it.")
    expect(saved(page)).to_have_text(OFFLINE)
    page.context.set_offline(False)
    expect(saved(page)).to_contain_text("Saved ")
    page.goto(here)
    expect(box(page)).to_have_value("Before the train went into the tunnel. And inside of it.")
    expect(page.locator("[data-restore]")).to_be_hidden()


def test_words_of_a_tab_that_closed_offline_are_brought_back(visit: Callable[..., Page], site: Site) -> None:
    page, work = begin(site, visit, "Cleo Closed")
    here = part_with(page, work, "textarea[data-words]")
    page.context.set_offline(True)
    box(page).fill("The battery died after this.")
    expect(saved(page)).to_have_text(OFFLINE)
    context = page.context
    page.close()
    context.set_offline(False)
    page = context.new_page()
    page.goto(here)
    expect(box(page)).to_have_value("")
    banner = page.locator("[data-restore]")
    expect(banner).to_contain_text("We found words you typed on this device that were not saved.")
    banner.get_by_role("button").click()
    expect(box(page)).to_have_value("The battery died after this.")
    expect(saved(page)).to_contain_text("Saved ")
    page.reload()
    expect(box(page)).to_have_value("The battery died after this.")
    expect(banner).to_be_hidden()


def test_two_tabs_with_other_words_show_both(visit: Callable[..., Page], site: Site) -> None:
    one, work = begin(site, visit, "Tess Tabs")
    here = part_with(one, work, "textarea[data-words]")
    two = one.context.new_page()
    two.goto(here)
    box(one).fill("Words of the first tab.")
    expect(saved(one)).to_contain_text("Saved ")
    box(two).fill("Words of the second tab.")
    expect(saved(two)).to_have_attribute("data-state", "stopped")
    two.get_by_role("button", name="Save and go on").click()
    expect(two.get_by_role("heading", name="These words were changed in another tab")).to_be_visible()
    expect(box(two)).to_have_value("Words of the second tab.")
    expect(two.locator("main")).to_contain_text("Words of the first tab.")
    two.get_by_role("button", name="Keep my words").click()
    two.wait_for_url(lambda url: url != here)
    two.goto(here)
    expect(box(two)).to_have_value("Words of the second tab.")


def slow(page: Page, bytes_a_second: int) -> None:
    """Let this page send no faster than that."""
    rules = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": bytes_a_second}
    page.context.new_cdp_session(page).send("Network.emulateNetworkConditions", rules)


def photo(folder: Path) -> Path:
    """A picture of about a megabyte."""
    file = folder / "our wall.png"
    Image.frombytes("RGB", (600, 600), os.urandom(600 * 600 * 3)).save(file)
    return file


def test_an_upload_shows_how_far_it_is_and_that_it_was_checked(
    visit: Callable[..., Page], site: Site, tmp_path: Path
) -> None:
    page, work = begin(site, visit, "Uma Upload")
    here = part_with(page, work, "#file")
    slow(page, 400_000)
    page.locator("#file").set_input_files(photo(tmp_path))
    page.wait_for_function(
        "() => { const bar = document.querySelector('#files progress'); return bar && bar.value > 0 && bar.value < 1 }"
    )
    row = page.locator("#files li").filter(has_text="our wall.png")
    expect(row).to_contain_text("% sent")
    expect(row).to_contain_text("Uploaded and checked")
    expect(page.locator("#live")).to_have_text("our wall.png is uploaded. We are checking it.")
    page.goto(here)
    expect(row).to_contain_text("Uploaded and checked")


def test_an_upload_that_breaks_says_so_and_can_be_done_again(
    visit: Callable[..., Page], site: Site, tmp_path: Path
) -> None:
    page, work = begin(site, visit, "Bram Broken")
    part_with(page, work, "#file")
    wrong = tmp_path / "photo.jpg"
    wrong.write_bytes(os.urandom(20_000))
    page.locator("#file").set_input_files(wrong)
    row = page.locator("#files li.err").filter(has_text="photo.jpg")
    expect(row).to_contain_text("This file cannot be read.")
    page.route("**/upload/**", lambda route: route.abort("connectionreset"))
    page.locator("#file").set_input_files(photo(tmp_path))
    cut = page.locator("#files li").filter(has_text="our wall.png")
    expect(cut).to_contain_text("trying again")
    cut.get_by_role("button", name="Stop").click()
    expect(cut).to_contain_text("The upload is not finished. Choose the same file again")
    page.unroute("**/upload/**")
    page.locator("#file").set_input_files(tmp_path / "our wall.png")
    expect(page.locator("#files")).to_contain_text("Uploaded and checked")
    expect(page.locator("#files li").filter(has_text="our wall.png")).to_have_count(1)
