"""The CloudFormation registry's schemas and the Service Authorization Reference, as cfn-lint ships them.

A type's schema is read when it is first asked for: all of them are 18 MB, one takes a millisecond.
"""

import ast
import json
import re
from functools import cache, cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final, cast

from sandbox.aws.cloudformation.answers import CUSTOM, is_custom
from sandbox.aws.cloudformation.request import StackError
from sandbox.aws.documents import Json, Value, part

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z][a-z0-9]*|[a-z0-9]+")
CREATES: Final = ("Create", "Put", "Register", "Add", "Publish", "Request", "Run", "Allocate", "Modify", "POST", "PUT")
UPDATES: Final = ("Update", "Put", "Register", "Modify", "Set", "PATCH", "PUT")
DELETES: Final = ("Delete", "Deregister", "Remove", "Terminate", "Reject", "Release", "Modify", "DELETE")
_TABLES: Final = ("_all_property_types", "_exceptions")
_UNDOING: Final = ("Delete", "Detach", "Disable", "Disassociate", "Remove", "Revoke", "Untag")
VERBS: Final = {"create": CREATES, "update": UPDATES, "delete": DELETES}
"""By handler: the verbs of the call that does it, the likeliest first."""


@cache
def _data() -> Path:
    found = find_spec("cfnlint")
    if found is None or not found.submodule_search_locations:
        raise StackError("The sandbox builds resources by the schemas that cfn-lint ships: install cfn-lint")
    return Path(found.submodule_search_locations[0]) / "data"


