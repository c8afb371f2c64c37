"""What AWS says of resource types and of actions, in the form in which cfn-lint brings it.

A type's schema in CloudFormation's registry names the permissions of each of its handlers. The Service Authorization
Reference says on which kinds of resources an action is allowed, and what their ARNs look like. All schemas are 18 MB,
so each is read when it is asked for, which takes a millisecond; importing cfn-lint itself would take half a second.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final, cast

from shared.errors import ContentError

_WORD: Final = re.compile(r"[A-Z]+\d*(?![a-z])|[A-Z][a-z0-9]*|[a-z0-9]+")
_NOT_LETTERS: Final = re.compile(r"[^a-z0-9]")
_REGION: Final = "us-east-1"
"""The one that has all types first."""

READS: Final = ("Get", "List", "Describe", "Head", "View", "BatchGet", "GET")
_VERBS: Final[Mapping[str, tuple[str, ...]]] = {
    "create": ("Create", "Put", "Add", "Register"),
    "read": ("Describe", "Get"),
    "update": ("Update", "Modify", "Put"),
    "delete": ("Delete", "Remove", "Deregister"),
}
"""By handler: how its actions are called, for types whose schemas name none."""
_TAGGING: Final = (
    "AddTags",
    "TagResource",
    "RemoveTags",
    "DeleteTags",
    "UntagResource",
    "ListTags",
    "ListTagsForResource",
)

Json = dict[str, Any]


@cache
def _data() -> Path:
    found = find_spec("cfnlint")
    if found is None or not found.submodule_search_locations:
        raise ContentError(
            "the rights of a launch are derived from the schemas that cfn-lint brings, which is not installed. "
            "Install it: make install",
            code="schemas-not-installed",
            place="cfn-lint",
        )
    return Path(found.submodule_search_locations[0]) / "data"


def is_installed() -> bool:
    """Whether there are schemas to derive rights from."""
    return find_spec("cfnlint") is not None


@cache
def _listed() -> Mapping[str, str]:
    return json.loads((_data() / "schemas" / "providers" / f"{_REGION}.json").read_text())


@cache
def _authorization() -> Mapping[str, Json]:
    return json.loads((_data() / "AdditionalSpecs" / "Policies.json").read_text())


@cache
def runtime_lifecycles() -> Mapping[str, Mapping[str, str | None]]:
    """Give AWS's dates of Lambda's runtimes, and what succeeds each; none where cfn-lint is not installed."""
    return json.loads((_data() / "AdditionalSpecs" / "LmbdRuntimeLifecycle.json").read_text()) if is_installed() else {}


@cache
def words(name: str) -> frozenset[str]:
    """Take a name in camel case apart, without endings: Subscribe and Subscriptions are one word."""
    return frozenset(_stem(word) for word in _WORD.findall(name))


def _stem(word: str) -> str:
    stem = word.lower()[:6].rstrip("s")
    return f"{stem[:-1]}i" if stem.endswith("y") else stem


@cache
def kinds_of(action: str) -> tuple[str, ...] | None:
    """List the kinds of resources that an action is allowed on, in small letters.

    None at all means `*` alone; no list, that IAM has no such action.
    """
    service, _, name = action.partition(":")
    found: Json | None = _authorization().get(service, {}).get("Actions", {}).get(name.lower())
    return None if found is None else tuple(each.lower() for each in cast("list[str]", found.get("Resources") or []))


def arns_of(service: str, kind: str, name: str) -> list[str]:
    """Give the ARNs of a kind of resource for a name, or for a pattern of names, in any region."""
    known: Mapping[str, Json] = _authorization().get(service, {}).get("Resources") or {}
    found = known.get(kind) or next((each for word, each in known.items() if word.lower() == kind.lower()), Json())
    return [_arn(form, name) for form in cast("list[str]", found.get("ARNFormats", []))]


def _arn(form: str, name: str) -> str:
    text = form.replace("${Region}", "*").replace("${Account}", "${AccountId}")
    if text.endswith(".*"):
        text = f"{text.removesuffix('.*')}{name.lstrip('/') if text.endswith('/.*') else name}"
    text = re.sub(r"\$\{(?!Partition\}|AccountId\})[^}]*\}", "*", text.replace(".*", "*"))
    text = re.sub(r"\*{2,}", "*", text)
    return "*" if text.endswith(":*:*:*:*") else text


@cache
def resource_type(kind: str) -> "ResourceType | None":
    """Find a type; None where CloudFormation's registry does not have it."""
    digest = _listed().get(kind)
    if digest is None:
        return None
    return ResourceType(json.loads((_data() / "schemas" / "resources" / f"{digest}.json").read_text()))


