"""What can go wrong, in the words of the real plug-in."""

from collections.abc import Collection, Generator
from contextlib import contextmanager


class Failure(Exception):  # noqa: N818 - most are no fault of the plug-in's
    """An operation did not succeed; the text is what the user reads."""


class Gone(Failure):
    """The object is not there: no error for a refresh or a delete, one right after a create."""


class Cancelled(Failure):
    """The engine asked for an end."""


class AWSError(Failure):
    """AWS refused a call."""

    def __init__(self, text: str, *, code: str = "", message: str = "", status: int = 0) -> None:
        super().__init__(text)
        self.code = code
        self.message = message
        self.status = status


@contextmanager
def doing(what: str, gone: Collection[str] = ()) -> Generator[None]:
    """Say in the error what was tried. An AWS error with a code of `gone` means that the object is not there."""
    try:
        yield
    except Failure as error:
        kind = Gone if isinstance(error, Gone) or getattr(error, "code", None) in gone else Failure
        raise kind(f"{what}: {error}") from error


@contextmanager
def tolerating(*codes: str) -> Generator[None]:
    """Go on after an AWS error with one of these codes."""
    try:
        yield
    except AWSError as error:
        if error.code not in codes:
            raise
