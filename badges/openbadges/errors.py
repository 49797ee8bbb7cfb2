"""Why a badge cannot be made or read. Messages are marked for translation and formatted late."""

from lib.errors import Invalid


def gettext_noop(message: str) -> str:
    """Marks a sentence for `makemessages`. Django's own needs settings, and this package runs without them."""
    return message


class BadgeError(Invalid):
    """A refusal about badge data. `template` is the translatable sentence, `params` fills its %(name)s places."""

    def __init__(self, template: str, *, code: str = "badge", **params: object) -> None:
        super().__init__(template % params, code=code)
        self.template = template
        self.params = params


class ContextUnknown(BadgeError):
    """A JSON-LD context that is not bundled with the product."""


class UnsafeDocument(BadgeError):
    """Part of the document would not be covered by the signature, or not by every verifier alike."""


class KeyInvalid(BadgeError):
    """A key, a DID or a DID document that cannot be used."""


class ProofInvalid(BadgeError):
    """The proof is missing, not understood, or does not fit the document."""


class DocumentInvalid(BadgeError):
    """What a badge should say does not add up."""


class StatusListInvalid(BadgeError):
    """A status list that cannot be written or read."""


class FileInvalid(BadgeError):
    """A file that is no badge, or a picture that cannot carry one."""


class NotResolved(BadgeError):
    """Raised by the resolver callables of `verification`: the key or the list could not be fetched."""