def _read(*path: str) -> Json:
    try:
        return cast("Json", json.loads(_data().joinpath(*path).read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        raise StackError(f"{'/'.join(path)} of the installed cfn-lint cannot be read: {error}") from error


@cache
def _listed(region: str) -> Json:
    here = f"{region}.json"
    known = _data().joinpath("schemas", "providers", here).is_file()
    return _read("schemas", "providers", here if known else "us-east-1.json")


@cache
def _authorization() -> Json:
    return _read("AdditionalSpecs", "Policies.json")


@cache
def schema_of(kind: str, region: str) -> "Schema":
    """The schema of a resource type.

    Raises:
        StackError: CloudFormation has no such type in the region.
    """
    listed = _listed(region)
    if is_custom(kind):
        raw = _parsed(listed[CUSTOM]).raw
        return Schema({**raw, "additionalProperties": True, "typeName": kind})
    if kind not in listed:
        raise StackError(f"Template format error: Unrecognized resource types: [{kind}]")
    return _parsed(listed[kind])


@cache
def _parsed(digest: str) -> "Schema":
    return Schema(_read("schemas", "resources", f"{digest}.json"))


@cache
def _more_attributes() -> dict[str, list[str]]:
    """By type: the attributes that are not among the read-only properties; the empty name stands for all properties.

    cfn-lint knows them from the Template Reference, in a module that takes half a second to import.
    """
    found: dict[str, Any] = {}
    for node in ast.parse((_data().parent / "schema" / "_getatts.py").read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and isinstance(name := node.targets[0], ast.Name) and name.id in _TABLES:
            found[name.id] = ast.literal_eval(node.value)
    if len(found) < len(_TABLES):
        raise StackError("the installed cfn-lint has another version than the sandbox was made for: run make install")
    whole, single = (found[name] for name in _TABLES)
    return {**{kind: [""] for kind in whole}, **single}


@cache
def words(name: str) -> list[str]:
    """The words of a name in camel case, without endings: Subscribe and Subscriptions are one word."""
    stems = (word.lower()[:6].rstrip("s") for word in _WORD.findall(name))
    return [f"{stem[:-1]}i" if stem.endswith("y") else stem for stem in stems]


def undoes(action: str) -> bool:
    """Whether an action takes something away."""
    return action.partition(":")[2].startswith(_UNDOING)


def reads(action: str) -> bool:
    """Whether an action only looks."""
    return action.partition(":")[2].startswith(("Get", "List", "Describe", "Head", "View", "BatchGet", "GET"))


def pointers(names: Value) -> list[str]:
    """The properties that a schema points to: `/properties/A/B` is A.B."""
    return [str(name).removeprefix("/properties/").replace("/", ".") for name in names or ()]


class Schema:
    """What the registry says of one resource type."""

    def __init__(self, raw: Json) -> None:
        self.raw = raw
        self.type: str = raw["typeName"]
        self.properties: dict[str, Json] = raw.get("properties") or {}
        self.open = is_custom(self.type) or self.type == "AWS::CloudFormation::Stack"
        """Whether others say what its attributes are: a function, or the outputs of a nested stack."""
        self.identifier = pointers(raw.get("primaryIdentifier"))
        self.read_only = frozenset(pointers(raw.get("readOnlyProperties")))
        self.create_only = pointers(raw.get("createOnlyProperties"))
        self.conditional = pointers(raw.get("conditionalCreateOnlyProperties"))
        self.noun = self.type.rpartition("::")[2]

    def follow(self, node: Json) -> Json:
        """A part of the schema with the definition that it refers to in its place."""
        while reference := node.get("$ref"):
            found: Any = self.raw
            for step in str(reference).removeprefix("#/").split("/"):
                found = found.get(step, {})
            node = {**found, **{key: value for key, value in node.items() if key != "$ref"}}
        return node

    def gives(self, attribute: str) -> bool:
        """Whether Fn::GetAtt has such an attribute."""
        more = _more_attributes().get(self.type, [])
        whole = "" in more and bool(self.rules_of(attribute))
        return (
            self.open or whole or attribute in more or any(f"{attribute}.".startswith(f"{r}.") for r in self.read_only)
        )

    def rules_of(self, pointer: str) -> Json:
        """What the schema says of a property, or of one within another."""
        node = self.raw
        for step in pointer.split("."):
            node = self.follow(part(part(node, "properties"), step))
        return node

    def actions(self, step: str) -> list[str]:
        """The permissions that a handler names."""
        return part(part(self.raw, "handlers"), step).get("permissions") or []

    @property
    def tags(self) -> str | None:
        """The property that holds tags, if the type bears any from the start."""
        tagging = part(self.raw, "tagging")
        bears = tagging.get("taggable") and tagging.get("tagOnCreate", True)
        return str(tagging.get("tagProperty", "/properties/Tags")).rpartition("/")[2] if bears else None

    @property
    def tagging_operations(self) -> list[str]:
        """The operations that may put tags on it later on, the likeliest first."""
        return [*self._tagging(undoing=False), "TagResource", "AddTags"]

    @property
    def untagging_operations(self) -> list[str]:
        """The operations that may take tags off it, the likeliest first."""
        return [*self._tagging(undoing=True), "UntagResource", "RemoveTags"]

    def _tagging(self, *, undoing: bool) -> list[str]:
        permissions: list[str] = part(self.raw, "tagging").get("permissions") or []
        own = [action.partition(":")[2] for action in permissions if ":" in action and undoes(action) is undoing]
        return [name for name in own if not reads(f"{self.service}:{name}")]

    def _named_action(self, step: str) -> str | None:
        noun = words(self.noun)
        for verb in VERBS[step]:
            named = {a: words(a.partition(":")[2].removeprefix(verb)) for a in self.actions(step) if f":{verb}" in a}
            exact = [action for action, left in named.items() if left in (noun, [])]
            longer = [action for action, left in named.items() if left[-len(noun) :] == noun]
            if exact or len(longer) == 1:  # more than one, and each is for a property of its own
                return (exact or longer)[0]
        return None

    def main_action(self, step: str) -> str | None:
        """The action that does a step, such as `sagemaker:CreateModel`; None where no name says which one it is."""
        tagging: list[str] = part(self.raw, "tagging").get("permissions") or []
        writes = [
            action
            for action in self.actions(step)
            if action.startswith(f"{self.service}:") and not reads(action) and action not in tagging
            if step == "delete" or not undoes(action)
        ]
        makes = [action for action in writes if action.partition(":")[2].startswith(VERBS[step][0])]
        alone = [each[0] for each in (writes, makes) if len(each) == 1]
        return self._named_action(step) or next(iter(alone), None)

    @cached_property
    def service(self) -> str:
        """IAM's prefix of the type's own service."""
        steps = [step for step in VERBS if self.actions(step)]
        for action in map(self._named_action, steps):
            if action:
                return action.partition(":")[0]
        prefixes = [action.partition(":")[0] for step in reversed(steps) for action in self.actions(step)]
        segment = self.type.split("::")[1].lower()
        return segment if segment in prefixes or not prefixes else max(prefixes, key=prefixes.count)

    @cached_property
    def name_property(self) -> str | None:
        """The property, or the one within another, that gets a made-up name where the template gives none."""
        own = [name for name in self.identifier if name not in self.read_only]
        nested = [name for name in self.create_only if name.endswith(f".{self.noun}Name")]
        candidates = [f"{self.noun}Name", "Name", *own[-1:]]
        known = [name for name in candidates if name in self.properties and name not in self.read_only]
        return next(iter((*known, *nested)), None)

    @cached_property
    def is_known_by_id(self) -> bool:
        """Whether the service makes up what stands in its ARN, such as an API's ApiId, whatever it is called."""
        last = next(iter(self.identifier[-1:]), "")
        return last in self.read_only and last.endswith("Id") and last != "Id"

    @cached_property
    def kind(self) -> str | None:
        """What such a resource is to IAM."""
        kinds: Json = part(_authorization().get(self.service) or {}, "Resources")
        noun = self.noun.lower()
        known = {re.sub(r"[^a-z0-9]", "", kind.lower()): kind for kind in kinds}
        main = self.main_action("create")
        within = [kind for word, kind in known.items() if noun.startswith(word)]
        other = [
            kind
            for kind in (main and resources_of(main)) or ()
            if set(words(kind)) <= set(words(self.name_property or ""))
        ]
        return next(iter([known[noun]] if noun in known else sorted(within, key=len)[-1:] or other), None)

    def is_about(self, action: str) -> bool:
        """Whether an action is allowed on such a resource: a policy is written with an action on a role."""
        kinds = {each.lower().rstrip("s") for each in resources_of(action) or ()}
        return not kinds or self.kind is None or self.kind.lower().rstrip("s") in kinds

    @cached_property
    def arn_format(self) -> str | None:
        """The ARN of such a resource with `.*` for its name, where the Service Authorization Reference has it."""
        kinds: Json = part(_authorization().get(self.service) or {}, "Resources")
        formats: list[str] = part(kinds, self.kind or "").get("ARNFormats", [])
        return next((form for form in formats if form.endswith(".*")), None)


def resources_of(action: str) -> list[str] | None:
    """The kinds of resources that an action is allowed on; none means `*` alone, None that nobody knows."""
    service, _, name = action.partition(":")
    found = part(_authorization().get(service) or {}, "Actions").get(name.lower())
    return None if found is None else found.get("Resources") or []
