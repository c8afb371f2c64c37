"""What a resource type consists of: a table of its properties and what its operations do."""

import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import KW_ONLY, dataclass, field
from typing import Any, ClassVar

from .aws import Connection
from .configuration import Provider
from .waits import Clock
from .wire import State, Value

Check = Callable[[str, Value], str | None]
"""Says what is wrong with a value, given the property's name in the real plug-in's messages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Property:
    """One property. Use `required`, `optional`, `settled` or `computed` to write one down."""

    input: bool = True
    required: bool = False
    computed: bool = False
    """AWS or the plug-in decides it when the program does not."""
    replaces: bool = False
    default: Value = None
    check: Check | None = None
    same: Callable[[Value, Value], bool] | None = None
    """Tells values that mean the same from those that differ."""
    kind: type = str
    fields: "Mapping[str, Property] | None" = None
    """The properties of an object, or of each object in a list."""


def required(**traits: Any) -> Property:  # noqa: ANN401 - the traits of Property
    """Describe a property that the program must give."""
    return Property(required=True, **traits)


def optional(**traits: Any) -> Property:  # noqa: ANN401 - the traits of Property
    """Describe a property that the program may give; leaving it out means none."""
    return Property(**traits)


def settled(**traits: Any) -> Property:  # noqa: ANN401 - the traits of Property
    """Describe a property that keeps the value AWS has when the program does not give one."""
    return Property(computed=True, **traits)


def computed(**traits: Any) -> Property:  # noqa: ANN401 - the traits of Property
    """Describe a property that only AWS decides."""
    return Property(computed=True, input=False, **traits)


def outputs(*names: str) -> Mapping[str, Property]:
    """Describe several of those."""
    return each(computed(), *names)


def each(kind: Property, *names: str) -> Mapping[str, Property]:
    """Describe several properties of one kind."""
    return dict.fromkeys(names, kind)


_PAGE_TOKENS = {
    "iam": ("Marker", "Marker"),
    "organizations": ("NextToken", "NextToken"),
    "servicecatalog": ("NextPageToken", "PageToken"),
}
TAGS: Mapping[str, Property] = {"tags": optional(kind=dict), "tagsAll": computed(kind=dict)}
REGION: Mapping[str, Property] = {"region": settled(replaces=True)}


@dataclass
class Operation:
    """One create, read, update or delete while it runs."""

    provider: Provider
    region: str
    _: KW_ONLY
    id: str = ""
    """Set by a create as soon as AWS has made the object: what fails after that leaves a resource to repair."""
    new: State = field(default_factory=dict[str, Value])
    """The wished state; for a read or delete the stored one."""
    old: State = field(default_factory=dict[str, Value])
    changed: frozenset[str] = frozenset()
    timeout: float = 0
    creating: bool = False

    @property
    def connection(self) -> Connection:
        """The way to AWS."""
        return self.provider.connection

    @property
    def clock(self) -> Clock:
        """The sandbox's clock."""
        return self.connection.clock

    def call(self, service: str, method: str, **parameters: Any) -> dict[str, Any]:  # noqa: ANN401 - each operation has its own shape
        """Call AWS in the resource's region. Raises AWSError."""
        return self.connection.call(service, self.region, method, **parameters)

    def pages(self, service: str, method: str, result: str, **parameters: Any) -> Iterator[Any]:  # noqa: ANN401 - see call
        """Every item of a listing."""
        answered, asked = _PAGE_TOKENS[service]
        while True:
            page = self.call(service, method, **parameters)
            yield from page.get(result, [])
            if not page.get(answered):
                return
            parameters[asked] = page[answered]

    def limit(self, seconds: float) -> float:
        """The program's time limit for this operation, or the resource's own."""
        return self.timeout or seconds

    def arguments(self, service: str, method: str, **more: Any) -> State:  # noqa: ANN401 - see call
        """The parameters of a call: every property that has a value, under botocore's name for it, and a fresh token.

        Args:
            service: The service.
            method: The call.
            more: Properties under other names, and what is no property.
        """
        named = {name.lower() for name in more}
        stored = {**self.new, "tags": self.new.get("tagsAll")}
        own = {key: value for key, value in stored.items() if value and key.lower() not in named}
        said = {key: value for key, value in more.items() if value is not None}
        return self.connection.arguments(service, self.region, method, {**own, **said})

    def amended(self, empty: Value = "", **names: str) -> State:
        """Properties that change, by the name that a call has for them; one that goes is `empty`."""
        return {name: self.new.get(key, empty) for name, key in names.items() if key in self.changed}

    def seen(self, found: State) -> State:
        """The state after a read: what AWS answered, over what was there or asked for."""
        state = {**self.new, **found}
        if "tagsAll" in found:
            written = self.new.get("tags")
            own = self.provider.tags.own(found["tagsAll"], written or {})
            state["tagsAll"] = self.provider.tags.visible(found["tagsAll"])
            state["tags"] = own or (None if written is None else {})
        return state


