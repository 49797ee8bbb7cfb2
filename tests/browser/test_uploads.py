"""Uploads in a real browser: cut, reloaded, sent from two tabs, with a server and a store that die on the way."""

import json
import os
import random
import re
import signal
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Locator, Page, Response, expect

from tests.browser.conftest import Site
from tests.browser.steps import begin
from tests.browser.test_offline import part_with, slow
from tests.submissions import stage
from tests.submissions.hostile import HOSTILE

PARTS = 24
PART = 250_000  # bytes, as the site of these tests is told
SPEED = 1_500_000  # bytes a second: the film then takes some four seconds


@pytest.fixture
def film(tmp_path: Path) -> Path:
    """A video of many parts, no two alike."""
    file = tmp_path / "our lesson.mp4"
    file.write_bytes(stage.video() + stage.box(b"mdat", os.urandom(PARTS * PART - 3_000)))
    return file


def choose(page: Page, file: Path) -> None:
    page.locator("#file").set_input_files(file)


def row(page: Page, file: Path) -> Locator:
    return page.locator("#files li").filter(has_text=file.name)


def is_stored_whole(site: Site, file: Path) -> bool:
    """Whether the evidence folder holds exactly these bytes, once."""
    content = file.read_bytes()
    stored = [each for each in (site.data / "media").rglob("*") if each.is_file()]
    return [each.read_bytes() == content for each in stored if each.stat().st_size == len(content)].count(True) == 1


def parts_sent(page: Page) -> list[str]:
    """The addresses that parts went to and arrived at, as they come."""
    sent: list[str] = []

    def note(answer: Response) -> None:
        if answer.status == 204 and "/upload/" in answer.url:
            sent.append(answer.url.split("?")[0])

    page.on("response", note)
    return sent


def test_an_upload_cut_twenty_times_goes_on_and_ends_byte_identical(
    visit: Callable[..., Page], site: Site, film: Path
) -> None:
    page, work = begin(site, visit, "Carla Cut")
    here = part_with(page, work, "#file")
    page.on("dialog", lambda dialog: dialog.accept())  # “leave this page?”
    sent = parts_sent(page)
    chance = random.Random(20)  # noqa: S311
    film.write_bytes(
        stage.video() + stage.box(b"mdat", os.urandom(3 * PARTS * PART - 3_000))
    )  # not done before the end
    for _cut in range(20):
        slow(page, SPEED)
        choose(page, film)
        time.sleep(chance.uniform(0.1, 0.9))
        if chance.random() < 0.5:
            page.goto(here)
        else:
            page.context.set_offline(True)
            time.sleep(0.2)
            page.context.set_offline(False)
            page.goto(here)
        expect(row(page, film)).to_contain_text("Choose the same file again")
    slow(page, -1)
    choose(page, film)
    expect(page.locator("#files")).to_contain_text("Uploaded and checked", timeout=60_000)
    expect(row(page, film)).to_have_count(1)
    assert is_stored_whole(site, film)
    assert len(sent) == len(set(sent)) > PARTS  # no part that had arrived was sent again


def test_a_cut_of_the_network_is_waited_for_without_choosing_again(
    visit: Callable[..., Page], site: Site, film: Path
) -> None:
    page, work = begin(site, visit, "Wanda Wait")
    part_with(page, work, "#file")
    slow(page, SPEED)
    choose(page, film)
    expect(row(page, film)).to_contain_text("% sent")
    page.route("**/*", lambda route: route.abort("internetdisconnected"))
    expect(row(page, film)).to_contain_text("trying again")
    page.unroute("**/*")
    expect(row(page, film)).to_contain_text("Uploaded and checked", timeout=60_000)
    assert is_stored_whole(site, film)


