"""What the product says no to. The text of each is fit for a person to read."""


class Refusal(Exception):
    """Something the caller may not do, or that cannot be done. Each face shows it in its form."""


class Forbidden(Refusal):
    """The caller's role does not allow it: 403."""


class NotFound(Refusal):
    """It does not exist, or the caller may not see it: 404, alike byte for byte."""


class Conflict(Refusal):
    """It clashes with what is there: 409."""


class Invalid(Refusal):
    """What was sent cannot be taken: 400 or 422, as the dialect has it."""


class BadQuery(Invalid):
    """A filter, a sorting or a window that cannot be read or asked: 400."""


class Malformed(Refusal):
    """The body cannot be read at all: 400, and nothing is stored."""
