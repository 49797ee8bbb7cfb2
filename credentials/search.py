"""Full text search over the catalog, in PostgreSQL: stems, prefixes, and forgiveness for mistyped words."""

import re
from dataclasses import dataclass, field
from unicodedata import category, combining, normalize

from django.contrib.postgres.lookups import Unaccent
from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db import connection
from django.db.models import CharField, F, Value
from django.db.models.functions import Cast

from credentials.models import Edition
from credentials.queries.listing import listed_editions
from credentials.queries.parts import edition_parts
from tenants.models import Tenant

LONGEST = 200  # characters of a query that are read
_WORD = re.compile(r"[^\W_]+")
_LETTERS = {"Lu", "Ll", "Lt", "Lo"}
_ALIKE = 0.35  # trigram similarity from which a word counts as a typing mistake of another


@dataclass(frozen=True)
class Found:
    """What a search found: rank by edition id (as text), best is highest; `instead`: the corrected text, where used."""

    ranks: dict[str, float] = field(default_factory=dict)
    instead: str = ""


def index_edition(edition: Edition) -> None:
    """Fill `Edition.search` and remember the words. Publishing calls this; calling it again changes nothing."""
    weighted = _texts(edition_parts(edition))
    # Stems find "assessed" for "assessment"; whole words beside them make prefixes and other languages work.
    one = "setweight(to_tsvector('english', unaccent(%s)) || to_tsvector('simple', unaccent(%s)), '{}')"
    vector = " || ".join(one.format(weight) for weight in weighted)
    twice = [text for text in weighted.values() for _copy in range(2)]
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE credentials_edition SET search = {vector} WHERE id = %s", [*twice, edition.id])  # noqa: S608
        cursor.execute(
            """INSERT INTO credentials_searchword (word)
               SELECT word FROM unnest(tsvector_to_array(to_tsvector('simple', unaccent(%s)))) AS word
               WHERE length(word) BETWEEN 3 AND 60 AND word ~ '^[[:alpha:]]+$'
               ORDER BY word ON CONFLICT DO NOTHING""",
            ["\n".join(weighted.values())],
        )


def search(tenant: Tenant, text: str) -> Found:
    """The editions of the tenant's catalog that fit what a person typed. Any text is fine; nothing raises.

    Understands "phrases", -without and or. When nothing fits, words that no edition uses are corrected once.
    """
    text = tidy(text)
    if not text:
        return Found()
    ranks = _ranks(tenant, text)
    if ranks:
        return Found(ranks)
    instead = _corrected(text)
    if not instead:
        return Found()
    ranks = _ranks(tenant, instead)
    return Found(ranks, instead if ranks else "")


def tidy(text: str) -> str:
    """The part of a typed query that is searched for: no control characters, one line, at most LONGEST characters."""
    return " ".join("".join(char if char.isprintable() else " " for char in text[: LONGEST * 2]).split())[:LONGEST]


def _texts(edition: Edition) -> dict[str, str]:
    """What is searched, by weight: A counts most."""
    components = [part for group in edition.method_groups.all() for part in group.components.all()]
    lines = {
        "A": [edition.title],
        "B": [edition.summary, *edition.topics, *(f"{each.code} {each.name}" for each in edition.alignments.all())],
        "C": [edition.competency, edition.key_method, *(each.title for each in components)],
        "D": [
            *(each.text for each in components),
            *(f"{each.title} {each.instructions}" for each in edition.criteria.all()),
            *(each.title for each in edition.rubric.all()),
            *(each.framework for each in edition.alignments.all()),
            *edition.audience,
            *edition.grades,
            edition.tenant.name,
        ],
    }
    return {weight: "\n".join(texts) for weight, texts in lines.items()}


def _ranks(tenant: Tenant, text: str) -> dict[str, float]:
    query = _query(text)
    matching = listed_editions(tenant).filter(search=query).order_by()
    return dict(matching.values_list(Cast("id", CharField()), SearchRank(F("search"), query, cover_density=True)))


def _query(text: str) -> SearchQuery:
    """The text as a tsquery. The last word may be unfinished, unless there are quotes or it ends in an operator."""
    whole = _websearch(text)
    head, _space, last = text.rpartition(" ")
    stem = _plain(last)
    if '"' in text or not stem or stem == "or" or head.lower().endswith(" or"):
        return whole
    prefix = SearchQuery(Unaccent(Value(f"{stem}:*")), config="simple", search_type="raw")
    return whole | (_websearch(head) & prefix if head else prefix)


def _plain(word: str) -> str:
    """The word in letters and digits that mean nothing to PostgreSQL's query syntax, or "" when it has others."""
    folded = "".join(char for char in normalize("NFKD", word) if not combining(char))
    plain = all(category(char) in _LETTERS or (char.isascii() and char.isdigit()) for char in folded)
    return folded.lower() if plain else ""


def _websearch(text: str) -> SearchQuery:
    return SearchQuery(Unaccent(Value(text)), config="english", search_type="websearch")


def _corrected(text: str) -> str:
    """The text with each word nobody uses replaced by the one most like it; "" when there is nothing to correct.

    Two letters the wrong way round leave few trigrams in common, so those words are tried first.
    """
    words = sorted({word.lower() for word in _WORD.findall(text) if len(word) >= 3})
    if not words:
        return ""
    swaps = [(word, word[:n] + word[n + 1] + word[n] + word[n + 2 :]) for word in words for n in range(len(word) - 1)]
    with connection.cursor() as cursor:
        cursor.execute(
            """WITH unknown AS (
                   SELECT typed FROM unnest(%s::text[]) AS typed
                   WHERE NOT EXISTS (SELECT FROM credentials_searchword WHERE word = unaccent(typed))
               ), likely AS (
                   SELECT typed, word, 1.0 AS alike FROM unnest(%s::text[], %s::text[]) AS swapped (typed, word)
                   JOIN unknown USING (typed) JOIN credentials_searchword USING (word)
                   UNION ALL
                   SELECT typed, word, similarity(word, unaccent(typed)) FROM unknown
                   JOIN credentials_searchword ON word %% unaccent(typed)
               )
               SELECT DISTINCT ON (typed) typed, word FROM likely
               WHERE alike >= %s ORDER BY typed, alike DESC, word""",
            [words, [typed for typed, _word in swaps], [word for _typed, word in swaps], _ALIKE],
        )
        better = dict(cursor.fetchall())
    if not better:
        return ""
    return _WORD.sub(lambda match: better.get(match[0].lower(), match[0]), text)
