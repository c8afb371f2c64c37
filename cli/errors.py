"""What ends a command, beside what the programs and the fleet refuse."""

from shared.errors import CatalogError


class NotReachedError(CatalogError):
    """What was wanted is not so, or must not be done: a version is still in use, launches would end."""


class RehearsalError(Exception):
    """A rehearsal could not be set up, or did not do what it promises."""