class ResourceType:
    """What the registry says of a type.

    Attributes:
        kind: Its name, such as AWS::SageMaker::Model.
        noun: The last part of it.
        read_only: The properties that nobody can give.
        identifier: What a resource of it is known by.
        create_only: The properties, and parts of them, whose change makes a resource anew.
        conditional: Those whose change may.
    """

    def __init__(self, raw: Json) -> None:
        self._raw = raw
        self.kind: str = raw["typeName"]
        self.noun = self.kind.rpartition("::")[2]
        self.properties: Mapping[str, Json] = raw.get("properties") or {}
        self.read_only = frozenset(_names(raw.get("readOnlyProperties")))
        self.identifier = tuple(_names(raw.get("primaryIdentifier")))
        self.create_only = tuple(_names(raw.get("createOnlyProperties")))
        self.conditional = tuple(_names(raw.get("conditionalCreateOnlyProperties")))

    def permissions(self, handler: str) -> list[str]:
        """List the permissions that a handler may ever use, or where none names any those that are called like it."""
        return self._named_by(handler) if self.is_explicit else self._called(handler)

    def _named_by(self, handler: str) -> list[str]:
        return cast("list[str]", (self._handlers.get(handler) or {}).get("permissions") or [])

    @cached_property
    def is_explicit(self) -> bool:
        """Whether its schema names permissions."""
        return any((each or {}).get("permissions") for each in self._handlers.values())

    @property
    def _handlers(self) -> Mapping[str, Json]:
        return cast("Mapping[str, Json]", self._raw.get("handlers") or {})

    def _called(self, handler: str) -> list[str]:
        known: Mapping[str, Json] = _authorization().get(self.service, {}).get("Actions", {})
        nouns = (self.noun, f"{self.noun}s")
        named = [f"{verb}{noun}" for verb in _VERBS[handler] for noun in nouns]
        found = [f"{self.service}:{name}" for name in (*named, *_TAGGING) if name.lower() in known]
        return found if any(name.lower() in known for name in named) else []

    @cached_property
    def tagging(self) -> frozenset[str]:
        """The actions that look at its tags or change them."""
        return frozenset(cast("Json", self._raw.get("tagging") or {}).get("permissions") or ())

    @cached_property
    def tags(self) -> str | None:
        """The property with its tags, to which those of its stack are added; None where it has none."""
        rules = cast("Json", self._raw.get("tagging") or {})
        if not (rules.get("taggable") and rules.get("tagOnCreate", True)):
            return None
        name = str(rules.get("tagProperty") or "/properties/Tags").removeprefix("/properties/")
        return name if name in self.properties else None

    @cached_property
    def service(self) -> str:
        """IAM's prefix of the type's own service."""
        segment = self.kind.split("::")[1].lower()
        named = [action.partition(":")[0] for step in ("create", "delete", "read") for action in self._named_by(step)]
        if not named:
            known = [prefix for prefix in _authorization() if segment.startswith(_NOT_LETTERS.sub("", prefix))]
            return max(known, key=len, default=segment)
        nouns = words(self.noun)
        own = [
            action.partition(":")[0]
            for step in ("create", "delete")
            for action in self._named_by(step)
            if words(action.partition(":")[2]) >= nouns
        ]
        return segment if segment in named else max(own or named, key=(own or named).count)

    @cached_property
    def name_property(self) -> str | None:
        """The property that names a resource of it, for which CloudFormation makes a name up where none is given."""
        own = [name for name in self.identifier if name not in self.read_only and "." not in name]
        candidates = (f"{self.noun}Name", "Name", *own[-1:])
        return next((name for name in candidates if name in self.properties and name not in self.read_only), None)

    @cached_property
    def is_named(self) -> bool:
        """Whether its ARNs have the name, and no id that the service gives."""
        last = (self.identifier or ("",))[-1]
        given = last not in self.read_only or last.endswith(("Arn", "ARN", "Url", "Name"))
        return self.name_property is not None and (given or not self.is_explicit)

    @cached_property
    def longest_name(self) -> int:
        """How many characters a name may have."""
        return int(self.properties.get(self.name_property or "", {}).get("maxLength", 255))

    @cached_property
    def names_are_small(self) -> bool:
        """Whether names have no capital letters."""
        pattern = str(self.properties.get(self.name_property or "", {}).get("pattern") or "")
        return self.service == "s3" or (bool(pattern) and not re.search(r"A-Z|\\w|\\S|\.[*+]|\[\^", pattern))

    def rules_at(self, path: Sequence[str]) -> Json:
        """Give what the schema says of a property, or of one within others; items of lists count for the list."""
        node = self._raw
        for step in path:
            node = self._follow(cast("Json", self._follow(node).get("properties") or {}).get(step) or {})
            while "items" in node:
                node = self._follow(cast("Json", node["items"]))
        return node

    def is_list_at(self, path: Sequence[str]) -> bool:
        """Whether a property is a list."""
        *above, last = path
        return "items" in self._follow(
            cast("Json", self._follow(self.rules_at(above)).get("properties") or {}).get(last) or {}
        )

    def _follow(self, node: Json) -> Json:
        while reference := node.get("$ref"):
            found: Any = self._raw
            for step in str(reference).removeprefix("#/").split("/"):
                found = found.get(step) or {}
            node = cast("Json", found)
        return node

    @cached_property
    def own_kinds(self) -> tuple[str, ...]:
        """The kinds of resources that a resource of the type is to IAM."""
        known = {
            _NOT_LETTERS.sub("", each.lower()): each
            for each in cast("Json", _authorization().get(self.service, {}).get("Resources") or {})
        }
        noun = self.noun.lower()
        exact = tuple(known[each] for each in (noun, f"{noun}s") if each in known)
        if exact:
            return exact
        longer = tuple(kind for word, kind in known.items() if word.startswith(noun))
        shorter = max((word for word in known if noun.startswith(word)), key=len, default="")
        return longer or ((known[shorter],) if shorter else ())


def _names(pointers: object) -> Iterator[str]:
    for pointer in cast("list[str]", pointers or []):
        yield pointer.removeprefix("/properties/").replace("/", ".")
