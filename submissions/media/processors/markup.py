"""Documents as HTML: a short list of elements, nothing that runs, nothing that is fetched from elsewhere."""

import html
import re
from pathlib import Path

import nh3

from submissions.media.processors.task import Task

_ELEMENTS = {
    *("h1", "h2", "h3", "h4", "h5", "h6", "p", "br", "blockquote", "pre", "section", "ul", "ol", "li"),
    *("strong", "em", "u", "s", "sub", "sup", "code", "a", "img"),
    *("table", "thead", "tbody", "tr", "td", "th"),
}
_ATTRIBUTES = {
    "a": {"href"},
    "img": {"src", "alt"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
    "section": {"aria-label"},
}
_OUR_PICTURE = re.compile(r"data:image/webp;base64,[A-Za-z0-9+/]+={0,2}")
_STYLE = (
    "body{font:1rem/1.5 system-ui,sans-serif;margin:1rem auto;max-width:50rem;padding:0 1rem;color:#17202e;"
    "background:#fff;overflow-wrap:anywhere}img{max-width:100%;height:auto}pre{white-space:pre-wrap;font:inherit}"
    "table{border-collapse:collapse}td,th{border:1px solid #6b7280;padding:.25rem .5rem;vertical-align:top;"
    "text-align:start}section{border-top:1px solid #6b7280;margin-top:1.5rem}"
)


def write_document(task: Task, body: str) -> None:
    """Clean `body`, put it into a whole HTML document and announce it."""
    words = {key: html.escape(value) for key, value in task.words.items()}
    Path("document.html").write_text(
        "<!doctype html>\n"
        f'<html lang="{words["language"]}" dir="{words["direction"]}">\n'
        '<head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{words['title']}</title><style>{_STYLE}</style></head>\n"
        f'<body dir="auto">\n{clean(body)}\n</body>\n</html>\n',
        encoding="utf-8",
    )
    task.add("html", "document.html", "text/html")


def clean(body: str) -> str:
    """Only the elements and attributes above; links to web pages and mail; pictures that embedded.py made."""
    return nh3.clean(
        body,
        tags=_ELEMENTS,
        attributes=_ATTRIBUTES,
        attribute_filter=_attribute,
        url_schemes={"http", "https", "mailto", "data"},
        url_relative="deny",
        link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values={"a": {"target": "_blank"}},
    )


def _attribute(element: str, name: str, value: str) -> str | None:
    if (element, name) == ("img", "src"):
        return value if _OUR_PICTURE.fullmatch(value) else None
    if (element, name) == ("a", "href"):
        return None if value.strip().lower().startswith("data:") else value
    return value
