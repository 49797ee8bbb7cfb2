"""What an action raises when it says no. Doors turn these into pages (views) or problem details (API)."""


class LaurelError(Exception):
    """A refusal with a sentence for the person who asked. `code` is stable and for machines."""

    status = 400

    def __init__(self, message: str, *, code: str = "refused", **facts: object) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.facts = facts


class Invalid(LaurelError):
    """The input itself is wrong (400). `field` names where, in the caller's own terms."""

    status = 400

    def __init__(self, message: str, *, field: str = "", code: str = "invalid", **facts: object) -> None:
        super().__init__(message, code=code, **facts)
        self.field = field


class NotAllowed(LaurelError):
    """This person may not do this here (403). `role` names who can, so the page can say it."""

    status = 403

    def __init__(self, message: str, *, role: str = "", code: str = "not-allowed", **facts: object) -> None:
        super().__init__(message, code=code, **facts)
        self.role = role


class RuleBroken(LaurelError):
    """The input is fine and the person may, but the state of things forbids it (409)."""

    status = 409


class TooLarge(LaurelError):
    """More bytes than this place takes (413)."""

    status = 413
