"""A person as a Profile of Open Badges 3.0: what it says, and what an app may change of it."""

from typing import Any

from django.utils.translation import gettext as _
from jsonschema import Draft201909Validator
from jsonschema.exceptions import best_match
from referencing import Registry

from badges.openbadges.contexts import CREDENTIALS_V2, OPEN_BADGES, PROFILE_SCHEMA, schema
from lib.errors import Invalid
from tenants.actions.accounts import rename
from tenants.models import User

LONGEST_NAME = User._meta.get_field("name").max_length


def profile_of_person(user: User) -> dict[str, Any]:
    """The Profile of the person behind a token."""
    return {
        "@context": [CREDENTIALS_V2, OPEN_BADGES],
        "id": user.id.urn,
        "type": ["Profile"],
        "name": user.get_full_name(),
        "email": user.email,
    }


def change_profile(*, user: User, given: Any) -> User:
    """Take the name from a whole Profile (section 6.2.5). What we have no place for is not kept.

    The address is how people sign in, and the id is ours: one that says otherwise is refused with Invalid.
    """
    error = best_match(Draft201909Validator(schema(PROFILE_SCHEMA), registry=Registry()).iter_errors(given))
    if error is not None:
        raise Invalid(_("This is not a whole Profile: look at %(place)s.") % {"place": error.json_path[:200]})
    if given["id"] != user.id.urn:
        raise Invalid(_("The id of a profile cannot be changed. Send the one that you got."), field="id")
    if given.get("email", user.email) != user.email:
        raise Invalid(_("The email address cannot be changed here. Send the one that you got."), field="email")
    name = given.get("name", "")
    if not isinstance(name, str) or not name.strip() or len(name) > LONGEST_NAME or not name.isprintable():
        raise Invalid(_("The name must be 1 to %(n)s characters on one line.") % {"n": LONGEST_NAME}, field="name")
    return rename(user=user, name=name)