def test_a_web_server_that_is_killed_comes_back_and_the_upload_goes_on(
    visit: Callable[..., Page], site: Site, film: Path
) -> None:
    page, work = begin(site, visit, "Kilian Killed")
    part_with(page, work, "#file")
    slow(page, SPEED)
    choose(page, film)
    expect(row(page, film)).to_contain_text("% sent")
    kill_web(site)
    expect(row(page, film)).to_contain_text("Uploaded and checked", timeout=90_000)
    assert is_stored_whole(site, film)


def kill_web(site: Site) -> None:
    """kill -9 for the web server and its workers; whoever runs the site starts it again."""
    ledger = json.loads((site.data / "run" / "processes.json").read_text())
    web = psutil.Process(ledger["web"]["pid"])
    for process in [web, *web.children(recursive=True)]:
        process.send_signal(signal.SIGKILL)


def test_a_store_that_is_down_is_waited_for(visit: Callable[..., Page], site: Site, film: Path) -> None:
    page, work = begin(site, visit, "Stella Store")
    part_with(page, work, "#file")
    slow(page, SPEED)
    choose(page, film)
    expect(row(page, film)).to_contain_text("% sent")
    parts, away = site.data / "incoming" / "parts", site.data / "incoming" / "away"
    parts.rename(away)
    parts.write_text("a disk that is not there")
    try:
        expect(row(page, film)).to_contain_text("trying again")
    finally:
        parts.unlink()
        away.rename(parts)
    expect(row(page, film)).to_contain_text("Uploaded and checked", timeout=60_000)
    assert is_stored_whole(site, film)


def test_two_tabs_that_send_the_same_file_end_with_one(visit: Callable[..., Page], site: Site, film: Path) -> None:
    one, work = begin(site, visit, "Twila Twotabs")
    here = part_with(one, work, "#file")
    two = one.context.new_page()
    two.goto(here)
    for page in (one, two):
        slow(page, SPEED)
        choose(page, film)
    for page in (one, two):
        expect(row(page, film)).to_contain_text("Uploaded and checked", timeout=60_000)
    one.goto(here)
    expect(row(one, film)).to_have_count(1)
    assert is_stored_whole(site, film)


def test_stopping_keeps_what_arrived_and_says_how_to_go_on(visit: Callable[..., Page], site: Site, film: Path) -> None:
    page, work = begin(site, visit, "Stan Stopped")
    part_with(page, work, "#file")
    slow(page, SPEED)
    choose(page, film)
    expect(row(page, film)).to_contain_text("% sent")
    row(page, film).get_by_role("button", name="Stop").click()
    expect(row(page, film)).to_contain_text("it goes on where it stopped")
    row(page, film).get_by_role("button", name="Remove").click()
    expect(page.locator("#files")).to_contain_text("Removed: our lesson.mp4")


def test_no_script_of_a_hostile_file_runs_and_each_is_answered_in_words(
    visit: Callable[..., Page], site: Site, tmp_path: Path
) -> None:
    page, work = begin(site, visit, "Hilda Hostile")
    here = part_with(page, work, "#file")
    ran: list[str] = []
    page.on("dialog", lambda dialog: (ran.append(dialog.message), dialog.dismiss()))
    for which, (name, content) in HOSTILE.items():
        page.goto(here)
        page.locator("#file").set_input_files({"name": name, "mimeType": "", "buffer": content})
        line = page.locator("#files > li").last
        expect(line).not_to_contain_text(
            re.compile("Starting|sent|Checking|Being checked|is being made"), timeout=60_000
        )
        said = line.locator(".hint").inner_text()
        assert len(said) > 20, f"{which}: {said}"
        if view := line.get_by_role("link", name="View").all():
            page.goto(view[0].get_attribute("href"))
            page.wait_for_load_state("networkidle")
            ran += [which for frame in page.frames if frame.evaluate("'pwned' in window")]
            page.goto(here)
            line = page.locator("#files > li").last
        remove = line.get_by_role("button", name="Remove")
        remove.click()
        expect(remove).to_have_count(0)
    assert ran == []
