"""Sites that educators link to most: what their pages are called there, and how one lets everyone open them."""

import re
from urllib.parse import parse_qs, urlsplit

from django.utils.translation import gettext as _

_GOOGLE = {
    "document": "Google Doc",
    "spreadsheets": "Google Sheet",
    "presentation": "Google Slides",
    "forms": "Google Form",
}
_YOUTUBE = ("youtube.com", "youtu.be", "youtube-nocookie.com")
_VIDEO_ID = re.compile(r"[\w-]{11}")
_SIGN_IN_HOSTS = (
    "accounts.google.com",
    "accounts.youtube.com",
    "login.microsoftonline.com",
    "login.microsoft.com",
    "login.windows.net",
    "login.live.com",
    "login.yahoo.com",
    "appleid.apple.com",
    "okta.com",
    "onelogin.com",
    "auth0.com",
    "duosecurity.com",
)
_SIGN_IN_LABELS = {"login", "signin", "sso", "auth", "idp", "adfs", "cas", "shibboleth", "accounts"}
_SIGN_IN_PATH = re.compile(
    r"/(log-?_?in|sign-?_?in|sso|saml2?|oauth2?|adfs|cas|idp|shibboleth|servicelogin|accountchooser|authorize|wp-login)"
    r"(\.\w+)?(?=/|$)"
)


def host_of(url: str) -> str:
    return (urlsplit(url).hostname or "").lower().removesuffix(".")


def is_at(url: str, *sites: str) -> bool:
    """Whether the host is one of the sites or below one."""
    host = host_of(url)
    return any(host == site or host.endswith(f".{site}") for site in sites)


def is_sign_in(url: str, *, asked: str) -> bool:
    """Whether a browser that asked for one address and ended at `url` stands before a sign-in page.

    Words in an address count only when they were not in the one that was asked: an article about sign-in is fine.
    """
    if is_at(url, *_SIGN_IN_HOSTS):
        return True
    label = host_of(url).partition(".")[0]
    if label in _SIGN_IN_LABELS and label != host_of(asked).partition(".")[0]:
        return True
    path, before = urlsplit(url).path.lower(), urlsplit(asked).path.lower()
    return bool(_SIGN_IN_PATH.search(path)) and not _SIGN_IN_PATH.search(before)


def youtube_video(url: str) -> str:
    """The id of the video that an address shows; empty when it is no address of a YouTube video."""
    if not is_at(url, *_YOUTUBE):
        return ""
    parts = urlsplit(url)
    steps = [step for step in parts.path.split("/") if step]
    if is_at(url, "youtu.be"):
        found = steps[0] if steps else ""
    elif len(steps) == 2 and steps[0] in ("embed", "shorts", "live", "v"):
        found = steps[1]
    else:
        found = parse_qs(parts.query).get("v", [""])[0] if steps == ["watch"] else ""
    return found if _VIDEO_ID.fullmatch(found) else ""


def how_to_share(url: str) -> str:
    """What to do when reviewers cannot open this address: a sentence for its site, or one for any site."""
    if is_at(url, "classroom.google.com"):
        return _("Only the class can open Google Classroom. Share the file itself, and add the link to that file.")
    if is_at(url, "docs.google.com"):
        thing = _GOOGLE.get(next((step for step in urlsplit(url).path.split("/") if step in _GOOGLE), ""))
        if thing == "Google Form":
            return _("Reviewers can't open this Google Form. In its settings, switch off that people must sign in.")
        if thing:
            return _("Reviewers can't open this %(thing)s. In %(app)s choose Share, then “Anyone with the link”.") % {
                "thing": thing,
                "app": "Google Slides" if thing == "Google Slides" else f"{thing}s",
            }
    if is_at(url, "drive.google.com", "docs.google.com"):
        return _("Reviewers can't open this. In Google Drive choose Share, then “Anyone with the link”.")
    if is_at(url, "1drv.ms", "onedrive.live.com", "sharepoint.com", "office.com", "microsoft365.com"):
        return _(
            "Reviewers can't open this Microsoft file. In OneDrive, SharePoint or Office choose Share, "
            "then “Anyone”, and add the new link. If your school does not allow that, upload the file."
        )
    if is_at(url, "dropbox.com"):
        return _("Reviewers can't open this. In Dropbox choose Share, then “Anyone with this link can view”.")
    if is_at(url, "canva.com"):
        return _("Reviewers can't open this design. In Canva choose Share, then “Anyone with the link”, and copy it.")
    if is_at(url, "padlet.com"):
        return _("Reviewers can't open this padlet. In Padlet choose Share, and let anyone with the link read it.")
    if is_at(url, *_YOUTUBE):
        return _("Reviewers can't watch this video. In YouTube set its visibility to “Unlisted” or “Public”.")
    if is_at(url, "vimeo.com"):
        return _("Reviewers can't watch this video. In Vimeo set its privacy to “Unlisted” or “Public”.")
    return _("Reviewers can't open this page without signing in. Share it with everyone, or upload a copy.")
