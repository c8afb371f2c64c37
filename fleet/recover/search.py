"""What a search of an account is given, and what it may come to."""

import time
from collections.abc import Callable, Collection, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from botocore.exceptions import ClientError

from shared.aws.session import AccountSession, code_of

UNKNOWN: Final = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""What a preview has in place of what only the run will know (source: pulumi 3.250, plugin.UnknownStringValue)."""

LONGEST_SECONDS: Final = 3600
_PAUSES: Final = (0.5, 1, 2, 4, 8, 15, 30)


class Absent(Exception):  # noqa: N818 - no error: it ends a look
    """AWS has no such thing."""


class NotOurs(Exception):  # noqa: N818 - likewise
    """AWS has such a thing, and nothing proves that the stack made it: it is left alone."""


class Unclear(Exception):  # noqa: N818 - likewise
    """AWS has several of which each may be the stack's: somebody has to say which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What the stack made.

    Attributes:
        id: As the provider would have given it.
        inputs: Where what was made differs from what is planned: names that Pulumi invents anew in each preview.
    """

    id: str
    inputs: Mapping[str, Any] = field(default_factory=dict[str, Any])


class Inputs:
    """The inputs of a resource; one that is missing, or that only the run will know, ends the look."""

    def __init__(self, given: Mapping[str, Any]) -> None:
        self._given = given

    def __getitem__(self, name: str) -> str:
        """Give an input. Raises Absent."""
        value = self._given.get(name)
        if value is None or value == UNKNOWN:
            raise Absent
        return str(value)

    def get(self, name: str, default: str = "") -> str:
        """Give an input, or something else where it is not given."""
        value = self._given.get(name)
        return default if value is None or value == UNKNOWN else str(value)

    def raw(self, name: str) -> Any:  # noqa: ANN401 - whatever it is
        """Give an input as it is."""
        return self._given.get(name)


@dataclass(frozen=True, kw_only=True)
class Search:
    """A search for what one stack made.

    Attributes:
        account: Of the stack.
        tags: Those that the stack puts on all that it makes.
        known: What its state has already: ids, by type.
        planned: Nothing says that it was begun: a name that Pulumi invents is another one than that which was made.
        pause: Waits between two looks.
    """

    account: AccountSession
    tags: Mapping[str, str]
    known: Mapping[str, Collection[str]] = field(default_factory=dict[str, Collection[str]])
    planned: bool = False
    pause: Callable[[float], None] = time.sleep

    def client(self, service: str, given: Inputs) -> Any:  # noqa: ANN401 - boto3 makes its clients at run time
        """Give a client in the region of a resource."""
        return self.account.client(service, given.get("region"))

    def pages(self, service: str, operation: str, result: str, given: Inputs, **arguments: Any) -> list[Any]:  # noqa: ANN401 - each operation has its own
        """List all in the region of a resource."""
        return self.account.pages(service, operation, result, given.get("region"), **arguments)

    def owns(self, tags: Any) -> bool:  # noqa: ANN401 - as AWS gives them: a list of pairs
        """Say whether these are tags of what the stack made."""
        return self.tags.items() <= {each["Key"]: each["Value"] for each in tags or ()}.items()

    def has(self, kind: str, identity: str) -> bool:
        """Say whether the state has this."""
        return identity in self.known.get(kind, ())

    def only(self, kind: str, what: str, mine: Collection[str], others: Collection[str]) -> str:
        """Choose among what has a name.

        Args:
            kind: The type of resource.
            what: It and its name, for people.
            mine: The ids that have the stack's tags; what the state has already is left out.
            others: Ids without.

        Raises:
            Absent, NotOurs, Unclear: there is none, none of the stack's, or more than one.
        """
        left = [each for each in mine if not self.has(kind, each)]
        if len(left) > 1:
            raise Unclear(f"{what} is there {len(left)} times with the stack's tags: {', '.join(sorted(left))}")
        if left:
            return left[0]
        if others and not mine:
            raise NotOurs(f"{what} is there ({', '.join(sorted(others))}) without the stack's tags")
        raise Absent

    def until(self, settled: Callable[[], bool], seconds: float = LONGEST_SECONDS) -> bool:
        """Look again and again until something has settled, and say whether it has."""
        waited, tries = 0.0, 0
        while not settled():
            if waited >= seconds:
                return False
            pause = _PAUSES[min(tries, len(_PAUSES) - 1)]
            self.pause(pause)
            waited, tries = waited + pause, tries + 1
        return True


@contextmanager
def absent_on(*codes: str) -> Generator[None]:
    """Take these answers of AWS for: there is no such thing."""
    try:
        yield
    except ClientError as problem:
        if code_of(problem) in codes:
            raise Absent from None
        raise


class Finder(Protocol):
    """Looks for one resource by what people and AWS know it by."""

    def __call__(self, search: Search, given: Inputs, /) -> Found:
        """Give it.

        Raises:
            Absent, NotOurs, Unclear: as each says.
            ClientError: AWS does not tell.
        """
        ...


class Settler(Protocol):
    """Waits until AWS has come to an end with one resource."""

    def __call__(self, search: Search, identity: str, given: Inputs, /) -> None:
        """Wait. Raises ClientError."""
        ...
