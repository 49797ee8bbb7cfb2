"""Rules of the house that a reader could forget: checked in the source itself."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from tenants.deeds import SENTENCES

ROOT = settings.ROOT
APPS = ["lib", "tenants", "credentials", "submissions", "badges", "assessment", "recognition", "config"]


def sources(*folders: str) -> list[Path]:
    """Our Python files, without tests and migrations."""
    found = [path for folder in folders or APPS for path in sorted((ROOT / folder).rglob("*.py"))]
    return [path for path in found if "migrations" not in path.parts]


def templates() -> list[Path]:
    return sorted((ROOT / "templates").rglob("*.html"))


def nodes(path: Path) -> Iterator[ast.AST]:
    return ast.walk(ast.parse(path.read_text(encoding="utf-8")))


def where(path: Path, node: ast.AST) -> str:
    return f"{path.relative_to(ROOT)}:{node.lineno}"


def calls(path: Path) -> Iterator[tuple[ast.Call, str]]:
    """Every call with the dotted text of what is called."""
    for node in nodes(path):
        if isinstance(node, ast.Call):
            yield node, ast.unparse(node.func)


def test_there_is_something_to_look_at():
    assert len(sources()) > 50
    assert len(templates()) > 50


def assigned_states(path: Path) -> list[str]:
    found = []
    for node in nodes(path):
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        found += [where(path, node) for each in targets if isinstance(each, ast.Attribute) and each.attr == "state"]
    return found


def test_a_state_changes_only_by_move():
    allowed = {ROOT / "lib/transitions.py"}
    wrong = [
        line
        for path in sources()
        if path not in allowed and "models" not in path.parts
        for line in assigned_states(path)
    ]
    assert wrong == [], "use lib.transitions.move"


def test_a_state_is_not_changed_by_an_update_either():
    """Cards are projections: they repeat a state that has moved elsewhere."""
    wrong = [
        where(path, call)
        for path in sources()
        for call, name in calls(path)
        if name.endswith(".update") and "Card." not in name and any(keyword.arg == "state" for keyword in call.keywords)
    ]
    assert wrong == [], "load the rows and use lib.transitions.move"


def test_there_is_one_clock():
    forbidden = re.compile(r"(^|\.)(timezone\.now|datetime\.now|datetime\.utcnow|date\.today|datetime\.today)$")
    wrong = [
        where(path, call)
        for path in sources()
        if path != ROOT / "lib/clock.py" and "local" not in path.parts
        for call, name in calls(path)
        if forbidden.search(name)
    ]
    assert wrong == [], "ask lib.clock.now()"


WRITES = re.compile(
    r"\.(create|bulk_create|get_or_create|update_or_create|bulk_update|acreate)$|objects\..*\.(update|delete)$|\.(save|delete)$"
)


def is_door(path: Path) -> bool:
    """Views and API modules: they read through queries and write through actions."""
    return path.name in ("views.py", "api.py") or "views" in path.parts or path.name.endswith("_api.py")


def test_views_and_api_write_only_through_actions():
    doors = [path for path in sources(*[app for app in APPS if app != "lib"]) if is_door(path)]
    assert len(doors) > 5
    wrong = [
        f"{where(path, call)} {name}"
        for path in doors
        for call, name in calls(path)
        if WRITES.search(name) and not name.startswith(("messages.", "request.session", "cache."))
    ]
    assert wrong == [], "write in an action"


def test_settings_come_from_the_environment_only():
    """config.settings reads the environment through `env`, and nobody else reads it while serving."""
    wrong = [
        where(path, node)
        for path in sources()
        if "local" not in path.parts and path not in (ROOT / "config/celery.py", ROOT / "config/wsgi.py")
        for node in nodes(path)
        if isinstance(node, ast.Attribute) and ast.unparse(node) in ("os.environ", "os.getenv")
    ]
    assert wrong == [], "read settings instead"
    text = (ROOT / "config/settings.py").read_text()
    assert not re.search(r"\bopen\(|read_text|read_env|import_module|from \.|local_settings", text)


CLIENTS = ("httpcore", "httpx", "requests", "urllib.request", "urllib3", "http.client", "aiohttp")


def imported(path: Path) -> Iterator[tuple[ast.AST, str]]:
    """Every module that is imported, with its dotted name; `from a import b` gives `a.b`."""
    for node in nodes(path):
        if isinstance(node, ast.Import):
            yield from ((node, each.name) for each in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield from ((node, f"{node.module}.{each.name}") for each in node.names)


def test_there_is_one_way_out():
    """The local runner may ask its own web server whether it is well."""
    found = [
        (path, where(path, node), name)
        for path in sources()
        for node, name in imported(path)
        if any(name == client or name.startswith(f"{client}.") for client in CLIENTS)
    ]
    assert ROOT / "lib/fetch.py" in {path for path, *_rest in found}
    wrong = [
        f"{line} {name}"
        for path, line, name in found
        if path != ROOT / "lib/fetch.py" and not ("local" in path.parts and name.startswith("http.client"))
    ]
    assert wrong == [], "use lib.fetch"


def literals(path: Path, function: ast.FunctionDef, given: ast.expr) -> set[str]:
    """The strings that `given` can be: itself, or what callers in this module pass for that parameter."""
    if isinstance(given, ast.Constant):
        return {given.value}
    parameters = [each.arg for each in function.args.args]
    assert isinstance(given, ast.Name), f"{where(path, given)}: name the kind of mail literally"
    assert given.id in parameters, f"{where(path, given)}: name the kind of mail literally"
    found = set()
    for caller in functions(path):
        for call in ast.walk(caller):
            if isinstance(call, ast.Call) and ast.unparse(call.func) == function.name:
                found |= literals(path, caller, call.args[parameters.index(given.id)])
    return found


def functions(path: Path) -> list[ast.FunctionDef]:
    return [node for node in nodes(path) if isinstance(node, ast.FunctionDef)]


def posted_kinds() -> dict[str, str]:
    """Every kind of mail given to tenants.mail.post, and where."""
    found = {}
    for path in sources():
        for function in functions(path) if path.name == "mail.py" else []:
            for call in ast.walk(function):
                if isinstance(call, ast.Call) and ast.unparse(call.func) in ("post", "mail.post"):
                    found |= dict.fromkeys(literals(path, function, call.args[0]), where(path, call))
    return found


def test_every_mail_has_a_text_and_an_html_template():
    kinds = posted_kinds()
    assert {"invitation", "password_reset"} <= set(kinds)
    folder = ROOT / "templates/emails"
    missing = [
        f"{kind}.{ending} ({line})"
        for kind, line in kinds.items()
        for ending in ("txt", "html")
        if not (folder / f"{kind}.{ending}").exists()
    ]
    assert missing == []
    known = set(kinds) | {"base"}
    unused = [path.name for path in folder.iterdir() if path.stem not in known]
    assert unused == []


def recorded_verbs() -> dict[str, str]:
    """Every verb given to tenants.audit.record, and where."""
    found = {}
    for path in sources():
        for call, name in calls(path):
            if name in ("audit.record", "record", "audit.record_all", "record_all") and len(call.args) >= 3:
                for each in ast.walk(call.args[1]):
                    if isinstance(each, ast.Constant) and isinstance(each.value, str):
                        found[each.value] = where(path, call)
    return found


def test_every_audited_verb_has_a_sentence():
    verbs = recorded_verbs()
    assert len(verbs) > 20
    assert {verb: line for verb, line in verbs.items() if verb not in SENTENCES} == {}, "add it to tenants/deeds.py"


# --- Templates -----------------------------------------------------------------------------------------------------

PAGES = [path for path in templates() if "emails" not in path.parts]


def ids(path: Path) -> str:
    return str(path.relative_to(ROOT / "templates"))


@pytest.mark.parametrize("path", PAGES, ids=ids)
def test_pages_pass_a_strict_policy(path: Path):
    text = re.sub(r"\{%\s*comment.*?endcomment\s*%\}|\{#.*?#\}", "", path.read_text(encoding="utf-8"), flags=re.S)
    assert not re.search(r"<style[\s>]", text), "styles belong into app.css"
    assert not re.search(r"<[a-z][^>]*\sstyle\s*=", text), "styles belong into app.css"
    assert not re.search(r"<[a-z][^>]*\son[a-z]+\s*=", text), "behaviour belongs into app.js"
    assert not re.search(r"(href|src|action)\s*=\s*[\"']\s*javascript:", text)
    for tag in re.findall(r"<script\b[^>]*>", text):
        assert "src=" in tag or 'type="application/' in tag, "inline script"
    assert not re.search(r"\|safe\b|autoescape off", text), "escape what people wrote"
    assert not re.search(r"<(img|script|link|iframe)[^>]+(src|href)=[\"'](https?:)?//", text), "our own files only"


@pytest.mark.parametrize("path", PAGES, ids=ids)
def test_forms_that_post_carry_a_token(path: Path):
    text = path.read_text(encoding="utf-8")
    for form in re.findall(r"<form\b[^>]*method=[\"']post[\"'][^>]*>.*?</form>", text, flags=re.S | re.I):
        if path.name != "components_gallery.html":
            assert "csrf_token" in form, form[:120]


ALONE = {"500.html", "components_gallery.html"}  # the first may use nothing, the second shows sample words
_TAGS = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}|<!--.*?-->", flags=re.S)


@pytest.mark.parametrize("path", [path for path in PAGES if path.name not in ALONE], ids=ids)
def test_text_can_be_translated(path: Path):
    """No words outside of translate and blocktranslate."""
    text = path.read_text(encoding="utf-8")
    text = re.sub(r"\{%\s*comment.*?endcomment\s*%\}", "", text, flags=re.S)
    text = re.sub(r"\{%\s*blocktranslate.*?endblocktranslate\s*%\}", "", text, flags=re.S)
    text = re.sub(r"<(script|style|code|pre|kbd)\b.*?</\1>", "", text, flags=re.S)
    text = _TAGS.sub("", text)
    words = re.sub(r"<[^>]*>", " ", text, flags=re.S)
    words = re.sub(r"&[a-z]+;|https?://\S+", " ", words)
    found = re.findall(r"[A-Za-z]{3,}(?:\s+[A-Za-z]{2,})+", words)
    assert found == [], "put these words into {% translate %}"
