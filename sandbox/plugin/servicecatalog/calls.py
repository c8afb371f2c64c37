"""What the Service Catalog types have in common: calls with their retries, listings, waits, texts."""

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, ClassVar

from sandbox.aws.documents import at
from sandbox.plugin.failure import AWSError, Failure, doing, tolerating
from sandbox.plugin.schema import Operation, Property, Resource, one_of, optional, snake
from sandbox.plugin.waits import passing, retry, until_gone, wait
from sandbox.plugin.wire import State

READ_LIMIT = 10 * 60
"""Seconds; the program cannot change this one."""
NOT_FOUND = "ResourceNotFoundException"
LANGUAGES = one_of("en", "jp", "zh")
ACCEPT_LANGUAGE: Mapping[str, Property] = {"acceptLanguage": optional(default="en", check=LANGUAGES)}

_unknown_profile = passing("InvalidParametersException", saying="profile does not exist")
_not_found = passing(NOT_FOUND)


def call(op: Operation, method: str, **parameters: Any) -> dict[str, Any]:  # noqa: ANN401 - each operation has its own shape
    """Call Service Catalog once."""
    return op.call("servicecatalog", method, **parameters)


def attempt(
    op: Operation,
    method: str,
    limit: float,
    *,
    until_found: bool = False,
    **parameters: Any,  # noqa: ANN401 - each operation has its own shape
) -> dict[str, Any]:
    """Call Service Catalog until it knows a principal that IAM made just now, and if asked the object as well."""
    return retry(
        op.clock,
        op.limit(limit),
        lambda: call(op, method, **parameters),
        on=lambda error: _unknown_profile(error) or (until_found and _not_found(error)),
    )


def create(op: Operation, method: str, limit: float, *, until_found: bool = False, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - as above
    """The same with every property that the call has a parameter for."""
    return attempt(op, method, limit, until_found=until_found, **asked(op, method, **more))


def send(op: Operation, method: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - as above
    """The same once."""
    return call(op, method, **asked(op, method, **more))


def asked(op: Operation, method: str, **more: Any) -> State:  # noqa: ANN401 - as above
    """Every property that a call has a parameter for."""
    return op.arguments("servicecatalog", method, **more)


def listed(op: Operation, method: str, result: str) -> Iterator[dict[str, Any]]:
    """Every item of a listing, which is asked for by the properties too."""
    return op.pages("servicecatalog", method, result, **asked(op, method))


def ready(
    op: Operation,
    limit: float,
    look: Callable[[], tuple[str, Any]],
    *,
    target: Collection[str] = ("AVAILABLE", "CREATED"),
) -> Any:  # noqa: ANN401 - what the look finds
    """Wait until an object is seen in its final state twice. Raises AWSError at once if there is none."""
    return wait(op.clock, limit, look, pending=("CREATING",), target=target, steady=True)


def present(op: Operation, method: str, **parameters: str) -> dict[str, Any] | None:
    """Describe an object, or None if there is none."""
    try:
        return call(op, method, **parameters)
    except AWSError as error:
        if error.code == NOT_FOUND:
            return None
        raise


def parts_of(object_id: str, expected: str, separator: str = ":") -> list[str]:
    """Take a composite id apart. Raises Failure if it has other parts than `expected`."""
    count = expected.count(separator) + 1
    parts = object_id.split(separator, count - 1)
    if len(parts) != count or not all(parts):
        raise Failure(f"unexpected format of ID ({object_id}), expected {expected}")
    return parts


def exactly_one(inputs: State, *keys: str) -> Iterator[str]:
    """Complain unless one of these inputs is given."""
    given, listed = [key for key in keys if key in inputs], ",".join(map(snake, keys))
    if not given:
        yield f'"{snake(keys[0])}": one of `{listed}` must be specified'
    elif len(given) > 1:
        many = ",".join(map(snake, given))
        yield f'"{snake(keys[0])}": only one of `{listed}` can be specified, but `{many}` were specified.'


class Thing(Resource):
    """A type with calls of its own to create, describe, update and delete it."""

    title: ClassVar[str]
    noun: ClassVar[str]
    """In the names of the calls."""
    id_at: ClassVar[str]
    """Where the answer of a create call has the id."""
    describing: ClassVar[str] = ""
    """The call that describes it, where that is not called as the others are."""
    limit: ClassVar[float] = 3 * 60
    until_found: ClassVar[bool] = False
    named: ClassVar[bool] = False
    """Whether an error in a create call tells the name."""

    def wished(self, op: Operation) -> State:
        """What a create call calls by another name than the property."""
        del op
        return {}

    def changes(self, op: Operation) -> State:
        """What an update call changes."""
        raise NotImplementedError

    def names(self, op: Operation) -> State:
        """What tells the calls which it is."""
        return {"Id": op.id}

    def create(self, op: Operation) -> None:
        name = f" ({op.new['name']})" if self.named else ""
        with doing(f"creating {self.title}{name}"):
            found = create(op, f"create_{self.noun}", self.limit, until_found=self.until_found, **self.wished(op))
        op.id = at(found, self.id_at)

    def update(self, op: Operation) -> None:
        with doing(f"updating {self.title} ({op.id})"):
            attempt(op, f"update_{self.noun}", self.limit, **{**self.names(op), **self.changes(op)})

    def delete(self, op: Operation) -> None:
        names = self.names(op)
        if "acceptLanguage" in self.properties:
            names["AcceptLanguage"] = op.old.get("acceptLanguage", "en")
        with doing(f"deleting {self.title} ({op.id})"), tolerating(NOT_FOUND):
            self.remove(op, names)
        describing = self.describing or f"describe_{self.noun}"
        with doing(f"waiting for {self.title} ({op.id}) to be deleted"):
            until_gone(op.clock, op.limit(self.limit), lambda: present(op, describing, **names))

    def remove(self, op: Operation, names: State) -> None:
        """Make the delete call."""
        call(op, f"delete_{self.noun}", **names)
