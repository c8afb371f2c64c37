"""The errors a person can cause, under one root.

    CatalogError
    ├── ConfigError     a key of a stack's settings file
    ├── ContentError    a file under hub/catalog
    ├── ContractError   what the hub published cannot be used here
    ├── LaunchError     a launch asks for what the catalog does not offer
    ├── PreflightError  AWS would refuse what is asked for, or is not ready for it
    ├── UnreachableError  AWS, or what stands in its place, does not answer
    └── StackStateError a run died and left the stack half done

Each message says where, what was wrong, and what to do. Pulumi prints a `RunError` without a traceback and
ends with an exit code that is not 0. Tests look at code and place; tests/messages.yaml holds the words of every code.
"""

import pulumi


class CatalogError(pulumi.RunError):
    """Something that the person who runs the program can put right.

    Attributes:
        code: Names the kind of mistake, for tests and for those who search the documentation.
        place: The file and the key, or the stack or account, that the mistake is in; it opens the message.
        parts: What it tells, where that is several mistakes.
    """

    parts: "tuple[CatalogError, ...]" = ()

    def __init__(self, text: str, *, code: str, place: str = "") -> None:
        super().__init__(f"{place}: {text}" if place else text)
        self.code = code
        self.place = place

    @property
    def all(self) -> "tuple[CatalogError, ...]":
        """Every single mistake that it tells."""
        return self.parts or (self,)


class ConfigError(CatalogError):
    """A setting of a stack is missing or wrong."""


class ContentError(CatalogError):
    """A file of the catalog is missing or wrong."""


class ContractError(CatalogError):
    """The hub's published catalog is missing, of another version, or damaged."""


class LaunchError(CatalogError):
    """A launch asks for a product, version, region or parameter value that is not offered."""


class PreflightError(CatalogError):
    """Something in an account stands in the way of what the settings ask for."""


class UnreachableError(CatalogError):
    """An endpoint, a backend or a registry does not answer."""


class StackStateError(CatalogError):
    """A stack's state is not fit to go on with."""


class Mistake(ValueError):  # noqa: N818 - it is no error of its own: a validator says it, and `validate` adds the place
    """What a validator of a document found wrong: a `validate` of the document raises it as a `CatalogError`.

    Attributes:
        code: As of a `CatalogError`.
        place: The key below what the validator is of; empty where the mistake is in all of it.
        parts: What it tells, where that is several mistakes.
    """

    parts: "tuple[Mistake, ...]" = ()

    def __init__(self, text: str, *, code: str, place: str = "") -> None:
        super().__init__(text)
        self.code = code
        self.place = place

    @property
    def all(self) -> "tuple[Mistake, ...]":
        """Every single mistake that it tells."""
        return self.parts or (self,)
