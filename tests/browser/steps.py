"""What people do in more than one browser test, by the controls they would use."""

import email.policy
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from uuid import UUID

import imageio_ffmpeg
from playwright.sync_api import Page, expect

from config.local.services import CHECKOUT
from tests.browser.conftest import Site

NEW_PASSWORD = "a long quiet river"
END_OF_MAIL = "\n" + "-" * 79 + "\n"  # between two mails in a file of Django's mail backend


def wait_for_page(page: Page, path: str, text: str, seconds: float = 60) -> None:
    """Reload until the workers have done their part."""
    limit = time.monotonic() + seconds
    while True:
        page.goto(path)
        if page.get_by_text(text).count():
            return
        assert time.monotonic() < limit, f"{text!r} never came at {path}"
        time.sleep(1)


def invite(site: Site, admin: Page, email: str, *roles: str, tenant: str = "jefferson") -> str:
    """`admin` invites someone with these roles; returns the link that the mail brings."""
    admin.goto(f"/t/{tenant}/manage/people/invite/")
    admin.locator("textarea").first.fill(email)
    for role in roles:
        admin.get_by_label(role, exact=True).check()
    admin.get_by_role("button", name="Send invitations").click()
    return link_in_mail(site, email, "/join/")


def link_in_mail(site: Site, address: str, part: str) -> str:
    """The link with `part` in it, from the newest mail to `address` that the worker wrote to the mail folder."""
    limit = time.monotonic() + 60
    while time.monotonic() < limit:
        for file in sorted((site.data / "mail").glob("*"), key=lambda file: file.stat().st_mtime, reverse=True):
            # Mails of one second may share a file. What stands behind the last line of dashes is still being written.
            for text in reversed(file.read_text().split(END_OF_MAIL)[:-1]):
                mail = email.message_from_string(text.lstrip(), policy=email.policy.default)
                words = mail.get_body(("plain",)).get_content()
                if mail["To"] == address and (link := re.search(rf"https?://\S+{part}\S+", words)):
                    return link[0].rstrip("/") + "/"
        time.sleep(0.5)
    raise AssertionError(f"no mail with {part} for {address} came")


def join(page: Page, link: str, name: str) -> None:
    """Make an account from an invitation."""
    page.goto(link)
    page.get_by_label("Your name").fill(name)
    for box in page.locator("input[type=password]").all():
        box.fill(NEW_PASSWORD)
    page.get_by_role("button", name="Make my account and join").click()
    page.wait_for_url(lambda url: "/join/" not in url)


def start(page: Page, title: str) -> str:
    """Start a micro-credential from its page in the catalog; returns the address of the work."""
    page.goto("/t/jefferson/catalog/")
    page.get_by_role("link", name=title).click()
    page.get_by_role("button", name="Start this micro-credential").click()
    page.wait_for_url(re.compile("/my/work/"))
    work = page.url
    page.goto(work + "about/")
    page.locator("main form button").first.click()
    return work


def begin(site: Site, visit: Callable[..., Page], name: str, **options: object) -> tuple[Page, str]:
    """A new educator who has started a micro-credential: their page, and the address of the work."""
    email = f"{name.replace(' ', '.').lower()}@demo.example"
    link = invite(site, visit("admin"), email)
    page = visit(None, **options)
    join(page, link, name)
    return page, start(page, "Responding to Cultural Differences in Schools")


def parts(page: Page, work: str) -> list[str]:
    """The addresses of a work's parts."""
    page.goto(work)
    return sorted({link.get_attribute("href") for link in page.locator("main a[href*='/c/']").all()})


def write_part(page: Page, address: str, folder: Path) -> None:
    """Fill one part: words within its limits, and a file where one is asked for."""
    page.goto(address)
    if page.locator("#file").count():
        file = folder / "evidence.txt"
        file.write_text(f"What I did, and what came of it. {address}")
        page.locator("#file").set_input_files(file)
        upload = page.get_by_role("button", name="Upload", exact=True)
        if upload.is_visible():  # with JavaScript it is on its way already
            upload.click()
        line = page.locator("#files > li").filter(has_text=file.name)
        expect(line).to_contain_text("Uploaded and checked")
        for choice in page.locator("#files select.students").all():
            choice.select_option("covered")
    for box in page.locator("textarea[data-words]").all():
        low, _, _high = box.get_attribute("data-words").partition("-")
        box.fill("word " * (int(low) + 3))
    page.get_by_role("button", name="Save and go on").click()
    page.wait_for_url(lambda url: address not in url)


def promise(page: Page, work: str) -> None:
    """Promise that the work is one's own, made without AI tools."""
    page.goto(work + "promise/")
    page.locator("input[name=own_work]").check()
    page.locator("input[name=protected]").check()
    page.locator("input[name=used_ai][value=no]").check()
    page.get_by_role("button", name="I promise this").click()


def submit(page: Page, work: str) -> None:
    """Send the work in."""
    page.goto(work + "check/")
    page.get_by_role("button", name="Submit for review").click()
    page.wait_for_url(re.compile(r"/sent/"))


def make_film(folder: Path, seconds: int) -> Path:
    """A real film that browsers play, small, without sound."""
    made = folder / "lesson.mp4"
    source = f"testsrc=duration={seconds}:size=320x180:rate=2"
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-y", "-loglevel", "error", "-f", "lavfi", "-i", source]
    subprocess.run([*command, "-pix_fmt", "yuv420p", "-g", "4", "-movflags", "+faststart", made], check=True)
    return made


def takes_files(page: Page, address: str) -> bool:
    """Whether a part takes files, and has room for one."""
    page.goto(address)
    return page.locator("#file").count() > 0


def hand_over(page: Page, address: str, name: str, content: bytes) -> str:
    """Add a file to a part as its plain form does; returns the address of the page that shows it."""
    page.goto(address)
    file = {"name": name, "mimeType": "application/octet-stream", "buffer": content}
    headers = {"X-CSRFToken": page.locator("meta[name=csrf]").get_attribute("content"), "Referer": page.url}
    page.request.post(f"{address}upload/", multipart={"file": file}, headers=headers)
    page.goto(address)
    return page.locator(".files > li").filter(has_text=name).get_by_role("link", name="View").get_attribute("href")


def give_previews(site: Site, views: Iterable[str]) -> None:
    """Let files have previews; `views` are the addresses that `hand_over` returned."""
    command = [sys.executable, "-m", "config.local", "services", "--data", str(site.data), "--", sys.executable]
    ids = [str(UUID(re.search(r"/evidence/([^/]+)/", each)[1])) for each in views]
    subprocess.run([*command, "-m", "tests.browser.previews", "jefferson", *ids], check=True, cwd=CHECKOUT)