class Resource:
    """A resource type of the aws plug-in."""

    properties: ClassVar[Mapping[str, Property]]
    autonamed: ClassVar[tuple[str, int] | None] = None
    """The property that gets a name when the program gives none, and the length it may have."""
    suffixed: ClassVar[bool] = True
    """Whether an automatic name ends in random characters; only such a name lets old and new live side by side."""
    known: ClassVar[dict[str, "Resource"]] = {}
    """Every type whose module has been imported, by its token."""

    def __init_subclass__(cls, of: str = "") -> None:
        """Register a type of a module of the aws plug-in."""
        if of:
            name = cls.__name__
            Resource.known[f"aws:{of}/{name[0].lower()}{name[1:]}:{name}"] = cls()

    def problems(self, inputs: State) -> Iterator[str]:
        """What is wrong with inputs taken together."""
        del inputs
        return iter(())

    def foresee(self, op: Operation) -> Collection[str]:
        """Outputs that this update will change. Raises Failure for a change that can never work."""
        del op
        return ()

    def locate(self, op: Operation) -> None:
        """Take apart the id that the user typed for an import."""

    def create(self, op: Operation) -> None:
        """Make it and set `op.id`."""
        raise NotImplementedError

    def read(self, op: Operation) -> State:
        """The properties as AWS has them now. Raises Gone if there is no such object."""
        raise NotImplementedError

    def update(self, op: Operation) -> None:
        """Change `op.changed`. Nothing to do for a type whose every property replaces."""

    def delete(self, op: Operation) -> None:
        """Remove it; an object that is not there is fine."""
        raise NotImplementedError


def snake(name: str) -> str:
    """A property's name in the real plug-in's messages."""
    return re.sub(r"(?<!^)([A-Z])", r"_\1", name).lower()


def one_of(*allowed: str) -> Check:
    """Accept these texts only."""
    listed = " ".join(f'"{name}"' for name in allowed)
    return lambda key, value: None if value in allowed else f"expected {key} to be one of [{listed}], got {value}"


def length(least: int, most: int) -> Check:
    """Accept texts of this length."""
    return lambda key, value: (
        None
        if least <= len(value) <= most
        else f"expected length of {key} to be in the range ({least} - {most}), got {value}"
    )


def matching(pattern: str, complaint: str) -> Check:
    """Accept texts that fit a pattern as a whole."""
    compiled = re.compile(pattern)
    return lambda key, value: None if compiled.fullmatch(value) else f'"{key}" ("{value}") {complaint}'


def json_text(key: str, value: Value) -> str | None:
    """Accept JSON."""
    try:
        json.loads(value)
    except ValueError as error:
        return f'"{key}" contains an invalid JSON: {error}'
    return None


def between(least: int, most: int) -> Check:
    """Accept numbers in a range."""
    return lambda key, value: (
        None if least <= value <= most else f"expected {key} to be in the range ({least} - {most}), got {value}"
    )
